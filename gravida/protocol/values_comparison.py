"""Any two values that a form can hold, compared: what is absent compares with nothing."""

import operator as operators
from collections.abc import Callable
from datetime import date
from typing import Any

from gravida.protocol.values import Answer, GestationalAge, Missing, PartialDate, Quantity, Value


def compare(left: Value, operator: str, right: Value) -> Answer:
    """`left operator right` for an operator among = != < <= > >=, as an Answer.

    None and every missing reason give UNKNOWN, whatever stands on the other side: an absent value is
    neither small nor different. TypeError where the two are of different kinds (a number has no unit:
    compare a quantity with a quantity).
    """
    if _is_absent(left) or _is_absent(right):
        return Answer.UNKNOWN
    if operator in ("=", "!="):
        same = _same(left, right)
        return same if operator == "=" else ~same
    if operator not in _ORDERINGS:
        raise ValueError(f"operator {operator!r}: wanted one of = != < <= > >=")
    found = _ORDERINGS[operator](left, right)
    return found if isinstance(found, Answer) else Answer.of(found)


_ORDERINGS: dict[str, Callable[[Any, Any], Answer | bool]] = {
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
}


def _is_absent(value: Value) -> bool:
    return value is None or isinstance(value, Missing)


def _same(left: Any, right: Any) -> Answer:
    if isinstance(left, PartialDate) or isinstance(right, PartialDate):
        return _as_partial(left).same_day(right)
    if isinstance(left, GestationalAge | Quantity) or isinstance(right, GestationalAge | Quantity):
        return _same_interval(left, right)
    if isinstance(left, str) != isinstance(right, str):
        raise TypeError(f"{left!r} against {right!r}: need two texts or two numbers")
    return Answer.of(left == right)


def _as_partial(day: PartialDate | date) -> PartialDate:
    return day if isinstance(day, PartialDate) else PartialDate.of(day)


def _same_interval(left: Any, right: Any) -> Answer:
    """Two uncertain values are the same only where each is one point and neither lies below the other."""
    if (left < right) is Answer.YES or (right < left) is Answer.YES:
        return Answer.NO
    return Answer.YES if (left <= right, right <= left) == (Answer.YES, Answer.YES) else Answer.UNKNOWN
