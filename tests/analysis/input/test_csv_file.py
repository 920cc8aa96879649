"""CSV tables: what is read, and every mistake at its line."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from gravida.analysis.input.mistakes import InputRejected
from gravida.analysis.input.read import read_table
from gravida.analysis.input.table import REASONS, Kind


def written(tmp_path: Path, text: str | bytes, name: str = "table.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def rejected(path: Path, **kinds: Kind) -> list[str]:
    with pytest.raises(InputRejected) as caught:
        read_table(path, kinds=kinds)
    return [str(mistake).replace(f"{path}", "file") for mistake in caught.value.mistakes]


PLAIN = "woman,weeks,seen,smokes\nA,8,2022-10-24,yes\nB,13.5,2022-10,no\n"


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        "\ufeff" + PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace(",", ";").replace("13.5", "13,5"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace("A,8", '"A","8"'),
        PLAIN.replace("A,8", "\nA,8"),
        PLAIN.rstrip("\n"),
    ],
)
def test_a_table_reads_the_same_however_it_is_written(tmp_path: Path, text: str):
    table = read_table(written(tmp_path, text))

    assert [column.kind for column in table] == [Kind.CODE, Kind.NUMBER, Kind.DATE, Kind.YES_NO]
    assert table.column("woman").texts() == ["A", "B"]
    assert table.column("WEEKS").numbers.tolist() == [8.0, 13.5]
    assert table.column("smokes").numbers.tolist() == [1.0, 0.0]


def test_a_packed_table_reads_as_the_plain_one(tmp_path: Path):
    path = written(tmp_path, gzip.compress(PLAIN.encode()), "table.csv.gz")

    assert read_table(path).column("weeks").numbers.tolist() == [8.0, 13.5]


def test_a_date_known_to_the_month_keeps_its_first_and_last_day(tmp_path: Path):
    seen = read_table(written(tmp_path, PLAIN)).column("seen")

    assert (seen.high - seen.numbers).tolist() == [0.0, 30.0]


@pytest.mark.parametrize("code", ["", "NA", "UNK", "NASK", "NAV", "NPE", "REF", "ILL", "MSK"])
def test_a_missing_code_is_missing_for_its_reason_and_never_zero(tmp_path: Path, code: str):
    column = read_table(written(tmp_path, f"woman,age\nA,{code}\nB,31\n")).column("age")

    assert np.isnan(column.numbers[0])
    assert column.reasons() == {code or "blank": 1}


def test_a_result_below_detection_keeps_its_limit(tmp_path: Path):
    column = read_table(written(tmp_path, "woman;tsh\nA;< 0,01\nB;1,2\n")).column("tsh")

    assert column.kind is Kind.NUMBER
    assert np.isnan(column.numbers[0])
    assert column.below[0] == 0.01
    assert REASONS[column.missing[0]] == "below_detection"


def test_codes_with_leading_zeros_stay_codes(tmp_path: Path):
    column = read_table(written(tmp_path, "woman,outcome\nA,05\nB,12\n")).column("outcome")

    assert column.texts() == ["05", "12"]


def test_every_wrong_cell_is_named_with_line_and_column(tmp_path: Path):
    path = written(tmp_path, "woman,weeks\nA,8\nB,eight\n\nC,9w\nD,1e999\n")

    assert rejected(path, weeks=Kind.NUMBER) == [
        "file:3, column weeks: found “eight”, wanted a number, empty, or a missing code",
        "file:5, column weeks: found “9w”, wanted a number, empty, or a missing code",
        "file:6, column weeks: found “1e999”, wanted a number, empty, or a missing code",
    ]


def test_a_quoted_line_end_does_not_move_the_lines_after_it(tmp_path: Path):
    path = written(tmp_path, 'note,weeks\n"two\nlines",8\nx,eight\n')

    assert rejected(path, weeks=Kind.NUMBER)[0].startswith("file:4, column weeks")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a,b\n1,2\n1\n1,2,3\n",
            ["file:3: found 1 cells, wanted 2 cells", "file:4: found 3 cells, wanted 2"],
        ),
        ("a,A\n1,2\n", ["file:1: found column a twice"]),
        ("a,,c\n1,2,3\n", ["file:1: found no name for column 2"]),
        ("", ["file:1: found no names of columns"]),
        (b"a,b\n1,\xe9\n", ["file:2: found byte 0xe9, wanted text in UTF-8"]),
        ('a,b\n1,"2\n', ["file:2: found unexpected end of data"]),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_the_line(tmp_path: Path, text: str, expected: list[str]):
    lines = rejected(written(tmp_path, text))

    assert all(any(line.startswith(start) for line in lines) for start in expected), lines


def test_an_absent_and_an_unknown_file_are_named(tmp_path: Path):
    assert rejected(tmp_path / "none.csv") == ["file: found no file, wanted a file of this name"]
    assert "found a file of another kind" in rejected(written(tmp_path, "x", "table.xlsx"))[0]


def test_fifty_mistakes_are_told_and_the_rest_counted(tmp_path: Path):
    path = written(tmp_path, "weeks\n" + "x\n" * 80)

    with pytest.raises(InputRejected) as caught:
        read_table(path, kinds={"weeks": Kind.NUMBER})

    assert len(caught.value.mistakes) == 50
    assert caught.value.more == 30
    assert str(caught.value).endswith("and 30 more mistakes of these kinds")


def test_a_table_without_rows_has_its_columns(tmp_path: Path):
    table = read_table(written(tmp_path, "a,b\n"))

    assert (len(table), table.names) == (0, ("a", "b"))
