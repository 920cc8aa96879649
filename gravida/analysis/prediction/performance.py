"""How well foretold risks fit what happened: discrimination, calibration, error, with women as clusters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from gravida.analysis.binomial_input import binary_outcome, column
from gravida.analysis.fit import FloatArray, IntArray
from gravida.analysis.logistic import logistic
from gravida.analysis.penalised.rows import codes_of

FEWEST_EVENTS = 100  # of either kind, below which calibration is hardly known (Collins et al. 2016)


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One measure with its standard error and interval."""

    estimate: float
    standard_error: float
    lower: float
    upper: float


@dataclass(frozen=True, kw_only=True)
class Performance:
    """A model's performance on rows it was not (or was) fitted on."""

    c_statistic: Measure
    slope: Measure  # 1 is right; below 1 the risks are too extreme
    intercept: Measure  # calibration in the large: above 0 the risks are too low
    brier: Measure
    scaled_brier: Measure  # 1 is perfect, 0 is the overall risk for everyone
    observed_to_expected: Measure
    n_rows: int
    n_events: int
    n_clusters: int
    warnings: tuple[str, ...]


def checked_risks(outcome: ArrayLike, risks: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Outcome and risks as arrays.

    ValueError unless every risk lies between 0 and 1; NotEstimable where all rows have the same outcome.
    """
    y = binary_outcome(outcome)
    risk = column(risks, "risks", rows=len(y))
    if not np.all((risk > 0) & (risk < 1)):
        raise ValueError(f"risk {risk[~((risk > 0) & (risk < 1))][0]}: need more than 0 and less than 1")
    return y, risk


def performance(
    *, outcome: ArrayLike, risks: ArrayLike, clusters: ArrayLike | None, level: float = 0.95
) -> Performance:
    """All measures of risks (rows,) against outcomes (rows,), clustered by woman.

    C: variance of DeLong, for clusters of Obuchowski, interval on the log odds scale. Slope and
    intercept: logistic recalibration with the clustered sandwich. Brier, scaled Brier and O/E: sums of
    every woman's influence. The code "few_events" says that either outcome has fewer than 100 rows.
    Sources: Obuchowski, Biometrics 1997;53:567; Cox, Biometrika 1958;45:562; Steyerberg 2019, chapter 15.
    """
    y, risk = checked_risks(outcome, risks)
    codes, women = codes_of(clusters, rows=len(y))
    predictor = special.logit(risk)
    slope = logistic(outcome=y, factors=predictor[:, None], names=("slope",), clusters=clusters)
    large = logistic(outcome=y, factors=np.empty((len(y), 0)), names=(), clusters=clusters, offset=predictor)
    error = (risk - y) ** 2
    few = min(y.sum(), len(y) - y.sum()) < FEWEST_EVENTS
    return Performance(
        c_statistic=c_measure(y, risk, codes, women, level),
        slope=measure_of(slope.estimates[1], slope.standard_errors[1], level),
        intercept=measure_of(large.estimates[0], large.standard_errors[0], level),
        brier=mean_by_woman(error, codes=codes, women=women, level=level),
        scaled_brier=_scaled_brier(y, error, codes, women, level),
        observed_to_expected=_ratio(y, risk, codes, women, level),
        n_rows=len(y),
        n_events=int(y.sum()),
        n_clusters=women,
        warnings=("few_events",) if few else (),
    )


def measure_of(estimate: float, error: float, level: float) -> Measure:
    """An estimate with its normal interval."""
    half = float(stats.norm.ppf(0.5 + level / 2)) * error
    return Measure(
        estimate=float(estimate),
        standard_error=float(error),
        lower=float(estimate - half),
        upper=float(estimate + half),
    )


def c_statistic(outcome: FloatArray, risks: FloatArray) -> float:
    """Share of pairs with and without the outcome in which the first has the higher risk, ties as half."""
    ranks = stats.rankdata(risks)
    events = outcome > 0
    with_it = int(events.sum())
    without = len(outcome) - with_it
    return float((ranks[events].sum() - with_it * (with_it + 1) / 2) / (with_it * without))


def c_measure(y: FloatArray, risk: FloatArray, codes: IntArray, women: int, level: float) -> Measure:
    """C statistic of risks (or any score) with its interval on the log odds scale."""
    c = c_statistic(y, risk)
    error = float(np.sqrt(c_variance(y, risk, codes=codes, women=women)))
    if error == 0 or c in (0.0, 1.0):
        return Measure(estimate=c, standard_error=error, lower=c, upper=c)
    half = float(stats.norm.ppf(0.5 + level / 2)) * error / (c * (1 - c))
    centre = float(special.logit(c))
    return Measure(
        estimate=c,
        standard_error=error,
        lower=float(special.expit(centre - half)),
        upper=float(special.expit(centre + half)),
    )


def c_variance(y: FloatArray, risk: FloatArray, *, codes: IntArray, women: int) -> float:
    """Variance of the C statistic with clusters; DeLong's where every cluster is one row.

    Source: Obuchowski, Biometrics 1997;53:567, equation 4.
    """
    events = y > 0
    ones, zeros = int(events.sum()), int((~events).sum())
    # A row's share of won pairs, from its rank among all and among its own kind.
    own = np.empty(len(y))
    own[events], own[~events] = stats.rankdata(risk[events]), stats.rankdata(risk[~events])
    below = stats.rankdata(risk) - own
    won = np.where(events, below / zeros, 1 - below / ones)
    deviation = won - c_statistic(y, risk)
    with_it = np.bincount(codes, weights=deviation * events, minlength=women)
    without = np.bincount(codes, weights=deviation * ~events, minlength=women)
    n_with = int(np.sum(np.bincount(codes, weights=events, minlength=women) > 0))
    n_without = int(np.sum(np.bincount(codes, weights=~events, minlength=women) > 0))
    if n_with < 2 or n_without < 2:
        return np.nan
    variance = n_with / (n_with - 1) * np.sum(with_it**2) / ones**2
    variance += n_without / (n_without - 1) * np.sum(without**2) / zeros**2
    variance += 2 * women / (women - 1) * np.sum(with_it * without) / (ones * zeros)
    return float(max(variance, 0.0))


def mean_by_woman(
    values: FloatArray, *, codes: IntArray, women: int, level: float, around: float | None = None
) -> Measure:
    """A mean over rows with its error from women's sums; `around` recentres influences already centred."""
    mean = float(values.mean())
    sums = np.bincount(codes, weights=values - mean, minlength=women) / len(values)
    error = float(np.sqrt(women / (women - 1) * np.sum(sums**2))) if women > 1 else np.nan
    return measure_of(mean if around is None else around, error, level)


def _scaled_brier(y: FloatArray, error: FloatArray, codes: IntArray, women: int, level: float) -> Measure:
    share, brier = float(y.mean()), float(error.mean())
    spread = share * (1 - share)
    influence = -(error - brier) / spread + brier * (1 - 2 * share) * (y - share) / spread**2
    return mean_by_woman(influence, codes=codes, women=women, level=level, around=1 - brier / spread)


def _ratio(y: FloatArray, risk: FloatArray, codes: IntArray, women: int, level: float) -> Measure:
    ratio = float(y.mean() / risk.mean())
    on_log = mean_by_woman(
        y / y.mean() - risk / risk.mean(), codes=codes, women=women, level=level, around=float(np.log(ratio))
    )
    return Measure(
        estimate=ratio,
        standard_error=ratio * on_log.standard_error,
        lower=float(np.exp(on_log.lower)),
        upper=float(np.exp(on_log.upper)),
    )
