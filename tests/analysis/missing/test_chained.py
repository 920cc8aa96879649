"""Chained equations: moments of mice, effects that survive missing values, women kept whole, refusals."""

import json
from pathlib import Path

import numpy as np
import pyarrow.csv
import pytest

from gravida.analysis.fit import Fit
from gravida.analysis.logistic import logistic
from gravida.analysis.missing.analysis import Model, analyse_imputed, delta_scenarios
from gravida.analysis.missing.chained import (
    Draw,
    Incomplete,
    OutcomeNotInImputation,
    Table,
    impute,
    wanted_imputations,
)
from gravida.analysis.simulate import hide

NSFG = ("y", "age", "pl", "plive", "smoke", "pov", "college", "black", "hisp", "learn")


@pytest.mark.needs_shared
def test_moments_of_imputed_columns_are_those_of_mice_within_its_own_spread(shared_data: Path) -> None:
    oracle = json.loads((shared_data / "oracles/r_results.json").read_text())["S9.mice_moments"]
    rows = pyarrow.csv.read_csv(
        shared_data / "oracles/S9_mice_incomplete.csv.gz",
        convert_options=pyarrow.csv.ConvertOptions(null_values=["NA"]),
    )
    values = np.column_stack([rows[name].to_numpy(zero_copy_only=False).astype(float) for name in NSFG])

    completed = impute(
        table=Table(names=NSFG, values=values, categorical=("pl",)),
        variables=[
            Incomplete(name="smoke", draw=Draw.LOGISTIC),
            Incomplete(name="pov", draw=Draw.DONORS),
            Incomplete(name="learn", draw=Draw.DONORS),
        ],
        outcome=("y",),
        clusters=None,
        imputations=20,
        generator=np.random.default_rng(1),
    )

    smoke, pov, learn = (completed.completed[:, :, NSFG.index(name)] for name in ("smoke", "pov", "learn"))
    found = {
        "smoke": smoke.mean(),
        "pov": pov.mean(),
        "pov_sd": pov.std(axis=1, ddof=1).mean(),
        "learn": learn.mean(),
        "learn_sd": learn.std(axis=1, ddof=1).mean(),
        "cor_pov_learn": np.mean([np.corrcoef(*pair)[0, 1] for pair in zip(pov, learn, strict=True)]),
    }
    for name, value in found.items():
        assert abs(value - oracle["mean"][name]) < 3 * oracle["sd_between"][name], name
    assert dict(zip(completed.imputed, completed.missing, strict=True)) == {
        "smoke": 1002,
        "pov": 995,
        "learn": 1135,
    }
    assert np.all(completed.scale_reduction < 1.2)
    assert completed.warnings == ("few_imputations",)


def _cohort(seed: int, women: int = 700) -> tuple[np.ndarray, np.ndarray]:
    """Two rows per woman: outcome, age (rows differ), body-mass index (the woman's), and her number."""
    generator = np.random.default_rng(seed)
    woman = np.repeat(np.arange(women), 2)
    bmi = generator.normal(size=women)[woman]
    age = generator.normal(size=2 * women) + 0.5 * bmi
    outcome = generator.random(2 * women) < 1 / (1 + np.exp(1 - 0.4 * age - 0.6 * bmi))
    return np.column_stack([outcome, age, bmi]), woman


def _model(woman: np.ndarray) -> Model:
    def fit(values: np.ndarray, rows: np.ndarray) -> Fit:
        return logistic(
            outcome=values[:, 0], factors=values[:, 1:], names=("age", "bmi"), clusters=woman[rows]
        )

    return fit


def test_a_value_that_is_the_womans_is_drawn_once_for_all_of_her_rows() -> None:
    values, woman = _cohort(100)
    gone = np.isin(woman, np.arange(0, 700, 3))
    values[gone, 2] = np.nan
    values[3, 2] = np.nan  # her other row tells it

    completed = impute(
        table=Table(names=("y", "age", "bmi"), values=values),
        variables=[Incomplete(name="bmi", draw=Draw.DONORS, once_per_woman=True)],
        outcome=("y",),
        clusters=woman,
        imputations=5,
        iterations=2,
        generator=np.random.default_rng(101),
    )

    bmi = completed.completed[:, :, 2]
    np.testing.assert_array_equal(bmi[:, ::2], bmi[:, 1::2])
    assert np.all(bmi[:, 3] == values[2, 2])
    assert len(np.unique(bmi[:, 0])) > 1
    assert completed.missing == (2 * 234 + 1,)


@pytest.mark.slow
def test_effects_lost_by_complete_cases_come_back_with_honest_intervals() -> None:
    covered, biased = 0, []
    for seed in range(60):
        values, woman = _cohort(200 + seed, women=300)
        # Body-mass index is asked mostly after a loss: complete cases have another risk.
        hidden = hide(
            values[:, 2],
            share=0.4,
            generator=np.random.default_rng(300 + seed),
            depends_on=values[:, 0] + values[:, 1],
            strength=1.2,
        )
        values[:, 2] = hidden
        table = Table(names=("y", "age", "bmi"), values=values)
        completed = impute(
            table=table,
            variables=[Incomplete(name="bmi", draw=Draw.DONORS)],
            outcome=("y",),
            clusters=woman,
            imputations=10,
            iterations=1,
            generator=np.random.default_rng(400 + seed),
        )
        analysis = analyse_imputed(table=table, imputations=completed, model=_model(woman))
        term = analysis.fit.term("(Intercept)")
        covered += term.lower <= -1 <= term.upper
        assert analysis.complete_case is not None
        biased.append(analysis.complete_case.term("(Intercept)").estimate + 1)

    assert covered >= 52
    assert abs(np.mean(biased)) > 0.3


