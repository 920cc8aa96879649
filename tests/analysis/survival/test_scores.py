"""Score residuals summed by woman: the same sums whichever way they are looked up and cut in blocks."""

from typing import Any

import numpy as np
import pytest

from gravida.analysis.survival import clusters, scores
from gravida.analysis.survival.cox import CoxModel, cox
from gravida.analysis.survival.fine_gray import fine_gray

ROWS, WOMEN = 3000, 900


@pytest.fixture(scope="module")
def weekly() -> dict[str, Any]:
    random = np.random.default_rng(8)
    entry = random.integers(2, 8, ROWS)
    return {
        "x": random.normal(size=(ROWS, 3)),
        "entry": entry,
        "exit_time": entry + random.integers(1, 8, ROWS),
        "cause": random.integers(0, 3, ROWS),
        "weights": random.uniform(0.5, 2, ROWS),
        "strata": random.integers(0, 2, ROWS),
        "woman": random.integers(0, WOMEN, ROWS),
    }


def fitted(table: dict[str, Any], *, ties: Any = "efron") -> CoxModel:
    return cox(
        x=table["x"],
        entry=table["entry"],
        exit_time=table["exit_time"],
        event=table["cause"] == 1,
        weights=table["weights"],
        strata=table["strata"],
        cluster=table["woman"],
        ties=ties,
    )


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_few_moments_give_the_errors_of_many(weekly: Any, ties: Any, monkeypatch: Any) -> None:
    by_span = fitted(weekly, ties=ties)
    assert scores.score_tables(by_span.sets, by_span.likelihood).spans is not None

    monkeypatch.setattr(scores, "FEW_SPANS", 0)
    by_moment = fitted(weekly, ties=ties)

    assert scores.score_tables(by_moment.sets, by_moment.likelihood).spans is None
    np.testing.assert_allclose(by_span.fit.covariance, by_moment.fit.covariance, rtol=1e-11, atol=1e-18)


def test_few_moments_give_the_errors_of_many_after_a_competing_event(weekly: Any, monkeypatch: Any) -> None:
    columns = {name: weekly[name] for name in ("x", "entry", "exit_time", "cause")}
    by_span = fine_gray(**columns, cluster=weekly["woman"])

    monkeypatch.setattr(scores, "FEW_SPANS", 0)
    by_moment = fine_gray(**columns, cluster=weekly["woman"])

    np.testing.assert_allclose(by_span.fit.covariance, by_moment.fit.covariance, rtol=1e-11, atol=1e-18)


@pytest.mark.parametrize("at_once", [1, 7, 500])
def test_small_blocks_give_the_errors_of_large_ones(weekly: Any, at_once: int, monkeypatch: Any) -> None:
    whole = fitted(weekly)

    monkeypatch.setattr(clusters, "ROWS_AT_ONCE", at_once)

    np.testing.assert_allclose(fitted(weekly).fit.covariance, whole.fit.covariance, rtol=1e-11, atol=1e-18)


@pytest.mark.parametrize("at_once", [1, 3, 100])
def test_a_block_holds_whole_clusters_in_their_order(at_once: int, monkeypatch: Any) -> None:
    monkeypatch.setattr(clusters, "ROWS_AT_ONCE", at_once)
    cluster = np.array([4, 0, 2, 2, 0, 2, 2, 5], dtype=np.int32)

    sizes, rows = [], []
    for select, start in clusters.row_blocks(cluster, 7):
        rows += np.arange(len(cluster))[select].tolist()
        sizes += np.diff(start).tolist()

    assert rows == [1, 4, 2, 3, 5, 6, 0, 7]
    assert sizes == [2, 0, 4, 0, 1, 1, 0]
