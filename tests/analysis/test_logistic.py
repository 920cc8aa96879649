"""Binary regression: against R, against itself on compressed rows, with known truth, and what it refuses."""

from typing import Any

import numpy as np
import pytest

from gravida.analysis.binomial_problems import Collinear, Separated
from gravida.analysis.fit import NotEstimable
from gravida.analysis.logistic import inverse_cluster_size_weights, logistic
from gravida.analysis.logistic_as_r import logistic_as_r

# R 4.2.2, glm.control(epsilon = 1e-16), sandwich::vcovCL: estimates, CR1, CR1S, log-likelihood.
R_ANSWERS: dict[str, tuple[list[float], list[float], list[float], float]] = {
    "logit": (
        [0.08080337948962, 0.69643150648757, 0.18554311212030],
        [0.2051362258313, 0.2831653634231, 0.2366703719127],
        [0.2062919320230, 0.2847606738685, 0.2380037366712],
        -120.6117724107,
    ),
    "cloglog": (
        [-0.3344248182467, 0.5100208490242, 0.1677471062122],
        [0.1410991679642, 0.1928852389351, 0.1574511723520],
        [0.1418940991442, 0.1939719249361, 0.1583382282293],
        -120.3655720936,
    ),
    "offset": (
        [-0.1180558631727, 0.7057664969179, 0.1823266533067],
        [0.2083263053543, 0.2896017025318, 0.2375566143670],
        [0.2094999839672, 0.2912332743295, 0.2388949720802],
        -121.6771077405,
    ),
    "weighted": (
        [0.1914699421010, 0.8349680022608, 0.1109939985173],
        [0.2027691399314, 0.3085179983785, 0.2768057639357],
        [0.2039115103224, 0.3102561417002, 0.2783652453680],
        -153.8082142639,
    ),
    "1 / rows of the woman": (
        [0.05886826999315, 0.50636939925338, 0.52527224017553],
        [0.2286223434170, 0.3418548538888, 0.3749401982584],
        [0.2299103668111, 0.3437808119671, 0.3770525541179],
        -18.8090762240,
    ),
}


@pytest.fixture
def asked(peer: Any) -> dict[str, dict[str, Any]]:
    """How each of R's models is asked for here."""
    return {
        "logit": {},
        "cloglog": {"link": "cloglog"},
        "offset": {"offset": peer.offset},
        "weighted": {"weights": peer.weight},
        "1 / rows of the woman": {"weights": inverse_cluster_size_weights(peer.woman)},
    }


@pytest.mark.parametrize("model", R_ANSWERS)
def test_estimates_and_clustered_errors_are_those_of_r(
    peer: Any, asked: dict[str, dict[str, Any]], model: str
) -> None:
    estimates, cr1, cr1s, log_likelihood = R_ANSWERS[model]

    fit = logistic(**peer.model, **asked[model])
    stata = logistic(**peer.model, **asked[model], correction="CR1S")

    np.testing.assert_allclose(fit.estimates, estimates, atol=1e-9)
    np.testing.assert_allclose(fit.standard_errors, cr1, rtol=1e-8)
    np.testing.assert_allclose(stata.standard_errors, cr1s, rtol=1e-8)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=1e-9)
    assert fit.n_clusters == 28


def test_frequency_weights_count_rows_as_if_each_were_written_out(peer: Any) -> None:
    written = np.repeat(np.arange(180), peer.copies)

    fit = logistic(**peer.model, weights=peer.copies, weights_are="frequency", correction="CR1S")
    long = logistic(
        outcome=peer.outcome[written],
        factors=peer.factors[written],
        names=("a", "b"),
        clusters=peer.woman[written],
        correction="CR1S",
    )

    assert (fit.n_rows, fit.n_events) == (long.n_rows, long.n_events) == (360, 187)
    np.testing.assert_allclose(fit.covariance, long.covariance, rtol=1e-10)
    np.testing.assert_allclose(
        fit.standard_errors, [0.2070010668684, 0.2902457416089, 0.2466386483743], rtol=1e-10
    )


def test_the_null_log_likelihood_keeps_the_offset(peer: Any) -> None:
    fit = logistic(**peer.model, offset=peer.offset)

    assert fit.null_log_likelihood == pytest.approx(-125.5135611385, abs=1e-9)


