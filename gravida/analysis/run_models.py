"""The models of a plan, fitted: from the rows of a question to named results, or the reason why not."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from gravida.analysis.compression_weeks import WeeklyGrid, weekly_grid, weekly_rows
from gravida.analysis.conditional import conditional_logistic
from gravida.analysis.fit import DidNotConverge, Fit, NotEstimable
from gravida.analysis.hazards import WeekBaseline, each_week, week_bands, weekly_hazard
from gravida.analysis.logistic import inverse_cluster_size_weights, logistic
from gravida.analysis.mixed import TooFewPoints, random_intercept
from gravida.analysis.penalised.firth import firth_logistic
from gravida.analysis.penalised.ridge import ridge_logistic
from gravida.analysis.penalised.rows import checked_rows
from gravida.analysis.plan_rows import EVENT, AnalysisRows
from gravida.analysis.plan_rows_any import question_rows
from gravida.analysis.plan_rows_recurrent import fit_recurrent_rows
from gravida.analysis.prediction.model import Recipe, chosen_penalty
from gravida.analysis.report.results_models import ModelResult, Named, TermResult
from gravida.analysis.run_source import Source
from gravida.analysis.sandwich import Correction
from gravida.analysis.survey_design import SurveyDesign, survey_logistic
from gravida.analysis.survival.concordance import concordance
from gravida.analysis.survival.cox import CoxModel, cox
from gravida.analysis.survival.fine_gray import fine_gray
from gravida.analysis.survival.partial_likelihood import Ties
from gravida.analysis.survival.proportionality import proportional_hazards_test
from gravida.protocol.plan import Question
from gravida.protocol.plan_words import RECURRENT_MODELS

# What a kernel says where the rows cannot carry a model: told beside the model, never hidden.
CANNOT = (NotEstimable, DidNotConverge, TooFewPoints, ValueError, np.linalg.LinAlgError)


@dataclass(frozen=True, kw_only=True, eq=False)
class Asked:
    """One model of one question and its rows."""

    source: Source
    question: Question
    rows: AnalysisRows

    @property
    def correction(self) -> Correction:
        """CR2 where women are few, as the plan says."""
        few = self.source.plan.thresholds.few_women
        return "CR2" if len(np.unique(self.rows.woman)) < few else "CR1"


@dataclass(frozen=True, kw_only=True, eq=False)
class Fitted:
    """A fit and what else its model tells."""

    fit: Fit
    numbers: tuple[Named, ...] = ()


def logistic_by_woman(asked: Asked) -> Fit:
    """Logistic regression with the sandwich by woman: the fit behind risks, curves and tests too."""
    rows = asked.rows
    fit = logistic(
        outcome=rows.event, factors=rows.x, names=rows.names, clusters=rows.woman, correction=asked.correction
    )
    return replace(fit, n_left_out=rows.n_left_out)


def _cluster_weighted(asked: Asked) -> Fitted:
    rows = asked.rows
    fit = logistic(
        outcome=rows.event,
        factors=rows.x,
        names=rows.names,
        clusters=rows.woman,
        weights=inverse_cluster_size_weights(rows.woman),
        correction=asked.correction,
    )
    return Fitted(fit=fit)


def _agq(asked: Asked) -> Fitted:
    rows = asked.rows
    found = random_intercept(
        outcome=rows.event,
        factors=rows.x,
        names=rows.names,
        clusters=rows.woman,
        lagged_outcome_columns=(),
        points=asked.question.quadrature_points,
    )
    told = {
        "standard_deviation": found.standard_deviation,
        "standard_deviation_error": found.standard_deviation_error,
        "likelihood_ratio": found.likelihood_ratio,
        "p_value_of_no_difference": found.p_value,
        "quadrature_points": float(asked.question.quadrature_points),
    }
    return Fitted(fit=found.fit, numbers=_named(told))


def _survey(asked: Asked) -> Fitted:
    rows = asked.rows
    if rows.weight is None or rows.sampling_unit is None:
        raise NotEstimable("no column plays the weight and the sampling unit: wanted a survey")
    design = SurveyDesign(
        weights=rows.weight, units=rows.sampling_unit, strata=rows.survey_stratum, lonely="certainty"
    )
    return Fitted(fit=survey_logistic(outcome=rows.event, factors=rows.x, names=rows.names, design=design))


def _single(asked: Asked) -> Fitted:
    rows = asked.rows
    if len(np.unique(rows.woman)) < len(rows):
        raise NotEstimable(f"{len(rows)} rows of fewer women: a model without clusters wants one row each")
    return Fitted(fit=logistic(outcome=rows.event, factors=rows.x, names=rows.names, clusters=None))


def _cox(ties: Ties) -> Callable[[Asked], Fitted]:
    def fit(asked: Asked) -> Fitted:
        rows = asked.rows
        model = cox(
            x=rows.x,
            exit_time=rows.exit,
            entry=rows.entry,
            event=rows.event,
            names=rows.names,
            strata=rows.stratum,
            cluster=rows.woman,
            ties=ties,
        )
        return Fitted(fit=model.fit, numbers=_of_cox(model, rows))

    return fit


def _of_cox(model: CoxModel, rows: AnalysisRows) -> tuple[Named, ...]:
    agreement = concordance(model, cluster=rows.woman)
    told: dict[str, float | None] = {
        "concordance": agreement.concordance,
        "concordance_error": agreement.standard_error,
        "wald_p_value": model.wald.p_value,
    }
    try:
        test = proportional_hazards_test(model)
    except (NotEstimable, np.linalg.LinAlgError):
        return _named(told)
    told["proportional_hazards_p_value"] = test.all_factors.p_value
    for name, factor in zip(test.names, test.factors, strict=True):
        told[f"proportional_hazards_p_value:{name}"] = factor.p_value
    return _named(told)


def _fine_gray(asked: Asked) -> Fitted:
    rows = asked.rows
    model = fine_gray(
        x=rows.x,
        exit_time=rows.exit,
        cause=rows.cause,
        of_cause=EVENT,
        entry=rows.entry,
        names=rows.names,
        cluster=rows.woman,
    )
    return Fitted(fit=model.fit)


def _weekly(link: str) -> Callable[[Asked], Fitted]:
    def fit(asked: Asked) -> Fitted:
        rows = asked.rows
        patterns, pattern = np.unique(rows.x, axis=0, return_inverse=True)
        weekly = weekly_rows(
            pattern=pattern.reshape(-1),
            entry_week=np.floor(rows.entry).astype(np.int64),
            exit_week=np.ceil(rows.exit).astype(np.int64) - 1,
            cause=rows.cause,
            woman=rows.woman,
        )
        causes = [number for number in range(1, len(rows.causes) + 1) if (rows.cause == number).any()]
        grid = weekly_grid(weekly, patterns=len(patterns), causes=causes)
        found = weekly_hazard(
            rows=weekly,
            grid=grid,
            cause=EVENT,
            design=patterns,
            names=rows.names,
            baseline=_baseline(grid),
            link="cloglog" if link == "cloglog" else "logit",
        )
        return Fitted(fit=replace(found, method=f"weekly_hazards_{link}"))

    return fit


def _baseline(grid: WeeklyGrid) -> WeekBaseline:
    """One column per week, or weeks put together so that each has an event."""
    events = grid.events[grid.causes.index(EVENT)].sum(axis=0)
    if (events > 0).all():
        return each_week(grid)
    starts = [grid.first_week]
    seen = 0
    for at, count in enumerate(events):
        if seen and count:
            starts.append(grid.first_week + at)
            seen = 0
        seen += int(count)
    return week_bands(grid, starts=starts)


def _conditional(asked: Asked) -> Fitted:
    rows = asked.rows
    if rows.stratum is None:
        raise NotEstimable("no strata: a conditional model wants the column of the matched sets")
    fit = conditional_logistic(outcome=rows.event, factors=rows.x, names=rows.names, strata=rows.stratum)
    return Fitted(fit=fit)


def _firth(asked: Asked) -> Fitted:
    rows = asked.rows
    return Fitted(
        fit=firth_logistic(outcome=rows.event, factors=rows.x, names=rows.names, clusters=rows.woman)
    )


def _ridge(asked: Asked) -> Fitted:
    rows = asked.rows
    recipe = Recipe(method="ridge")
    checked = checked_rows(outcome=rows.event, factors=rows.x, names=rows.names, collinear_refused=False)
    penalty = chosen_penalty(recipe, checked)
    ridge = ridge_logistic(
        outcome=rows.event, factors=rows.x, names=rows.names, clusters=rows.woman, penalty=penalty
    )
    told: dict[str, float | None] = {"penalty": ridge.penalty, "effective_terms": ridge.effective_terms}
    return Fitted(fit=ridge.fit, numbers=_named(told))


def _recurrent(model: str) -> Callable[[Asked], Fitted]:
    def fit(asked: Asked) -> Fitted:
        found = fit_recurrent_rows(asked.rows, model=model)
        if found.variance is None:
            return Fitted(fit=found.fit)
        told = {"frailty_variance": found.variance, "p_value_of_no_difference": found.no_frailty_p_value}
        return Fitted(fit=found.fit, numbers=_named(told))

    return fit


FITTERS: dict[str, Callable[[Asked], Fitted]] = {
    "logistic_cluster": lambda asked: Fitted(fit=logistic_by_woman(asked)),
    "logistic_agq": _agq,
    "cluster_weighted": _cluster_weighted,
    "logistic_survey": _survey,
    "logistic_single": _single,
    "weekly_hazards_logit": _weekly("logit"),
    "weekly_hazards_cloglog": _weekly("cloglog"),
    "cox_delayed_entry": _cox("efron"),
    "cox_breslow": _cox("breslow"),
    "fine_gray": _fine_gray,
    **{model: _recurrent(model) for model in sorted(RECURRENT_MODELS)},
    "conditional_logistic": _conditional,
    "firth": _firth,
    "ridge": _ridge,
    "age_spline": lambda asked: Fitted(fit=logistic_by_woman(asked)),
}


def fit_of(asked: Asked, model: str) -> Fitted | str:
    """The fit of one model, or the sentence of the estimator that could not."""
    try:
        return FITTERS[model](asked)
    except CANNOT as problem:
        return str(problem)


def model_result(
    source: Source, question: Question, *, model: str, about: str, factors: tuple[str, ...]
) -> ModelResult:
    """One model of a question on the rows that the plan gives it."""
    rows = question_rows(
        source.plan, question, source.risk, model=model, factors=factors, columns=source.columns
    )
    asked = Asked(source=source, question=question, rows=rows)
    return told(asked, fit_of(asked, model), model=model, about=about)


def told(asked: Asked, found: Fitted | str, *, model: str, about: str) -> ModelResult:
    """A fit as named fields; where there is none, its rows and the reason."""
    rows = asked.rows
    fit = found.fit if isinstance(found, Fitted) else None
    return ModelResult(
        question=asked.question.id,
        model=model,
        about=about,
        method=fit.method if fit else "",
        scale=fit.scale if fit else "",
        standard_errors_by=fit.standard_errors_by if fit else "",
        rows=fit.n_rows if fit else len(rows),
        events=fit.n_events if fit else int(rows.event.sum()),
        clusters=fit.n_clusters if fit else len(np.unique(rows.woman)),
        left_out=rows.n_left_out,
        log_likelihood=fit.log_likelihood if fit else None,
        null_log_likelihood=fit.null_log_likelihood if fit else None,
        terms=terms_told(fit, rows) if fit else (),
        numbers=found.numbers if isinstance(found, Fitted) else (),
        warnings=fit.warnings if fit else (),
        not_fitted="" if fit else "not_estimable",
        why_not=found if isinstance(found, str) else "",
    )


def terms_told(fit: Fit, rows: AnalysisRows) -> tuple[TermResult, ...]:
    """Every coefficient, with the factor it belongs to."""
    factor_of = dict(zip(rows.names, rows.factor_of, strict=True))
    alone = np.sqrt(np.diag(fit.model_covariance))
    return tuple(
        TermResult(
            name=term.name,
            factor=factor_of.get(term.name, ""),
            estimate=term.estimate,
            standard_error=term.standard_error,
            model_standard_error=float(alone[at]),
            lower=term.lower,
            upper=term.upper,
            p_value=term.p_value,
            degrees_of_freedom=term.degrees_of_freedom if np.isfinite(term.degrees_of_freedom) else None,
        )
        for at, term in enumerate(fit.terms())
    )


def _named(told: dict[str, float | None]) -> tuple[Named, ...]:
    return tuple(Named(name=name, value=value) for name, value in told.items())
