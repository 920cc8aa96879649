"""Draws for missing values: from donors, from a logistic or a multinomial model, each a proper draw."""

import numpy as np
from scipy import special

from gravida.analysis.crossproduct import cross_of_two, linear_predictor, weighted_cross, weighted_sum
from gravida.analysis.fit import BoolArray, FloatArray
from gravida.analysis.penalised.ridge import maximise_ridge
from gravida.analysis.penalised.rows import Rows

DONORS = 5
STEADY = 1e-8  # added to the diagonal, in units of it: nearly doubled predictors cannot break a draw


def with_intercept(predictors: FloatArray) -> FloatArray:
    """Predictors in standard deviations, those that never change left out, after a column of ones."""
    spread = predictors.std(axis=0)
    kept = spread > 1e-12 * np.maximum(np.abs(predictors).max(axis=0, initial=0.0), 1e-300)
    scaled = (predictors[:, kept] - predictors[:, kept].mean(axis=0)) / spread[kept]
    return np.column_stack([np.ones(len(predictors)), scaled])


def linear_draw(
    *, values: FloatArray, design: FloatArray, generator: np.random.Generator
) -> tuple[FloatArray, FloatArray, float]:
    """Least-squares coefficients, a draw of them from their posterior, and the drawn residual deviation.

    values (observed,); design (observed, terms). Source: Rubin 1987, p. 167 (normal linear model).
    """
    cross = weighted_cross(design)
    inverse = np.linalg.inv(cross + STEADY * np.diag(np.diag(cross)))
    fitted = inverse @ weighted_sum(design, values)
    freedom = max(len(values) - design.shape[1], 1)
    residual = values - linear_predictor(design, fitted)
    deviation = float(np.sqrt(residual @ residual / generator.chisquare(freedom)))
    root = np.linalg.cholesky((inverse + inverse.T) / 2)
    drawn = fitted + deviation * root @ generator.normal(size=design.shape[1])
    return fitted, drawn, deviation


def from_donors(
    *,
    values: FloatArray,
    observed: BoolArray,
    predictors: FloatArray,
    generator: np.random.Generator,
    donors: int = DONORS,
) -> FloatArray:
    """Predictive mean matching, type 1: an observed value of a near neighbour for every missing one.

    values (rows,) with anything where not observed; predictors (rows, predictors). Neighbours are near
    by predicted mean: estimated coefficients for the donors, drawn ones for the receivers.
    Returns (missing,). Source: van Buuren 2018, section 3.4; Morris, White & Royston 2014.
    """
    design = with_intercept(predictors)
    fitted, drawn, _ = linear_draw(values=values[observed], design=design[observed], generator=generator)
    return _matched(
        given=design[observed] @ fitted,
        wanted=design[~observed] @ drawn,
        values=values[observed],
        donors=donors,
        generator=generator,
    )


def _matched(
    *,
    given: FloatArray,
    wanted: FloatArray,
    values: FloatArray,
    donors: int,
    generator: np.random.Generator,
) -> FloatArray:
    # Shuffled first, so that donors with equal predictions have equal chances.
    shuffled = generator.permutation(len(given))
    order = shuffled[np.argsort(given[shuffled], kind="stable")]
    ranked = given[order]
    donors = min(donors, len(given))
    place = np.searchsorted(ranked, wanted)
    window = place[:, None] + np.arange(-donors, donors)
    inside = (window >= 0) & (window < len(ranked))
    window = np.clip(window, 0, len(ranked) - 1)
    distance = np.where(inside, np.abs(ranked[window] - wanted[:, None]), np.inf)
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :donors]
    chosen = nearest[np.arange(len(wanted)), generator.integers(0, donors, len(wanted))]
    return np.asarray(values[order[window[np.arange(len(wanted)), chosen]]])


