"""What the models of a question found, as named fields: estimates, risks, curves, prognosis, markers."""

from dataclasses import dataclass
from typing import Annotated

Count = Annotated[int | str, "a count, or “masked” where it is too small to be shown"]
Estimate = Annotated[float | None, "null where it cannot be estimated"]


@dataclass(frozen=True, kw_only=True)
class Named:
    """A number by its name."""

    name: str
    value: Estimate


@dataclass(frozen=True, kw_only=True)
class TermResult:
    """One coefficient on the scale of its model, with its Wald interval."""

    name: str
    factor: Annotated[str, "id of the plan's factor; empty for the intercept and baseline terms"]
    estimate: Estimate
    standard_error: Estimate
    model_standard_error: Annotated[
        float | None, "what the model alone would say, women taken as unrelated rows"
    ]
    lower: Estimate
    upper: Estimate
    p_value: Estimate
    degrees_of_freedom: Annotated[float | None, "null: normal distribution"]


@dataclass(frozen=True, kw_only=True)
class ModelResult:
    """One fitted model, or the reason why it was not fitted."""

    question: str
    model: Annotated[str, "as the plan names it"]
    about: Annotated[str, "id of the factor it judges; empty for a joint model"]
    method: Annotated[str, "the estimator, as logistic or cox_efron; empty where not fitted"]
    scale: Annotated[str, "log_odds, log_hazard, log_subhazard"]
    standard_errors_by: Annotated[
        str, "as “CR1 by woman”, “model”, “survey design”, “Rubin over CR1 by woman”"
    ]
    rows: int
    events: Count
    clusters: Annotated[int, "women, or matched sets, or sampling units"]
    left_out: Annotated[int | str, "rows with a missing factor"]
    log_likelihood: Estimate
    null_log_likelihood: Estimate
    terms: tuple[TermResult, ...]
    numbers: Annotated[
        tuple[Named, ...], "what else the model tells, as a concordance or an intercept's spread"
    ]
    warnings: Annotated[tuple[str, ...], "codes; docs/explain.md has their words"]
    not_fitted: Annotated[str, "code of the reason; empty where it was fitted"]
    why_not: Annotated[str, "the same in a sentence of the estimator"]


@dataclass(frozen=True, kw_only=True)
class RiskResult:
    """Standardised risks under one level of a factor and under its reference, everything else as it is."""

    question: str
    factor: str
    level: Annotated[str, "the term that is 1, or the value taken"]
    reference: Annotated[str, "the level compared with; empty: every term of the factor is 0"]
    rows_at_level: Count
    risk: Estimate
    risk_lower: Estimate
    risk_upper: Estimate
    reference_risk: Estimate
    difference: Estimate
    difference_standard_error: Estimate
    difference_lower: Estimate
    difference_upper: Estimate
    ratio: Estimate
    ratio_log_standard_error: Estimate
    ratio_lower: Estimate
    ratio_upper: Estimate
    e_value: Estimate
    e_value_limit: Estimate


@dataclass(frozen=True, kw_only=True)
class CurvePoint:
    """A cumulative incidence at the end of a week. Events count since the point before."""

    week: float
    at_risk: Count
    events: Count
    incidence: float
    standard_error: Estimate
    lower: Estimate
    upper: Estimate


