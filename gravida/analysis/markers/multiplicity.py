"""P-values adjusted for the number of tests in a declared family."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from gravida.analysis.fit import FloatArray


class Adjustment(StrEnum):
    """What an adjusted p-value holds below its level."""

    BENJAMINI_HOCHBERG = "BH"  # false discovery rate, independent or positively dependent tests
    BENJAMINI_YEKUTIELI = "BY"  # false discovery rate, any dependence
    HOLM = "Holm"  # probability of any false discovery


def adjusted_p_values(p_values: FloatArray, *, method: Adjustment) -> FloatArray:
    """P-values of one family, (tests,), adjusted; in the order given.

    ValueError where a value is missing or not in [0, 1]: a test that could not be done leaves the
    family by a decision of the caller, never silently.
    Source: Benjamini & Hochberg 1995; Benjamini & Yekutieli 2001; Holm 1979, step-up and step-down forms.
    """
    given = np.asarray(p_values, dtype=np.float64)
    wrong = np.flatnonzero(~((given >= 0) & (given <= 1)))
    if wrong.size:
        raise ValueError(f"p-value {given[wrong[0]]} at position {wrong[0]}: need a number in [0, 1]")
    if given.size == 0:
        return given
    order = np.argsort(given, kind="stable")
    ranked = _holm(given[order]) if method is Adjustment.HOLM else _step_up(given[order], method)
    result = np.empty_like(given)
    result[order] = np.minimum(ranked, 1.0)
    return result


def _step_up(ascending: FloatArray, method: Adjustment) -> FloatArray:
    tests = len(ascending)
    ranks = np.arange(1, tests + 1)
    dependence = float(np.sum(1 / ranks)) if method is Adjustment.BENJAMINI_YEKUTIELI else 1.0
    scaled = dependence * tests / ranks * ascending
    return np.minimum.accumulate(scaled[::-1])[::-1]


def _holm(ascending: FloatArray) -> FloatArray:
    remaining = np.arange(len(ascending), 0, -1)
    return np.asarray(np.maximum.accumulate(remaining * ascending), dtype=np.float64)


def adjusted_within_families(
    p_values: FloatArray, *, families: Sequence[str], method: Adjustment
) -> FloatArray:
    """The same, each declared family by itself; `families` names the family of every test."""
    if len(families) != len(p_values):
        raise ValueError(f"{len(families)} family names for {len(p_values)} p-values: need one each")
    names = np.asarray(families, dtype=object)
    result = np.full(len(p_values), np.nan)
    for family in dict.fromkeys(families):
        members = names == family
        result[members] = adjusted_p_values(np.asarray(p_values)[members], method=method)
    return result
