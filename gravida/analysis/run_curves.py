"""Curves of cumulative incidence: with delayed entry, beside biased versions, and given a week reached."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from gravida.analysis.fit import BoolArray, FloatArray, NotEstimable
from gravida.analysis.plan_rows import EVENT, AnalysisRows
from gravida.analysis.report.codec import MASKED
from gravida.analysis.report.results_models import CurvePoint, CurveResult
from gravida.analysis.survival.aalen_johansen import IncidenceCurves, aalen_johansen
from gravida.analysis.survival.rows import AtRisk

GIVEN_WEEKS = (6.0, 8.0, 10.0)
LATEST = {"weeks": 45.0, "months": 240.0}


@dataclass(frozen=True, kw_only=True)
class CurveSettings:
    """How curves start, and below which count of events two weeks are told as one (1: never)."""

    minimum_at_risk: int
    smallest: int


@dataclass(frozen=True, kw_only=True, eq=False)
class _Part:
    """The rows of one group."""

    rows: AnalysisRows
    group: str
    chosen: BoolArray

    @property
    def exit(self) -> FloatArray:
        """Weeks of the end."""
        return self.rows.exit[self.chosen]


def curves_of(
    rows: AnalysisRows, settings: CurveSettings, *, versions: tuple[str, ...]
) -> tuple[CurveResult, ...]:
    """Curves of every group. The outcome has every version asked for; competing outcomes the right one only.

    NotEstimable where a group has no event.
    """
    found: list[CurveResult] = []
    for part in _parts(rows):
        for version in versions:
            given = GIVEN_WEEKS if version == "given_free_at" else (None,)
            if version == "given_free_at" and rows.time_unit != "weeks":
                continue
            for week in given:
                if week is None or _is_worth_it(part, week, settings):
                    found += _version(part, version, week, settings)
    return tuple(found)


def _parts(rows: AnalysisRows) -> list[_Part]:
    if rows.group is None:
        return [_Part(rows=rows, group="", chosen=np.ones(len(rows), dtype=np.bool_))]
    return [
        _Part(rows=rows, group=name, chosen=np.equal(rows.group, number))
        for number, name in enumerate(rows.groups)
        if (rows.group == number).any()
    ]


def _is_worth_it(part: _Part, week: float, settings: CurveSettings) -> bool:
    """Whether enough were still pregnant at the week, and lost afterwards, to tell their risk."""
    rows = part.rows
    still = part.chosen & (rows.entry <= week) & (rows.exit > week)
    later = part.chosen & (rows.exit > week) & (rows.cause == EVENT)
    return int(still.sum()) >= settings.minimum_at_risk and int(later.sum()) >= max(settings.smallest, 1)


def _version(part: _Part, version: str, week: float | None, settings: CurveSettings) -> list[CurveResult]:
    at = _weeks(part, week)
    curves = _curves(part, version, week, at, settings)
    causes = curves.causes if version == "with_entry" else tuple(c for c in curves.causes if c == EVENT)
    return [_told(part, version, week, curves, cause, at, settings) for cause in causes]


def _weeks(part: _Part, given: float | None) -> FloatArray:
    """Every whole week (or month) from the first end, or the week given, to the last."""
    last = min(float(np.ceil(part.exit.max())), LATEST[part.rows.time_unit])
    first = max(float(np.floor(part.exit.min())), 0.0) if given is None else given + 1
    return np.arange(min(first, last), last + 1)


def _curves(
    part: _Part, version: str, week: float | None, at: FloatArray, settings: CurveSettings
) -> IncidenceCurves:
    rows = part.rows
    convention: AtRisk = "from_entry" if version == "from_entry" else "after_entry"
    ignored = version == "entry_ignored"
    return aalen_johansen(
        exit_time=part.exit,
        entry=None if ignored else rows.entry[part.chosen],
        cause=rows.cause[part.chosen],
        cluster=rows.woman[part.chosen],
        at=at,
        minimum_at_risk=1 if ignored else settings.minimum_at_risk,
        given_free_at=week,
        at_risk=convention,
    )


def _events(part: _Part, curves: IncidenceCurves, cause: int, at: FloatArray) -> FloatArray:
    """Events of a cause in each interval that ends at a week, (weeks,); those before the start left out."""
    own = part.rows.cause[part.chosen] == cause
    times = part.exit[own & (part.exit > curves.starts_after)]
    return np.diff(np.searchsorted(np.sort(times), at, side="right"), prepend=0).astype(np.float64)


def _published(part: _Part, curves: IncidenceCurves, cause: int, at: FloatArray, smallest: int) -> list[int]:
    """Places of the weeks that are told: between two of them nobody had the outcome, or enough had it.

    The last is the week by which the last event has happened.
    """
    events = _events(part, curves, cause, at)
    if not events.any():
        return []
    last = int(np.flatnonzero(events)[-1])
    enough = smallest if smallest > 1 else 0
    kept: list[int] = []
    since = 0.0
    for place in range(last + 1):
        since += events[place]
        if (since == 0 or since >= enough) and curves.n_at_risk[place] >= enough:
            kept.append(place)
            since = 0.0
    if not since:
        return kept
    # Too few are left at the end: they join the interval before, told at their own week.
    while kept and 0 < since < enough:
        before = kept.pop()
        start = kept[-1] + 1 if kept else 0
        since += events[start : before + 1].sum()
    return [*kept, last] if since >= enough else []


def _told(
    part: _Part,
    version: str,
    week: float | None,
    curves: IncidenceCurves,
    cause: int,
    at: FloatArray,
    settings: CurveSettings,
) -> CurveResult:
    column = curves.causes.index(cause)
    lower, upper = curves.interval(cause=cause)
    events = np.cumsum(_events(part, curves, cause, at))
    before = int(curves.n_left_before[column])
    points = []
    counted = 0.0
    for place in _published(part, curves, cause, at, settings.smallest):
        at_risk = int(curves.n_at_risk[place])
        points.append(
            CurvePoint(
                week=float(at[place]),
                at_risk=at_risk if at_risk == 0 or at_risk >= settings.smallest else MASKED,
                events=int(events[place] - counted),
                incidence=float(curves.incidence[place, column]),
                standard_error=float(curves.incidence_error[place, column]),
                lower=float(lower[place]),
                upper=float(upper[place]),
            )
        )
        counted = float(events[place])
    ends = part.rows.cause[part.chosen] == cause
    small = 0 < before < settings.smallest
    return CurveResult(
        question=part.rows.question,
        outcome=part.rows.causes[cause - 1],
        group=part.group,
        version=version,
        given_week=week,
        time_unit=part.rows.time_unit,
        rows=curves.n_rows,
        clusters=curves.n_clusters,
        crude=None if 0 < int(ends.sum()) < settings.smallest else float(ends.mean()),
        starts_after=float(curves.starts_after) if np.isfinite(curves.starts_after) else None,
        left_before=MASKED if small else before,
        first_risk_set=int(curves.first_risk_set),
        errors_by=curves.errors_by,
        points=tuple(points),
        warnings=curves.warnings,
    )


def incidence_at(curve: CurveResult, week: float) -> float | None:
    """The incidence at the last week told up to this one; None where the curve starts later."""
    reached = [point.incidence for point in curve.points if point.week <= week]
    return reached[-1] if reached else None


def difference_of_curves(one: CurvePoint, other: CurvePoint) -> tuple[float, float, float]:
    """The difference of two groups' incidences and its interval, the groups being apart.

    NotEstimable where a standard error is missing.
    """
    if one.standard_error is None or other.standard_error is None:
        raise NotEstimable("an incidence without a standard error has no interval")
    gap = one.incidence - other.incidence
    reach = float(stats.norm.ppf(0.975)) * float(np.hypot(one.standard_error, other.standard_error))
    return gap, gap - reach, gap + reach
