"""Standardised risks of each level of a factor, the risk along a spline, and tests of whole factors."""

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from gravida.analysis.evalue import e_value
from gravida.analysis.fit import Fit, FloatArray
from gravida.analysis.markers.multiplicity import Adjustment, adjusted_p_values
from gravida.analysis.plan_rows import AnalysisRows
from gravida.analysis.report.results_models import FactorTest, RiskResult, SmoothPoint, SmoothResult
from gravida.analysis.splines import restricted_cubic_spline
from gravida.analysis.standardise import StandardisedRisks, contrast, standardised_risks
from gravida.protocol.plan import Plan

WIDE = float(stats.norm.ppf(0.975))
CURVE_POINTS = 31
CONTROLS = {
    "benjamini_hochberg": Adjustment.BENJAMINI_HOCHBERG,
    "benjamini_yekutieli": Adjustment.BENJAMINI_YEKUTIELI,
    "holm": Adjustment.HOLM,
}


@dataclass(frozen=True, kw_only=True, eq=False)
class _Level:
    """One level of a factor: its name, the values its columns take, and how many rows have it."""

    name: str
    values: FloatArray
    rows: int


def risk_contrasts(fit: Fit, rows: AnalysisRows) -> tuple[RiskResult, ...]:
    """Every level of every factor against its reference, all other factors as they are."""
    found: list[RiskResult] = []
    for factor in dict.fromkeys(rows.factor_of):
        at = _columns(rows, factor)
        reference, levels = _levels(rows, factor, at)
        if not levels:
            continue
        standardised = standardised_risks(
            fit=fit,
            designs=[_design(rows, at, level.values) for level in (reference, *levels)],
            scenarios=[level.name for level in (reference, *levels)],
        )
        found += [_risk(rows.question, factor, level, reference, standardised) for level in levels]
    return tuple(found)


def _columns(rows: AnalysisRows, factor: str) -> list[int]:
    return [at for at, of in enumerate(rows.factor_of) if of == factor]


def _levels(rows: AnalysisRows, factor: str, at: list[int]) -> tuple[_Level, tuple[_Level, ...]]:
    x = rows.x[:, at]
    zero = np.zeros(len(at))
    knots = dict(rows.knots).get(factor)
    if knots is None and np.isin(x, (0.0, 1.0)).all():
        levels = [
            _Level(name=rows.names[place], values=np.eye(len(at))[number], rows=int(x[:, number].sum()))
            for number, place in enumerate(at)
        ]
        return _Level(name="", values=zero, rows=0), tuple(level for level in levels if level.rows)
    quarters = [float(value) for value in np.quantile(x[:, 0], [0.25, 0.75])]
    if quarters[0] == quarters[1]:
        # A count that most rows have at 0: its outer values are compared.
        quarters = [float(value) for value in np.quantile(x[:, 0], [0.05, 0.95])]
    if quarters[0] == quarters[1]:
        return _Level(name="", values=zero, rows=0), ()
    low, high = (
        _Level(
            name=f"{value:.6g}",
            values=restricted_cubic_spline([value], knots=knots)[0] if knots else np.array([value]),
            rows=int((x[:, 0] <= value).sum() if value == quarters[0] else (x[:, 0] >= value).sum()),
        )
        for value in quarters
    )
    return low, (high,)


def _design(rows: AnalysisRows, at: list[int], values: FloatArray) -> FloatArray:
    x = rows.x.copy()
    x[:, at] = values
    return np.column_stack([np.ones(len(x)), x])