def test_complete_cases_stand_beside_with_the_rows_they_left_out() -> None:
    values, woman = _cohort(102)
    values[::4, 2] = np.nan
    table = Table(names=("y", "age", "bmi"), values=values)
    completed = impute(
        table=table,
        variables=[Incomplete(name="bmi", draw=Draw.DONORS)],
        outcome=("y",),
        clusters=woman,
        imputations=5,
        iterations=1,
        generator=np.random.default_rng(103),
    )

    analysis = analyse_imputed(table=table, imputations=completed, model=_model(woman))

    assert analysis.complete_case is not None
    assert (analysis.complete_rows, analysis.complete_case.n_left_out) == (1050, 350)
    assert analysis.fit.standard_errors_by == "Rubin over CR1 by woman"
    assert analysis.fit.term("bmi").degrees_of_freedom < 699
    assert analysis.pooled.missing_fraction[2] > analysis.pooled.missing_fraction[1]
    assert "few_imputations" in analysis.fit.warnings


def test_a_delta_moves_the_answer_its_way_with_the_same_random_numbers() -> None:
    values, woman = _cohort(104)
    values[:, 2] = hide(
        values[:, 2], share=0.3, generator=np.random.default_rng(105), depends_on=values[:, 0]
    )

    scenarios = delta_scenarios(
        table=Table(names=("y", "age", "bmi"), values=values),
        variables=[Incomplete(name="bmi", draw=Draw.DONORS)],
        varied="bmi",
        deltas=(-0.5, 0.0, 0.5),
        outcome=("y",),
        clusters=woman,
        model=_model(woman),
        imputations=5,
        iterations=1,
        seed=106,
    )

    effects = [scenario.fit.term("bmi").estimate for scenario in scenarios]
    assert effects[0] < effects[1] < effects[2]


def test_a_column_below_detection_and_a_category_are_drawn_beside_each_other() -> None:
    values, woman = _cohort(107)
    generator = np.random.default_rng(108)
    marker = np.exp(0.5 * values[:, 2] + generator.normal(0, 0.5, len(values)))
    group = (values[:, 1] > 0).astype(float) + (values[:, 1] > 1)
    limit = np.full(marker.shape, 0.7)
    below = marker < limit
    group[::5] = np.nan
    names = ("y", "age", "bmi", "marker", "group")
    grid = np.column_stack([values, np.where(below, np.nan, marker), group])
    flags = np.zeros(grid.shape, dtype=bool)
    flags[:, 3] = below

    completed = impute(
        table=Table(
            names=names, values=grid, categorical=("group",), below=flags, limits=np.full(grid.shape, 0.7)
        ),
        variables=[
            Incomplete(name="marker", draw=Draw.BELOW_DETECTION),
            Incomplete(name="group", draw=Draw.CATEGORY),
        ],
        outcome=("y",),
        clusters=woman,
        imputations=3,
        iterations=3,
        generator=np.random.default_rng(109),
    )

    assert np.all(completed.completed[:, below, 3] < 0.7)
    assert set(np.unique(completed.completed[:, :, 4])) == {0.0, 1.0, 2.0}
    assert completed.chain_means.shape == (3, 3, 2)


def test_the_same_seed_gives_the_same_bytes() -> None:
    values, woman = _cohort(110)
    values[::4, 2] = np.nan
    made = [
        impute(
            table=Table(names=("y", "age", "bmi"), values=values),
            variables=[Incomplete(name="bmi", draw=Draw.DONORS)],
            outcome=("y",),
            clusters=woman,
            imputations=2,
            iterations=2,
            generator=np.random.default_rng(111),
        ).completed
        for _ in range(2)
    ]

    assert made[0].tobytes() == made[1].tobytes()


def test_one_imputation_per_cent_of_incomplete_rows_is_wanted() -> None:
    values = np.ones((200, 2))
    values[:67, 1] = np.nan

    assert wanted_imputations(values) == 34
    assert wanted_imputations(np.ones((10, 1))) == 5


@pytest.mark.parametrize(
    ("variable", "problem", "message"),
    [
        (
            Incomplete(name="bmi", draw=Draw.DONORS, predictors=("age",)),
            OutcomeNotInImputation,
            "without the outcome 'y'",
        ),
        (Incomplete(name="y", draw=Draw.LOGISTIC), ValueError, "'y' cannot be imputed"),
        (Incomplete(name="weight", draw=Draw.DONORS), ValueError, "no column 'weight'"),
        (Incomplete(name="age", draw=Draw.DONORS), ValueError, "'bmi' has 350 missing values and no way"),
        (
            Incomplete(name="bmi", draw=Draw.DONORS, once_per_woman=True),
            ValueError,
            "more than one value",
        ),
        (Incomplete(name="bmi", draw=Draw.CATEGORY, delta=1.0), ValueError, "delta has no meaning"),
    ],
    ids=["no outcome", "outcome itself", "unknown", "nobody draws", "two values", "delta"],
)
def test_an_imputation_that_would_mislead_is_refused(
    variable: Incomplete, problem: type[Exception], message: str
) -> None:
    values, woman = _cohort(112)
    values[:, 2] += np.arange(len(values)) % 2 if variable.once_per_woman else 0
    values[::4, 2] = np.nan
    if variable.once_per_woman:
        woman = np.arange(len(values)) // 4

    with pytest.raises(problem, match=message):
        impute(
            table=Table(names=("y", "age", "bmi"), values=values),
            variables=[variable],
            outcome=("y",),
            clusters=woman,
            imputations=2,
            generator=np.random.default_rng(113),
        )
