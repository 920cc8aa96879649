"""The factors of a plan as columns of a model: terms written out, lines, splines, categories."""

from dataclasses import dataclass

import numpy as np

from gravida.analysis.fit import BoolArray, FloatArray
from gravida.analysis.plan_columns import PlanColumns
from gravida.analysis.splines import knots_at_percentiles, restricted_cubic_spline, spline_names
from gravida.protocol.plan import Factor, Plan


@dataclass(frozen=True, kw_only=True, eq=False)
class Terms:
    """Columns of a model. Shapes: names and factor_of (terms,), x (rows, terms); NaN is missing."""

    names: tuple[str, ...]
    factor_of: tuple[str, ...]
    x: FloatArray
    knots: tuple[tuple[str, tuple[float, ...]], ...]


def terms_of(plan: Plan, factors: tuple[str, ...], columns: PlanColumns, kept: BoolArray) -> Terms:
    """The columns of the factors named, in their order. `kept`: the rows that knots and categories follow."""
    names: list[str] = []
    factor_of: list[str] = []
    parts: list[FloatArray] = []
    knots: list[tuple[str, tuple[float, ...]]] = []
    for id_ in factors:
        found = _BY_SHAPE[plan.factor(id_).shape](plan.factor(id_), columns, kept)
        names += found.names
        factor_of += [id_] * len(found.names)
        parts.append(found.x)
        knots += found.knots
    x = np.column_stack(parts) if parts else np.empty((columns.n_rows, 0))
    return Terms(names=tuple(names), factor_of=tuple(factor_of), x=x, knots=tuple(knots))


def _written_out(factor: Factor, columns: PlanColumns, kept: BoolArray) -> Terms:
    x = np.column_stack([columns.numbers(term.value) for term in factor.terms])
    return _terms(factor, tuple(term.name for term in factor.terms), x)


def _line(factor: Factor, columns: PlanColumns, kept: BoolArray) -> Terms:
    return _terms(factor, (factor.id,), columns.variable(factor.variable)[:, None])


def _curve(factor: Factor, columns: PlanColumns, kept: BoolArray) -> Terms:
    values = columns.variable(factor.variable)
    known = ~np.isnan(values)
    knots = knots_at_percentiles(values[known & kept], number=factor.knots)
    x = np.full((len(values), len(knots) - 1), np.nan)
    x[known] = restricted_cubic_spline(values[known], knots=knots)
    found = _terms(factor, spline_names(factor.id, knots=knots), x)
    return Terms(names=found.names, factor_of=(), x=x, knots=((factor.id, knots),))


def _categories(factor: Factor, columns: PlanColumns, kept: BoolArray) -> Terms:
    """A column for each category that the rows have, against the reference (the first if none is named)."""
    words, places = columns.words(factor.variable)
    present = [at for at in range(len(words)) if bool((places[kept] == at).any())]
    reference = words.index(factor.reference) if factor.reference in words else next(iter(present), 0)
    others = [at for at in present if at != reference]
    x = np.where(np.isnan(places)[:, None], np.nan, (places[:, None] == others).astype(np.float64))
    return _terms(factor, tuple(f"{factor.id}={words[at]}" for at in others), x)


def _terms(factor: Factor, names: tuple[str, ...], x: FloatArray) -> Terms:
    return Terms(names=names, factor_of=(), x=x.reshape(len(x), len(names)), knots=())


_BY_SHAPE = {"terms": _written_out, "linear": _line, "spline": _curve, "categories": _categories}


def parameters_of(factor: Factor, categories: int = 2) -> int:
    """How many parameters a factor takes; a factor of categories by how many there are."""
    by_shape = {
        "terms": len(factor.terms),
        "linear": 1,
        "spline": factor.knots - 1,
        "categories": max(1, categories - 1),
    }
    return by_shape[factor.shape]
