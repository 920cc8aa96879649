"""Are a woman's losses explained? Domain by domain, under a profile; not done is never normal.

explained            some domain holds a cause
not assessable       no cause, and a domain that the profile needs is not done or not settled
partially explained  all done, no cause, and too few losses remain once those are set aside whose product had
                     abnormal chromosomes
unexplained          all done, no cause, enough losses remain
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

from gravida.protocol.antiphospholipid import Verdict
from gravida.protocol.conditions import NamedFacts, judge
from gravida.protocol.expressions import Expression
from gravida.protocol.values import Answer
from gravida.protocol.workup_antiphospholipid import Antibodies, AntibodyReader, antibodies
from gravida.protocol.workup_results import (
    CountedLosses,
    DomainResult,
    Flag,
    Found,
    Gap,
    Need,
    Status,
    WorkupClass,
    WorkupRecord,
    WorkupResult,
)
from gravida.protocol.workup_rules import (
    ANTIPHOSPHOLIPID,
    PROFILE_FACTS,
    DomainPlan,
    Profile,
    Way,
    Weight,
    Workup,
)
from gravida.protocol.workup_tests import (
    Results,
    TestGap,
    findings_by_domain,
    found_by,
    need_by_gaps,
)

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
_ABNORMAL, _INCOMPLETE, _NEVER_BEGUN = Status.ABNORMAL, Status.INCOMPLETE, Status.NOT_DONE
_CAUSE, _NOT_DONE = Weight.CAUSE, Gap.NOT_DONE
_NO_TESTS: frozenset[str] = frozenset()

# Sydney's 2c asks that these were looked at and held no cause.
OTHER_CAUSES_OF_EARLY_LOSSES = ("chromosomal", "uterine", "hormonal")


def assess_workup(workup: Workup, profile: Profile, record: WorkupRecord, *, as_of: date) -> WorkupResult:
    """One woman under one profile, with what was known on a day.

    ValueError where the record counts no losses by the profile's definition.
    """
    return _assess(profile, _Woman(workup, record, as_of))


def _assess(profile: Profile, woman: "_Woman") -> WorkupResult:
    record = woman.record
    losses = record.losses.get(profile.definition)
    if losses is None:
        known = ", ".join(record.losses) or "none"
        raise ValueError(f"losses counted by {known}: profile {profile.id} needs {profile.definition}")
    domains, verdicts = _domains(profile, woman)
    workup_class, class_flags = _class_of(domains, losses)
    return WorkupResult(
        profile=profile.id,
        workup_class=workup_class,
        domains=domains,
        flags=(*class_flags, *_flags(domains, verdicts, workup_class, losses)),
        embryos=record.embryos,
        verdicts=verdicts,
    )


def assess_workups(workup: Workup, record: WorkupRecord, *, as_of: date) -> dict[str, WorkupResult]:
    """One woman under every profile whose definition her losses were counted by."""
    woman = _Woman(workup, record, as_of)
    return {
        name: _assess(profile, woman)
        for name, profile in workup.profiles.items()
        if profile.definition in record.losses
    }


class _Woman:
    """One woman's record, with everything that several profiles share worked out once."""

    def __init__(self, workup: Workup, record: WorkupRecord, as_of: date) -> None:
        self.workup = workup
        self.record = record
        ended_on = [pregnancy.on for pregnancy in record.history.pregnancies if pregnancy.on is not None]
        self.results = Results(workup, record.results, as_of, ended_on)
        self.shown = findings_by_domain(workup, self.results)
        self.antibodies = AntibodyReader(
            record.antibodies, record.history, readings=workup.readings, as_of=as_of
        )
        self._judged: dict[DomainPlan, DomainResult] = {}
        self._judged_panels: dict[tuple[int, DomainPlan], DomainResult] = {}
        self._needed_when: dict[int, Answer] = {}  # by rule
        self._told: dict[Way, Need | None] = {}

    def judged(self, plan: DomainPlan, profile: Profile) -> DomainResult:
        """A domain under a profile; profiles that share a plan share the result."""
        known = self._judged.get(plan)
        if known is None:
            needed = plan.needed if plan.when is None else self._needed(plan.when)
            begun = self.results.was_begun(plan.begins_with)
            known = self._without_findings(plan, needed, begun) or self._judge(plan, profile, needed, begun)
            self._judged[plan] = known
        return known

    def _without_findings(self, plan: DomainPlan, needed: Answer, begun: bool) -> DomainResult | None:
        """The result of a domain that shows nothing and misses nothing that has a date of its own."""
        if self.shown[plan.domain]:
            return None
        gaps = tuple([self.results.gap_of(test) for test in plan.tests])
        return _result_by_gaps(plan, needed, gaps, begun)

    def _judge(self, plan: DomainPlan, profile: Profile, needed: Answer, begun: bool) -> DomainResult:
        found, needs, hits = self._weighed(plan.domain, profile)
        needs += self.results.needs(plan.domain, plan.needs, hits)
        return _domain_result(plan.domain, needed, found, needs, begun=begun)

    def judged_antibodies(self, plan: DomainPlan, profile: Profile, panel: Antibodies) -> DomainResult:
        """The antiphospholipid domain: the criteria set's word, beside findings as in any domain."""
        key = (id(panel), plan)
        known = self._judged_panels.get(key)
        if known is None:
            needed = plan.needed if plan.when is None else self._needed(plan.when)
            found, needs, _ = self._weighed(plan.domain, profile)
            known = self._judged_panels[key] = _domain_result(
                plan.domain,
                needed,
                [*panel.found, *found],
                [*self._with_told_reasons(panel.needs), *needs],
                begun=bool(self.record.antibodies) or self.results.was_begun(plan.begins_with),
            )
        return known

    def _weighed(self, domain: str, profile: Profile) -> tuple[list[Found], list[Need], frozenset[str]]:
        """Findings of a domain with their weights, what they leave open, and the tests that show them."""
        found: list[Found] = []
        needs: list[Need] = []
        hits: set[str] = set()
        for finding, shown in self.shown[domain]:
            weight = self.workup.weight(profile, finding)
            if shown.answer is YES:
                found.append(found_by(finding, weight, shown, self.record.losses_on))
                hits.update(clause.test for clause in finding.when)
            elif shown.need is not None and weight is not Weight.NONE:
                needs.append(shown.need)
            if shown.answer is YES and weight is Weight.ADJUDICATE:
                needs.append(Need(domain=domain, tests=(finding.when[0].test,), because=Gap.ADJUDICATE))
        return found, needs, frozenset(hits) if hits else _NO_TESTS

    def _with_told_reasons(self, needs: Iterable[Need]) -> Iterator[Need]:
        """Antibodies that were not tested, with the reason that the form tells (refused, pending ...)."""
        for need in needs:
            if need.because is not _NOT_DONE:
                yield need
                continue
            if need.tests not in self._told:
                self._told[need.tests] = self.results.need_of(need.domain, (need.tests,), _NO_TESTS)
            told = self._told[need.tests]
            if told is not None:
                yield told

    def _needed(self, when: Expression) -> Answer:
        """Whether a domain is needed under a rule over her losses."""
        known = self._needed_when.get(id(when))
        if known is None:
            facts = NamedFacts(values={name: getattr(self.record, name) for name in PROFILE_FACTS})
            known = self._needed_when[id(when)] = judge(when, facts).answer
        return known


