"""One woman's results under the rules of workup.toml: which count, what they show, what is missing."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from gravida.protocol.antiphospholipid import PERSISTENCE_DAYS, apart, exceeds, reaches
from gravida.protocol.samples import Circumstance
from gravida.protocol.values import Answer, Missing, PartialDate, Quantity
from gravida.protocol.workup_results import GAP_OF_MISSING, Found, Gap, Need, TestResult
from gravida.protocol.workup_rules import Clause, FindingRule, Sign, TestRule, Way, Weight, Workup

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN

# The nearer a test came to counting, the earlier its gap is named.
_GAPS_NEAREST_FIRST = (
    Gap.VOID,
    Gap.OUTDATED,
    Gap.METHOD,
    Gap.LIMIT,
    Gap.PENDING,
    Gap.REFUSED,
    Gap.NOT_KNOWN,
    Gap.NOT_DONE,
)
_NO_GAP: tuple[Gap | None, Missing | None] = (None, None)
_ANOMALY = re.compile(r"\b(?:inv|t|rob|der|del|dup|ins|add|idic|i|r)\([^)]*\)(?:\([^)]*\))?|mar\b")


class Shown(NamedTuple):
    """What a finding comes to: its answer, the results that show it, and the need where it is open."""

    answer: Answer
    results: tuple[TestResult, ...] = ()
    need: Need | None = None


_NOT_SHOWN = Shown(NO)
_NO_CODES: frozenset[str] = frozenset()
_NO_RESULTS: list[TestResult] = []
# How many days before a sample the pregnancy that voids it may have ended.
_BACK_TO_END = {Circumstance.PREGNANT: 0, Circumstance.AFTER_PREGNANCY: PERSISTENCE_DAYS}


class Results:
    """The results of one woman up to a day, sorted by test into those that count and those that do not."""

    def __init__(
        self,
        workup: Workup,
        results: Sequence[TestResult],
        as_of: date,
        ended_on: Sequence[PartialDate] = (),
    ) -> None:
        """`ended_on`: days on which her pregnancies ended, to say when a void sample can be repeated."""
        self._workup = workup
        self._as_of = as_of
        self._ended_on = ended_on
        self._all: dict[str, list[TestResult]] = {}
        for result in results:
            if result.on is None or result.on.earliest <= as_of:
                self._all.setdefault(result.test, []).append(result)
        self._counting: dict[str, list[TestResult]] = {}
        self._needs: dict[tuple[int, frozenset[str]], Need | None] = {}
        self._gaps: dict[str, tuple[Gap | None, Missing | None]] = {}  # by test without finding
        self._begun: dict[str, bool] = {}

    def all_of(self, test: str) -> list[TestResult]:
        return self._all.get(test, _NO_RESULTS)

    def counting(self, test: str) -> list[TestResult]:
        """Results that can be read: with a value, not void, not outdated."""
        found = self._counting.get(test)
        if found is None:
            rule = self._workup.tests[test]
            found = [result for result in self.all_of(test) if self._gap_of(rule, result) is None]
            self._counting[test] = found
        return found

    def remarkable_tests(self, domain: str) -> set[str]:
        """Tests of a domain with a result that a finding may read: any but plainly normal codes."""
        found = set()
        for test in self._workup.tests_in[domain]:
            results = self._all.get(test)
            if results is None:
                continue
            is_quantity, silent = self._workup.tests[test].unit, self._workup.silent_codes[test]
            for result in results:
                if result.value is not None and (is_quantity or not codes_of(result) <= silent):
                    found.add(test)
        return found

    def was_begun(self, tests: Iterable[str]) -> bool:
        """Whether any of these tests has a value, readable or not, or is on its way."""
        return any(map(self._test_was_begun, tests))

    def _test_was_begun(self, test: str) -> bool:
        found = self._begun.get(test)
        if found is None:
            rule = self._workup.tests[test]
            found = self._begun[test] = any(
                _gap_without_value(rule, result) in (None, Gap.PENDING) for result in self.all_of(test)
            )
        return found

    def _gap_of(self, rule: TestRule, result: TestResult) -> Gap | None:
        """Why a result does not count; None where it does."""
        without = _gap_without_value(rule, result)
        if without is not None:
            return without
        if _is_void(rule, result) or self._is_void_beside(rule):
            return Gap.VOID
        if rule.valid_days is not None and not _is_recent(result.on, self._as_of, rule.valid_days):
            return Gap.OUTDATED
        return None if self._is_understood(rule, result) else Gap.NOT_KNOWN

    def _is_void_beside(self, rule: TestRule) -> bool:
        """Whether another result voids every result of this test, as a haemoglobin variant does HbA1c."""
        return bool(rule.void_when) and any(
            _gap_without_value(self._workup.tests[clause.test], result) is None
            and self.reads(clause, result) is YES
            for clause in rule.void_when
            for result in self.all_of(clause.test)
        )

    def _is_understood(self, rule: TestRule, result: TestResult) -> bool:
        if rule.unit:
            return isinstance(result.value, Quantity)
        codes = codes_of(result)
        return bool(codes) and codes <= self._workup.understood_codes[rule.id]

    def reads(self, clause: Clause, result: TestResult) -> Answer:
        """Whether a result shows what a clause asks."""
        if clause.sign is Sign.CODES:
            return Answer.of(not clause.codes.isdisjoint(codes_of(result)))
        rule = self._workup.tests[clause.test]
        quantity = _in_unit(result.value, rule)
        limit = _limit(clause, result)
        if quantity is None or limit is None:
            return UNKNOWN
        return _SIGNS[clause.sign](quantity, limit)

    def shows(self, finding: FindingRule) -> Shown:
        """Whether her results show a finding."""
        if len(finding.when) == 1:
            return self._shows_one(finding, finding.when[0])
        return self._shows_all(finding)

    def _shows_one(self, finding: FindingRule, clause: Clause) -> Shown:
        positive: list[TestResult] = []
        normal: list[TestResult] = []
        is_open = False
        for result in self.counting(clause.test):
            answer = NO if _is_harmless(finding, result) else self.reads(clause, result)
            is_open = is_open or answer is UNKNOWN
            if answer is not UNKNOWN:
                (positive if answer is YES else normal).append(result)
        if positive and finding.confirm_after_days is not None:
            return _confirmed(finding, finding.confirm_after_days, tuple(positive), normal)
        if positive:
            return Shown(YES, tuple(positive))
        return (
            Shown(UNKNOWN, need=_need(finding.domain, (clause.test,), Gap.LIMIT)) if is_open else _NOT_SHOWN
        )

    def _shows_all(self, finding: FindingRule) -> Shown:
        """Several clauses: on samples of one day where the finding asks so, else on any."""
        first, *others = finding.when
        best = Shown(NO)
        for result in self.counting(first.test):
            answer, used, open_tests = self.reads(first, result), [result], []
            own = _need(finding.domain, (first.test,), Gap.LIMIT) if answer is UNKNOWN else None
            for clause in others:
                day = result.on if finding.same_day else None
                found, row = self._best(clause, day, anyway=not finding.same_day)
                answer = answer & found
                used += [row] if row else []
                open_tests += [clause.test] if found is UNKNOWN else []
            if answer is YES:
                return Shown(YES, tuple(used))
            if answer is UNKNOWN:
                need = own or self._company_need(finding.domain, tuple(open_tests))
                best = Shown(UNKNOWN, need=need)
        return best

    def _best(
        self, clause: Clause, day: PartialDate | None, *, anyway: bool
    ) -> tuple[Answer, TestResult | None]:
        """The answer of a clause over the results of a day (or of any), the strongest first."""
        found: tuple[Answer, TestResult | None] = (UNKNOWN, None)
        for result in self.counting(clause.test):
            if not anyway and result.on != day:
                continue
            answer = self.reads(clause, result)
            if answer is YES:
                return YES, result
            if answer is NO:
                found = (NO, result)
        return found

    def _company_need(self, domain: str, tests: tuple[str, ...]) -> Need:
        """A companion result is missing: why it does not count, or that it was never done that day."""
        gap = self._nearest_gap(self._workup.tests[tests[0]])
        return _need(domain, tests, gap[0] or Gap.LIMIT, gap[1])

    def need(self, domain: str, number: int, ways: tuple[Way, ...], hits: frozenset[str]) -> Need | None:
        """What is missing for one need of a profile; None where one of its ways is satisfied.

        `number` stands for the ways, as profiles share needs. `hits`: tests that show a finding: how they
        were made no longer matters.
        """
        key = (number, hits)
        if key not in self._needs:
            self._needs[key] = self.need_of(domain, ways, hits)
        return self._needs[key]

    def need_of(self, domain: str, ways: tuple[Way, ...], hits: frozenset[str]) -> Need | None:
        """The same of ways that no profile names."""
        open_tests: dict[str, tuple[Gap, Missing | None]] = {}
        for way in ways:
            is_satisfied = True
            for test in way:
                gap, reason = self._gap_of_test(test, is_hit=test in hits)
                if gap is not None:
                    is_satisfied = False
                    open_tests[test] = (gap, reason)
            if is_satisfied:
                return None
        gap, reason = min(open_tests.values(), key=_distance)
        tests = tuple(open_tests)
        due = self._due_after_pregnancy(tests) if gap is Gap.VOID else None
        return Need(domain=domain, tests=tests, because=gap, missing=reason, due=due)

    def _due_after_pregnancy(self, tests: Iterable[str]) -> date | None:
        """When samples that a pregnancy voids can be repeated: 12 weeks after its end, where known."""
        ends = [self._end_of_pregnancy(result) for test in tests for result in self.all_of(test)]
        known = [end for end in ends if end is not None]
        return max(known) + timedelta(days=PERSISTENCE_DAYS) if known else None

    def _end_of_pregnancy(self, result: TestResult) -> date | None:
        """The end of the pregnancy in which, or after which, a sample was drawn."""
        if result.on is None or not result.circumstances & _BACK_TO_END.keys():
            return None
        back = max(_BACK_TO_END.get(one, 0) for one in result.circumstances)
        from_day = result.on.shifted(-back)
        return min((end.latest for end in self._ended_on if (end >= from_day) is YES), default=None)

    def _gap_of_test(self, test: str, *, is_hit: bool) -> tuple[Gap | None, Missing | None]:
        if is_hit and self.counting(test):
            return _NO_GAP
        found = self._gaps.get(test)
        if found is None:
            found = self._gaps[test] = self._work_out_gap(self._workup.tests[test])
        return found

    def _work_out_gap(self, rule: TestRule) -> tuple[Gap | None, Missing | None]:
        counting = self.counting(rule.id)
        if not counting:
            return self._nearest_gap(rule)
        shown = not rule.normal_by or any(rule.normal_by & result.methods for result in counting)
        return _NO_GAP if shown else (Gap.METHOD, None)

    def _nearest_gap(self, rule: TestRule) -> tuple[Gap | None, Missing | None]:
        rows = self.all_of(rule.id)
        if any(result.missing is Missing.NA for result in rows):
            return None, None  # there is nothing to test, as the karyotype of an anonymous donor
        if self.counting(rule.id):
            return None, None
        gaps = [(self._gap_of(rule, result) or Gap.NOT_DONE, result.missing) for result in rows]
        return min(gaps, key=_distance, default=(Gap.NOT_DONE, None))


def findings(workup: Workup, results: Results, domain: str) -> tuple[tuple[FindingRule, Shown], ...]:
    """Every finding of a domain that the results show or leave open."""
    return tuple(_shown(workup, results, domain))


def _shown(workup: Workup, results: Results, domain: str) -> Iterator[tuple[FindingRule, Shown]]:
    remarkable = results.remarkable_tests(domain)
    if not remarkable:
        return
    for finding in workup.findings_in[domain]:
        if finding.when[0].test not in remarkable:
            continue
        shown = results.shows(finding)
        if shown.answer is not NO:
            yield finding, shown


def found_by(finding: FindingRule, weight: Weight, shown: Shown, losses_on: Sequence[PartialDate]) -> Found:
    """The finding as it is reported; a treated cause is flagged where losses went on after the treatment."""
    treated = [result.treated_on for result in shown.results if result.treated_on is not None]
    later = any((loss > day) is YES for day in treated for loss in losses_on)
    return Found(finding=finding.id, weight=weight, results=shown.results, treated_before_later_losses=later)


def codes_of(result: TestResult) -> frozenset[str]:
    """The codes of a result; none for a quantity."""
    value = result.value
    if isinstance(value, frozenset):
        return value
    return frozenset({value}) if isinstance(value, str) else _NO_CODES


def _distance(item: tuple[Gap, Missing | None]) -> int:
    return _GAPS_NEAREST_FIRST.index(item[0])


def _gap_without_value(rule: TestRule, result: TestResult) -> Gap | None:
    if result.missing is not None:
        return GAP_OF_MISSING.get(result.missing, Gap.NOT_DONE)
    if result.value is None:
        return Gap.NOT_DONE
    codes = codes_of(result)
    if codes.isdisjoint(rule.codes_without_result):
        return None
    if codes & rule.not_done:
        return Gap.NOT_DONE
    return Gap.PENDING if codes & rule.pending else Gap.NOT_KNOWN


def _is_void(rule: TestRule, result: TestResult) -> bool:
    if not result.circumstances:
        return False
    return Circumstance.OTHER in result.circumstances or not rule.void.isdisjoint(result.circumstances)


def _is_recent(on: PartialDate | None, as_of: date, days: int) -> bool:
    """Whether a result is certainly no older than so many days; without a date it is not."""
    return on is not None and on.earliest >= as_of - timedelta(days=days)


def _in_unit(value: object, rule: TestRule) -> Quantity | None:
    if not isinstance(value, Quantity):
        return None
    if value.unit == rule.unit:
        return value
    try:
        return value.converted(rule.unit, analyte=rule.analyte or None)
    except ValueError:
        return None  # another kind of unit: the number cannot be read, which leaves a gap


def _limit(clause: Clause, result: TestResult) -> Decimal | None:
    if clause.sign is Sign.ABOVE_LIMIT and result.upper_limit is not None:
        return result.upper_limit
    if clause.sign is Sign.BELOW_LIMIT and result.lower_limit is not None:
        return result.lower_limit
    return clause.number


_SIGNS: dict[Sign, Callable[[Quantity, Decimal], Answer]] = {
    Sign.ABOVE: exceeds,
    Sign.ABOVE_LIMIT: exceeds,
    Sign.AT_LEAST: reaches,
    Sign.BELOW: lambda quantity, limit: ~reaches(quantity, limit),
    Sign.BELOW_LIMIT: lambda quantity, limit: ~reaches(quantity, limit),
    Sign.UP_TO: lambda quantity, limit: ~exceeds(quantity, limit),
}


def _is_harmless(finding: FindingRule, result: TestResult) -> bool:
    """Whether the formula of a karyotype holds nothing but polymorphisms."""
    if not finding.unless_details or not result.details:
        return False
    anomalies = _ANOMALY.findall(result.details)
    return bool(anomalies) and all(anomaly in finding.unless_details for anomaly in anomalies)


def _confirmed(
    finding: FindingRule, days: int, positive: tuple[TestResult, ...], normal: list[TestResult]
) -> Shown:
    """An abnormal result that a second sample must confirm: confirmed, refuted, or waiting."""
    if any(result.confirmed is YES for result in positive):
        return Shown(YES, positive)
    for place, first in enumerate(positive):
        if any(apart(first.on, second.on, days) is YES for second in positive[place + 1 :]):
            return Shown(YES, positive)
    open_ones = [
        result
        for result in positive
        if result.confirmed is not NO and not any(_is_after(other, result) for other in normal)
    ]
    if not open_ones:
        return Shown(NO)
    known = [result.on.latest for result in open_ones if result.on is not None]
    due = max(known) + timedelta(days=days) if known else None
    need = Need(domain=finding.domain, tests=(finding.when[0].test,), because=Gap.CONFIRM, due=due)
    return Shown(UNKNOWN, tuple(open_ones), need)


def _is_after(other: TestResult, result: TestResult) -> bool:
    return other.on is not None and result.on is not None and (other.on > result.on) is YES


def _need(domain: str, tests: tuple[str, ...], gap: Gap, missing: Missing | None = None) -> Need:
    return Need(domain=domain, tests=tests, because=gap, missing=missing)
