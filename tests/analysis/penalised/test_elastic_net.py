"""Lasso and elastic net: against glmnet, by its optimality conditions, and where nothing is to be found."""

import json
from pathlib import Path

import numpy as np
import pyarrow.csv
import pytest

from gravida.analysis.penalised import quadratic
from gravida.analysis.penalised.cross_validation import cross_validated_path, folds_by_woman
from gravida.analysis.penalised.elastic_net import elastic_net_path, largest_penalty, penalty_sequence

PENALTIES = (0.2, 0.1, 0.05, 0.02)
NAMES = ("a", "b", "c", "d", "e")


@pytest.fixture
def sixty() -> tuple[np.ndarray, np.ndarray]:
    """Sixty rows without chance in them, which R was given by the same formulas."""
    i = np.arange(1, 61)
    a = np.sin(i * 1.7) + i / 40
    b = np.cos(i * 0.9)
    e = (i % 3 == 0).astype(float)
    outcome = (i * 13 % 17) / 17 < 1 / (1 + np.exp(0.4 - 0.8 * a + 0.7 * b - 0.3 * e))
    return outcome.astype(float), np.column_stack([a, b, (i * 7 % 11) / 5, 0.6 * a + np.sin(i * i), e])


# R 4.2.2, glmnet 4.1.6, thresh 1e-16: the last two penalties, intercept then a to e.
FROM_GLMNET = {
    "lasso": (
        {"alpha": 1.0},
        [
            [-0.0529224635066, 0.7350726201669, -0.5471328058347, 0, 0, 0],
            [-0.2107693559865, 0.9631997341589, -0.8186091111169, 0, 0.0273956576507, 0.0184742521653],
        ],
    ),
    "half ridge": (
        {"alpha": 0.5},
        [
            [-0.0916677817288, 0.7521373793940, -0.6528238195342, 0, 0.0874166801863, 0],
            [
                -0.2400981623897,
                0.9388123177092,
                -0.8516915564948,
                -0.0108094876699,
                0.0996527132904,
                0.1210730548597,
            ],
        ],
    ),
    "two unpenalised": (
        {"unpenalised": ("a", "e")},
        [
            [-0.344001137130, 1.051394447537, -0.352134420213, 0, 0, 0.257501230267],
            [-0.377246547147, 1.116609941381, -0.748992654731, 0, 0, 0.249714551983],
        ],
    ),
    "as measured": (
        {"standardise": False},
        [
            [-0.00394802435433, 0.65826240542788, -0.39539467925954, 0, 0, 0],
            [-0.1787053498043, 0.9179254330359, -0.7443685821514, 0, 0.0302108819689, 0],
        ],
    ),
    "weighted": (
        {"alpha": 0.7, "weights": 1 + np.arange(1, 61) % 4},
        [
            [-0.1223512789638, 0.8094916658956, -0.4877317076796, 0, 0.1058135080941, 0.0176460745635],
            [-0.326101986354, 1.005493466474, -0.694261951887, 0, 0.149350614146, 0.240171924343],
        ],
    ),
}


@pytest.mark.parametrize("case", FROM_GLMNET, ids=str)
def test_sixty_rows_have_the_coefficients_of_glmnet(sixty: tuple[np.ndarray, np.ndarray], case: str) -> None:
    outcome, factors = sixty
    options, expected = FROM_GLMNET[case]

    path = elastic_net_path(outcome=outcome, factors=factors, names=NAMES, penalties=PENALTIES, **options)

    np.testing.assert_allclose(path.coefficients[2:], expected, atol=2e-9)
    assert np.all(path.kkt_gaps < 1e-10)


def test_folds_give_the_deviances_of_glmnets_cross_validation(
    sixty: tuple[np.ndarray, np.ndarray],
) -> None:
    outcome, factors = sixty

    _, cv = cross_validated_path(
        outcome=outcome, factors=factors, names=NAMES, penalties=PENALTIES, folds=np.arange(1, 61) % 5 + 1
    )

    np.testing.assert_allclose(
        cv.deviances, [1.33443818073, 1.26382787892, 1.23633427677, 1.30552440166], rtol=1e-8
    )
    np.testing.assert_allclose(
        cv.standard_errors, [0.0182752564994, 0.0425446570207, 0.0890248827754, 0.1434810146077], rtol=1e-7
    )
    assert (cv.best, cv.simplest) == (0.05, 0.1)