# Most women show nothing in most domains: they differ in what is missing, and in few ways.
@lru_cache(maxsize=16384)
def _result_by_gaps(
    plan: DomainPlan, needed: Answer, gaps: tuple[TestGap, ...], begun: bool
) -> DomainResult | None:
    """A domain without findings by why its tests do not count; None where one is void, and has a date."""
    by_test = dict(zip(plan.tests, gaps, strict=True))
    found = [need_by_gaps(plan.domain, ways, by_test) for _, ways in plan.needs]
    needs = [need for need in found if need is not None]
    if Gap.VOID in [need.because for need in needs]:
        return None
    return _domain_result(plan.domain, needed, [], needs, begun=begun)


def _domain_result(
    domain: str, needed: Answer, found: list[Found], needs: list[Need], *, begun: bool
) -> DomainResult:
    status = _status([one.weight for one in found], bool(needs), begun)
    each_once = tuple(needs) if len(needs) < 2 else tuple(dict.fromkeys(needs))
    return DomainResult(domain, status, needed, tuple(found), each_once)


def _status(weights: list[Weight], is_missing_something: bool, begun: bool) -> Status:
    if _CAUSE in weights:
        return _ABNORMAL
    if is_missing_something or not begun:
        return _INCOMPLETE if begun or Weight.ADJUDICATE in weights else _NEVER_BEGUN
    return Status.DEBATED if Weight.DEBATED in weights else Status.NORMAL


