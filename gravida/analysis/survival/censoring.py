"""How likely a row is still to be watched at each time: the weights of Fine and Gray's risk set."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from gravida.analysis.fit import BoolArray, FloatArray, NotEstimable
from gravida.analysis.survival.rows import RiskRows
from gravida.analysis.survival.times import Places

Convention = Literal["events_first", "events_at_risk"]


@dataclass(frozen=True, kw_only=True, eq=False)
class WatchedShare:
    """Share of rows still watched just before each time, (times, groups), up to a constant.

    at_risk (times, groups): rows at risk of being censored; censored (times, groups).
    """

    share: FloatArray
    at_risk: FloatArray
    censored: FloatArray


def watched_share(
    rows: RiskRows, *, censored: BoolArray, group: Places, n_groups: int, convention: Convention
) -> WatchedShare:
    """Kaplan-Meier of censoring times Kaplan-Meier (backwards) of late entry, by group, without weights.

    `events_first`: who has an event at a time is no longer at risk of censoring then (survival::finegray);
    `events_at_risk`: still is (cmprsk::crr).
    """
    n_times = len(rows.times)
    share, at_risk, n_censored = (np.zeros((n_times, n_groups)) for _ in range(3))
    late = rows.entry_at is not None and bool((rows.entry_at > rows.exit_at.min()).any())
    for each in range(n_groups):
        own = group == each
        exits = np.bincount(rows.exit_at[own], minlength=n_times).astype(np.float64)
        n_censored[:, each] = np.bincount(rows.exit_at[own & censored], minlength=n_times)
        entered = _entered(rows, own)
        watched = np.cumsum(entered)[:-1] - np.cumsum(exits) + exits
        events = exits - n_censored[:, each] if convention == "events_first" else 0
        at_risk[:, each] = watched - events
        kept = 1 - n_censored[:, each] / np.where(n_censored[:, each] > 0, at_risk[:, each], 1.0)
        share[:, each] = np.concatenate([[1.0], np.cumprod(kept)[:-1]])
        if late:
            share[:, each] *= _entered_by(entered, exits)
        # Beyond its last row nobody of the group is watched.
        share[rows.exit_at[own].max() + 1 :, each] = 0.0
    return WatchedShare(share=share, at_risk=at_risk, censored=n_censored)


def _entered(rows: RiskRows, own: BoolArray) -> FloatArray:
    """Rows that enter before each place, (times + 1,): entry at a place counts from the next one on."""
    if rows.entry_at is None:
        entered = np.zeros(len(rows.times) + 1)
        entered[0] = own.sum()
        return entered
    return np.bincount(rows.entry_at[own] + 1, minlength=len(rows.times) + 1).astype(np.float64)


def _entered_by(entered: FloatArray, exits: FloatArray) -> FloatArray:
    """Share of entries that have come before each time, by Kaplan-Meier run backwards, (times,)."""
    # At an entry time those count who entered by then and leave after it.
    present = np.cumsum(entered)[1:] - np.cumsum(exits)
    arrivals = entered[1:]
    stayed = 1 - arrivals / np.where(arrivals > 0, np.maximum(present, arrivals), 1.0)
    return np.asarray(np.cumprod(stayed[::-1])[::-1])


def check_watched(share: FloatArray, time: FloatArray) -> None:
    """NotEstimable where somebody had a competing event when, by these weights, nobody was watched."""
    if (share <= 0).any():
        when = float(time[int(np.argmax(share <= 0))])
        raise NotEstimable(
            f"a competing event at {when:g}, when the risk set had emptied or was about to: its weight later "
            "is not defined. Start the analysis at a time from which somebody is always at risk."
        )
