"""Matrix products in blocks: summed in one order everywhere, within the processor's cache, on one thread."""

import numpy as np

from gravida.analysis.fit import FloatArray

# Below these numbers of products OpenBLAS keeps to one thread, whatever it may use; more threads would
# spend the processor's time waiting for each other and let the order of sums depend on the machine.
PRODUCTS_OF_MATRICES = 250_000
PRODUCTS_OF_VECTORS = 9_000


def weighted_cross(design: FloatArray, weights: FloatArray | None = None) -> FloatArray:
    """design' diag(weights) design, (terms, terms); design (rows, terms), weights (rows,) by default 1."""
    terms = design.shape[1]
    at_once = max(16, min(1024, PRODUCTS_OF_MATRICES // max(1, terms * terms)))
    total = np.zeros((terms, terms))
    weighted = np.empty((min(at_once, len(design)), terms))
    for first in range(0, len(design), at_once):
        block = design[first : first + at_once]
        left = block
        if weights is not None:
            left = weighted[: len(block)]
            np.multiply(block, weights[first : first + at_once, None], out=left)
        total += left.T @ block
    return total


def cross_of_two(left: FloatArray, right: FloatArray) -> FloatArray:
    """left' right, (left terms, right terms), of matrices with the same rows."""
    at_once = max(16, min(1024, PRODUCTS_OF_MATRICES // max(1, left.shape[1] * right.shape[1])))
    total = np.zeros((left.shape[1], right.shape[1]))
    for first in range(0, len(left), at_once):
        total += left[first : first + at_once].T @ right[first : first + at_once]
    return total


def weighted_product(left: FloatArray, weights: FloatArray, right: FloatArray) -> FloatArray:
    """left diag(weights) right, (left rows, right terms); weights (rows of right,)."""
    at_once = max(16, min(1024, PRODUCTS_OF_MATRICES // max(1, len(left) * right.shape[1])))
    total = np.zeros((len(left), right.shape[1]))
    for first in range(0, len(right), at_once):
        block = slice(first, first + at_once)
        total += (left[:, block] * weights[block]) @ right[block]
    return total


def weighted_sum(design: FloatArray, weights: FloatArray) -> FloatArray:
    """design' weights, (terms,)."""
    at_once = _vector_rows(design)
    total = np.zeros(design.shape[1])
    for first in range(0, len(design), at_once):
        total += weights[first : first + at_once] @ design[first : first + at_once]
    return total


def linear_predictor(
    design: FloatArray, estimates: FloatArray, offset: FloatArray | None = None
) -> FloatArray:
    """design estimates + offset, (rows,)."""
    at_once = _vector_rows(design)
    predictor = np.empty(len(design))
    for first in range(0, len(design), at_once):
        np.matmul(design[first : first + at_once], estimates, out=predictor[first : first + at_once])
    return predictor if offset is None else predictor + offset


def _vector_rows(design: FloatArray) -> int:
    terms: int = design.shape[1]
    return max(16, min(4096, PRODUCTS_OF_VECTORS // max(1, terms)))