def _risk(
    question: str, factor: str, level: _Level, reference: _Level, standardised: StandardisedRisks
) -> RiskResult:
    found = contrast(standardised, scenario=level.name, reference=reference.name)
    error = float(standardised.standard_errors[standardised.scenarios.index(level.name)])
    reach = WIDE * found.difference_standard_error
    ratio, spread = float(np.exp(found.log_ratio)), np.exp(WIDE * found.log_ratio_standard_error)
    lower, upper = float(ratio / spread), float(ratio * spread)
    hidden = e_value(measure="risk_ratio", estimate=ratio, lower=lower, upper=upper)
    return RiskResult(
        question=question,
        factor=factor,
        level=level.name,
        reference=reference.name,
        rows_at_level=level.rows,
        risk=found.risk,
        risk_lower=max(found.risk - WIDE * error, 0.0),
        risk_upper=min(found.risk + WIDE * error, 1.0),
        reference_risk=found.reference_risk,
        difference=found.difference,
        difference_standard_error=found.difference_standard_error,
        difference_lower=found.difference - reach,
        difference_upper=found.difference + reach,
        ratio=ratio,
        ratio_log_standard_error=found.log_ratio_standard_error,
        ratio_lower=lower,
        ratio_upper=upper,
        e_value=hidden.estimate,
        e_value_limit=hidden.limit,
    )


def risk_along(fit: Fit, rows: AnalysisRows) -> tuple[SmoothResult, ...]:
    """The standardised risk along each spline, between its 1st and 99th percentile."""
    return tuple(_along(fit, rows, factor, knots) for factor, knots in rows.knots)


def _along(fit: Fit, rows: AnalysisRows, factor: str, knots: tuple[float, ...]) -> SmoothResult:
    at = _columns(rows, factor)
    low, high = np.quantile(rows.x[:, at[0]], [0.01, 0.99])
    grid = np.linspace(low, high, CURVE_POINTS)
    basis = restricted_cubic_spline(grid, knots=knots)
    standardised = standardised_risks(
        fit=fit,
        designs=[_design(rows, at, values) for values in basis],
        scenarios=[str(number) for number in range(len(grid))],
    )
    chi_square = _wald(fit, [rows.names[place] for place in at[1:]])
    reach = WIDE * standardised.standard_errors
    return SmoothResult(
        question=rows.question,
        factor=factor,
        knots=knots,
        points=tuple(
            SmoothPoint(
                value=float(grid[number]),
                risk=float(risk),
                lower=float(max(risk - reach[number], 0.0)),
                upper=float(min(risk + reach[number], 1.0)),
            )
            for number, risk in enumerate(standardised.risks)
        ),
        curved_chi_square=chi_square,
        curved_degrees_of_freedom=len(at) - 1,
        curved_p_value=float(stats.chi2.sf(chi_square, len(at) - 1)),
    )


def _wald(fit: Fit, names: list[str]) -> float:
    at = [fit.names.index(name) for name in names]
    beta = fit.estimates[at]
    return float(beta @ np.linalg.solve(fit.covariance[np.ix_(at, at)], beta))


def factor_tests(plan: Plan, fit: Fit, rows: AnalysisRows) -> tuple[FactorTest, ...]:
    """All terms of each factor at once; p-values adjusted within the families that the plan controls."""
    tests = []
    for factor in dict.fromkeys(rows.factor_of):
        names = [rows.names[at] for at in _columns(rows, factor)]
        chi_square = _wald(fit, names)
        family = plan.family(plan.factor(factor).family)
        tests.append(
            FactorTest(
                question=rows.question,
                factor=factor,
                family=family.id,
                control=family.control,
                terms=len(names),
                chi_square=chi_square,
                p_value=float(stats.chi2.sf(chi_square, len(names))),
                adjusted_p_value=None,
            )
        )
    return adjusted_in_families(tuple(tests))


def adjusted_in_families(tests: tuple[FactorTest, ...]) -> tuple[FactorTest, ...]:
    """The tests with p-values adjusted within each family whose control is not none."""
    found = list(tests)
    for family in dict.fromkeys(test.family for test in tests if test.control in CONTROLS):
        at = [place for place, test in enumerate(tests) if test.family == family and test.p_value is not None]
        p_values = np.array([tests[place].p_value for place in at], dtype=np.float64)
        adjusted = adjusted_p_values(p_values, method=CONTROLS[tests[at[0]].control])
        for place, value in zip(at, adjusted, strict=True):
            found[place] = replace(found[place], adjusted_p_value=float(value))
    return tuple(found)
