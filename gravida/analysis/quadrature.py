"""The marginal likelihood of a random intercept by adaptive quadrature, with its derivatives."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse, special

from gravida.analysis.binomial_input import ClusteredRows
from gravida.analysis.crossproduct import linear_predictor, weighted_cross, weighted_sum
from gravida.analysis.fit import FloatArray, IntArray

NUMBERS_AT_ONCE = 1 << 21
MODE_LIMIT = 1e-11
MOST_MODE_STEPS = 100


@dataclass(frozen=True, kw_only=True, eq=False)
class Women:
    """Distinct women with their rows. Shapes: design (patterns, terms); women (clusters,) alike."""

    design: FloatArray
    rows: ClusteredRows
    women: IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Marginal:
    """Log-likelihood with score and observed information by (coefficients, standard deviation)."""

    log_likelihood: float
    score: FloatArray
    information: FloatArray
    complete_information: FloatArray  # as if every woman's intercept were seen; always positive definite


def marginal_log_likelihood(women: Women, *, estimates: FloatArray, deviation: float, points: int) -> float:
    """Log-likelihood with normal intercepts of this standard deviation, as glmer with nAGQ = points.

    Nodes are centred at each woman's conditional mode and scaled by her curvature there; points = 1 is
    Laplace's approximation. Source: Pinheiro & Bates, J Comput Graph Stat 1995;4:12.
    """
    predictor = linear_predictor(women.design, estimates)
    return float(
        sum(
            (part.count * _nodes(part, predictor, deviation, points)[1]).sum()
            for part in _parts(women, points)
        )
    )


def marginal(women: Women, *, estimates: FloatArray, deviation: float, points: int) -> Marginal:
    """The same with derivatives: those of the integral, by Louis' formula over each woman's own nodes.

    Source: Louis, J R Stat Soc B 1982;44:226.
    """
    predictor = linear_predictor(women.design, estimates)
    terms = len(estimates) + 1
    total = 0.0
    score, spread = np.zeros(terms), np.zeros((terms, terms))
    complete = np.zeros((terms, terms))
    for part in _parts(women, points):
        nodes, log_sum, share = _nodes(part, predictor, deviation, points)
        total += float((part.count * log_sum).sum())
        one_score, one_spread, one_complete = _louis(part, women.design, predictor, deviation, nodes, share)
        score += one_score
        spread += one_spread
        complete += one_complete
    return Marginal(
        log_likelihood=total, score=score, information=complete - spread, complete_information=complete
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Part:
    """Some of the women: first row of each within the part, and what the rows hold."""

    pattern: IntArray
    outcome: FloatArray
    starts: IntArray  # with the end
    count: FloatArray  # women alike

    @property
    def owner(self) -> IntArray:
        return np.repeat(np.arange(len(self.count)), np.diff(self.starts))


def _parts(women: Women, points: int) -> Iterator[_Part]:
    starts = women.rows.starts
    limit = max(1, NUMBERS_AT_ONCE // points)
    first = 0
    while first < len(women.women):
        last = int(np.searchsorted(starts, starts[first] + limit, side="right")) - 1
        last = min(max(last, first + 1), len(women.women))
        span = slice(int(starts[first]), int(starts[last]))
        yield _Part(
            pattern=women.rows.pattern[span].astype(np.int64),
            outcome=women.rows.outcome[span].astype(np.float64),
            starts=starts[first : last + 1] - starts[first],
            count=women.women[first:last].astype(np.float64),
        )
        first = last


def _modes(part: _Part, predictor: FloatArray, deviation: float) -> tuple[FloatArray, FloatArray]:
    """Conditional mode and curvature of each woman's intercept in units of its standard deviation."""
    fixed, owner, first = predictor[part.pattern], part.owner, part.starts[:-1]
    mode = np.zeros(len(part.count))
    for _ in range(MOST_MODE_STEPS):
        mean = special.expit(fixed + deviation * mode[owner])
        slope = deviation * np.add.reduceat(part.outcome - mean, first) - mode
        curvature = 1 + deviation**2 * np.add.reduceat(mean * (1 - mean), first)
        step = np.clip(slope / curvature, -2.0, 2.0)
        mode = mode + step
        if float(np.max(np.abs(step))) < MODE_LIMIT:
            break
    mean = special.expit(fixed + deviation * mode[owner])
    return mode, 1 + deviation**2 * np.add.reduceat(mean * (1 - mean), first)


def _nodes(
    part: _Part, predictor: FloatArray, deviation: float, points: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Nodes (points, women), log-likelihood (women,), and the share of each node in it (points, women)."""
    mode, curvature = _modes(part, predictor, deviation)
    abscissa, weight = np.polynomial.hermite.hermgauss(points)
    scale = np.sqrt(2 / curvature)
    nodes = mode + scale * abscissa[:, None]
    linear = predictor[part.pattern] + deviation * nodes[:, part.owner]
    by_row = part.outcome * linear - np.maximum(linear, 0.0) - np.log1p(np.exp(-np.abs(linear)))
    logs = np.add.reduceat(by_row, part.starts[:-1], axis=1)
    logs += (np.log(weight) + abscissa**2)[:, None] - nodes**2 / 2
    largest = logs.max(axis=0)
    share = np.exp(logs - largest)
    total = share.sum(axis=0)
    log_sum = np.log(total) + largest + np.log(scale) - np.log(2 * np.pi) / 2
    return nodes, log_sum, share / total


def _louis(
    part: _Part,
    design: FloatArray,
    predictor: FloatArray,
    deviation: float,
    nodes: FloatArray,
    share: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Score, variance of the complete score given the data, and expected complete information."""
    owner, first, terms = part.owner, part.starts[:-1], design.shape[1]
    mean_score = np.zeros((len(part.count), terms + 1))
    square = np.zeros((terms + 1, terms + 1))
    weights = np.zeros((3, len(part.pattern)))
    for node, own_share in zip(nodes, share, strict=True):
        mean = special.expit(predictor[part.pattern] + deviation * node[owner])
        residual = part.outcome - mean
        score = np.empty((len(part.count), terms + 1))
        by_woman = sparse.csr_array(
            (residual, part.pattern, part.starts), shape=(len(part.count), len(design))
        )
        score[:, :terms] = by_woman @ design
        score[:, terms] = node * np.add.reduceat(residual, first)
        mean_score += own_share[:, None] * score
        square += weighted_cross(score, part.count * own_share)
        here = (part.count * own_share)[owner] * mean * (1 - mean)
        weights += here * np.stack([np.ones(len(owner)), node[owner], node[owner] ** 2])
    return (
        weighted_sum(mean_score, part.count),
        square - weighted_cross(mean_score, part.count),
        _complete(part, design, weights),
    )


def _complete(part: _Part, design: FloatArray, weights: FloatArray) -> FloatArray:
    patterns, terms = design.shape
    by_pattern = [
        np.bincount(part.pattern, weights=row, minlength=patterns).astype(np.float64) for row in weights[:2]
    ]
    complete = np.empty((terms + 1, terms + 1))
    complete[:terms, :terms] = weighted_cross(design, by_pattern[0])
    complete[:terms, terms] = complete[terms, :terms] = weighted_sum(design, by_pattern[1])
    complete[terms, terms] = weights[2].sum()
    return complete