def logistic_draw(
    *,
    values: FloatArray,
    observed: BoolArray,
    predictors: FloatArray,
    generator: np.random.Generator,
    delta: float = 0.0,
) -> FloatArray:
    """0 or 1 for every missing value from a logistic model with drawn coefficients, (missing,).

    A few weighted rows are added so that a predictor which separates the values gives finite draws.
    delta: log odds added for the missing (not at random). Source: White, Daniel & Royston, Comput Stat
    Data Anal 2010;54:2267.
    """
    design = with_intercept(predictors)
    rows = _augmented(values[observed], design[observed])
    beta, _ = maximise_ridge(rows, np.zeros(design.shape[1]))
    mean = special.expit(linear_predictor(rows.design, beta))
    information = weighted_cross(rows.design, rows.weights * mean * (1 - mean))
    drawn = beta + _spread(information) @ generator.normal(size=len(beta))
    risk = special.expit(design[~observed] @ drawn + delta)
    return np.asarray(generator.random(len(risk)) < risk, dtype=np.float64)


def _spread(information: FloatArray) -> FloatArray:
    """A root of the inverse information."""
    inverse = np.linalg.inv(information + STEADY * np.diag(np.diag(information)))
    return np.asarray(np.linalg.cholesky((inverse + inverse.T) / 2))


def _augmented(values: FloatArray, design: FloatArray) -> Rows:
    predictors = design.shape[1] - 1
    added, outcome = [], []
    for at in range(1, design.shape[1]):
        low, high = design[:, at].min(), design[:, at].max()
        for side in (-0.5, 0.5):
            row = design.mean(axis=0)
            row[0] = 1.0
            row[at] = np.clip(row[at] + side * design[:, at].std(), low, high)
            added += [row, row]
            outcome += [0.0, 1.0]
    weight = (predictors + 1) / max(len(added), 1)
    return Rows(
        outcome=np.concatenate([values, outcome]),
        design=np.vstack([design, *added]) if added else design,
        names=("(Intercept)",) + ("",) * predictors,
        weights=np.concatenate([np.ones(len(values)), np.full(len(added), weight)]),
    )


def category_draw(
    *,
    values: FloatArray,
    observed: BoolArray,
    predictors: FloatArray,
    generator: np.random.Generator,
) -> FloatArray:
    """A category for every missing value from a multinomial model with drawn coefficients, (missing,).

    A weak normal prior (variance 100 per standard deviation) keeps categories that few have finite.
    """
    design = with_intercept(predictors)
    levels, level = np.unique(values[observed], return_inverse=True)
    if len(levels) == 1:
        return np.full(int((~observed).sum()), levels[0])
    beta, information = _multinomial(level, design[observed], len(levels))
    drawn = beta.ravel() + _spread(information) @ generator.normal(size=beta.size)
    predictor = design[~observed] @ drawn.reshape(beta.shape).T
    risks = special.softmax(np.column_stack([np.zeros(len(predictor)), predictor]), axis=1)
    passed = generator.random(len(risks))[:, None] > np.cumsum(risks, axis=1)[:, :-1]
    return np.asarray(levels[passed.sum(axis=1)])


def _multinomial(level: np.ndarray, design: FloatArray, levels: int) -> tuple[FloatArray, FloatArray]:
    """Coefficients (levels - 1, terms) against the first level, and their information, by Newton."""
    terms = design.shape[1]
    target = (level[:, None] == np.arange(1, levels)).astype(np.float64)
    beta = np.zeros((levels - 1, terms))
    prior = np.full(beta.size, 0.01)
    information = np.diag(prior)
    for _ in range(60):
        risks = special.softmax(np.column_stack([np.zeros(len(design)), design @ beta.T]), axis=1)[:, 1:]
        score = cross_of_two(target - risks, design).ravel() - prior * beta.ravel()
        information = np.diag(prior)
        for one in range(levels - 1):
            for other in range(levels - 1):
                share = risks[:, one] * ((one == other) - risks[:, other])
                block = weighted_cross(design, share)
                information[one * terms : (one + 1) * terms, other * terms : (other + 1) * terms] += block
        step = np.linalg.solve(information, score)
        step /= max(1.0, float(np.max(np.abs(step))) / 2)
        beta += step.reshape(beta.shape)
        if np.max(np.abs(step)) < 1e-8:
            break
    return beta, information
