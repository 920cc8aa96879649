"""The known ways of being wrong: which of them these data set, what they measure here, and what guards."""

from collections.abc import Callable, Iterator

import numpy as np

from gravida.analysis.history import history
from gravida.analysis.input.endings import Ending, among
from gravida.analysis.report.results import Described, QuestionResult, SensitivityResult, Trap
from gravida.analysis.report.results_models import CurveResult, ModelResult, Named
from gravida.analysis.run_curves import incidence_at
from gravida.analysis.run_source import Source
from gravida.protocol.plan_words import LAGGED_OUTCOMES

Told = dict[str, float | None]


class Findings:
    """What the steps of a run found, as traps read it. Counts are masked already."""

    def __init__(
        self,
        source: Source,
        described: Described,
        questions: tuple[QuestionResult, ...],
        sensitivity: tuple[SensitivityResult, ...],
    ) -> None:
        self.source, self.described = source, described
        self.questions, self.sensitivity = questions, sensitivity

    @property
    def models(self) -> list[ModelResult]:
        """Every fitted model of the questions."""
        return [model for question in self.questions for model in question.models if model.terms]

    @property
    def curves(self) -> list[CurveResult]:
        """Every curve of the questions."""
        return [curve for question in self.questions for curve in question.curves]

    def quality(self, name: str) -> float | None:
        """A count of oddities; None where it is masked."""
        found = next((one.count for one in self.described.quality if one.name == name), None)
        return float(found) if isinstance(found, int) else None


def traps(found: Findings) -> tuple[Trap, ...]:
    """Every trap, met or not, in the order of docs/statistics.md."""
    told = []
    for code, look in _TRAPS.items():
        met, numbers = look(found)
        told.append(
            Trap(code=code, met=met, numbers=tuple(Named(name=n, value=v) for n, v in numbers.items()))
        )
    return tuple(told)


def _qualifying_losses(found: Findings) -> tuple[bool, Told]:
    """Early losses among all pregnancies of women with three or more, and among those after the third."""
    risk = history(found.source.pregnancies)
    counted = among(risk.ending, Ending.LIVE_BIRTH, Ending.MISCARRIAGE, Ending.FETAL_DEATH, Ending.STILLBIRTH)
    total = np.bincount(risk.woman, weights=risk.is_early_loss)
    of_them = counted & (total[risk.woman] >= 3)
    after = counted & (risk.lag("early_losses").fewest >= 3)
    smallest = found.source.plan.thresholds.small_cell
    lost = [int(risk.is_early_loss[rows].sum()) for rows in (of_them, after)]
    if min(lost) < smallest:
        return bool(of_them.any()), {}
    return True, {
        "share_of_all": lost[0] / int(of_them.sum()),
        "share_after": lost[1] / int(after.sum()),
    }


def _reads_history(found: Findings) -> bool:
    read = [name for factor in found.source.plan.factors for name in factor.reads]
    return any(
        name.removeprefix("history.") in LAGGED_OUTCOMES for name in read if name.startswith("history.")
    )


def _exchangeable(found: Findings) -> tuple[bool, Told]:
    return _reads_history(found), {}


def _laplace(found: Findings) -> tuple[bool, Told]:
    fitted = [model for model in found.models if model.model == "logistic_agq"]
    spread = next((n.value for m in fitted for n in m.numbers if n.name == "standard_deviation"), None)
    return bool(fitted), {} if spread is None else {"standard_deviation": spread}


def _entry(found: Findings) -> tuple[bool, Told]:
    right = next((curve for curve in found.curves if curve.version == "with_entry"), None)
    wrong = next((curve for curve in found.curves if curve.version == "entry_ignored"), None)
    if right is None or wrong is None or not right.points or not wrong.points:
        return found.source.risk.entry_is_known, {}
    week = min(right.points[-1].week, wrong.points[-1].week)
    return True, {
        "week": week,
        "with_entry": incidence_at(right, week),
        "entry_ignored": incidence_at(wrong, week),
    }


def _small_risk_sets(found: Findings) -> tuple[bool, Told]:
    late = [
        curve for curve in found.curves if curve.version == "with_entry" and curve.starts_after is not None
    ]
    numbers: Told = {"min_risk_set": float(found.source.plan.thresholds.min_risk_set)}
    if late:
        numbers["starts_after"] = late[0].starts_after
    return bool(late), numbers


def _entry_week(found: Findings) -> tuple[bool, Told]:
    closed = [curve for one in found.sensitivity for curve in one.curves if curve.version == "from_entry"]
    right = next((curve for curve in found.curves if curve.version == "with_entry"), None)
    if not closed or right is None or not right.points or not closed[0].points:
        return found.source.risk.entry_is_known, {}
    week = min(right.points[-1].week, closed[0].points[-1].week)
    return True, {
        "week": week,
        "with_entry": incidence_at(right, week),
        "from_entry": incidence_at(closed[0], week),
    }


def _competing(found: Findings) -> tuple[bool, Told]:
    table = next((table for table in found.described.counts if table.id == "endings"), None)
    told = dict(zip(table.rows, (row[0] for row in table.cells), strict=True)) if table else {}
    numbers: Told = {
        name: float(told[name]) for name in ("loss", "induced", "ectopic") if isinstance(told.get(name), int)
    }
    return any(outcome.competing for outcome in found.source.plan.outcomes), numbers


