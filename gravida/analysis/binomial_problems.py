"""Why a binary model cannot be fitted: doubled or constant factors, factors that separate the outcome."""

import numpy as np
from scipy import optimize, sparse

from gravida.analysis.crossproduct import weighted_cross
from gravida.analysis.fit import FloatArray, NotEstimable

COLLINEAR = 1e-11  # share of a column's spread that the columns before it leave unexplained
INVOLVED = 1e-6


class Collinear(NotEstimable):
    """A column that the columns before it already say."""

    def __init__(self, *, name: str, of: tuple[str, ...]) -> None:
        self.name, self.of = name, of
        said = f"is a combination of {', '.join(repr(other) for other in of)}" if of else "is 0 in every row"
        super().__init__(f"factor {name!r} cannot be estimated: it {said}. Leave one of them out.")


class Separated(NotEstimable):
    """Factors that foretell the outcome without an exception, so that their odds ratio has no bound."""

    def __init__(self, *, names: tuple[str, ...]) -> None:
        self.names = names
        super().__init__(
            f"{', '.join(repr(name) for name in names)} separates the outcome: every row on one side has it, "
            "or none has. Merge levels, leave the factor out, or use the penalised (Firth) model."
        )


def refuse_collinear(*, design: FloatArray, weights: FloatArray, names: tuple[str, ...]) -> None:
    """Collinear, with the names, unless the columns are linearly independent.

    Shapes: design (patterns, terms), best centred and scaled; weights (patterns,).
    """
    refuse_collinear_gram(gram=weighted_cross(design, weights), names=names)


def refuse_collinear_gram(*, gram: FloatArray, names: tuple[str, ...]) -> None:
    """The same from the columns' cross products, (terms, terms)."""
    sizes = np.diag(gram).copy()
    for at, name in enumerate(names):
        earlier = slice(0, at)
        if sizes[at] <= 0:
            raise Collinear(name=name, of=())
        share = np.linalg.solve(gram[earlier, earlier], gram[earlier, at]) if at else np.zeros(0)
        left = sizes[at] - gram[at, earlier] @ share
        if left <= COLLINEAR * sizes[at]:
            size = np.abs(share) * np.sqrt(sizes[earlier] / sizes[at])
            raise Collinear(name=name, of=tuple(names[j] for j in np.flatnonzero(size > INVOLVED)))


def refuse_separated(
    *,
    design: FloatArray,
    trials: FloatArray,
    events: FloatArray,
    names: tuple[str, ...],
    baseline: tuple[str, ...] = ("(Intercept)",),
) -> None:
    """Separated, with the factors' names, where a direction foretells the outcome (also quasi-completely).

    Shapes: design (patterns, terms); trials, events (patterns,). Columns of the baseline are named only
    where no factor is at fault.
    Source: Albert & Anderson, Biometrika 1984;71:1; linear programme of Konis, thesis, Oxford 2007.
    """
    scale = np.max(np.abs(design), axis=0)
    design = design / np.where(scale > 0, scale, 1.0)
    always, never = events >= trials, events <= 0
    signed = np.concatenate([design[always], -design[never]])
    mixed = design[~(always | never)]
    answer = optimize.linprog(
        -signed.sum(axis=0),
        A_ub=-sparse.csr_array(signed) if len(signed) else None,
        b_ub=np.zeros(len(signed)) if len(signed) else None,
        A_eq=_independent_rows(mixed),
        b_eq=np.zeros(len(_independent_rows(mixed))),
        bounds=(-1, 1),
        method="highs",
    )
    if answer.status == 0 and -answer.fun > 1e-6:
        found = tuple(name for name, part in zip(names, answer.x, strict=True) if abs(part) > INVOLVED)
        factors = tuple(name for name in found if name not in baseline)
        raise Separated(names=factors or found)


def _independent_rows(mixed: FloatArray) -> FloatArray:
    """As many rows as there are columns, saying the same equations as all of them."""
    if len(mixed) <= mixed.shape[1]:
        return mixed
    return np.asarray(np.linalg.qr(mixed, mode="r"))
