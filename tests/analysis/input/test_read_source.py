"""Sources put together: folders, tables of women beside tables of pregnancies, rows without women."""

from pathlib import Path

import pytest

from gravida.analysis.input.mistakes import InputRejected
from gravida.analysis.input.read import read_source
from gravida.protocol.plan import Plan
from tests.analysis.plans import BASE, OUTCOMES, factor, plan, question, toml

PREGNANCIES = "woman,order,ending,weeks,age\nA,1,miscarriage,8,30\nA,2,live_birth,39,31\nB,1,unknown,,40\n"
WOMEN = "woman,town\nA,Lyon\nB,Nice\nC,Nice\n"


def small() -> Plan:
    return plan(OUTCOMES, factor("age"), question())


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_folder_of_two_tables_is_one_source(tmp_path: Path):
    found = read_source(folder(tmp_path, pregnancy=PREGNANCIES, woman=WOMEN), small())

    assert found.table.column("town").texts() == ["Lyon", "Lyon", "Nice"]
    assert (found.women, found.women_without_pregnancy) == (("A", "B"), 1)


def test_a_table_of_women_can_be_named_apart(tmp_path: Path):
    place = folder(tmp_path, all=PREGNANCIES, ours=WOMEN)

    found = read_source(place / "all.csv", small(), women=place / "ours.csv")

    assert found.table.column("town").words == ("Lyon", "Nice")


def test_mistakes_remember_their_line_after_tables_were_joined(tmp_path: Path):
    place = folder(tmp_path, pregnancy=PREGNANCIES.replace("B,1,unknown", "B,1,lost"), woman=WOMEN)

    with pytest.raises(InputRejected, match=r"pregnancy\.csv:4, column ending: found “lost”"):
        read_source(place, small())


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"other": PREGNANCIES}, "found neither manifest.json nor pregnancy.csv, wanted a snapshot"),
        ({"pregnancy": PREGNANCIES, "woman": "id,town\nA,Lyon\n"}, "wanted a column that names the woman"),
        ({"pregnancy": PREGNANCIES, "woman": WOMEN.replace("town", "age")}, "column age: found column age"),
        ({"pregnancy": PREGNANCIES, "woman": "woman,town\nA,Lyon\n"}, "pregnancy.csv:4, column woman: found"),
    ],
)
def test_a_folder_that_is_no_source_is_refused(tmp_path: Path, files: dict[str, str], expected: str):
    with pytest.raises(InputRejected) as caught:
        read_source(folder(tmp_path, **files), small())

    assert expected in str(caught.value)


def test_without_a_column_for_the_woman_every_row_is_one(tmp_path: Path):
    source = tmp_path / "rows.csv"
    source.write_text("case,age\n1,30\n0,31\n", encoding="utf-8")
    path = toml(tmp_path / "plan.toml")
    path.write_text(BASE.replace('[input.columns]\nwoman = "woman"\n', ""), encoding="utf-8")
    from gravida.analysis.plan import read_plan

    assert read_source(source, read_plan(path)).women == ("0", "1")


def test_the_usual_names_need_no_mapping(tmp_path: Path):
    source = tmp_path / "rows.csv"
    source.write_text("wid,pregordr,learnprg,ending,weeks,age\n7,1,5,miscarriage,8,30\n", encoding="utf-8")
    path = tmp_path / "plan.toml"
    path.write_text(BASE.replace('[input.columns]\nwoman = "woman"\n', ""), encoding="utf-8")
    from gravida.analysis.plan import read_plan

    found = read_source(source, read_plan(path))

    assert (found.women, found.order[0], found.recognised_week[0]) == (("7",), 1.0, 5.0)