def _domains(profile: Profile, woman: _Woman) -> tuple[tuple[DomainResult, ...], tuple[Verdict, ...]]:
    """Every domain, and both criteria sets; the antiphospholipid one last, as it depends on others."""
    plans = woman.workup.plans[profile.id]
    found = {plan.domain: woman.judged(plan, profile) for plan in plans if plan.domain != ANTIPHOSPHOLIPID}
    panel = antibodies(
        woman.antibodies,
        _other_cause(found),
        criteria_set=profile.criteria_set,
        needed=profile.antibodies,
    )
    for plan in plans:
        if plan.domain == ANTIPHOSPHOLIPID:
            found[ANTIPHOSPHOLIPID] = woman.judged_antibodies(plan, profile, panel)
    return tuple([found[plan.domain] for plan in plans]), panel.verdicts


def _other_cause(domains: dict[str, DomainResult]) -> Answer:
    """Whether another domain explains early losses; cannot tell while one that is needed is not settled."""
    asked = [domains[name] for name in OTHER_CAUSES_OF_EARLY_LOSSES if name in domains]
    if _is_abnormal(asked):
        return YES
    return UNKNOWN if _is_open(asked) else NO


def _is_abnormal(domains: Iterable[DomainResult]) -> bool:
    return _ABNORMAL in [domain.status for domain in domains]


def _is_open(domains: Iterable[DomainResult]) -> bool:
    """Whether a domain that is, or may be, needed leaves the work-up open."""
    blocking = [domain.status for domain in domains if domain.needed is not NO]
    return _INCOMPLETE in blocking or _NEVER_BEGUN in blocking


def _class_of(
    domains: tuple[DomainResult, ...], losses: CountedLosses
) -> tuple[WorkupClass, tuple[Flag, ...]]:
    if _is_abnormal(domains):
        return WorkupClass.EXPLAINED, ()
    if _is_open(domains):
        return WorkupClass.NOT_ASSESSABLE, ()
    explained = losses_are_explained(losses)
    if explained is UNKNOWN:
        return WorkupClass.NOT_ASSESSABLE, (Flag.LOSSES_UNCERTAIN,)
    return (WorkupClass.PARTIALLY_EXPLAINED if explained is YES else WorkupClass.UNEXPLAINED), ()


def losses_are_explained(losses: CountedLosses) -> Answer:
    """Whether abnormal chromosomes of the products leave too few losses for the definition.

    A woman whose history is no recurrent loss even with them, or who qualifies by implantation failures, has
    nothing explained by them.
    """
    enough_in_all = _reaches(losses.fewest, losses.most, losses.wanted)
    enough_left = _reaches(losses.unexplained_fewest, losses.unexplained_most, losses.wanted)
    if losses.unexplained_fewest == losses.fewest and losses.unexplained_most == losses.most:
        return NO  # no product had abnormal chromosomes: the count may be uncertain, nothing is explained
    return enough_in_all & ~enough_left & ~losses.by_failures


def _reaches(fewest: int, most: int, wanted: int) -> Answer:
    if fewest >= wanted:
        return YES
    return UNKNOWN if most >= wanted else NO


def _flags(
    domains: tuple[DomainResult, ...],
    verdicts: tuple[Verdict, ...],
    workup_class: WorkupClass,
    losses: CountedLosses,
) -> tuple[Flag, ...]:
    flags = []
    if workup_class is WorkupClass.EXPLAINED and _is_open(domains):
        flags.append(Flag.WORKUP_INCOMPLETE)
    if [
        found
        for domain in domains
        for found in domain.found
        if found.treated_before_later_losses and found.weight is _CAUSE
    ]:
        flags.append(Flag.TREATED_BEFORE_LATER_LOSSES)
    if losses.most < losses.wanted and losses.by_failures is NO:
        flags.append(Flag.DEFINITION_NOT_MET)
    if len({verdict.answer for verdict in verdicts}) > 1:
        flags.append(Flag.CRITERIA_SETS_DISAGREE)
    return tuple(flags)