def _cluster_size(found: Findings) -> tuple[bool, Told]:
    pairs = list(_pairs(found.models))
    if not pairs:
        return _repeats(found), {}
    name, one, other = max(pairs, key=lambda pair: abs(pair[1] - pair[2]))
    return True, {f"every_pregnancy:{name}": float(np.exp(one)), f"every_woman:{name}": float(np.exp(other))}


def _pairs(models: list[ModelResult]) -> Iterator[tuple[str, float, float]]:
    for weighted in (model for model in models if model.model == "cluster_weighted"):
        same = next(
            (
                m
                for m in models
                if m.model == "logistic_cluster"
                and (m.question, m.about) == (weighted.question, weighted.about)
            ),
            None,
        )
        if same is None:
            continue
        for one, other in zip(same.terms, weighted.terms, strict=True):
            if one.factor and one.estimate is not None and other.estimate is not None:
                yield one.name, one.estimate, other.estimate


def _repeats(found: Findings) -> bool:
    return len(found.source.risk) > len(np.unique(found.source.risk.woman))


def _model_errors(found: Findings) -> tuple[bool, Told]:
    ratios = [
        (term.standard_error / term.model_standard_error, term.name)
        for model in found.models
        if model.model in ("logistic_cluster", "cox_delayed_entry")
        for term in model.terms
        if term.factor and term.standard_error and term.model_standard_error
    ]
    if not ratios:
        return _repeats(found), {}
    largest, name = max(ratios)
    return _repeats(found), {f"ratio:{name}": largest}


def _few_women(found: Findings) -> tuple[bool, Told]:
    checks = [one for question in found.questions for one in question.predictions]
    if not checks:
        return False, {}
    one = checks[0]
    c = next(measure for measure in one.measures if measure.name == "c_statistic")
    return one.model.rows < one.needed_rows, {
        "rows": float(one.model.rows),
        "needed_rows": float(one.needed_rows),
        "c_apparent": c.apparent,
        "c_corrected": c.corrected,
    }


def _survey(found: Findings) -> tuple[bool, Told]:
    weighted = [one.model for one in found.sensitivity if one.kind == "survey_weights" and one.model]
    units = [float(model.clusters) for model in weighted if model.terms]
    return bool(found.source.plan.input.names("weight")), {"sampling_units": units[0]} if units else {}


def _curved_age(found: Findings) -> tuple[bool, Told]:
    curves = [curve for question in found.questions for curve in question.smooth]
    splines = any(factor.shape == "spline" for factor in found.source.plan.factors)
    return splines, {f"p_value:{curve.factor}": curve.curved_p_value for curve in curves}


def _odds_ratios(found: Findings) -> tuple[bool, Told]:
    risks = [risk for question in found.questions for risk in question.risks if risk.difference is not None]
    if not risks:
        return False, {}
    largest = max(risks, key=lambda risk: abs(risk.difference or 0.0))
    odds = next(
        (
            float(np.exp(term.estimate))
            for model in found.models
            if model.question == largest.question and model.model == "logistic_cluster"
            for term in model.terms
            if term.name == largest.level and term.estimate is not None
        ),
        None,
    )
    return True, {f"odds_ratio:{largest.level}": odds, f"risk_ratio:{largest.level}": largest.ratio}


def _heaping(found: Findings) -> tuple[bool, Told]:
    ratios = {f"week:{heap.week}": heap.ratio for heap in found.described.heaps if heap.ratio is not None}
    return any(ratio > 1.5 for ratio in ratios.values()), dict(ratios)


def _dates(found: Findings) -> tuple[bool, Told]:
    numbers = {name: found.quality(name) for name in ("negative_gaps", "inversions", "pairs_with_known_gap")}
    return bool(numbers["negative_gaps"] or numbers["inversions"]), numbers


def _recognition(found: Findings) -> tuple[bool, Told]:
    late, known = found.quality("recognised_at_or_after_loss"), found.quality("losses_with_known_recognition")
    if not known or late is None:
        return False, {}
    return late > 0, {"share": late / known}


def _missing(found: Findings) -> tuple[bool, Told]:
    shares = {row.column: row.share for row in found.described.missing if row.share}
    most = max(shares, key=lambda name: shares[name] or 0.0, default="")
    return bool(shares), {f"share:{most}": shares[most]} if most else {}


def _marker_timing(found: Findings) -> tuple[bool, Told]:
    return any(question.markers for question in found.questions), {}


_TRAPS: dict[str, Callable[[Findings], tuple[bool, Told]]] = {
    "qualifying_losses_as_outcomes": _qualifying_losses,
    "lagged_outcome_in_exchangeable_model": _exchangeable,
    "laplace_approximation": _laplace,
    "entry_ignored": _entry,
    "small_early_risk_sets": _small_risk_sets,
    "entry_in_the_week_of_the_end": _entry_week,
    "competing_outcomes_dropped": _competing,
    "informative_cluster_size": _cluster_size,
    "model_standard_errors": _model_errors,
    "few_women_many_parameters": _few_women,
    "survey_design": _survey,
    "curved_age": _curved_age,
    "odds_ratios_as_risk_ratios": _odds_ratios,
    "heaped_weeks": _heaping,
    "dates_against_order": _dates,
    "late_recognition": _recognition,
    "missing_values": _missing,
    "markers_after_the_loss": _marker_timing,
}
