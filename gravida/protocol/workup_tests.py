"""One woman's results under the rules of workup.toml: which count, what they show, what is missing."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from gravida.protocol.antiphospholipid import PERSISTENCE_DAYS, apart
from gravida.protocol.samples import Circumstance
from gravida.protocol.values import Answer, Missing, PartialDate, Quantity
from gravida.protocol.workup_results import Found, Gap, Need, TestResult
from gravida.protocol.workup_rules import Clause, FindingRule, TestRule, Way, Weight, Workup
from gravida.protocol.workup_values import codes_of, gap_without_value, is_void, reads

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
# Why a test that is needed does not count, and the reason told; nothing where it counts.
TestGap = tuple[Gap | None, Missing | None]
_NO_GAP: TestGap = (None, None)
_NEVER_DONE: TestGap = (Gap.NOT_DONE, None)
_ANOMALY = re.compile(r"\b(?:inv|t|rob|der|del|dup|ins|add|idic|i|r)\([^)]*\)(?:\([^)]*\))?|mar\b")


class Shown(Struct, frozen=True, gc=False):
    """What a finding comes to: its answer, the results that show it, and the need where it is open."""

    answer: Answer
    results: tuple[TestResult, ...] = ()
    need: Need | None = None


_NOT_SHOWN = Shown(NO)
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
        self._needs: dict[frozenset[str], dict[int, Need | None]] = {}  # by hits, then by number of the need
        self._gaps: dict[str, TestGap] = {}  # by test without finding
        self._oldest: dict[int, date] = {}  # by days of validity
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

    def remarkable_tests(self) -> dict[str, set[str]]:
        """By domain, its tests with a result that a finding may read: any but plainly normal codes."""
        found: dict[str, set[str]] = {}
        for test, results in self._all.items():
            rule, silent = self._workup.tests[test], self._workup.silent_codes[test]
            for result in results:
                if result.value is not None and (rule.unit or not codes_of(result) <= silent):
                    found.setdefault(rule.domain, set()).add(test)
                    break
        return found

    def was_begun(self, tests: Iterable[str]) -> bool:
        """Whether any of these tests has a value, readable or not, or is on its way."""
        for test in tests:
            found = self._begun.get(test)
            if found is None:
                found = self._begun[test] = self._test_was_begun(test)
            if found:
                return True
        return False

    def _test_was_begun(self, test: str) -> bool:
        if test not in self._all:
            return False
        rule = self._workup.tests[test]
        return bool(self.counting(test)) or any(
            gap_without_value(rule, result) in (None, Gap.PENDING) for result in self.all_of(test)
        )

    def _gap_of(self, rule: TestRule, result: TestResult) -> Gap | None:
        """Why a result does not count; None where it does."""
        without = gap_without_value(rule, result)
        if without is not None:
            return without
        is_void_itself = result.circumstances and is_void(rule, result)
        if is_void_itself or (rule.void_when and self._is_void_beside(rule)):
            return Gap.VOID
        if rule.valid_days is not None and not self._is_recent(result.on, rule.valid_days):
            return Gap.OUTDATED
        return None if self._is_understood(rule, result) else Gap.NOT_KNOWN

    def _is_recent(self, on: PartialDate | None, days: int) -> bool:
        """Whether a result is certainly no older than so many days; without a date it is not."""
        oldest = self._oldest.get(days)
        if oldest is None:
            oldest = self._oldest[days] = self._as_of - timedelta(days=days)
        return on is not None and on.earliest >= oldest

    def _is_void_beside(self, rule: TestRule) -> bool:
        """Whether another result voids every result of this test, as a haemoglobin variant does HbA1c."""
        return any(
            gap_without_value(self._workup.tests[clause.test], result) is None
            and self._reads(clause, result) is YES
            for clause in rule.void_when
            for result in self.all_of(clause.test)
        )

    def _is_understood(self, rule: TestRule, result: TestResult) -> bool:
        if rule.unit:
            return type(result.value) is Quantity
        codes = codes_of(result)
        return bool(codes) and codes <= self._workup.understood_codes[rule.id]

    def _reads(self, clause: Clause, result: TestResult) -> Answer:
        return reads(clause, result, self._workup.tests[clause.test])

    def shows(self, finding: FindingRule) -> Shown:
        """Whether her results show a finding."""
        if len(finding.when) == 1:
            return self._shows_one(finding, finding.when[0])
        return self._shows_all(finding)

    def _shows_one(self, finding: FindingRule, clause: Clause) -> Shown:
        positive: list[TestResult] = []
        normal: list[TestResult] = []
        is_open = False
        rule = self._workup.tests[clause.test]
        for result in self.counting(clause.test):
            is_harmless = finding.unless_details and _is_harmless(finding, result)
            answer = NO if is_harmless else reads(clause, result, rule)
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
            answer, used, open_tests = self._reads(first, result), [result], []
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
            answer = self._reads(clause, result)
            if answer is YES:
                return YES, result
            if answer is NO:
                found = (NO, result)
        return found

    def _company_need(self, domain: str, tests: tuple[str, ...]) -> Need:
        """A companion result is missing: why it does not count, or that it was never done that day."""
        gap = self._nearest_gap(self._workup.tests[tests[0]])
        return _need(domain, tests, gap[0] or Gap.LIMIT, gap[1])

    def needs(
        self, domain: str, numbered: Iterable[tuple[int, tuple[Way, ...]]], hits: frozenset[str]
    ) -> Iterator[Need]:
        """What is missing for the needs of a profile; nothing where one of the ways of each is satisfied.

        A number stands for the ways, as profiles share needs. `hits`: tests that show a finding: how they
        were made no longer matters.
        """
        known = self._needs.setdefault(hits, {})
        for number, ways in numbered:
            if number not in known:
                known[number] = self.need_of(domain, ways, hits)
            need = known[number]
            if need is not None:
                yield need

    def need_of(self, domain: str, ways: tuple[Way, ...], hits: frozenset[str]) -> Need | None:
        """What is missing for one need, whose ways no profile need name."""
        gaps = {
            test: _NO_GAP if test in hits and self.counting(test) else self.gap_of(test)
            for way in ways
            for test in way
        }
        need = need_by_gaps(domain, ways, gaps)
        if need is None or need.because is not Gap.VOID:
            return need
        return replace(need, due=self._due_after_pregnancy(need.tests))

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

    def gap_of(self, test: str) -> TestGap:
        """Why a test does not count, where no finding shows it."""
        found = self._gaps.get(test)
        if found is None:
            found = self._gaps[test] = self._work_out_gap(test) if test in self._all else _NEVER_DONE
        return found

    def _work_out_gap(self, test: str) -> TestGap:
        rule, counting = self._workup.tests[test], self.counting(test)
        if not counting:
            return self._nearest_gap(rule)
        shown = not rule.normal_by or any(rule.normal_by & result.methods for result in counting)
        return _NO_GAP if shown else (Gap.METHOD, None)

    def _nearest_gap(self, rule: TestRule) -> TestGap:
        rows = self.all_of(rule.id)
        if any(result.missing is Missing.NA for result in rows):
            return _NO_GAP  # there is nothing to test, as the karyotype of an anonymous donor
        if self.counting(rule.id):
            return _NO_GAP
        gaps = [(self._gap_of(rule, result) or Gap.NOT_DONE, result.missing) for result in rows]
        return min(gaps, key=_distance, default=_NEVER_DONE)


def need_by_gaps(domain: str, ways: Iterable[Way], gaps: Mapping[str, TestGap]) -> Need | None:
    """What is missing for one need by why its tests do not count; None where one of its ways is satisfied.

    A void sample has a day from which it can be repeated; here it is left open.
    """
    open_tests: dict[str, tuple[Gap, Missing | None]] = {}
    for way in ways:
        is_satisfied = True
        for test in way:
            gap, reason = gaps[test]
            if gap is not None:
                is_satisfied = False
                open_tests[test] = (gap, reason)
        if is_satisfied:
            return None
    because, reason = min(open_tests.values(), key=_distance)
    return Need(domain, tuple(open_tests), because, reason)


def findings_by_domain(workup: Workup, results: Results) -> dict[str, list[tuple[FindingRule, Shown]]]:
    """Every finding that the results show or leave open."""
    remarkable = results.remarkable_tests()
    return {
        domain.id: list(_shown(workup.findings_in[domain.id], results, remarkable[domain.id]))
        if domain.id in remarkable
        else []
        for domain in workup.domains
    }


def _shown(
    findings: Iterable[FindingRule], results: Results, remarkable: set[str]
) -> Iterator[tuple[FindingRule, Shown]]:
    for finding in findings:
        if finding.when[0].test in remarkable:
            shown = results.shows(finding)
            if shown.answer is not NO:
                yield finding, shown


def found_by(finding: FindingRule, weight: Weight, shown: Shown, losses_on: Sequence[PartialDate]) -> Found:
    """The finding as it is reported; a treated cause is flagged where losses went on after the treatment."""
    treated = [result.treated_on for result in shown.results if result.treated_on is not None]
    later = any((loss > day) is YES for day in treated for loss in losses_on)
    return Found(finding=finding.id, weight=weight, results=shown.results, treated_before_later_losses=later)


def _distance(item: tuple[Gap, Missing | None]) -> int:
    return _GAPS_NEAREST_FIRST.index(item[0])


def _is_harmless(finding: FindingRule, result: TestResult) -> bool:
    """Whether the formula of a karyotype holds nothing but polymorphisms."""
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
