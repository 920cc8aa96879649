"""Snapshots: what is written comes back, and what was changed since is refused."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from gravida.analysis.history import history
from gravida.analysis.input.mistakes import InputRejected, Mistakes
from gravida.analysis.input.read import read_source, read_table
from gravida.analysis.input.snapshot import read_grain, read_manifest, write_snapshot
from gravida.analysis.input.table import Kind, Lines, Origin, Table, code_column, number_column
from gravida.analysis.plan import index_rule, read_plan
from gravida.analysis.plan_rows import analysis_rows
from gravida.protocol.plan import Plan
from tests.analysis.plans import plan

CSV = """\
woman,preg_no,preg_outcome,weeks,seen,tsh,smokes
P1,1,miscarriage,8,2022-10,< 0.01,yes
P1,2,live_birth,REF,2023-05-01,2.5,
P2,1,miscarriage,13,,NAV,no
"""


def of_pregnancies(tmp_path: Path) -> Table:
    (tmp_path / "made.csv").write_text(CSV, encoding="utf-8")
    return read_table(tmp_path / "made.csv", kinds={"weeks": Kind.NUMBER})


def of_women(*names: str, age: float = 31.0) -> Table:
    origin = Origin(path=Path("made"), lines=Lines.ROWS)
    ages = number_column("age", np.full(len(names), age))
    return Table(columns=(code_column("woman", names), ages), origin=origin)


def snapshot(tmp_path: Path, *women: str) -> Path:
    folder = tmp_path / "snapshot"
    tables = {"pregnancy": of_pregnancies(tmp_path), "woman": of_women(*(women or ("P1", "P2", "P3")))}
    write_snapshot(
        folder, tables, study="falco", dictionary_version="1.2", frozen_at="2026-11-22T10:00:00+00:00"
    )
    return folder


def small_plan() -> Plan:
    return plan()


def test_a_snapshot_comes_back_with_reasons_limits_and_spans(tmp_path: Path):
    folder = snapshot(tmp_path)
    mistakes = Mistakes()

    manifest = read_manifest(folder, mistakes)
    back = read_grain(folder, manifest, "pregnancy", {}, mistakes)

    mistakes.reject()
    for column, before in zip(back, of_pregnancies(tmp_path), strict=True):
        assert column.kind is before.kind
        assert np.array_equal(column.missing, before.missing)
        assert column.texts() == before.texts()
        if before.high is not None:
            assert np.array_equal(column.high, before.high, equal_nan=True)
    assert back.column("tsh").below[0] == 0.01
    assert (manifest.study, manifest.dictionary_version) == ("falco", "1.2")


def test_the_same_tables_give_the_same_bytes(tmp_path: Path):
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
    one, two = snapshot(first), snapshot(second)

    for path in sorted(one.iterdir()):
        assert path.read_bytes() == (two / path.name).read_bytes()


def test_women_join_their_pregnancies(tmp_path: Path):
    found = read_source(snapshot(tmp_path), small_plan())

    assert found.women == ("P1", "P2")
    assert found.women_without_pregnancy == 1
    assert found.table.column("age").numbers.tolist() == [31.0] * 3


def test_a_number_known_between_two_bounds_keeps_both(tmp_path: Path):
    table = of_women("P1", "P2")
    span = replace(table.column("age"), high=np.array([31.0, 33.0]))
    folder = tmp_path / "spans"

    write_snapshot(
        folder,
        {"woman": table.with_columns(span)},
        study="s",
        dictionary_version="1",
        frozen_at="2026-01-01T00:00:00+00:00",
    )

    back = read_table(folder / "woman.parquet").column("age")
    assert back.high.tolist() == [31.0, 33.0]


def test_a_changed_table_is_refused(tmp_path: Path):
    folder = snapshot(tmp_path)
    content = (folder / "woman.parquet").read_bytes()
    (folder / "woman.parquet").write_bytes(content + b" ")

    with pytest.raises(InputRejected, match=r"found SHA-256 .* as the manifest says"):
        read_source(folder, small_plan())


def test_a_table_gone_and_a_wrong_manifest_are_named(tmp_path: Path):
    folder = snapshot(tmp_path)
    (folder / "woman.parquet").unlink()
    manifest = json.loads((folder / "manifest.json").read_text())
    with pytest.raises(InputRejected, match="found no file, wanted the table woman"):
        read_source(folder, small_plan())

    manifest |= {"format_version": 2, "study": ""}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InputRejected) as caught:
        read_source(folder, small_plan())

    assert "wanted gravida-snapshot, 1" in str(caught.value)
    assert "column study: found ''" in str(caught.value)


def test_a_manifest_cannot_point_outside_its_folder(tmp_path: Path):
    folder = snapshot(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["grains"]["woman"]["file"] = "../made.csv"
    (folder / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(InputRejected, match="a name in the folder"):
        read_source(folder, small_plan())


def test_a_snapshot_is_never_written_over(tmp_path: Path):
    folder = snapshot(tmp_path)

    with pytest.raises(FileExistsError, match="never changed"):
        write_snapshot(folder, {}, study="s", dictionary_version="1", frozen_at="2026")


@pytest.mark.parametrize(
    ("women", "expected"),
    [
        (("P1",), "column woman: found “P2”, wanted a woman of woman.parquet"),
        (("P1", "P2", "P1"), "found “P1” a second time, wanted each woman once"),
    ],
)
def test_women_that_do_not_fit_are_named(tmp_path: Path, women: tuple[str, ...], expected: str):
    with pytest.raises(InputRejected) as caught:
        read_source(snapshot(tmp_path, *women), small_plan())

    assert expected in str(caught.value)


def test_a_value_and_a_reason_at_once_contradict_each_other(tmp_path: Path):
    path = tmp_path / "table.parquet"
    parquet.write_table(pa.table({"age": [31.0, None], "age__missing": ["REF", "UNK"]}), path)

    with pytest.raises(InputRejected, match=r"row 1, column age: found a value and the reason REF"):
        read_table(path)


def test_parquet_texts_are_read_like_cells_and_types_are_kept(tmp_path: Path):
    path = tmp_path / "table.parquet"
    table = {
        "weeks": pa.array(["8", "UNK", "x"]),
        "code": pa.array([1.0, 2.0, None]),
        "yes": pa.array([True, None, False]),
        "bad": pa.array([[1], [2], [3]]),
    }
    parquet.write_table(pa.table(table), path)

    with pytest.raises(InputRejected) as caught:
        read_table(path, kinds={"weeks": Kind.NUMBER, "code": Kind.CODE})

    lines = str(caught.value).splitlines()
    assert "row 3, column weeks: found “x”" in lines[0]
    assert "column bad: found type list" in lines[1]
    good = read_table(path, kinds={"code": Kind.CODE}, only=["code", "yes"])
    assert good.column("code").texts() == ["1", "2", ""]
    assert good.column("yes").kind is Kind.YES_NO


def test_falco_reads_a_snapshot_by_the_roles_of_its_own_plan(tmp_path: Path):
    # given: one woman, a loss before inclusion and one after, a birth after
    rows = """\
