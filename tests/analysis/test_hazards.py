"""Weekly hazards: equal to one row per week at risk, to R, and refused where a week has no event."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gravida.analysis.binomial_problems import Separated
from gravida.analysis.compression_weeks import WeeklyGrid, WeeklyRows, weekly_grid, weekly_rows
from gravida.analysis.hazards import week_bands, weekly_hazard
from gravida.analysis.logistic import logistic

# R: glm on one row per week at risk, vcovCL; bands 4-5, 6-7, 8-12, then a and b.
R_ANSWERS: dict[str, tuple[list[float], list[float], list[float], float]] = {
    "logit": (
        [-3.0487904170996, -3.0783519146389, -1.9384827165374, -0.5142260513619, 0.0304763097788],
        [0.5184666129736, 0.3395135395624, 0.2580642219522, 0.2880441273076, 0.2240220196884],
        [0.5202452343656, 0.3406782549543, 0.2589495220548, 0.2890322747289, 0.2247905365929],
        -151.0962815874,
    ),
    "cloglog": (
        [-3.06591908587921, -3.10192527807147, -2.00837655518820, -0.49255544648018, 0.02649561566075],
        [0.5035806426766, 0.3323946597420, 0.2422706343649, 0.2688934817126, 0.2109490194740],
        [0.5053081971251, 0.3335349535191, 0.2431017539050, 0.2698159320436, 0.2116726889047],
        -151.0778568994,
    ),
}


@pytest.fixture
def weeks(peer: Any) -> tuple[WeeklyRows, WeeklyGrid]:
    """Entry, exit and cause made by arithmetic; every row its own pattern."""
    i = np.arange(180)
    entry = 4 + (i * 7) % 4
    cause = (i * i + peer.woman) % 4
    rows = weekly_rows(
        pattern=i,
        entry_week=entry,
        exit_week=entry + ((i * 19) % 11) // 2,
        cause=np.where(cause == 3, 0, cause),
        woman=peer.woman,
    )
    return rows, weekly_grid(rows, patterns=180, causes=(1, 2))


@pytest.mark.parametrize("link", R_ANSWERS)
def test_hazards_are_those_of_r_on_rows_per_week(peer: Any, weeks: Any, link: Any) -> None:
    rows, grid = weeks
    estimates, cr1, cr1s, log_likelihood = R_ANSWERS[link]
    asked = {"rows": rows, "grid": grid, "cause": 1, "design": peer.factors, "names": ("a", "b")}
    bands = week_bands(grid, starts=(4, 6, 8))

    fit = weekly_hazard(**asked, baseline=bands, link=link)
    stata = weekly_hazard(**asked, baseline=bands, link=link, correction="CR1S")

    assert fit.names == ("weeks 4 to 5", "weeks 6 to 7", "weeks 8 to 12", "a", "b")
    np.testing.assert_allclose(fit.estimates, estimates, atol=2e-9)
    np.testing.assert_allclose(fit.standard_errors, cr1, rtol=2e-8)
    np.testing.assert_allclose(stata.standard_errors, cr1s, rtol=2e-8)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=1e-9)
    assert (fit.n_rows, fit.n_events) == (180, 45)


def test_the_second_cause_has_its_own_hazard(peer: Any, weeks: Any) -> None:
    rows, grid = weeks

    fit = weekly_hazard(
        rows=rows,
        grid=grid,
        cause=2,
        design=peer.factors,
        names=("a", "b"),
        baseline=week_bands(grid, starts=(4, 6, 8)),
    )

    np.testing.assert_allclose(
        fit.estimates,
        [-2.9837035716744, -2.7742604559834, -1.9769781425547, 0.3017799664387, -0.0736638835274],
        atol=1e-9,
    )


@pytest.mark.parametrize("link", ["logit", "cloglog"])
def test_patterns_give_the_same_as_one_row_per_week(link: Any) -> None:
    # Given: 3,000 pregnancies of 1,300 women, six patterns, weeks 4 to 13.
    random = np.random.default_rng(11)
    pattern, woman = random.integers(0, 6, 3000), random.integers(0, 1300, 3000)
    design = np.column_stack([np.arange(6) % 2, np.arange(6) // 2]).astype(float)
    entry = random.integers(4, 9, 3000)
    last = np.minimum(entry + random.geometric(0.15, 3000) - 1, 13)
    cause = np.where(last < 13, random.choice([0, 1, 2], 3000, p=[0.2, 0.6, 0.2]), 0)
    rows = weekly_rows(pattern=pattern, entry_week=entry, exit_week=last, cause=cause, woman=woman)
    grid = weekly_grid(rows, patterns=6, causes=(1, 2))
    bands = week_bands(grid, starts=(4, 6, 8, 11))

    # When
    fit = weekly_hazard(
        rows=rows, grid=grid, cause=1, design=design, names=("x", "z"), baseline=bands, link=link
    )
    at = np.repeat(np.arange(3000), last - entry + 1)
    week = (
        entry[at]
        + np.arange(len(at))
        - np.repeat(np.cumsum(last - entry + 1) - (last - entry + 1), last - entry + 1)
    )
    event = (week == last[at]) & (cause[at] == 1)
    long = logistic(
        outcome=event,
        factors=np.hstack([bands.columns[week - grid.first_week], design[pattern[at]]]),
        names=fit.names,
        clusters=woman[at],
        link=link,
        intercept=False,
    )

    # Then
    assert grid.at_risk.sum() == len(at)
    np.testing.assert_allclose(fit.estimates, long.estimates, atol=1e-11)
    np.testing.assert_allclose(fit.covariance, long.covariance, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(fit.model_covariance, long.model_covariance, rtol=1e-9, atol=1e-14)
    assert fit.log_likelihood == pytest.approx(long.log_likelihood, abs=1e-8)


def test_a_known_weekly_hazard_ratio_is_found() -> None:
    random = np.random.default_rng(3)
    exposed = random.integers(0, 2, 20_000)
    hazard = 1 - np.exp(-0.05 * np.exp(0.6 * exposed))
    last = 4 + random.geometric(hazard) - 1
    rows = weekly_rows(
        pattern=exposed,
        entry_week=np.full(20_000, 4),
        exit_week=np.minimum(last, 13),
        cause=(last <= 13).astype(int),
        woman=np.arange(20_000),
    )
    grid = weekly_grid(rows, patterns=2, causes=(1,))

    fit = weekly_hazard(
        rows=rows,
        grid=grid,
        cause=1,
        design=np.array([[0.0], [1.0]]),
        names=("exposed",),
        link="cloglog",
    )

    term = fit.term("exposed")
    assert term.lower < 0.6 < term.upper
    assert term.standard_error < 0.03


def test_causes_may_carry_any_number(peer: Any, weeks: Any) -> None:
    rows, grid = weeks
    other = replace(rows, cause=np.array([0, 7, 3])[rows.cause])
    asked = {"design": peer.factors, "names": ("a", "b"), "baseline": week_bands(grid, starts=(4, 6, 8))}

    one = weekly_hazard(rows=rows, grid=grid, cause=1, **asked)
    seven = weekly_hazard(rows=other, grid=weekly_grid(other, patterns=180, causes=(3, 7)), cause=7, **asked)

    assert (one.covariance == seven.covariance).all()


def test_a_cause_that_the_grid_has_not_is_refused(peer: Any, weeks: Any) -> None:
    rows, grid = weeks

    with pytest.raises(ValueError, match=r"cause 3 of \[1, 2\]"):
        weekly_hazard(rows=rows, grid=grid, cause=3, design=peer.factors, names=("a", "b"))


def test_a_week_without_an_event_is_refused_by_name(peer: Any) -> None:
    rows = weekly_rows(
        pattern=np.arange(180),
        entry_week=np.full(180, 5),
        exit_week=np.where(np.arange(180) % 2 == 0, 6, 8),
        cause=np.arange(180) % 3 == 0,
        woman=peer.woman,
    )
    grid = weekly_grid(rows, patterns=180, causes=(1,))

    with pytest.raises(Separated) as refused:
        weekly_hazard(rows=rows, grid=grid, cause=1, design=peer.factors, names=("a", "b"))

    assert refused.value.names == ("week 5",)


def test_a_factor_that_foretells_the_week_s_outcome_is_refused_by_name(peer: Any, weeks: Any) -> None:
    rows, grid = weeks
    safe = (grid.events[0].sum(axis=1) == 0) & (np.arange(180) % 3 == 0)

    with pytest.raises(Separated) as refused:
        weekly_hazard(
            rows=rows,
            grid=grid,
            cause=1,
            design=safe.astype(float)[:, None],
            names=("safe",),
            baseline=week_bands(grid, starts=(4,)),
        )

    assert refused.value.names == ("safe",)


def test_a_row_that_leaves_before_it_enters_is_refused(peer: Any) -> None:
    with pytest.raises(ValueError, match="1 rows leave before they enter; the first, row 1"):
        weekly_rows(pattern=[0, 0], entry_week=[4, 6], exit_week=[5, 5], cause=[1, 0], woman=[1, 2])
