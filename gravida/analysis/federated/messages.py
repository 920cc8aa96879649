"""What is asked of a site and what it answers: every field that may cross its border, checked on arrival."""

import json
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, TypeVar

import numpy as np

from gravida.analysis.fit import FloatArray, IntArray


class Kind(StrEnum):
    """What a round asks for."""

    COUNTS = "counts"
    DERIVATIVES = "derivatives"  # logistic: likelihood, score, information
    RISK_SUMS = "risk_sums"  # Cox: sums over risk sets and events, by week
    INFORMATION = "information"  # Cox: what the pooled hazards make of the rows
    MEAT = "meat"  # the last round: sums over women of their squared scores


class Malformed(ValueError):
    """A message that is not one of ours: which field, what was found."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Request:
    """What the coordinator asks in one round. Unused fields are empty.

    estimates, centre (terms,); moments: places in the plan's weeks at which anybody has the event; the other
    arrays (moments,) or (moments, terms) are pooled over all sites, as HazardTerms and PartialLikelihood.
    """

    plan_hash: str
    round: int
    kind: Kind
    estimates: FloatArray
    centre: FloatArray
    moments: IntArray
    n_events: IntArray
    hazard: FloatArray
    hazard_tied: FloatArray
    spread: FloatArray
    spread_tied: FloatArray
    spread_tied2: FloatArray
    at_risk1: FloatArray
    tied1: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What a site answers: sums over its rows, nothing of a single one. Unused fields are empty.

    counts: women, rows, events, rows left out (-1 where they are few). score (terms,); information, meat
    (terms, terms); events_by_week (weeks,); event_sums (terms,) design summed over events; at_risk0, tied0
    (moments,), at_risk1, tied1 (moments, terms). too_far: the estimates asked about would let one woman
    stand out, so nothing was computed; a shorter step may be asked.
    """

    plan_hash: str
    site: str
    round: int
    kind: Kind
    too_far: bool
    counts: IntArray
    log_likelihood: float
    score: FloatArray
    information: FloatArray
    meat: FloatArray
    events_by_week: IntArray
    event_sums: FloatArray
    at_risk0: FloatArray
    at_risk1: FloatArray
    tied0: FloatArray
    tied1: FloatArray


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A site's no, in place of an answer: the rule and what it was about, without any count."""

    plan_hash: str
    site: str
    round: int
    reason: str
    about: str


Message = TypeVar("Message", Request, Answer, Refusal)
_MATRICES = ("information", "meat", "at_risk1", "tied1")
_WHOLE = ("moments", "n_events", "counts", "events_by_week")


def request(*, plan_hash: str, round_: int, kind: Kind, **told: Any) -> Request:
    """A request with the fields told, the others empty."""
    return Request(plan_hash=plan_hash, round=round_, kind=kind, **(_empty(Request) | told))


def answer(*, plan_hash: str, site: str, round_: int, kind: Kind, **told: Any) -> Answer:
    """An answer with the fields told, the others empty."""
    blank = _empty(Answer) | {"too_far": False, "log_likelihood": 0.0}
    return Answer(plan_hash=plan_hash, site=site, round=round_, kind=kind, **(blank | told))


def _empty(kind: type[Any]) -> dict[str, Any]:
    return {
        field.name: np.zeros((0, 0) if field.name in _MATRICES else 0, dtype=_number(field.name))
        for field in fields(kind)
        if field.type in (FloatArray, IntArray)
    }


def _number(name: str) -> type[Any]:
    return np.int64 if name in _WHOLE else np.float64


def to_json(message: Request | Answer | Refusal) -> bytes:
    """The message as JSON, always the same bytes, every bit of a float. ValueError where one is infinite."""
    told = {}
    for field in fields(message):
        value = getattr(message, field.name)
        told[field.name] = value.tolist() if isinstance(value, np.ndarray) else value
    whole = {"message": type(message).__name__.lower(), **told}
    return json.dumps(whole, sort_keys=True, allow_nan=False, separators=(",", ":")).encode()


def request_in(text: bytes) -> Request:
    """The request in a JSON text. Malformed says what is wrong with it."""
    named, told = _object(text)
    if named != "request":
        raise Malformed(f"a message {named!r}: wanted a request")
    return _built(Request, told)


def answer_in(text: bytes) -> Answer | Refusal:
    """The answer, or the refusal, in a JSON text. Malformed says what is wrong with it."""
    named, told = _object(text)
    if named not in ("answer", "refusal"):
        raise Malformed(f"a message {named!r}: wanted an answer or a refusal")
    return _built(Answer, told) if named == "answer" else _built(Refusal, told)


def _object(text: bytes) -> tuple[object, dict[str, Any]]:
    try:
        told = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as problem:
        raise Malformed(f"a message that is no JSON: {problem}") from problem
    if not isinstance(told, dict):
        raise Malformed("a message that is no object")
    return told.pop("message", None), told


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _built(kind: type[Message], told: dict[str, Any]) -> Message:
    names = {field.name: field.type for field in fields(kind)}
    if set(told) != set(names):
        odd = ", ".join(sorted(set(told) ^ set(names)))
        raise Malformed(f"{kind.__name__.lower()}: these fields are missing or too many: {odd}")
    return kind(**{name: _value(name, names[name], told[name]) for name in names})


def _value(name: str, kind: Any, told: Any) -> Any:
    if kind in (FloatArray, IntArray):
        return _array(name, told)
    if kind is Kind:
        if told not in list(Kind):
            raise Malformed(f"{name}: found {told!r}, wanted one of {', '.join(Kind)}")
        return Kind(told)
    if kind is float and isinstance(told, int) and not isinstance(told, bool):
        return float(told)
    if not isinstance(told, kind) or (kind is int and isinstance(told, bool)):
        raise Malformed(f"{name}: found {type(told).__name__}, wanted {kind.__name__}")
    return told


def _array(name: str, told: Any) -> FloatArray | IntArray:
    dimensions = 2 if name in _MATRICES else 1
    cells = told if dimensions == 1 else [cell for row in told for cell in row] if _rows(told) else None
    right = int if name in _WHOLE else (int, float)
    if (
        not isinstance(cells, list)
        or any(isinstance(cell, bool) or not isinstance(cell, right) for cell in cells)
        or (dimensions == 2 and len({len(row) for row in told}) > 1)
    ):
        raise Malformed(f"{name}: wanted {'rows of equal length of ' if dimensions == 2 else ''}numbers")
    array = np.array(told, dtype=_number(name))
    return array if array.ndim == dimensions else array.reshape((0,) * dimensions)


def _rows(told: Any) -> bool:
    return isinstance(told, list) and all(isinstance(row, list) for row in told)