woman,preg_no,preg_outcome,preg_ga_end,preg_pos_test_date,preg_start,preg_end
P1,1,05,56,2021-02-01,2021-01-01,2021-02-26
P1,2,05,97,2023-02-05,2023-01-01,2023-04-08
P1,3,12,275,2024-02-05,2024-01-01,2024-10-02
"""
    head = "dem_age_inc,lif_bmi,lif_smoke,lif_alcohol,gyn_endometriosis,hor_tsh,aab_tpo,lip_nk_pct"
    head, body = f"{head},lip_treg_pct,inc_date", "31,22,1,1,0,2,3,11,4,2022-11-02"
    (tmp_path / "pregnancy.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "woman.csv").write_text(f"woman,{head}\nP1,{body}\n", encoding="utf-8")
    falco = read_plan(Path(__file__).resolve().parents[3] / "studies" / "falco")

    # when
    found = read_source(tmp_path, falco)

    # then
    assert found.weeks.tolist() == [8.0, pytest.approx(97 / 7), pytest.approx(275 / 7)]
    assert found.recognised_week.tolist() == [pytest.approx(31 / 7), 5.0, 5.0]
    assert found.women == ("P1",)
    risk = history(found, rule=index_rule(falco))
    assert risk.number.tolist() == [2, 3]
    assert risk.lag("early_losses").values.tolist() == [1.0, 2.0]
    question = falco.question("when_lost")
    rows = analysis_rows(falco, question, risk, model="cox_delayed_entry", factors=("body_mass",))
    assert rows.cause.tolist() == [1, 0]
