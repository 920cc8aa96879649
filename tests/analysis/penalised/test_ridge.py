"""Ridge logistic regression: against glmnet and lrm, its two limits, and the choice of its penalty."""

import numpy as np
import pytest

from gravida.analysis.logistic import logistic
from gravida.analysis.penalised.cross_validation import folds_by_woman
from gravida.analysis.penalised.ridge import (
    ridge_logistic,
    ridge_penalty_by_information,
    ridge_penalty_by_women_left_out,
)

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


def test_a_penalty_of_n_times_lambda_gives_glmnets_ridge(sixty: tuple[np.ndarray, np.ndarray]) -> None:
    outcome, factors = sixty

    found = ridge_logistic(outcome=outcome, factors=factors, names=NAMES, clusters=None, penalty=6.0)

    expected = [
        0.0138789333805,
        0.5972254825628,
        -0.5964056041734,
        -0.0916633019540,
        0.2028892390473,
        0.1561522429267,
    ]
    np.testing.assert_allclose(found.fit.estimates, expected, atol=1e-9)


def test_lrm_gives_the_same_estimates_standard_errors_and_effective_terms(
    sixty: tuple[np.ndarray, np.ndarray],
) -> None:
    outcome, factors = sixty

    # rms 6.5 scales by variances over n - 1 and was given 6 n / (n - 1).
    found = ridge_logistic(
        outcome=outcome, factors=factors, names=NAMES, clusters=None, penalty=6.0 * (60 / 59) ** 2
    )

    estimates = [
        0.0196145524081,
        0.5895338857885,
        -0.5888657168667,
        -0.0918228482670,
        0.2029156784693,
        0.1542329301088,
    ]
    errors = [0.5524972287, 0.3120620297, 0.3320314241, 0.3729790651, 0.2920271622, 0.4929987782]
    np.testing.assert_allclose(found.fit.estimates, estimates, atol=1e-8)
    np.testing.assert_allclose(found.fit.standard_errors, errors, rtol=1e-7)
    assert found.effective_terms == pytest.approx(3.143568, abs=1e-6)


def test_the_information_criterion_chooses_what_pentrace_chooses(
    sixty: tuple[np.ndarray, np.ndarray],
) -> None:
    outcome, factors = sixty
    scale = (60 / 59) ** 2

    choice = ridge_penalty_by_information(
        outcome=outcome, factors=factors, names=NAMES, penalties=np.array([0, 1, 3, 6, 12, 24]) * scale
    )

    from_rms = np.array([3.409185, 4.527690, 5.439163, 5.829265, 5.735775, 4.997580])
    np.testing.assert_allclose(choice.values - choice.values[0], from_rms[0] - from_rms, atol=2e-6)
    assert choice.best == 6 * scale


def test_without_penalty_it_is_maximum_likelihood_by_woman(sixty: tuple[np.ndarray, np.ndarray]) -> None:
    outcome, factors = sixty
    woman = np.arange(60) // 2

    plain = logistic(outcome=outcome, factors=factors, names=NAMES, clusters=woman)
    found = ridge_logistic(outcome=outcome, factors=factors, names=NAMES, clusters=woman, penalty=0.0).fit

    np.testing.assert_allclose(found.estimates, plain.estimates, atol=1e-8)
    np.testing.assert_allclose(found.standard_errors, plain.standard_errors, rtol=1e-7)
    assert found.warnings == ()


def test_a_huge_penalty_leaves_the_unpenalised_alone(sixty: tuple[np.ndarray, np.ndarray]) -> None:
    outcome, factors = sixty

    found = ridge_logistic(
        outcome=outcome, factors=factors, names=NAMES, clusters=None, penalty=1e7, unpenalised=("b",)
    )
    alone = logistic(outcome=outcome, factors=factors[:, 1:2], names=("b",), clusters=None)

    assert found.fit.term("b").estimate == pytest.approx(alone.term("b").estimate, abs=1e-4)
    assert found.effective_terms == pytest.approx(1.0, abs=1e-3)
    assert "shrunken_estimates" in found.fit.warnings


def test_separated_factors_and_more_factors_than_rows_have_an_answer() -> None:
    outcome = np.repeat([0.0, 1.0], 10)
    factors = np.column_stack([outcome, np.random.default_rng(50).normal(size=(20, 30))])

    found = ridge_logistic(
        outcome=outcome, factors=factors, names=[f"m{at}" for at in range(31)], clusters=None, penalty=1.0
    )

    assert np.all(np.abs(found.fit.estimates) < 10)
    assert found.effective_terms < 20


def test_women_left_out_choose_more_penalty_where_there_is_nothing_to_find() -> None:
    generator = np.random.default_rng(51)
    woman = np.repeat(np.arange(75), 2)
    factors = generator.normal(size=(150, 8))
    signal = generator.random(150) < 1 / (1 + np.exp(-3 * factors[:, 0]))
    noise = generator.random(150) < 0.4
    penalties = np.array([0.1, 1, 10, 100, 1000])
    folds = folds_by_woman(woman, folds=10, generator=generator)

    chosen = [
        ridge_penalty_by_women_left_out(
            outcome=outcome, factors=factors, names="abcdefgh", penalties=penalties, folds=folds
        ).best
        for outcome in (signal, noise)
    ]

    assert chosen[1] > chosen[0]


def test_a_negative_penalty_is_refused(sixty: tuple[np.ndarray, np.ndarray]) -> None:
    outcome, factors = sixty

    with pytest.raises(ValueError, match="0 or more"):
        ridge_logistic(outcome=outcome, factors=factors, names=NAMES, clusters=None, penalty=-1.0)
