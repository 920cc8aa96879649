"""Stability selection: its published bounds, what it finds, and that women are never split."""

import numpy as np
import pytest

from gravida.analysis.fit import NotEstimable
from gravida.analysis.markers.error_bounds import expected_false, largest_choice, tail_of_r_concave
from gravida.analysis.markers.score_test import UnadjustedMarkers
from gravida.analysis.markers.stability import _complementary_halves, stability_selection
from gravida.analysis.simulate_markers import PanelTruth, simulate_panel


@pytest.mark.parametrize(
    ("markers", "chosen", "threshold", "none", "unimodal", "r_concave"),
    [
        # r-concave: the authors' own R code; the others: theorems 1 and 2 by hand.
        (80, 6, 0.75, 36 / 80 / 0.5, 36 / 80 / 0.98, 0.1225406),
        (1000, 50, 0.9, 2.5 / 0.8, 2.5 * 4 * 0.11 / 1.02, 0.1704957),
        (80, 11, 0.6, 121 / 80 / 0.2, 121 / 80 / 0.38, 1.852331),
        (40, 5, 0.8, 25 / 40 / 0.6, 25 / 40 * 4 * 0.21 / 1.02, 0.1264524),
        (1000, 50, 0.6, 2.5 / 0.2, 2.5 / 0.38, 2.605334),
    ],
)
def test_bounds_are_those_of_shah_and_samworth(
    markers: int, chosen: int, threshold: float, none: float, unimodal: float, r_concave: float
) -> None:
    found = [
        expected_false(
            markers=markers, chosen_per_half=chosen, threshold=threshold, pairs=50, assumption=assumption
        )
        for assumption in ("none", "unimodal", "r-concave")
    ]

    assert found == pytest.approx([none, unimodal, r_concave], rel=1e-6)


def test_no_r_concave_distribution_has_a_heavier_tail_than_the_bound() -> None:
    generator = np.random.default_rng(70)
    places = np.arange(51)
    for _ in range(300):
        # f^(-1/2) convex: a positive convex function to the power -2 is r-concave for r = -1/2.
        slopes = np.cumsum(generator.exponential(size=50))
        convex = np.concatenate([[generator.exponential() * 5 + 0.1], slopes])
        convex = convex[0] + np.concatenate([[0.0], np.cumsum(slopes * generator.exponential())])
        mass = convex**-2.0
        mass /= mass.sum()
        mean = float(places @ mass) / 50
        at_least = generator.uniform(max(0.2, 2.2 * mean), 1)

        bound = tail_of_r_concave(mean=mean, steps=50, at_least=at_least, power=2.0)

        assert mass[places >= np.ceil(at_least * 50 - 1e-9)].sum() <= bound + 1e-9


def test_as_many_are_chosen_per_half_as_the_allowed_number_of_false_ones_permits() -> None:
    chosen = largest_choice(markers=80, threshold=0.75, pairs=50, allowed=0.8, assumption="none")

    assert chosen == 5


def test_a_threshold_of_one_half_bounds_nothing_and_is_refused() -> None:
    with pytest.raises(ValueError, match=r"0\.5 < threshold <= 1"):
        expected_false(markers=80, chosen_per_half=5, threshold=0.5, pairs=50, assumption="none")


def test_halves_split_women_evenly_and_keep_their_rows_together() -> None:
    codes = np.repeat(np.arange(41), 2)
    outcome = (np.arange(82) % 3 == 0).astype(float)

    first, second = _complementary_halves(outcome, codes, 41, np.random.default_rng(71))

    assert not set(codes[first]) & set(codes[second])
    assert (first.sum(), second.sum()) == (40, 40)


@pytest.mark.slow
def test_strong_causes_are_selected_and_adjusters_are_never_penalised_away() -> None:
    truth = PanelTruth(markers=30, block_size=5, causes=(0, 10), log_odds_per_sd=1.0, age_per_year=0.3)
    panel = simulate_panel(rows=500, generator=np.random.default_rng(72), truth=truth)
    given = {
        "outcome": panel.loss,
        "markers": panel.markers,
        "marker_names": [f"m{at}" for at in range(30)],
        "adjusters": panel.adjusters,
        "adjuster_names": ("age", "losses"),
        "clusters": panel.woman,
        "chosen_per_half": 4,
        "pairs": 15,
    }

    found = stability_selection(**given, generator=np.random.default_rng(73))
    again = stability_selection(**given, generator=np.random.default_rng(73))

    assert set(found.selected) == {"m0", "m10"}
    assert found.chosen_on_average <= 4
    np.testing.assert_array_equal(found.frequencies, again.frequencies)


def test_too_few_events_for_two_halves_are_refused() -> None:
    panel = simulate_panel(rows=20, generator=np.random.default_rng(74), truth=PanelTruth(markers=4))
    outcome = np.zeros(20)
    outcome[0] = 1

    with pytest.raises(NotEstimable, match="no split has the outcome in both halves"):
        stability_selection(
            outcome=outcome,
            markers=panel.markers,
            marker_names="abcd",
            adjusters=panel.adjusters,
            adjuster_names=("age", "losses"),
            clusters=None,
            chosen_per_half=1,
            generator=np.random.default_rng(75),
        )


def test_stability_without_adjusters_is_refused() -> None:
    with pytest.raises(UnadjustedMarkers):
        stability_selection(
            outcome=np.arange(10) % 2,
            markers=np.ones((10, 1)),
            marker_names="a",
            adjusters=np.empty((10, 0)),
            adjuster_names=(),
            clusters=None,
            chosen_per_half=1,
            generator=np.random.default_rng(76),
        )
