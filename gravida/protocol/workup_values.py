"""One result under the rule of its test: its codes, its number, what a clause reads in it, why it is none."""

from collections.abc import Callable
from decimal import Decimal

from gravida.protocol.antiphospholipid import exceeds, reaches
from gravida.protocol.samples import Circumstance
from gravida.protocol.values import Answer, Quantity
from gravida.protocol.workup_results import GAP_OF_MISSING, Gap, TestResult
from gravida.protocol.workup_rules import Clause, Sign, TestRule

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
_CODES, _ABOVE_LIMIT = Sign.CODES, Sign.ABOVE_LIMIT
_OF_LABORATORY = (_ABOVE_LIMIT, Sign.BELOW_LIMIT)
_NO_CODES: frozenset[str] = frozenset()


def codes_of(result: TestResult) -> frozenset[str]:
    """The codes of a result; none for a quantity."""
    value = result.value
    if isinstance(value, frozenset):
        return value
    return frozenset({value}) if isinstance(value, str) else _NO_CODES


def gap_without_value(rule: TestRule, result: TestResult) -> Gap | None:
    """Why a result holds no value; None where it holds one."""
    if result.missing is not None:
        return GAP_OF_MISSING.get(result.missing, Gap.NOT_DONE)
    value = result.value
    if value is None:
        return Gap.NOT_DONE
    if type(value) is Quantity:
        return None
    codes = codes_of(result)
    if codes.isdisjoint(rule.codes_without_result):
        return None
    if codes & rule.not_done:
        return Gap.NOT_DONE
    return Gap.PENDING if codes & rule.pending else Gap.NOT_KNOWN


def is_void(rule: TestRule, result: TestResult) -> bool:
    """Whether the circumstances of its sample void a result."""
    if not result.circumstances:
        return False
    return Circumstance.OTHER in result.circumstances or not rule.void.isdisjoint(result.circumstances)


def reads(clause: Clause, result: TestResult, rule: TestRule) -> Answer:
    """Whether a result shows what a clause asks. `rule`: that of the clause's test."""
    if clause.sign is _CODES:
        return NO if clause.codes.isdisjoint(codes_of(result)) else YES
    quantity = _in_unit(result.value, rule)
    limit = _limit(clause, result) if clause.sign in _OF_LABORATORY else clause.number
    if quantity is None or limit is None:
        return UNKNOWN
    return _SIGNS[clause.sign](quantity, limit)


def _in_unit(value: object, rule: TestRule) -> Quantity | None:
    if type(value) is not Quantity:
        return None
    if value.unit == rule.unit:
        return value
    try:
        return value.converted(rule.unit, analyte=rule.analyte or None)
    except ValueError:
        return None  # another kind of unit: the number cannot be read, which leaves a gap


def _limit(clause: Clause, result: TestResult) -> Decimal | None:
    told = result.upper_limit if clause.sign is _ABOVE_LIMIT else result.lower_limit
    return clause.number if told is None else told


_SIGNS: dict[Sign, Callable[[Quantity, Decimal], Answer]] = {
    Sign.ABOVE: exceeds,
    Sign.ABOVE_LIMIT: exceeds,
    Sign.AT_LEAST: reaches,
    Sign.BELOW: lambda quantity, limit: ~reaches(quantity, limit),
    Sign.BELOW_LIMIT: lambda quantity, limit: ~reaches(quantity, limit),
    Sign.UP_TO: lambda quantity, limit: ~exceeds(quantity, limit),
}
