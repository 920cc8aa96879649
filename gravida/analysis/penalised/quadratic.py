"""The smallest value of a quadratic with absolute penalties: coordinate descent, then one exact solve."""

import numpy as np

from gravida.analysis.compiled import compiled, numba_is_wanted
from gravida.analysis.fit import FloatArray

MOST_ROUNDS = 60
SWEEPS_PER_ROUND = 20


def minimise_quadratic(
    *,
    hessian: FloatArray,
    gradient: FloatArray,
    start: FloatArray,
    absolute: FloatArray,
    squared: FloatArray,
) -> FloatArray:
    """Minimise (b-s)'H(b-s)/2 - g'(b-s) + sum(absolute |b| + squared b^2 / 2) over b, (terms,).

    Coordinate descent finds which terms are zero and the signs of the others; given these the answer is
    a linear system, solved exactly and kept if no sign and no zero contradicts it.
    """
    target = gradient + hessian @ start
    beta = start.copy()
    for _ in range(MOST_ROUNDS):
        exact = _exact(hessian, target, beta, absolute, squared)
        if exact is not None:
            return exact
        before = beta.copy()
        _sweep(hessian, target, beta, absolute, squared)
        if np.max(np.abs(beta - before)) == 0:
            return beta
    return beta


def _exact(
    hessian: FloatArray, target: FloatArray, beta: FloatArray, absolute: FloatArray, squared: FloatArray
) -> FloatArray | None:
    free = (absolute == 0) | (beta != 0)
    signs = np.sign(beta) * (absolute > 0)
    system = hessian[np.ix_(free, free)] + np.diag(squared[free])
    try:
        solved = np.linalg.solve(system, (target - absolute * signs)[free])
    except np.linalg.LinAlgError:
        return None
    if not np.isfinite(solved).all():
        return None
    result = np.zeros_like(beta)
    result[free] = solved
    if np.any(result * signs < 0):
        return None
    left = np.abs(target - hessian @ result)
    agrees = np.all(left[~free] <= absolute[~free] * (1 + 1e-12) + 1e-15)
    return result if agrees else None


def _sweep(
    hessian: FloatArray, target: FloatArray, beta: FloatArray, absolute: FloatArray, squared: FloatArray
) -> None:
    """Coordinate descent in place, some sweeps."""
    loop = _compiled_sweep if numba_is_wanted() else _plain_sweep
    loop(hessian, target - hessian @ beta, beta, absolute, squared, SWEEPS_PER_ROUND)


def _plain_sweep(
    hessian: FloatArray,
    left: FloatArray,
    beta: FloatArray,
    absolute: FloatArray,
    squared: FloatArray,
    sweeps: int,
) -> None:
    for _ in range(sweeps):
        for at in range(len(beta)):
            old = beta[at]
            size = hessian[at, at]
            if size <= 0:
                continue
            pull = left[at] + size * old
            shrunk = max(abs(pull) - absolute[at], 0.0)
            new = (shrunk if pull > 0 else -shrunk) / (size + squared[at])
            if new != old:
                beta[at] = new
                left -= hessian[at] * (new - old)


_compiled_sweep = compiled(_plain_sweep)
