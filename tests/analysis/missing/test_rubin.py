"""Pooling over imputations: against mice on the stored imputations, and on tables checked by hand."""

import json
from pathlib import Path

import numpy as np
import pyarrow.csv
import pytest

from gravida.analysis.missing.rubin import barnard_rubin_df, joint_test, pool


def _design(table: dict[str, np.ndarray]) -> np.ndarray:
    parity = [(table["pl"] == level).astype(float) for level in (1, 2, 3)]
    others = [table[name] for name in ("plive", "smoke", "pov", "college", "black", "hisp", "learn")]
    return np.column_stack([np.ones(len(table["y"])), table["age"], *parity, *others])


def _logistic(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    beta = np.zeros(x.shape[1])
    for _ in range(30):
        risk = 1 / (1 + np.exp(-x @ beta))
        inverse = np.linalg.inv((x * (risk * (1 - risk))[:, None]).T @ x)
        beta = beta + inverse @ (x.T @ (y - risk))
    return beta, inverse


@pytest.mark.needs_shared
def test_the_stored_imputations_pool_to_what_mice_gives(shared_data: Path) -> None:
    oracle = json.loads((shared_data / "oracles/r_results.json").read_text())["S9.mice_pool"]
    rows = pyarrow.csv.read_csv(shared_data / "oracles/S9_mice_completed.csv.gz")
    columns = {name: rows[name].to_numpy().astype(float) for name in rows.column_names}
    fits = []
    for imputation in range(1, 21):
        chosen = columns[".imp"] == imputation
        table = {name: values[chosen] for name, values in columns.items()}
        fits.append(_logistic(_design(table), table["y"]))

    pooled = pool(
        names=oracle["term"],
        estimates=np.array([estimate for estimate, _ in fits]),
        covariances=np.array([covariance for _, covariance in fits]),
        complete_df=3930 - 12,
    )

    np.testing.assert_allclose(pooled.estimates, oracle["est"], atol=1e-8)
    np.testing.assert_allclose(pooled.standard_errors, oracle["se"], rtol=1e-6)
    np.testing.assert_allclose(pooled.degrees_of_freedom, oracle["df"], rtol=1e-5)
    np.testing.assert_allclose(np.diag(pooled.between), oracle["b"], rtol=1e-5)
    np.testing.assert_allclose(pooled.variance_share, oracle["lambda"], rtol=1e-5)
    np.testing.assert_allclose(pooled.missing_fraction, oracle["fmi"], rtol=1e-5)


def test_three_imputations_of_two_terms_pool_as_by_hand() -> None:
    estimates = np.array([[1.0, 2.0], [1.2, 2.1], [0.8, 1.9]])
    covariances = np.array([[[0.04, 0.01], [0.01, 0.09]]] * 3)

    pooled = pool(names=("a", "b"), estimates=estimates, covariances=covariances, complete_df=100)

    np.testing.assert_allclose(pooled.estimates, [1.0, 2.0])
    np.testing.assert_allclose(np.diag(pooled.between), [0.04, 0.01])
    np.testing.assert_allclose(np.diag(pooled.total), [0.04 + 4 / 3 * 0.04, 0.09 + 4 / 3 * 0.01])
    assert pooled.total[0, 1] == pytest.approx(0.01 + 4 / 3 * 0.02)


def test_a_term_that_no_imputation_moves_keeps_the_freedom_of_complete_data() -> None:
    freedom = barnard_rubin_df(variance_share=np.array([0.0]), imputations=5, complete_df=50)

    assert freedom[0] == pytest.approx(50 * 51 / 53, rel=1e-3)


def test_without_a_complete_data_freedom_the_formula_is_rubins_of_1987() -> None:
    freedom = barnard_rubin_df(variance_share=np.array([0.5]), imputations=5)

    assert freedom[0] == pytest.approx(16.0)


def test_terms_that_are_zero_together_are_rejected_in_five_of_a_hundred() -> None:
    generator = np.random.default_rng(20)
    within = np.diag([0.03, 0.05, 0.04])
    rejections = 0
    for _ in range(2000):
        # Proper imputation: estimates vary by the complete-data spread plus the part that is missing.
        centre = generator.multivariate_normal(np.zeros(3), within * 1.4)
        points = generator.multivariate_normal(centre, within * 0.4, size=10)
        pooled = pool(names="abc", estimates=points, covariances=np.array([within] * 10), complete_df=400)
        rejections += joint_test(pooled, terms="abc", complete_df=400).p_value < 0.05

    assert rejections / 2000 == pytest.approx(0.05, abs=0.015)


def test_one_imputation_cannot_be_pooled() -> None:
    with pytest.raises(ValueError, match="at least two imputations"):
        pool(names=("a",), estimates=np.ones((1, 1)), covariances=np.ones((1, 1, 1)))


def test_an_unknown_term_is_named_with_those_there_are() -> None:
    pooled = pool(names=("age",), estimates=np.array([[1.0], [2.0]]), covariances=np.ones((2, 1, 1)))

    with pytest.raises(KeyError, match="age"):
        joint_test(pooled, terms=("smoke",))
