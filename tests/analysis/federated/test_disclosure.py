"""Counts of few women do not leave a site: each kind of small cell, at its border."""

from typing import Any

import numpy as np
import pytest

from gravida.analysis.federated.disclosure import (
    ONE_ANSWER,
    SOLVABLE,
    SmallCell,
    check_counts,
    one_stands_out,
)
from gravida.analysis.federated.plan import FederatedPlan, plan_of
from gravida.analysis.federated.rows import site_rows

K = 5


def plan(names: tuple[str, ...], **other: Any) -> FederatedPlan:
    return plan_of(
        {
            "name": "cells",
            "model": "logistic",
            "sites": ["here"],
            "smallest_cell": K,
            "most_rounds": 4,
            "terms": [{"name": name, "column": name} for name in names],
            "columns": {"woman": "woman", "outcome": "loss"},
        }
        | other
    )


def rows(groups: list[tuple[int, dict[str, float]]]) -> dict[str, np.ndarray]:
    """So many women, one row each, with these values."""
    names = sorted({name for _, told in groups for name in told})
    columns = {
        name: np.concatenate([np.full(count, told.get(name, 0.0)) for count, told in groups])
        for name in names
    }
    return columns | {"woman": np.arange(sum(count for count, _ in groups))}


def check(names: tuple[str, ...], groups: list[tuple[int, dict[str, float]]], **other: Any) -> None:
    check_counts(site_rows(plan(names, **other), rows(groups)))


BIG = [(50, {"loss": 1.0}), (50, {"loss": 0.0})]


def exposed(lost: int, born: int) -> list[tuple[int, dict[str, float]]]:
    return [*BIG, (lost, {"loss": 1.0, "exposed": 1.0}), (born, {"loss": 0.0, "exposed": 1.0})]


@pytest.mark.parametrize(
    ("lost", "born", "about"),
    [
        (5, 5, None),
        (4, 40, "exposed"),
        (40, 4, "exposed"),
        (0, 40, "exposed"),  # that none of them lost is told about each of them
        (2, 2, "exposed"),
        (0, 0, None),  # nobody is nobody
    ],
)
def test_both_outcomes_on_both_sides_of_a_term(lost: int, born: int, about: str | None) -> None:
    if about is None:
        check(("exposed",), exposed(lost, born))
        return
    with pytest.raises(SmallCell) as small:
        check(("exposed",), exposed(lost, born))
    assert small.value.about == about
    assert not any(figure.isdigit() for figure in str(small.value))


def test_few_unexposed_are_as_small_as_few_exposed() -> None:
    with pytest.raises(SmallCell, match="not exposed"):
        check(
            ("exposed",),
            [
                (50, {"loss": 1.0, "exposed": 1.0}),
                (50, {"loss": 0.0, "exposed": 1.0}),
                (4, {"loss": 1.0}),
                (20, {"loss": 0.0}),
            ],
        )


def test_pairs_of_terms_are_counted_on_all_four_sides() -> None:
    # given
    both = {"exposed": 1.0, "old": 1.0}
    groups = [
        *BIG,
        (20, {"loss": 1.0, "exposed": 1.0}),
        (20, {"loss": 0.0, "exposed": 1.0}),
        (20, {"loss": 1.0, "old": 1.0}),
        (20, {"loss": 0.0, "old": 1.0}),
    ]
    # when, then
    check(("exposed", "old"), groups)
    with pytest.raises(SmallCell, match="exposed and old"):
        check(("exposed", "old"), [*groups, (4, {"loss": 1.0} | both)])
    check(("exposed", "old"), [*groups, (5, {"loss": 1.0} | both)])


def test_women_are_counted_not_their_rows() -> None:
    # given
    columns = rows([*BIG, (20, {"loss": 1.0, "exposed": 1.0}), (20, {"loss": 0.0, "exposed": 1.0})])
    columns["woman"] = np.where(columns["exposed"] == 1, 1000 + columns["woman"] % 4, columns["woman"])
    # when, then
    with pytest.raises(SmallCell, match="exposed: fewer women"):
        check_counts(site_rows(plan(("exposed",)), columns))


