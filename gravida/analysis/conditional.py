"""Conditional logistic regression: matched cases and controls of any number, by the exact likelihood."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import linalg, optimize

from gravida.analysis.binomial_input import binary_outcome, cluster_codes, design_matrix
from gravida.analysis.binomial_problems import Separated, refuse_collinear_gram
from gravida.analysis.crossproduct import weighted_cross
from gravida.analysis.fit import BoolArray, DidNotConverge, Fit, FloatArray, IntArray, NotEstimable

MOST_ITERATIONS = 60
SUSPECT_AFTER = 12
STEP_LIMIT = 1e-9
NUMBERS_AT_ONCE = 1 << 23


@dataclass(frozen=True, kw_only=True, eq=False)
class _Sets:
    """Matched sets of one size and number of cases. Shapes: rows (sets, size, terms); cases (sets, size)."""

    rows: FloatArray
    cases: FloatArray
    number: int


@dataclass(frozen=True, kw_only=True, eq=False)
class _Place:
    log_likelihood: float
    score: FloatArray
    information: FloatArray


def conditional_logistic(
    *, outcome: ArrayLike, factors: ArrayLike, names: Sequence[str], strata: ArrayLike
) -> Fit:
    """Log odds ratios given the number of cases in each matched set, as survival::clogit method "exact".

    outcome (rows,) 0 or 1; factors (rows, names), without intercept; strata (rows,) the matched set.
    Sets without a case, or without a control, say nothing: they are left out and counted. Work grows with
    rows x cases per set. n_clusters counts the sets used. NotEstimable where a factor never differs
    within a set (by name); Separated, DidNotConverge.
    Source: Gail, Lubin & Rubinstein, Biometrika 1981;68:703.
    """
    y = binary_outcome(outcome)
    design, terms = design_matrix(factors, names, intercept=False)
    codes = cluster_codes(strata, rows=len(y))
    sets, used = _matched_sets(design, y, codes)
    if not sets:
        raise NotEstimable("no set holds both a case and a control: there is nothing to compare")
    scale = _refuse_constant(sets, terms)
    start = _likelihood(sets, np.zeros(len(terms)), scale)
    estimates, place, iterations = _climb(sets, terms, scale, start)
    covariance = linalg.inv(place.information) / np.outer(scale, scale)
    return Fit(
        method="conditional_logistic",
        scale="log_odds",
        names=terms,
        estimates=estimates / scale,
        covariance=(covariance + covariance.T) / 2,
        model_covariance=(covariance + covariance.T) / 2,
        standard_errors_by="model",
        log_likelihood=place.log_likelihood,
        null_log_likelihood=start.log_likelihood,
        n_rows=int(used.sum()),
        n_events=int(y[used].sum()),
        n_clusters=len(np.unique(codes[used])),
        n_left_out=int((~used).sum()),
        iterations=iterations,
    )


def _matched_sets(design: FloatArray, y: FloatArray, codes: IntArray) -> tuple[list[_Sets], BoolArray]:
    sizes = np.bincount(codes)
    cases = np.bincount(codes, weights=y).astype(np.int64)
    telling = (cases > 0) & (cases < sizes)
    order = np.argsort(codes, kind="stable")
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    sets = []
    for size, number in sorted({(int(sizes[at]), int(cases[at])) for at in np.flatnonzero(telling)}):
        chosen = first[telling & (sizes == size) & (cases == number)]
        rows = order[chosen[:, None] + np.arange(size)]
        sets.append(_Sets(rows=design[rows], cases=y[rows], number=number))
    return sets, telling[codes]


def _refuse_constant(sets: list[_Sets], names: tuple[str, ...]) -> FloatArray:
    """Range of each factor within sets; NotEstimable with the names of those that never differ there."""
    within = [group.rows - group.rows.mean(axis=1, keepdims=True) for group in sets]
    flat = np.concatenate([part.reshape(-1, len(names)) for part in within])
    scale = np.abs(flat).max(axis=0)
    size = np.concatenate([np.abs(group.rows).reshape(-1, len(names)) for group in sets]).max(axis=0)
    same = scale <= 1e-12 * size
    if same.any():
        found = ", ".join(repr(names[at]) for at in np.flatnonzero(same))
        raise NotEstimable(f"{found} never differs within a matched set: matching has used it up")
    refuse_collinear_gram(gram=weighted_cross(flat / scale), names=names)
    return np.asarray(scale)


def _climb(
    sets: list[_Sets], names: tuple[str, ...], scale: FloatArray, start: _Place
) -> tuple[FloatArray, _Place, int]:
    estimates, now, largest = np.zeros(len(names)), start, np.inf
    for iteration in range(1, MOST_ITERATIONS + 1):
        if iteration == SUSPECT_AFTER:
            _refuse_separated(sets, names)
        try:
            step = linalg.solve(now.information, now.score, assume_a="pos")
        except linalg.LinAlgError as problem:
            _refuse_separated(sets, names)
            raise DidNotConverge(
                method="conditional logistic", iterations=iteration, step=largest
            ) from problem
        for _ in range(30):
            moved = _likelihood(sets, estimates + step, scale)
            if moved.log_likelihood >= now.log_likelihood - 1e-12 * (1 + abs(now.log_likelihood)):
                break
            step = step / 2
        estimates, now, largest = estimates + step, moved, float(np.max(np.abs(step)))
        if largest < STEP_LIMIT:
            return estimates, now, iteration
    raise DidNotConverge(method="conditional logistic", iterations=MOST_ITERATIONS, step=largest)


def _likelihood(sets: list[_Sets], estimates: FloatArray, scale: FloatArray) -> _Place:
    terms = len(estimates)
    total, score, information = 0.0, np.zeros(terms), np.zeros((terms, terms))
    for group in _parts(sets, terms):
        rows = group.rows / scale
        linear = rows @ estimates
        rows = rows - rows.mean(axis=1, keepdims=True)
        log_sum, first, second = _sums(rows, linear, group.number)
        total += float((group.cases * linear).sum() - log_sum.sum())
        score += np.einsum("sr,srk->k", group.cases, rows) - first.sum(axis=0)
        information += second.sum(axis=0) - weighted_cross(first)
    return _Place(log_likelihood=total, score=score, information=information)


def _sums(rows: FloatArray, linear: FloatArray, number: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Log of the sum over all choices of `number` rows of exp(linear), with the mean and the mean square
    of the chosen rows' sum, by recursion over rows: (sets,), (sets, terms), (sets, terms, terms).
    """
    sets, size, terms = rows.shape
    # Odds around number : size - number keep the sums of every length near each other.
    level = linear.mean(axis=1) - np.log(number / (size - number))
    odds = np.exp(linear - level[:, None])
    value = np.zeros((sets, number + 1))
    value[:, 0] = 1.0
    slope = np.zeros((sets, number + 1, terms))
    curve = np.zeros((sets, number + 1, terms, terms))
    log_scale = np.zeros(sets)
    for at in range(size):
        x, weight = rows[:, at], odds[:, at]
        before, before_slope = value[:, :-1], slope[:, :-1]
        mixed = before_slope[:, :, :, None] * x[:, None, None, :]
        added = curve[:, :-1] + mixed + mixed.swapaxes(2, 3)
        added += before[:, :, None, None] * (x[:, :, None] * x[:, None, :])[:, None]
        curve[:, 1:] += weight[:, None, None, None] * added
        slope[:, 1:] += weight[:, None, None] * (before_slope + before[:, :, None] * x[:, None, :])
        value[:, 1:] += weight[:, None] * before
        largest = value.max(axis=1)
        value /= largest[:, None]
        slope /= largest[:, None, None]
        curve /= largest[:, None, None, None]
        log_scale += np.log(largest)
    chosen = value[:, number]
    log_sum = np.log(chosen) + log_scale + number * level
    return log_sum, slope[:, number] / chosen[:, None], curve[:, number] / chosen[:, None, None]


