"""Cox models at the borders: input that cannot be right, factors without an answer, tables of patterns."""

from typing import Any

import numpy as np
import pytest

from gravida.analysis.fit import NotEstimable
from gravida.analysis.survival.cox import MonotoneLikelihood, cox, fit_cox
from gravida.analysis.survival.rows import cluster_codes, risk_rows
from gravida.analysis.survival.times import IntervalVanishes, time_axis


def rows(**changes: Any) -> dict[str, Any]:
    """Six rows that can be fitted."""
    table: dict[str, Any] = {
        "x": np.array([[0.0, 1], [1, 0], [0, 0], [1, 1], [0, 1], [1, 0]]),
        "names": ["age", "smoker"],
        "entry": np.array([0.0, 1, 0, 2, 1, 0]),
        "exit_time": np.array([3.0, 4, 2, 5, 5, 6]),
        "event": np.array([1, 1, 1, 1, 0, 1]),
    }
    return {**table, **changes}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"event": np.array([1, 1, 2, 1, 0, 1])}, "event of row 2 is"),
        ({"event": np.array([1, 1, 1])}, "event has 3 rows"),
        ({"exit_time": np.array([3.0, 4, np.nan, 5, 5, 6])}, "exit_time of row 2"),
        ({"entry": np.array([0.0, 1, np.nan, 2, 1, 0])}, "entry of row 2 is missing"),
        ({"entry": np.array([0.0, 4, 0, 2, 1, 0])}, "row 1: entry"),
        ({"x": np.array([[0.0, np.inf]] * 6)}, "smoker of row 0"),
        ({"x": np.zeros((5, 2))}, "x has 5 rows: need 6"),
        ({"x": np.zeros(6)}, "x has 1 dimensions"),
        ({"names": ["age"]}, "1 names for 2 columns"),
        ({"weights": np.array([1, 1, 0, 1, 1, 1])}, "weights of row 2"),
        ({"cluster": np.arange(5)}, "cluster has 5 rows"),
    ],
)
def test_input_that_cannot_be_right_is_named(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        cox(**rows(**changes))


def test_no_event_has_no_answer() -> None:
    with pytest.raises(NotEstimable, match="no event among 6"):
        cox(**rows(event=np.zeros(6)))


@pytest.mark.parametrize("second", [np.zeros(6), np.ones(6), np.array([0.0, 1, 0, 1, 0, 1])])
def test_a_constant_or_doubled_factor_is_named(second: np.ndarray) -> None:
    doubled = np.column_stack([np.array([0.0, 1, 0, 1, 0, 1]), second])

    with pytest.raises(NotEstimable, match="smoker: constant"):
        cox(**rows(x=doubled))


def test_a_factor_that_separates_the_events_is_named() -> None:
    generator = np.random.default_rng(5)
    age, smoker = generator.normal(size=60), np.repeat([0.0, 1.0], 30)
    exit_time, event = generator.integers(1, 9, 60).astype(float), smoker * (generator.random(60) < 0.6)

    with pytest.raises(MonotoneLikelihood, match="smoker") as refusal:
        cox(x=np.column_stack([age, smoker]), names=["age", "smoker"], exit_time=exit_time, event=event)

    assert refusal.value.names == ("smoker",)


def test_patterns_give_what_rows_give(small: Any) -> None:
    x = np.column_stack([np.round(small["a"]), small["b"]])
    patterns, pattern = np.unique(x, axis=0, return_inverse=True)
    intervals = {"entry": small["entry"], "exit_time": small["exit"], "weights": small["w"]}

    by_row = fit_cox(risk_rows(x=x, **intervals), event=small["cause"] == 1, cluster=small["woman"])
    by_pattern = fit_cox(
        risk_rows(x=patterns, pattern=pattern, **intervals), event=small["cause"] == 1, cluster=small["woman"]
    )

    assert len(patterns) < len(x)
    assert by_pattern.fit.estimates == pytest.approx(by_row.fit.estimates, abs=1e-12)
    assert by_pattern.fit.covariance == pytest.approx(by_row.fit.covariance, rel=1e-10)


def test_who_enters_in_the_week_of_an_event_can_count_there(small: Any) -> None:
    x, event = np.column_stack([small["a"], small["b"]]), small["cause"] == 1
    weeks = {"entry": np.floor(small["entry"]), "exit_time": np.ceil(small["exit"])}

    counted = fit_cox(risk_rows(x=x, **weeks, at_risk="from_entry"), event=event)
    earlier = fit_cox(risk_rows(x=x, entry=weeks["entry"] - 0.5, exit_time=weeks["exit_time"]), event=event)
    after = fit_cox(risk_rows(x=x, **weeks), event=event)

    assert counted.fit.estimates == pytest.approx(earlier.fit.estimates, abs=1e-12)
    assert np.abs(counted.fit.estimates - after.fit.estimates).max() > 0.01


def test_a_table_too_large_to_keep_in_full_gives_the_same(small: Any, monkeypatch: Any) -> None:
    table = {
        "x": np.column_stack([small["a"], small["b"]]),
        "entry": small["entry"],
        "exit_time": small["exit"],
        "event": small["cause"] == 1,
        "strata": small["z"],
        "cluster": small["woman"],
    }
    full = cox(**table)

    monkeypatch.setattr("gravida.analysis.survival.risk_sets.DENSE_CELLS", 0)
    sparse = cox(**table)

    assert full.sets.at_risk is not None
    assert sparse.sets.at_risk is None
    assert sparse.fit.estimates == pytest.approx(full.fit.estimates, abs=1e-12)
    assert sparse.fit.covariance == pytest.approx(full.fit.covariance, rel=1e-10)


def test_the_order_of_rows_does_not_matter(small: Any) -> None:
    x = np.column_stack([small["a"], small["b"]])
    shuffled = np.random.default_rng(1).permutation(len(x))

    def fit(order: np.ndarray) -> Any:
        return cox(
            x=x[order],
            entry=small["entry"][order],
            exit_time=small["exit"][order],
            event=small["cause"][order] == 1,
            cluster=small["woman"][order],
        ).fit

    before, after = fit(np.arange(len(x))), fit(shuffled)
    assert after.estimates == pytest.approx(before.estimates, abs=1e-12)
    assert after.covariance == pytest.approx(before.covariance, rel=1e-10)
    assert fit(shuffled).covariance.tobytes() == after.covariance.tobytes()


def test_every_row_its_own_cluster_is_the_jackknife_by_row(small: Any) -> None:
    x, event = np.column_stack([small["a"], small["b"]]), small["cause"] == 1

    named = cox(x=x, exit_time=small["exit"], event=event, cluster=np.arange(40) * 7 + 3)

    assert named.fit.n_clusters == 40
    assert named.fit.standard_errors_by == "CR0 by woman"


@pytest.mark.parametrize("kind", [np.int64, np.uint16, np.float64, np.str_])
def test_labels_out_of_order_are_the_same_women(kind: Any) -> None:
    codes, women = cluster_codes(np.array([7, 3, 7, 9, 3]).astype(kind), n_rows=5)

    assert (codes.tolist(), women) == ([1, 0, 1, 2, 0], 3)


def test_equal_times_are_equal_up_to_noise() -> None:
    axis = time_axis(exit_time=np.array([0.1 + 0.2, 0.3, 1.0]), entry=np.array([0.0, 0.0, 0.3]))

    assert len(axis.times) == 3
    assert axis.exit_at[0] == axis.exit_at[1]
    assert axis.entry_at is not None and axis.entry_at[2] == axis.exit_at[0]


def test_weeks_halves_and_days_share_one_axis_with_the_sorted_way() -> None:
    exits, entries = np.array([3.5, 2.0, 39.5]), np.array([1.0, 0.5, 2.0])

    lattice = time_axis(exit_time=exits, entry=entries)
    # A time that is neither a whole, a half nor a seventh makes the axis sort.
    sorting = time_axis(exit_time=np.append(exits, 40.123), entry=np.append(entries, 1.0))

    assert list(lattice.times) == [0.5, 1.0, 2.0, 3.5, 39.5]
    assert list(sorting.times[:-1]) == list(lattice.times)
    assert list(sorting.exit_at[:-1]) == list(lattice.exit_at)


def test_an_interval_of_noise_is_refused() -> None:
    with pytest.raises(IntervalVanishes, match="row 1"):
        time_axis(exit_time=np.array([2.0, 3.0 + 1e-10]), entry=np.array([0.0, 3.0]))


def test_known_hazard_ratios_come_back_from_simulated_late_entry() -> None:
    generator = np.random.default_rng(20)
    size, truth = 40_000, np.array([0.7, -0.4])
    x = np.column_stack([generator.integers(0, 2, size), generator.normal(size=size)])
    event_time = generator.exponential(12 / np.exp(x @ truth))
    entry, censored = generator.uniform(0, 6, size), generator.uniform(4, 30, size)
    seen = (event_time > entry) & (censored > entry)
    exit_time = np.minimum(event_time, censored)

    model = cox(x=x[seen], entry=entry[seen], exit_time=exit_time[seen], event=(event_time <= censored)[seen])

    assert np.abs(model.fit.estimates - truth).max() < 4 * model.fit.standard_errors.max()
    assert model.fit.standard_errors.max() < 0.02
