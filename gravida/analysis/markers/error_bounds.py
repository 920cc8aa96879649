"""How many wrongly selected markers a stability selection can be expected to bring, at most."""

from typing import Literal

import numpy as np
from scipy import optimize

from gravida.analysis.fit import FloatArray

Assumption = Literal["none", "unimodal", "r-concave"]
SMALLEST_SHIFT, LARGEST_SHIFT = 1e-5, 1e5


def expected_false(
    *, markers: int, chosen_per_half: float, threshold: float, pairs: int, assumption: Assumption
) -> float:
    """Bound on the expected number of selected markers whose chance per half is below average.

    chosen_per_half: markers chosen on average from one half (q); threshold: share of the 2 x pairs
    halves from which on a marker is selected; assumption on the distribution of simultaneous choices
    in both halves: "none" (worst case, q^2 / ((2t - 1) p)), "unimodal", or "r-concave" (r -1/2, -1/4).
    ValueError unless 0 < q < p and 1/2 < threshold <= 1. Never above p.
    Source: Shah & Samworth, J R Stat Soc B 2013;75:55, theorems 1 and 2, equation 8.
    """
    if not 0 < chosen_per_half < markers:
        raise ValueError(f"{chosen_per_half} of {markers} markers per half: need more than 0, fewer than all")
    if not 0.5 < threshold <= 1 or pairs < 1:
        raise ValueError(
            f"threshold {threshold} over {pairs} pairs: need 0.5 < threshold <= 1, a pair or more"
        )
    share = chosen_per_half / markers
    worst = share**2 / (2 * threshold - 1)
    if assumption == "none":
        bound = worst
    elif assumption == "unimodal":
        bound = min(worst, share**2 * _unimodal(threshold, pairs))
    else:
        bound = min(worst, _r_concave(share, threshold, pairs))
    return min(bound, 1.0) * markers


def _unimodal(threshold: float, pairs: int) -> float:
    if threshold <= 0.75:
        room = 2 * (2 * threshold - 1 - 1 / (2 * pairs))
        return np.inf if room <= 0 else 1 / room
    return 4 * (1 - threshold + 1 / (2 * pairs)) / (1 + 1 / pairs)


def _r_concave(share: float, threshold: float, pairs: int) -> float:
    # A marker's share of all halves reaching t needs its share of pairs with both halves to reach 2t - 1.
    both = tail_of_r_concave(mean=share**2, steps=pairs, at_least=2 * threshold - 1, power=2.0)
    either = tail_of_r_concave(mean=share, steps=2 * pairs, at_least=threshold, power=4.0)
    return min(both, either)


def tail_of_r_concave(*, mean: float, steps: int, at_least: float, power: float) -> float:
    """Largest P(X >= at_least) of an r-concave X on {0, 1/steps, .., 1} with that mean, r = -1/power.

    The extreme distributions fall like (a + x)^-power up to some point and stop with one smaller mass
    just beyond it; the bound is the maximum over where they stop and over a.
    """
    wanted = int(np.ceil(at_least * steps - 1e-9))
    expected = mean * steps
    first = int(np.ceil(2 * expected)) + 1
    if wanted < first or first > steps:
        return 1.0
    shifts = _shifts(expected, first, steps, power)
    best = _tail(shifts[steps], steps, expected, wanted, power)
    for last in range(max(first, wanted - 1), steps):
        best = max(best, _largest_tail(shifts[last + 1], shifts[last], last, expected, wanted, power))
    return float(np.clip(best, 0.0, 1.0))


def _shifts(expected: float, first: int, steps: int, power: float) -> dict[int, float]:
    """For every last point the shift a at which no smaller mass beyond it is needed."""
    shifts = {}
    upper = LARGEST_SHIFT
    for last in range(first, steps + 1):
        places = np.arange(last + 1, dtype=np.float64)

        def excess(shift: float, places: FloatArray = places) -> float:
            mass = (1 + places / shift) ** -power
            return float(places @ mass / mass.sum() - expected)

        if excess(SMALLEST_SHIFT) >= 0:
            upper = SMALLEST_SHIFT
        elif excess(upper) > 0:
            upper = float(optimize.brentq(excess, SMALLEST_SHIFT, upper, xtol=1e-13))
        shifts[last] = upper
    return shifts


def _tail(shift: float, last: int, expected: float, wanted: int, power: float) -> float:
    places = np.arange(last + 1)
    mass = (1 + places / shift) ** -power
    scale = (last + 1 - expected) / float((last + 1 - places) @ mass)
    return 1 - scale * float(mass[:wanted].sum())


def _largest_tail(low: float, high: float, last: int, expected: float, wanted: int, power: float) -> float:
    ends = max(_tail(shift, last, expected, wanted, power) for shift in (low, high))
    if high - low < 1e-12:
        return ends
    inner = optimize.minimize_scalar(
        lambda shift: -_tail(shift, last, expected, wanted, power), bounds=(low, high), method="bounded"
    )
    return max(ends, float(-inner.fun))


def largest_choice(
    *, markers: int, threshold: float, pairs: int, allowed: float, assumption: Assumption
) -> int:
    """The most markers to choose per half so that the bound stays at `allowed`; 0 where none does."""
    chosen = 0
    for candidate in range(1, markers):
        bound = expected_false(
            markers=markers,
            chosen_per_half=candidate,
            threshold=threshold,
            pairs=pairs,
            assumption=assumption,
        )
        if bound > allowed:
            break
        chosen = candidate
    return chosen