def _parts(sets: list[_Sets], terms: int) -> Iterator[_Sets]:
    for group in sets:
        at_once = max(1, NUMBERS_AT_ONCE // ((group.number + 1) * terms * terms))
        for first in range(0, len(group.rows), at_once):
            span = slice(first, first + at_once)
            yield _Sets(rows=group.rows[span], cases=group.cases[span], number=group.number)


def _refuse_separated(sets: list[_Sets], names: tuple[str, ...]) -> None:
    """Separated where a direction never puts a control above a case of its set, and sometimes below."""
    pairs = []
    for group in sets:
        gap = group.rows[:, :, None, :] - group.rows[:, None, :, :]
        pairs.append(gap[(group.cases[:, :, None] == 1) & (group.cases[:, None, :] == 0)])
    gaps = np.concatenate(pairs)
    gaps = gaps / np.maximum(np.abs(gaps).max(axis=0), 1e-300)
    answer = optimize.linprog(
        -gaps.sum(axis=0), A_ub=-gaps, b_ub=np.zeros(len(gaps)), bounds=(-1, 1), method="highs"
    )
    if answer.status == 0 and -answer.fun > 1e-6:
        raise Separated(
            names=tuple(name for name, part in zip(names, answer.x, strict=True) if abs(part) > 1e-6)
        )
