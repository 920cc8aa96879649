"""Rubin's rules: one answer, with its uncertainty, from a model fitted on every imputed data set."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from gravida.analysis.fit import Fit, FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Pooled:
    """Estimates of several imputed data sets as one.

    Shapes: estimates, degrees_of_freedom, missing_fraction, riv (terms,);
    within, between, total (terms, terms).
    """

    names: tuple[str, ...]
    imputations: int
    estimates: FloatArray
    within: FloatArray  # mean covariance of the fits: what complete data would leave uncertain
    between: FloatArray  # covariance of the estimates over imputations
    total: FloatArray
    degrees_of_freedom: FloatArray  # Barnard & Rubin
    variance_share: FloatArray  # "lambda": share of the variance due to missing values
    missing_fraction: FloatArray  # "fmi": the same, with finite imputations counted in
    relative_increase: FloatArray  # "riv"

    @property
    def standard_errors(self) -> FloatArray:
        """Square roots of the total variances, (terms,)."""
        return np.sqrt(np.diag(self.total))


@dataclass(frozen=True, kw_only=True)
class JointTest:
    """A test of several terms at once on imputed data (D1): an F statistic."""

    terms: tuple[str, ...]
    statistic: float
    numerator_df: float
    denominator_df: float
    p_value: float
    relative_increase: float


def pool(
    *,
    names: Sequence[str],
    estimates: FloatArray,
    covariances: FloatArray,
    complete_df: float = np.inf,
) -> Pooled:
    """Rubin's rules for any estimator that gives estimates and a covariance.

    estimates: (imputations, terms); covariances: (imputations, terms, terms), the cluster-robust ones
    where women repeat. complete_df: residual degrees of freedom had nothing been missing (rows - terms,
    or women - 1 for a woman-clustered covariance); infinite gives Rubin's 1987 degrees of freedom.
    ValueError with fewer than two imputations or shapes that do not match.
    Source: Rubin 1987, chapter 3; Barnard & Rubin, Biometrika 1999;86:948.
    """
    points = np.asarray(estimates, dtype=np.float64)
    spreads = np.asarray(covariances, dtype=np.float64)
    _check(names, points, spreads, complete_df)
    imputations = len(points)
    within = spreads.mean(axis=0)
    between = np.atleast_2d(np.cov(points, rowvar=False, ddof=1))
    total = within + (1 + 1 / imputations) * between
    added = (1 + 1 / imputations) * np.diag(between)
    share = added / np.diag(total)
    increase = added / np.diag(within)
    freedom = barnard_rubin_df(variance_share=share, imputations=imputations, complete_df=complete_df)
    return Pooled(
        names=tuple(names),
        imputations=imputations,
        estimates=points.mean(axis=0),
        within=within,
        between=between,
        total=total,
        degrees_of_freedom=freedom,
        variance_share=share,
        missing_fraction=(increase + 2 / (freedom + 3)) / (increase + 1),
        relative_increase=increase,
    )


def _check(names: Sequence[str], points: FloatArray, spreads: FloatArray, complete_df: float) -> None:
    if points.ndim != 2 or len(points) < 2:
        raise ValueError(
            f"estimates of shape {points.shape}: need at least two imputations, as (imputations, terms)"
        )
    wanted = (points.shape[0], points.shape[1], points.shape[1])
    if spreads.shape != wanted or len(names) != points.shape[1]:
        raise ValueError(
            f"covariances of shape {spreads.shape} and {len(names)} names: "
            f"need {wanted} and {points.shape[1]}"
        )
    if not (np.isfinite(points).all() and np.isfinite(spreads).all()):
        raise ValueError(
            "a fit on an imputed data set has no finite estimate or covariance: refit or leave it"
        )
    if not complete_df > 0:
        raise ValueError(f"{complete_df} complete-data degrees of freedom: need more than 0")


def barnard_rubin_df(
    *, variance_share: FloatArray, imputations: int, complete_df: float = np.inf
) -> FloatArray:
    """Degrees of freedom of pooled estimates, (terms,), never above those of the complete data.

    Source: Barnard & Rubin, Biometrika 1999;86:948, equations 1-3.
    """
    # A term that no imputation moves has all of the complete data's freedom; 1e-4 as the share's floor
    # keeps the old formula finite (van Buuren 2018, section 2.3.6, as its software does).
    share = np.maximum(np.asarray(variance_share, dtype=np.float64), 1e-4)
    old = (imputations - 1) / share**2
    if not np.isfinite(complete_df):
        return np.asarray(old, dtype=np.float64)
    observed = (complete_df + 1) / (complete_df + 3) * complete_df * (1 - share)
    return np.asarray(old * observed / (old + observed), dtype=np.float64)


def pool_fits(fits: Sequence[Fit], *, complete_df: float | None = None) -> Fit:
    """Fits of one model on imputed data sets, pooled into one Fit.

    complete_df: where not given, women - 1 if the fits are clustered, else rows - terms.
    ValueError where the fits differ in their terms, scale or way of finding standard errors.
    """
    first = fits[0]
    kinds = {(fit.method, fit.scale, fit.names, fit.standard_errors_by) for fit in fits}
    if len(kinds) > 1:
        raise ValueError(
            f"{len(kinds)} kinds of fit among {len(fits)}: need the same model on every imputation"
        )
    if complete_df is None:
        clustered = "woman" in first.standard_errors_by
        complete_df = float(first.n_clusters - 1 if clustered else first.n_rows - len(first.names))
    pooled = pool(
        names=first.names,
        estimates=np.array([fit.estimates for fit in fits]),
        covariances=np.array([fit.covariance for fit in fits]),
        complete_df=complete_df,
    )
    return Fit(
        method=first.method,
        scale=first.scale,
        names=first.names,
        estimates=pooled.estimates,
        covariance=pooled.total,
        model_covariance=np.mean([fit.model_covariance for fit in fits], axis=0),
        standard_errors_by=f"Rubin over {first.standard_errors_by}",
        log_likelihood=float(np.mean([fit.log_likelihood for fit in fits])),
        n_rows=first.n_rows,
        n_events=round(float(np.mean([fit.n_events for fit in fits]))),
        n_clusters=first.n_clusters,
        n_left_out=first.n_left_out,
        iterations=max(fit.iterations for fit in fits),
        degrees_of_freedom=pooled.degrees_of_freedom,
        warnings=tuple(dict.fromkeys(code for fit in fits for code in fit.warnings)),
    )


def joint_test(pooled: Pooled, *, terms: Sequence[str], complete_df: float = np.inf) -> JointTest:
    """Whether all of the named terms are zero (D1, with Reiter's small-sample denominator).

    KeyError for an unknown term. The relative increase is the average over the terms, which needs
    fewer imputations than the full matrix.
    Source: Li, Raghunathan & Rubin, JASA 1991;86:1065; Reiter, Biometrika 2007;94:502.
    """
    at = [_position(pooled, term) for term in terms]
    count, imputations = len(at), pooled.imputations
    estimate = pooled.estimates[at]
    within = pooled.within[np.ix_(at, at)]
    between = pooled.between[np.ix_(at, at)]
    increase = (1 + 1 / imputations) * float(np.trace(np.linalg.solve(within, between))) / count
    statistic = float(estimate @ np.linalg.solve(within, estimate)) / (count * (1 + increase))
    freedom = _denominator_df(count, imputations, increase, complete_df)
    return JointTest(
        terms=tuple(terms),
        statistic=statistic,
        numerator_df=float(count),
        denominator_df=freedom,
        p_value=_f_tail(statistic, count, freedom),
        relative_increase=increase,
    )


def _position(pooled: Pooled, term: str) -> int:
    if term not in pooled.names:
        raise KeyError(f"no term {term!r}: the pooled model has {', '.join(pooled.names)}")
    return pooled.names.index(term)


def _f_tail(statistic: float, numerator_df: int, denominator_df: float) -> float:
    if np.isfinite(denominator_df):
        return float(stats.f.sf(statistic, numerator_df, denominator_df))
    return float(stats.chi2.sf(statistic * numerator_df, numerator_df))


def _denominator_df(terms: int, imputations: int, increase: float, complete_df: float) -> float:
    total = terms * (imputations - 1)
    if increase <= 0:
        return complete_df
    if np.isfinite(complete_df) and total > 4:
        return _reiter_df(total, increase, complete_df)
    if total > 4:
        return float(4 + (total - 4) * (1 + (1 - 2 / total) / increase) ** 2)
    return float(total * (1 + 1 / terms) * (1 + 1 / increase) ** 2 / 2)


def _reiter_df(total: int, increase: float, complete_df: float) -> float:
    """Reiter 2007, equation for the denominator's degrees of freedom with finite complete data."""
    a = increase * total / (total - 2)
    complete = (complete_df + 1) / (complete_df + 3) * complete_df
    low, high = complete - 4 * (1 + a), complete - 2 * (1 + a)
    if low <= 0:
        return 4.0
    spread = (
        a**2 * high / ((1 + a) ** 2 * low)
        + 8 * a**2 * high / ((1 + a) * low**2)
        + 4 * a**2 / ((1 + a) * low)
        + 4 * a**2 / (low * high)
        + 16 * a**2 * high / low**3
        + 8 * a**2 / low**2
    )
    return float(4 + 1 / (1 / low + spread / (total - 4)))