def test_without_clusters_the_model_s_own_errors_are_given(peer: Any) -> None:
    fit = logistic(**{**peer.model, "clusters": None})

    assert fit.standard_errors_by == "model"
    np.testing.assert_allclose(
        fit.standard_errors, [0.1864982877615, 0.2660518349361, 0.3245262608155], rtol=1e-10
    )


def test_the_order_of_rows_changes_nothing(peer: Any) -> None:
    turned = np.random.default_rng(5).permutation(180)

    fit = logistic(**peer.model)
    other = logistic(
        outcome=peer.outcome[turned],
        factors=peer.factors[turned],
        names=("a", "b"),
        clusters=peer.woman[turned],
    )

    np.testing.assert_allclose(other.covariance, fit.covariance, rtol=1e-12)


def test_the_same_rows_give_the_same_bytes(peer: Any) -> None:
    one, other = logistic(**peer.model), logistic(**peer.model)

    assert one.estimates.tobytes() == other.estimates.tobytes()
    assert one.covariance.tobytes() == other.covariance.tobytes()


def test_a_factor_far_from_zero_loses_no_digit(peer: Any) -> None:
    # Calendar years: their square is 2e6 times their spread.
    year = 2010 + 10 * peer.factors[:, 0]
    shifted = np.column_stack([year, peer.factors[:, 1]])

    near = logistic(**peer.model)
    far = logistic(**{**peer.model, "factors": shifted})

    assert far.estimates[1] == pytest.approx(near.estimates[1] / 10, rel=1e-10)
    assert far.standard_errors[1] == pytest.approx(near.standard_errors[1] / 10, rel=1e-9)


def test_rows_of_weight_0_are_left_out(peer: Any) -> None:
    kept = np.arange(180) % 5 != 0

    fit = logistic(**peer.model, weights=kept.astype(float))
    alone = logistic(
        outcome=peer.outcome[kept],
        factors=peer.factors[kept],
        names=("a", "b"),
        clusters=peer.woman[kept],
    )

    np.testing.assert_allclose(fit.covariance, alone.covariance, rtol=1e-12)
    assert fit.n_rows == alone.n_rows


def test_a_known_truth_is_found_within_its_interval() -> None:
    random = np.random.default_rng(20)
    women = np.repeat(np.arange(20_000), 2)
    age, smoking = random.normal(size=40_000), random.integers(0, 2, 40_000)
    risk = 1 / (1 + np.exp(-(-1.5 + 0.4 * age + 0.7 * smoking)))
    outcome = random.random(40_000) < risk

    fit = logistic(
        outcome=outcome,
        factors=np.column_stack([age, smoking]),
        names=("age", "smoking"),
        clusters=women,
    )

    for term, truth in zip(fit.terms(), (-1.5, 0.4, 0.7), strict=True):
        assert term.lower < truth < term.upper
        assert term.standard_error < 0.03


def test_a_doubled_factor_is_refused_with_the_names(peer: Any) -> None:
    factors = np.column_stack([peer.factors, 2 * peer.factors[:, 0] + peer.factors[:, 1]])

    with pytest.raises(Collinear, match=r"'c' .* combination of 'a', 'b'"):
        logistic(**{**peer.model, "factors": factors, "names": ("a", "b", "c")})


def test_a_constant_factor_is_refused_by_name(peer: Any) -> None:
    factors = np.column_stack([peer.factors, np.full(180, 3.0)])

    with pytest.raises(Collinear, match=r"'clinic' .* combination of '\(Intercept\)'"):
        logistic(**{**peer.model, "factors": factors, "names": ("a", "b", "clinic")})


def test_a_factor_that_foretells_the_outcome_is_refused_by_name(peer: Any) -> None:
    # Nobody with the marker has the outcome; without it both occur.
    marker = ((np.arange(180) % 4 == 0) & (peer.outcome == 0)).astype(float)
    factors = np.column_stack([peer.factors, marker])

    with pytest.raises(Separated) as refused:
        logistic(**{**peer.model, "factors": factors, "names": ("a", "b", "marker")})

    assert refused.value.names == ("marker",)


def test_an_outcome_split_at_a_value_is_refused_by_name(peer: Any) -> None:
    outcome = (peer.factors[:, 0] > 0.1).astype(int)

    with pytest.raises(Separated, match="'a'"):
        logistic(**{**peer.model, "outcome": outcome})


