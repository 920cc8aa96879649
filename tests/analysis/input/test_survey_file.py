"""Fixed-width survey files by their Stata dictionary."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from gravida.analysis.input.mistakes import InputRejected
from gravida.analysis.input.read import read_table
from gravida.analysis.input.table import Kind

LAYOUT = """\
infile dictionary {
* a comment
_lines(1)
   _column(1)   str3   CASEID  %3s  "Case, with a comma"
   _column(4)   byte   weeks   %2f  "Weeks"
   _column(6)   float  weight  %5.2f "Two decimals that are not written"
   _column(11)  int    age     %4f  "Hundredths of years"
}
"""
LINES = " 10 8123453241\n 2 13-0100    \n"


def survey(tmp_path: Path, layout: str = LAYOUT, lines: str = LINES, name: str = "Preg.dct") -> Path:
    (tmp_path / name).write_text(layout, encoding="utf-8")
    path = tmp_path / "Preg.dat.gz"
    path.write_bytes(gzip.compress(lines.encode()))
    return path


def test_variables_stand_where_the_dictionary_says(tmp_path: Path):
    table = read_table(survey(tmp_path))

    assert table.names == ("caseid", "weeks", "weight", "age")
    assert table.column("caseid").texts() == ["10", "2"]
    assert table.column("weeks").numbers.tolist() == [8.0, 13.0]
    assert table.column("weight").numbers.tolist() == [123.45, -1.0]
    assert np.isnan(table.column("age").numbers[1])


def test_the_dictionary_is_found_by_the_beginning_of_its_name(tmp_path: Path):
    assert len(read_table(survey(tmp_path, name="PregSetup.dct"))) == 2


def test_another_layout_of_the_same_variables_reads_the_same(tmp_path: Path):
    layout = """dictionary {
        _column(1) int age %4f
        byte weeks %2f
        _skip(1) str3 caseid %3s
    }"""
    table = read_table(survey(tmp_path, layout, "3241 8 10 \n    13 2  \n"))

    assert table.column("weeks").numbers.tolist() == [8.0, 13.0]
    assert table.column("caseid").texts() == ["10", "2"]


def test_a_negative_zero_is_zero(tmp_path: Path):
    table = read_table(survey(tmp_path, lines=" 10-0123453241\n"))

    assert str(table.column("weeks").numbers[0]) == "0.0"


def test_a_number_may_be_read_as_a_code(tmp_path: Path):
    column = read_table(survey(tmp_path), kinds={"weeks": Kind.CODE}).column("weeks")

    assert column.texts() == ["8", "13"]


@pytest.mark.parametrize(
    ("layout", "lines", "expected"),
    [
        (LAYOUT, LINES.replace(" 8", "x8"), "Preg.dat.gz:1, column weeks: found “x8”, wanted a number"),
        (LAYOUT.replace("byte", "bite"), LINES, "Preg.dct:5: found “_column(4)   bite"),
        (LAYOUT.replace("weeks   %2f", "CaseId %2f"), LINES, "Preg.dct:5: found variable caseid a second"),
        (LAYOUT.replace("_lines(1)", "_lines(2)"), LINES, "Preg.dct:3: found _lines(2), wanted one line"),
        (LAYOUT.replace("_column(11)", "_column(13)"), LINES, "column age: found signs 13 to 16, wanted a"),
        ("nothing\n", LINES, "Preg.dct:1: found “nothing”, wanted infile dictionary {"),
        (LAYOUT, "", "Preg.dat.gz: found no lines"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, layout: str, lines: str, expected: str):
    with pytest.raises(InputRejected) as caught:
        read_table(survey(tmp_path, layout, lines))

    assert expected in str(caught.value)


def test_without_its_dictionary_a_survey_cannot_be_read(tmp_path: Path):
    path = survey(tmp_path)
    (tmp_path / "Preg.dct").unlink()

    with pytest.raises(InputRejected, match="one Stata dictionary whose name begins with Preg"):
        read_table(path)


@pytest.mark.needs_shared
def test_both_cycles_read_by_their_own_layouts(shared_data: Path):
    cycles = {
        "2002FemPreg.dat.gz": (13_593, 5_033, 243),
        "2006_2010_FemPreg.dat.gz": (20_492, 7_538, 287),
    }
    for name, (rows, women, columns) in cycles.items():
        table = read_table(shared_data / "nsfg" / name, kinds={"caseid": Kind.CODE})

        assert len(table) == rows
        assert len(table.column("caseid").words) == women
        assert len(table.names) == columns
        assert set(table.column("outcome").numbers) == {1.0, 2.0, 3.0, 4.0, 5.0, 6.0}