@pytest.mark.needs_shared
@pytest.mark.slow
def test_forty_noise_factors_beside_the_nsfg_model_give_glmnets_path_and_choice(shared_data: Path) -> None:
    oracle = json.loads((shared_data / "oracles/r_results.json").read_text())["S1.glmnet"]
    names = [name for name in oracle["coef_10"] if name != "(Intercept)"]
    rows = pyarrow.csv.read_csv(shared_data / "oracles/S1_2002.csv.gz")
    noise = pyarrow.csv.read_csv(shared_data / "oracles/S1_noise40.csv.gz")
    columns = [(noise if name.startswith("z") else rows)[name].to_numpy() for name in names]

    path, cv = cross_validated_path(
        outcome=rows["eloss"].to_numpy(),
        factors=np.column_stack(columns),
        names=names,
        penalties=oracle["lambda"],
        folds=rows["wid"].to_numpy() % 10 + 1,
    )

    np.testing.assert_allclose(path.coefficients[9], list(oracle["coef_10"].values()), atol=1e-6)
    np.testing.assert_allclose(path.coefficients[24], list(oracle["coef_25"].values()), atol=1e-6)
    assert list(path.chosen) == oracle["df"]
    np.testing.assert_allclose(cv.deviances, oracle["cvm"], atol=1e-8)
    np.testing.assert_allclose(cv.standard_errors, oracle["cvsd"], atol=1e-8)
    assert cv.best == pytest.approx(oracle["lambda_min"])
    assert cv.simplest == pytest.approx(oracle["lambda_1se"])


def test_the_largest_penalty_keeps_all_out_and_a_little_less_lets_one_in(
    sixty: tuple[np.ndarray, np.ndarray],
) -> None:
    outcome, factors = sixty
    largest = largest_penalty(outcome=outcome, factors=factors, names=NAMES, unpenalised=("e",))

    path = elastic_net_path(
        outcome=outcome,
        factors=factors,
        names=NAMES,
        penalties=largest * np.array([1.0000001, 0.999]),
        unpenalised=("e",),
    )

    assert list(path.chosen) == [1, 2]


def test_penalties_come_back_in_the_order_they_were_given(sixty: tuple[np.ndarray, np.ndarray]) -> None:
    outcome, factors = sixty

    down = elastic_net_path(outcome=outcome, factors=factors, names=NAMES, penalties=PENALTIES)
    up = elastic_net_path(outcome=outcome, factors=factors, names=NAMES, penalties=PENALTIES[::-1])

    np.testing.assert_allclose(up.coefficients[::-1], down.coefficients, atol=1e-9)


def test_without_numba_the_numbers_are_the_same(
    sixty: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome, factors = sixty
    wide = np.column_stack([factors, np.sin(np.outer(np.arange(60), np.arange(1, 31)) ** 1.1)])
    names = [f"m{at}" for at in range(35)]
    penalties = penalty_sequence(largest=0.2, count=8, ratio=0.2)
    with_numba = elastic_net_path(outcome=outcome, factors=wide, names=names, penalties=penalties)

    monkeypatch.setattr(quadratic, "numba_is_wanted", lambda: False)
    without = elastic_net_path(outcome=outcome, factors=wide, names=names, penalties=penalties)

    np.testing.assert_array_equal(without.coefficients, with_numba.coefficients)


def test_rows_of_one_woman_are_never_in_two_folds() -> None:
    woman = np.repeat(np.arange(50), 3)

    folds = folds_by_woman(woman, folds=10, generator=np.random.default_rng(40))

    assert all(len(set(folds[woman == one])) == 1 for one in range(50))
    assert list(np.bincount(folds)) == [15] * 10


def test_two_folds_are_too_few(sixty: tuple[np.ndarray, np.ndarray]) -> None:
    outcome, factors = sixty

    with pytest.raises(ValueError, match="need 3 or more"):
        cross_validated_path(
            outcome=outcome, factors=factors, names=NAMES, penalties=PENALTIES, folds=np.arange(60) % 2
        )


def test_a_penalty_of_zero_or_an_unknown_adjuster_is_refused(sixty: tuple[np.ndarray, np.ndarray]) -> None:
    outcome, factors = sixty

    with pytest.raises(ValueError, match="numbers above 0"):
        elastic_net_path(outcome=outcome, factors=factors, names=NAMES, penalties=[0.0])
    with pytest.raises(ValueError, match="'age' is no factor"):
        elastic_net_path(outcome=outcome, factors=factors, names=NAMES, penalties=[0.1], unpenalised=("age",))