def test_a_nearly_separating_factor_is_still_fitted(peer: Any) -> None:
    # One of forty-two with the marker has the outcome: a large coefficient, but a finite one.
    marker = ((np.arange(180) % 2 == 0) & (peer.outcome == 0)).astype(float)
    marker[np.flatnonzero(peer.outcome == 1)[0]] = 1.0

    fit = logistic(**{**peer.model, "factors": marker[:, None], "names": ("marker",)})

    with_it, cases = marker.sum(), (marker * peer.outcome).sum()
    rest, other_cases = 180 - with_it, peer.outcome.sum() - cases
    odds_ratio = cases / (with_it - cases) / (other_cases / (rest - other_cases))
    assert fit.term("marker").estimate == pytest.approx(np.log(odds_ratio), abs=1e-12)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"factors": np.full((180, 2), np.nan)}, "factor 'a' is missing or infinite in 180 rows"),
        ({"outcome": np.full(180, 2)}, "outcome holds .*2.*: wanted 0 or 1"),
        ({"names": ("a",)}, r"wanted \(rows, 1\)"),
        ({"names": ("a", "a")}, "names repeat"),
        ({"clusters": np.arange(179)}, r"clusters have shape \(179,\)"),
        ({"weights": np.full(180, -1.0)}, "weights hold -1"),
    ],
)
def test_bad_input_is_refused_with_what_was_found(peer: Any, change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        logistic(**{**peer.model, **change})


@pytest.mark.parametrize("everybody", [0, 1])
def test_an_outcome_that_nobody_or_everybody_has_is_not_estimable(peer: Any, everybody: int) -> None:
    with pytest.raises(NotEstimable, match="rows have the outcome"):
        logistic(**{**peer.model, "outcome": np.full(180, everybody)})


def test_one_cluster_is_not_enough(peer: Any) -> None:
    with pytest.raises(NotEstimable, match="1 cluster"):
        logistic(**{**peer.model, "clusters": np.zeros(180)})


@pytest.mark.needs_shared
@pytest.mark.parametrize(
    ("correction", "stored"),
    [("CR0", "se_CL_HC0_noadj"), ("CR1", "se_CL_HC0_Gadj"), ("CR1S", "se_CL_HC1")],
)
def test_the_survey_of_2002_gives_the_stored_figures(survey: Any, correction: Any, stored: str) -> None:
    fit = logistic(**survey.model(), correction=correction)

    np.testing.assert_allclose(fit.estimates, survey.stored("S1_2002.logit", "coef"), atol=1e-11)
    np.testing.assert_allclose(fit.standard_errors, survey.stored("S1_2002.logit", stored), rtol=1e-8)
    assert fit.log_likelihood == pytest.approx(survey.r["S1_2002.logit"]["loglik"], abs=1e-10)
    assert (fit.n_rows, fit.n_clusters, fit.n_events) == (11189, 4658, 1560)


@pytest.mark.needs_shared
def test_weights_by_cluster_size_give_the_stored_figures(survey: Any) -> None:
    weights = inverse_cluster_size_weights(survey.columns["wid"])

    fit = logistic(**survey.model(), weights=weights, correction="CR0")

    np.testing.assert_allclose(fit.estimates, survey.stored("S1_2002.cwgee", "coef"), atol=1e-11)
    np.testing.assert_allclose(
        fit.standard_errors, survey.stored("S1_2002.cwgee", "se_CL_HC0_noadj"), rtol=1e-10
    )


@pytest.mark.needs_shared
def test_cr2_is_the_converged_one_and_the_stored_one_is_where_glm_stops(survey: Any) -> None:
    stored = survey.stored("S1_2002.CR2", "se")

    exact = logistic(**survey.model(), correction="CR2")
    as_r = logistic_as_r(**survey.model())

    # The stored figures were made after glm's default stop, whose covariance lags one step.
    np.testing.assert_allclose(as_r.standard_errors, stored, rtol=1e-11)
    np.testing.assert_allclose(exact.standard_errors, stored, rtol=2e-4)
    # clubSandwich after glm.control(epsilon = 1e-14).
    np.testing.assert_allclose(
        exact.standard_errors[:4],
        [0.0793310170869, 0.0869038358118, 0.0781427099073, 0.0892658387682],
        rtol=2e-8,
    )