def test_everybody_with_the_outcome_is_refused() -> None:
    with pytest.raises(SmallCell, match=ONE_ANSWER):
        check(("exposed",), [(50, {"loss": 1.0, "exposed": 1.0}), (50, {"loss": 1.0})])


def test_patterns_are_counted_where_the_rounds_could_be_solved_for_them() -> None:
    # given
    names = ("a", "b", "c")
    terms = [{"name": name, "column": name, "equals": 1} for name in names]
    groups = [
        (30, {"loss": loss} | {name: float(bit) for name, bit in zip(names, f"{pattern:03b}", strict=True)})
        for pattern in range(8)
        for loss in (0.0, 1.0)
        if pattern != 7
    ]
    # when, then
    check(
        names,
        [
            *groups,
            (30, {"loss": 0.0, "a": 1.0, "b": 1.0, "c": 1.0}),
            (30, {"loss": 1.0, "a": 1.0, "b": 1.0, "c": 1.0}),
        ],
        terms=terms,
    )
    with pytest.raises(SmallCell, match=SOLVABLE):
        check(names, [*groups, (30, {"loss": 0.0, "a": 1.0, "b": 1.0, "c": 1.0})], terms=terms)


WEEKS = {
    "weeks": [4, 8, 12],
    "columns": {"woman": "woman", "outcome": "loss", "entry": "entry", "exit": "exit"},
}


def weekly(late: int, *, exposed: float = 0.0) -> list[tuple[int, dict[str, float]]]:
    return [
        (40, {"loss": 1.0, "entry": 3.0, "exit": 7.0}),
        (40, {"loss": 1.0, "entry": 3.0, "exit": 7.0, "exposed": 1.0}),
        (40, {"loss": 0.0, "entry": 3.0, "exit": 12.0}),
        (40, {"loss": 0.0, "entry": 3.0, "exit": 12.0, "exposed": 1.0}),
        (20, {"loss": 1.0, "entry": 3.0, "exit": 11.0}),
        (late, {"loss": 1.0, "entry": 3.0, "exit": 11.0, "exposed": exposed}),
    ]


def test_weeks_with_few_events_of_a_term_are_refused_where_efron_would_tell_them() -> None:
    check(("exposed",), weekly(5, exposed=1.0), model="cox_efron", **WEEKS)
    check(("exposed",), weekly(0), model="cox_efron", **WEEKS)
    with pytest.raises(SmallCell, match="exposed with the event in week 12"):
        check(("exposed",), weekly(4, exposed=1.0), model="cox_efron", **WEEKS)
    check(("exposed",), weekly(4, exposed=1.0), model="cox_breslow", **WEEKS)


def test_weeks_with_few_events_at_all_are_refused_until_the_plan_joins_them() -> None:
    few = [*weekly(0)[:4], (4, {"loss": 1.0, "entry": 3.0, "exit": 11.0})]
    with pytest.raises(SmallCell, match="all women with the event in week 12"):
        check(("exposed",), few, model="cox_breslow", **WEEKS)
    check(("exposed",), few, model="cox_breslow", **(WEEKS | {"weeks": [4, 12]}))


def test_weeks_with_few_women_at_risk_are_refused() -> None:
    few = [*weekly(20), (3, {"loss": 0.0, "entry": 1.0, "exit": 3.0})]
    with pytest.raises(SmallCell, match="at risk in week 2"):
        check(("exposed",), few, model="cox_breslow", **(WEEKS | {"weeks": [1, 2, 4, 8, 12]}))


@pytest.mark.parametrize(
    ("amounts", "counts", "stands_out"),
    [
        ([1.0, 1.0], [3, 3], False),
        ([1.0, 0.1], [1, 5], True),
        ([1.0, 0.1], [1, 10], False),  # exactly half
        ([1.0, 0.1], [0, 5], False),
        ([0.0, 0.0], [4, 5], False),
    ],
)
def test_one_row_that_makes_most_of_a_sum_stands_out(
    amounts: list[float], counts: list[int], stands_out: bool
) -> None:
    assert one_stands_out(np.array(amounts), np.array(counts)) is stands_out