@dataclass(frozen=True, kw_only=True)
class CurveResult:
    """Cumulative incidence of one outcome in one group (Aalen-Johansen)."""

    question: str
    outcome: str
    group: Annotated[str, "value of the plan's `by`; empty for all rows"]
    version: Annotated[
        str, "with_entry, entry_ignored (biased), from_entry (other convention), given_free_at"
    ]
    given_week: Annotated[float | None, "given_free_at: the week at which pregnancies were still going on"]
    time_unit: Annotated[str, "of `week` in the points: weeks of pregnancy, or months since a woman's origin"]
    rows: int
    clusters: int
    crude: Annotated[float | None, "share of rows with the outcome, without any regard to time"]
    starts_after: Annotated[float | None, "week before which too few were at risk; null: from the first"]
    left_before: Annotated[int | str, "events before that week, counted and not used"]
    first_risk_set: Count
    errors_by: str
    points: tuple[CurvePoint, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SmoothPoint:
    """The standardised risk at one value of a factor."""

    value: float
    risk: float
    lower: Estimate
    upper: Estimate


@dataclass(frozen=True, kw_only=True)
class SmoothResult:
    """The risk along a factor in a restricted cubic spline, the other factors as they are."""

    question: str
    factor: str
    knots: tuple[float, ...]
    points: tuple[SmoothPoint, ...]
    curved_chi_square: Annotated[float | None, "Wald test of all but the straight term"]
    curved_degrees_of_freedom: int
    curved_p_value: Estimate


@dataclass(frozen=True, kw_only=True)
class FactorTest:
    """All terms of a factor at once (Wald), and the p-value as its family controls it."""

    question: str
    factor: str
    family: str
    control: str
    terms: int
    chi_square: Estimate
    p_value: Estimate
    adjusted_p_value: Annotated[float | None, "within the family; null where the family controls nothing"]


@dataclass(frozen=True, kw_only=True)
class ImputedVariable:
    """One variable whose missing values were drawn."""

    name: str
    missing: Count
    scale_reduction: Annotated[float | None, "near 1 where the chains have mixed"]


@dataclass(frozen=True, kw_only=True)
class ImputationResult:
    """A model over imputed tables, its complete cases beside."""

    question: str
    imputations: int
    iterations: int
    incomplete_rows: Count
    variables: tuple[ImputedVariable, ...]
    pooled: ModelResult
    complete_cases: ModelResult
    missing_fraction: Annotated[tuple[Named, ...], "share of what each term lacks because of missing values"]
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MeasureResult:
    """One measure of a prognostic model, on its own rows and corrected for having been fitted there."""

    name: str
    apparent: Estimate
    optimism: Estimate
    corrected: Estimate
    lower: Estimate
    upper: Estimate


@dataclass(frozen=True, kw_only=True)
class CalibrationPoint:
    """Rows of about equal foretold risk: the mean that was foretold and the share that was seen."""

    rows: Count
    events: Count
    foretold: Estimate
    observed: Estimate
    lower: Estimate
    upper: Estimate


@dataclass(frozen=True, kw_only=True)
class DecisionPoint:
    """Net benefit per 100 pregnancies' worth of one, at a threshold of risk."""

    threshold: float
    model: float
    lower: Estimate
    upper: Estimate
    everyone: float


@dataclass(frozen=True, kw_only=True)
class ExternalResult:
    """A published model on these rows."""

    name: str
    citation: str
    rows: int
    left_out: Count
    measures: Annotated[tuple[MeasureResult, ...], "apparent only: the model was fitted elsewhere"]
    warnings: tuple[str, ...]
    not_checked: Annotated[str, "why it could not be checked; empty where it was"]


@dataclass(frozen=True, kw_only=True)
class PredictionResult:
    """A pre-specified prognostic model, its optimism, calibration and use."""

    question: str
    model: ModelResult
    penalty: Estimate
    needed_rows: Annotated[int, "Riley's smallest sample for so many parameters"]
    anticipated_c: float
    resamples: int
    measures: tuple[MeasureResult, ...]
    calibration_curve: tuple[SmoothPoint, ...]
    calibration_groups: tuple[CalibrationPoint, ...]
    average_gap: Estimate
    decisions: tuple[DecisionPoint, ...]
    external: tuple[ExternalResult, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PowerResult:
    """What one way of choosing markers would find if so many were causes, simulated on these very rows."""

    method: str
    causes: int
    odds_ratio_per_sd: float
    replicates: int
    power: Estimate
    false_share: Estimate
    any_false: Estimate


@dataclass(frozen=True, kw_only=True)
class MarkerResult:
    """One marker: log odds ratio per standard deviation, adjusted, and its p-values within its family."""

    name: str
    family: str
    block: int
    estimate: Estimate
    standard_error: Estimate
    lower: Estimate
    upper: Estimate
    p_value: Estimate
    benjamini_hochberg: Estimate
    benjamini_yekutieli: Estimate
    holm: Estimate
    chosen_by_stability: Annotated[float | None, "share of the halves in which a lasso chose it"]
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MarkersResult:
    """A marker panel: the power first, then what was found, by block."""

    question: str
    rows: int
    events: Count
    clusters: int
    adjusters: tuple[str, ...]
    level: float
    power: tuple[PowerResult, ...]
    findings: tuple[MarkerResult, ...]
    stable: Annotated[tuple[str, ...], "markers that stability selection keeps"]
    expected_false: Annotated[float | None, "bound on the mean number of false ones among them"]
    not_screened: Annotated[str, "why there is no screen; empty where there is one"]
