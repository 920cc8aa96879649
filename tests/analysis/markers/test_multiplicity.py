"""Adjusted p-values: against R's p.adjust, within families, and at the borders."""

import json
from pathlib import Path

import numpy as np
import pytest

from gravida.analysis.markers.multiplicity import Adjustment, adjusted_p_values, adjusted_within_families


@pytest.mark.needs_shared
@pytest.mark.parametrize(
    ("method", "key"),
    [
        (Adjustment.BENJAMINI_HOCHBERG, "BH"),
        (Adjustment.BENJAMINI_YEKUTIELI, "BY"),
        (Adjustment.HOLM, "holm"),
    ],
)
def test_fifty_p_values_are_adjusted_as_in_r(shared_data: Path, method: Adjustment, key: str) -> None:
    oracle = json.loads((shared_data / "oracles/r_results.json").read_text())["padjust"]

    adjusted = adjusted_p_values(np.array(oracle["p"]), method=method)

    np.testing.assert_allclose(adjusted, oracle[key], rtol=1e-9)


def test_ties_and_borders_are_adjusted_as_in_r() -> None:
    # R 4.2.2: p.adjust(c(0, .01, .01, 1, .04), "BH" / "BY" / "holm")
    p_values = np.array([0, 0.01, 0.01, 1, 0.04])

    by = adjusted_p_values(p_values, method=Adjustment.BENJAMINI_YEKUTIELI)

    np.testing.assert_allclose(
        adjusted_p_values(p_values, method=Adjustment.BENJAMINI_HOCHBERG), [0, 0.05 / 3, 0.05 / 3, 1, 0.05]
    )
    np.testing.assert_allclose(by, [0, 0.038055555556, 0.038055555556, 1, 0.114166666667], rtol=1e-10)
    np.testing.assert_allclose(adjusted_p_values(p_values, method=Adjustment.HOLM), [0, 0.04, 0.04, 1, 0.08])


def test_each_family_is_adjusted_by_itself() -> None:
    p_values = np.array([0.01, 0.04, 0.03, 0.5])

    adjusted = adjusted_within_families(
        p_values, families=("nk", "cytokine", "nk", "cytokine"), method=Adjustment.HOLM
    )

    np.testing.assert_allclose(adjusted, [0.02, 0.08, 0.03, 0.5])


def test_a_missing_p_value_is_refused_by_its_position() -> None:
    with pytest.raises(ValueError, match="position 1"):
        adjusted_p_values(np.array([0.2, np.nan]), method=Adjustment.HOLM)


def test_an_empty_family_stays_empty() -> None:
    assert adjusted_p_values(np.array([]), method=Adjustment.HOLM).size == 0
