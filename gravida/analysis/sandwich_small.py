"""CR2: the clustered covariance for few clusters or rare factors, with Satterthwaite's degrees of freedom."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from gravida.analysis.binomial import Link, residuals, risk, risk_slope
from gravida.analysis.binomial_input import ClusteredRows
from gravida.analysis.fit import FloatArray, IntArray
from gravida.analysis.sandwich import SmallSample

FLAT = 1e-12  # eigenvalues below this share of the largest are a direction the cluster alone decides
NUMBERS_AT_ONCE = 4_000_000


def bias_reduced(
    *, design: FloatArray, predictor: FloatArray, link: Link, rows: ClusteredRows, bread: FloatArray
) -> SmallSample:
    """Bell and McCaffrey's CR2 with the binomial working variance, as clubSandwich's vcovCR for a glm.

    design (patterns, terms); predictor (patterns,); bread (terms, terms) the model's covariance.
    Clusters of one size are adjusted together; memory grows with rows x terms, time with the cube of the
    largest cluster. Source: Pustejovsky & Tipton, J Bus Econ Stat 2018;36:672, equations 5, 11.
    """
    mean = risk(predictor, link=link)
    variance = mean * (1 - mean)
    slope = risk_slope(predictor, link=link)
    # Pieces of each cluster: score s, diagonal of the working model a, and its projection b on the bread.
    scores, own, shared = [], [], []
    for at in _of_one_size(rows, terms=design.shape[1]):
        pattern = rows.pattern[at]
        weight = np.ones(at.shape) if rows.weight is None else rows.weight[at]
        target = variance[pattern] / weight
        adjusted = _adjusted(design, slope, target, bread, pattern)
        error = residuals(predictor, link=link)[rows.outcome[at].astype(np.intp), pattern]
        error = error * variance[pattern] / slope[pattern]
        scores.append(np.einsum("cnk,cn->ck", adjusted, error) @ bread)
        onto = adjusted @ bread
        own.append(np.einsum("cnk,cn,cnk->ck", onto, target, onto))
        unit = design[pattern] * slope[pattern][:, :, None]
        shared.append(np.einsum("cnk,cnm->ckm", onto, unit))
    score = np.concatenate(scores)
    return SmallSample(
        covariance=score.T @ score,
        degrees_of_freedom=_satterthwaite(np.concatenate(own), np.concatenate(shared), bread),
    )


def _adjusted(
    design: FloatArray, slope: FloatArray, target: FloatArray, bread: FloatArray, pattern: NDArray[np.integer]
) -> FloatArray:
    """Adjusted score rows A' W U of clusters of one size, (clusters, rows, terms).

    A = D (D (I - H) V D)^(-1/2) D with V the working variance and D its root.
    """
    unit = design[pattern] * slope[pattern][:, :, None]
    inner = -np.einsum("cnk,km,cpm->cnp", unit, bread, unit, optimize=True)
    rows = np.arange(pattern.shape[1])
    inner[:, rows, rows] += target
    root = np.sqrt(target)
    inner *= root[:, :, None] * root[:, None, :]
    values, vectors = np.linalg.eigh(inner)
    steady = values > FLAT * values[:, -1:]
    power = np.where(steady, np.where(steady, values, 1.0) ** -0.5, 0.0)
    half = np.einsum("cnj,cj,cpj->cnp", vectors, power, vectors, optimize=True)
    half *= root[:, :, None] * root[:, None, :]
    return np.asarray(half @ (unit / target[:, :, None]))


def _satterthwaite(own: FloatArray, shared: FloatArray, bread: FloatArray) -> FloatArray:
    """trace^2 / sum of squares of the matrix own_i [i = j] - b_i' b_j, for each coefficient."""
    root = np.linalg.cholesky(bread)
    freedom = np.empty(own.shape[1])
    for term in range(own.shape[1]):
        diagonal, cross = own[:, term], shared[:, term] @ root
        length = np.einsum("cm,cm->c", cross, cross)
        trace = diagonal.sum() - length.sum()
        gram = cross.T @ cross
        squares = diagonal @ diagonal - 2 * diagonal @ length + (gram * gram).sum()
        freedom[term] = trace**2 / squares
    return freedom


def _of_one_size(rows: ClusteredRows, *, terms: int) -> Iterator[IntArray]:
    """Row positions of clusters of each size, (clusters, size), in parts that fit the memory."""
    sizes = rows.sizes
    for size in np.unique(sizes[sizes > 0]):
        first = rows.starts[:-1][sizes == size]
        at_once = max(1, NUMBERS_AT_ONCE // int(size * max(size, terms)))
        for begin in range(0, len(first), at_once):
            yield first[begin : begin + at_once, None] + np.arange(size)
