"""Published models: only numbers read in the source, never without their caveat, and silence out of range."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from gravida.analysis.prediction.external import NothingForetold, check_published
from gravida.analysis.prediction.published_models import (
    WrongModelFile,
    foretold_log_odds,
    published_models,
    read_published,
)

MODELS = {model.name: model for model in published_models()}
BRIGHAM = ("age_years", "previous_losses")


def _risk(age: float, losses: float, *, verified_only: bool = True) -> float:
    log_odds = foretold_log_odds(
        MODELS["brigham_1999"],
        names=BRIGHAM,
        values=np.array([[age, losses]]),
        verified_only=verified_only,
    )
    return float(1 / (1 + np.exp(-log_odds[0])))


def test_a_read_cell_of_brighams_table_gives_its_risk() -> None:
    assert _risk(20, 2) == pytest.approx(0.08)
    assert _risk(45, 3) == pytest.approx(0.46)
    assert 0.16 < _risk(32, 2) < 0.23


def test_where_no_cell_was_read_nothing_is_foretold() -> None:
    for age, losses in ((20, 4), (30, 4), (19, 2), (41, 2), (46, 3), (31, 5), (30, 1), (np.nan, 2)):
        assert np.isnan(_risk(age, losses)), (age, losses)


def test_unverified_cells_serve_only_where_they_are_asked_for() -> None:
    assert _risk(30, 4, verified_only=False) == pytest.approx(0.24)


def test_brigham_overestimates_success_in_a_cohort_that_does_worse_and_says_so() -> None:
    generator = np.random.default_rng(160)
    age = generator.uniform(20, 40, 600)
    losses = generator.integers(2, 4, 600).astype(float)
    loss = (generator.random(600) < 0.35).astype(float)

    checked = check_published(
        model=MODELS["brigham_1999"],
        names=BRIGHAM,
        values=np.column_stack([age, losses]),
        loss=loss,
        clusters=np.arange(600) // 2,
    )

    assert checked.performance is not None
    assert checked.performance.observed_to_expected.lower > 1.2
    assert checked.performance.n_clusters == 300
    assert checked.warnings[0] == "overestimates_and_too_extreme_youssef_2022"
    assert "interpolated_between_published_ages" in checked.warnings
    assert checked.n_left_out == 0


def test_odds_ratios_without_an_intercept_are_checked_for_order_alone() -> None:
    generator = np.random.default_rng(161)
    model = MODELS["koki_2025"]
    values = np.column_stack(
        [
            generator.normal(34, 4, 800),
            generator.normal(25, 4, 800),
            generator.random(800) < 0.15,
            generator.poisson(3, 800),
            generator.poisson(0.5, 800),
        ]
    ).astype(float)
    told = foretold_log_odds(model, names=model.columns, values=values)
    loss = (generator.random(800) < 1 / (1 + np.exp(-(told - told.mean())))).astype(float)
    values[:20, 1] = np.nan

    checked = check_published(
        model=model, names=model.columns, values=values, loss=loss, clusters=np.arange(800)
    )

    assert checked.performance is None
    assert checked.slope.lower < 1 < checked.slope.upper
    assert checked.c_statistic.estimate > 0.6
    assert "no_intercept_published" in checked.warnings
    assert (checked.n_rows, checked.n_left_out) == (780, 20)


def test_older_women_and_more_losses_never_have_a_lower_risk_in_brighams_table() -> None:
    for losses in (2, 3):
        risks = [_risk(age, losses) for age in range(20, 41)]
        assert all(earlier <= later for earlier, later in itertools.pairwise(risks))
    assert _risk(25, 3) > _risk(25, 2)


def test_a_model_that_says_nothing_of_these_women_is_refused() -> None:
    with pytest.raises(NothingForetold, match="none lies in its range"):
        check_published(
            model=MODELS["brigham_1999"],
            names=BRIGHAM,
            values=np.full((5, 2), 50.0),
            loss=np.arange(5) % 2,
            clusters=None,
        )
    with pytest.raises(ValueError, match="reads 'previous_losses'"):
        foretold_log_odds(MODELS["brigham_1999"], names=("age_years",), values=np.ones((2, 1)))


def test_a_file_without_its_caveats_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'id = "mine"\ncitation = "a"\npopulation = "b"\nkind = "logistic"\nforetells = "loss"\n'
        "intercept = -1.0\n[[odds_ratio]]\ncolumn = 'age_years'\nper_unit = 1.1\n"
    )

    with pytest.raises(WrongModelFile, match=r"mine\.toml: no 'warnings'"):
        read_published(path)


def test_a_logistic_model_of_ones_own_is_read_and_gives_risks(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'id = "mine"\ncitation = "a"\npopulation = "b"\nkind = "logistic"\nforetells = "loss"\n'
        "intercept = -1.0\nwarnings = []\n[[odds_ratio]]\ncolumn = 'age_years'\nper_unit = 1.1\n"
    )

    model = read_published(path)

    assert model.gives_risks
    told = foretold_log_odds(model, names=("age_years",), values=np.array([[10.0]]))
    assert told[0] == pytest.approx(-1 + 10 * np.log(1.1))
