"""Optimism: the stored resamples of the forward set, women drawn whole, and noise unmasked."""

import gzip
import json
from pathlib import Path

import numpy as np
import pyarrow.csv
import pytest

from gravida.analysis.prediction.model import Recipe, TooManyParameters, fit_prognosis
from gravida.analysis.prediction.optimism import BootstrapFailed, draw_resamples, optimism

FORWARD = ("age", "consec3", "plive", "pind", "black", "hisp", "college", "poor")


def _forward_set(shared_data: Path) -> tuple[np.ndarray, np.ndarray]:
    table = pyarrow.csv.read_csv(shared_data / "oracles/S7_rpl.csv.gz")
    columns = {name: table[name].to_numpy() for name in ("eloss", "run_eloss", *FORWARD[:1], *FORWARD[2:])}
    columns["consec3"] = columns["run_eloss"] >= 3
    return columns["eloss"], np.column_stack([columns[name] for name in FORWARD]).astype(float)


@pytest.mark.needs_shared
def test_the_stored_resamples_give_harrells_optimism(shared_data: Path) -> None:
    oracle = json.loads((shared_data / "oracles/r_results.json").read_text())["S7.optimism"]
    outcome, factors = _forward_set(shared_data)
    with gzip.open(shared_data / "oracles/S7_boot_idx.csv.gz", "rt") as lines:
        resamples = np.loadtxt(lines, delimiter=",", dtype=int) - 1

    found = optimism(
        outcome=outcome,
        factors=factors,
        names=FORWARD,
        clusters=np.arange(257),
        recipe=Recipe(method="logistic"),
        resamples=resamples,
    )

    measured = {"C": "c_statistic", "slope": "slope", "citl": "intercept", "brier": "brier"}
    for key, name in measured.items():
        corrected = getattr(found, name)
        assert corrected.apparent == pytest.approx(oracle["apparent"][key], abs=1e-8), key
        assert corrected.optimism == pytest.approx(oracle["optimism"][key], abs=1e-8), key
        assert corrected.corrected == pytest.approx(oracle["corrected"][key], abs=1e-8), key
    assert (found.resamples, found.failed) == (200, 0)


@pytest.mark.needs_shared
def test_eight_parameters_on_the_forward_set_are_refused_without_a_penalty(shared_data: Path) -> None:
    outcome, factors = _forward_set(shared_data)
    given = {
        "outcome": outcome,
        "factors": factors,
        "names": FORWARD,
        "clusters": np.arange(257),
        "anticipated_c": 0.63,
    }

    with pytest.raises(TooManyParameters) as refused:
        fit_prognosis(**given, recipe=Recipe(method="logistic"))
    penalised = fit_prognosis(**given, recipe=Recipe(method="ridge"))

    assert refused.value.women == 257
    assert refused.value.carried < 8
    assert "fewer_women_than_needed" in penalised.warnings
    assert penalised.penalty is not None
    assert np.all((penalised.risks(factors) > 0) & (penalised.risks(factors) < 1))


def _noise(women: int, rows: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    woman = np.repeat(np.arange(women), rows)
    return (
        (generator.random(women * rows) < 0.4).astype(float),
        generator.normal(size=(women * rows, 12)),
        woman,
    )


def test_noise_that_looks_like_a_model_is_unmasked() -> None:
    outcome, factors, woman = _noise(150, 1, 150)
    names = [f"x{at}" for at in range(12)]
    resamples = draw_resamples(woman, resamples=60, generator=np.random.default_rng(151))

    plain = optimism(
        outcome=outcome,
        factors=factors,
        names=names,
        clusters=woman,
        recipe=Recipe(method="logistic"),
        resamples=resamples,
    )
    ridge = optimism(
        outcome=outcome,
        factors=factors,
        names=names,
        clusters=woman,
        recipe=Recipe(method="ridge", penalty=60.0),
        resamples=resamples,
    )

    assert plain.c_statistic.apparent > 0.62
    assert plain.c_statistic.corrected < 0.58
    assert plain.slope.corrected < 0.5
    assert ridge.slope.corrected > plain.slope.corrected
    assert plain.c_statistic.lower < plain.c_statistic.corrected < plain.c_statistic.upper


def test_women_are_drawn_whole() -> None:
    outcome, factors, woman = _noise(80, 3, 152)
    # Rows of a woman copied from her first: resampling rows would find the copies and see no optimism.
    first = np.arange(240) // 3 * 3
    outcome, factors = outcome[first], factors[first]
    names = [f"x{at}" for at in range(12)]

    by_woman = optimism(
        outcome=outcome,
        factors=factors,
        names=names,
        clusters=woman,
        recipe=Recipe(method="logistic"),
        resamples=draw_resamples(woman, resamples=40, generator=np.random.default_rng(153)),
    )
    by_row = optimism(
        outcome=outcome,
        factors=factors,
        names=names,
        clusters=np.arange(240),
        recipe=Recipe(method="logistic"),
        resamples=draw_resamples(np.arange(240), resamples=40, generator=np.random.default_rng(154)),
    )

    assert by_woman.n_clusters == 80
    assert by_woman.c_statistic.optimism > 1.5 * by_row.c_statistic.optimism


def test_the_choice_of_a_penalty_is_repeated_in_every_resample() -> None:
    outcome, factors, woman = _noise(100, 1, 155)
    recipe = Recipe(method="ridge", penalties=(1.0, 30.0, 1000.0))

    found = optimism(
        outcome=outcome,
        factors=factors,
        names=[f"x{at}" for at in range(12)],
        clusters=woman,
        recipe=recipe,
        resamples=draw_resamples(woman, resamples=15, generator=np.random.default_rng(156)),
    )

    assert np.ptp(found.in_resample[:, 1]) > 0.1


def test_firth_has_an_answer_in_resamples_that_separate() -> None:
    generator = np.random.default_rng(157)
    exposed = (np.arange(60) % 10 == 0).astype(float)
    outcome = np.where(exposed == 1, 1.0, generator.random(60) < 0.3)
    outcome[0] = 0
    given = {
        "outcome": outcome,
        "factors": exposed[:, None],
        "names": ("exposed",),
        "clusters": np.arange(60),
        "resamples": draw_resamples(np.arange(60), resamples=50, generator=generator),
    }

    with pytest.raises(BootstrapFailed, match="use a penalised one"):
        optimism(**given, recipe=Recipe(method="logistic"))
    found = optimism(**given, recipe=Recipe(method="firth"))

    assert found.resamples >= 45
    assert found.without_slope > 0
    assert np.isfinite(found.slope.corrected)


def test_a_place_that_is_no_woman_is_refused() -> None:
    outcome, factors, woman = _noise(30, 1, 158)

    with pytest.raises(ValueError, match="places 0 to 29"):
        optimism(
            outcome=outcome,
            factors=factors[:, :1],
            names=("x",),
            clusters=woman,
            recipe=Recipe(method="logistic"),
            resamples=np.array([[30] * 30]),
        )
