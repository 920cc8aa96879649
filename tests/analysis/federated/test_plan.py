"""Federated plans: what is documented can be read, what cannot work is refused with the entry."""

import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gravida.analysis.federated.plan import PlanMistake, plan_of, read_plan
from gravida.analysis.federated.rows import site_rows

MANUAL = Path(__file__).resolve().parents[3] / "docs" / "federated.md"


def documented() -> dict[str, Any]:
    block = re.search(r"```toml\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
    return tomllib.loads(block[1]) if block else {}


def test_the_manuals_plan_can_be_read(tmp_path: Path) -> None:
    # given
    block = re.search(r"```toml\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "plan.toml").write_text(block[1] if block else "", encoding="utf-8")
    # when
    plan = read_plan(tmp_path / "plan.toml")
    # then
    assert plan.model == "cox_efron"
    assert plan.names == ("smoker", "age")
    assert plan.columns == ("woman", "early_loss", "entry_week", "exit_week", "smoker", "age_years")


def test_the_hash_follows_what_is_said_not_how_it_is_laid_out() -> None:
    told = documented()
    shuffled = dict(reversed(list(told.items())))
    assert plan_of(told).hash == plan_of(shuffled).hash
    assert plan_of(told).hash != plan_of(told | {"smallest_cell": 6}).hash


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model": "poisson"}, "model: found 'poisson'"),
        ({"terms": []}, "at least one"),
        ({"terms": [{"name": "a", "column": "a"}] * 2}, "each name once"),
        ({"terms": [{"name": "a", "column": "a", "equals": True}]}, "equals: found True"),
        ({"terms": [{"name": "a", "column": "a", "is": 1}]}, "found 'is'"),
        ({"sites": []}, "at least one site"),
        ({"sites": ["../north"]}, "letters, digits and hyphens"),
        ({"smallest_cell": 2}, "smallest_cell: found 2, wanted a whole number of 3 or more"),
        ({"most_rounds": 1}, "most_rounds"),
        ({"weeks": [4]}, "two or more rising weeks"),
        ({"weeks": [8, 4]}, "two or more rising weeks"),
        ({"columns": {"woman": "w", "outcome": "y"}}, "entry and exit"),
        ({"columns": "none"}, "a table [columns]"),
        ({"colour": "red"}, "found 'colour'"),
        ({"model": "logistic"}, "no weeks, entry or exit"),
    ],
)
def test_a_plan_that_cannot_work_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(PlanMistake, match=re.escape(said)):
        plan_of(documented() | change)


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text("name = ", encoding="utf-8")
    with pytest.raises(PlanMistake, match=r"plan\.toml"):
        read_plan(tmp_path / "plan.toml")


WEEKS = (4.0, 6.0, 8.0)


@pytest.mark.parametrize(
    ("entry", "exit_week", "event", "at_risk", "happens_at"),
    [
        (4.0, 6.0, 1, [1], 1),  # on the plan's weeks already
        (3.0, 4.0, 1, [0], 0),  # before the first week
        (4.5, 5.5, 1, [1], 1),  # back to 4, forward to 6
        (4.0, 6.5, 1, [1, 2], 2),
        (3.0, 9.0, 1, [0, 1, 2], None),  # ends after the last week: not seen
        (3.0, 9.0, 0, [0, 1, 2], None),
        (8.0, 9.0, 1, [], None),  # enters when the plan has ended
    ],
)
def test_times_are_put_on_the_plans_weeks(
    entry: float, exit_week: float, event: int, at_risk: list[int], happens_at: int | None
) -> None:
    # given
    plan = plan_of(documented() | {"weeks": list(WEEKS), "terms": [{"name": "age", "column": "age"}]})
    columns = {"woman": [1, 2], "early_loss": [event, 0], "entry_week": [entry, 3.0]}
    columns |= {"exit_week": [exit_week, 8.0], "age": [30.0, 31.0]}
    # when
    rows = site_rows(plan, {name: np.array(values) for name, values in columns.items()})
    # then
    if not at_risk:
        assert rows.women == 1
        return
    assert list(range(int(rows.entry_at[0]) + 1, int(rows.exit_at[0]) + 1)) == at_risk
    assert (int(rows.exit_at[0]) if rows.outcome[0] else None) == happens_at


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("early_loss", [0, 2], "holds 2: wanted 0 or 1"),
        ("entry_week", [9.0, 3.0], "entry_week 9 is not before exit_week 8 in 1 rows"),
        ("age_years", ["old", "young"], "column 'age_years' holds texts"),
        ("age_years", [np.nan, np.nan], "all 2 rows have a missing value"),
    ],
)
def test_rows_that_cannot_be_used_are_named(name: str, values: list[Any], said: str) -> None:
    columns: dict[str, Any] = {"woman": [1, 2], "early_loss": [1, 0], "entry_week": [3.0, 3.0]}
    columns |= {"exit_week": [8.0, 8.0], "smoker": [0, 1], "age_years": [30.0, 31.0]}
    told = {key: np.array(cells) for key, cells in (columns | {name: values}).items()}
    with pytest.raises(ValueError, match=re.escape(said)):
        site_rows(plan_of(documented()), told)


def test_a_level_may_be_a_word_and_empty_words_are_missing() -> None:
    # given
    told = documented() | {"terms": [{"name": "north", "column": "origin", "equals": "north"}]}
    columns: dict[str, Any] = {"woman": [1, 2, 3], "early_loss": [1, 0, 1], "entry_week": [3.0] * 3}
    columns |= {"exit_week": [8.0] * 3, "origin": ["north", "", "south"]}
    # when
    rows = site_rows(plan_of(told), {name: np.array(values) for name, values in columns.items()})
    # then
    assert rows.design[rows.pattern].ravel().tolist() == [1.0, 0.0]
    assert rows.left_out == 1
