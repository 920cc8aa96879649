"""Are a woman's losses explained? Domain by domain, under a profile; not done is never normal.

explained            some domain holds a cause
not assessable       no cause, and a domain that the profile needs is not done or not settled
partially explained  all done, no cause, and too few losses remain once those are set aside whose product had
                     abnormal chromosomes
unexplained          all done, no cause, enough losses remain
"""

from dataclasses import dataclass, replace
from datetime import date

from gravida.protocol.antiphospholipid import Verdict
from gravida.protocol.conditions import NamedFacts, judge
from gravida.protocol.values import Answer
from gravida.protocol.workup_antiphospholipid import Antibodies, Panel, antibodies, read_panel
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
from gravida.protocol.workup_rules import ANTIPHOSPHOLIPID, PROFILE_FACTS, Profile, Weight, Workup
from gravida.protocol.workup_tests import Results, findings, found_by

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN

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
    domains, verdicts = _Reader(profile=profile, woman=woman).domains()
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
    """One woman's record, with everything that is the same under every profile worked out once."""

    def __init__(self, workup: Workup, record: WorkupRecord, as_of: date) -> None:
        self.workup = workup
        self.record = record
        self.results = Results(workup, record.results, as_of)
        self.shown = {
            domain.id: tuple(findings(workup, self.results, domain.id)) for domain in workup.domains
        }
        self._as_of = as_of
        self._panels: dict[Answer, Panel] = {}

    def panel(self, other_cause: Answer) -> Panel:
        """Her antiphospholipid antibodies, given whether other causes of early losses were found."""
        found = self._panels.get(other_cause)
        if found is None:
            history = replace(self.record.history, other_cause_of_early_losses=other_cause)
            readings = self.workup.readings
            found = read_panel(self.record.antibodies, history, readings=readings, as_of=self._as_of)
            self._panels[other_cause] = found
        return found


@dataclass(frozen=True, kw_only=True)
class _Reader:
    """One woman's record beside one profile."""

    profile: Profile
    woman: _Woman

    @property
    def workup(self) -> Workup:
        return self.woman.workup

    @property
    def record(self) -> WorkupRecord:
        return self.woman.record

    @property
    def results(self) -> Results:
        return self.woman.results

    def domains(self) -> tuple[tuple[DomainResult, ...], tuple[Verdict, ...]]:
        """Every domain, the antiphospholipid one last judged as it depends on others."""
        found = {
            domain.id: self._domain(domain.id)
            for domain in self.workup.domains
            if domain.id != ANTIPHOSPHOLIPID
        }
        panel = self._antibodies(found)
        found[ANTIPHOSPHOLIPID] = self._domain(ANTIPHOSPHOLIPID, panel)
        in_order = tuple(found[domain.id] for domain in self.workup.domains if domain.id in found)
        return in_order, panel.verdicts

    def _domain(self, domain: str, panel: Antibodies | None = None) -> DomainResult:
        found = list(panel.found) if panel else []
        needs = list(panel.needs) if panel else []
        hits: set[str] = set()
        for finding, shown in self.woman.shown[domain]:
            weight = self.profile.weights.get(finding.id, finding.weight)
            if shown.answer is YES:
                found.append(found_by(finding, weight, shown, self.record.losses_on))
                hits.update(clause.test for clause in finding.when)
            elif shown.need is not None and weight is not Weight.NONE:
                needs.append(shown.need)
            if shown.answer is YES and weight is Weight.ADJUDICATE:
                needs.append(Need(domain=domain, tests=(finding.when[0].test,), because=Gap.ADJUDICATE))
        if panel is None:
            needs += self._missing_tests(domain, frozenset(hits))
        else:
            needs = self._with_told_reasons(needs)
        return DomainResult(
            domain=domain,
            status=self._status(domain, found, needs, panel),
            needed=self._needed(domain),
            found=tuple(found),
            needs=tuple(dict.fromkeys(needs)),
        )

    def _missing_tests(self, domain: str, hits: frozenset[str]) -> list[Need]:
        ways = self.profile.needs.get(domain, ())
        open_needs = (self.results.need(domain, way, hits) for way in ways)
        return [need for need in open_needs if need is not None]

    def _with_told_reasons(self, needs: list[Need]) -> list[Need]:
        """Antibodies that were not tested, with the reason that the form tells (refused, pending ...)."""
        told = []
        for need in needs:
            if need.because is not Gap.NOT_DONE:
                told.append(need)
                continue
            reason = self.results.need(need.domain, (need.tests,), frozenset())
            told += [reason] if reason is not None else []
        return told

    def _status(self, domain: str, found: list[Found], needs: list[Need], panel: Antibodies | None) -> Status:
        weights = {one.weight for one in found}
        if Weight.CAUSE in weights:
            return Status.ABNORMAL
        begun = self._was_begun(domain, panel)
        if needs or not begun:
            return Status.INCOMPLETE if begun or weights & {Weight.ADJUDICATE} else Status.NOT_DONE
        return Status.DEBATED if Weight.DEBATED in weights else Status.NORMAL

    def _was_begun(self, domain: str, panel: Antibodies | None) -> bool:
        """Whether any test that the profile needs was made; any at all where it needs none."""
        if panel is not None and self.record.antibodies:
            return True
        needed = [test for ways in self.profile.needs.get(domain, ()) for way in ways for test in way]
        tests = needed or [test.id for test in self.workup.tests.values() if test.domain == domain]
        return self.results.was_begun(tests)

    def _needed(self, domain: str) -> Answer:
        if domain not in self.profile.needs:
            return NO
        rule = self.profile.needed_when.get(domain)
        if rule is None:
            return YES
        facts = NamedFacts(values={name: getattr(self.record, name) for name in PROFILE_FACTS})
        return judge(rule, facts).answer

    def _antibodies(self, others: dict[str, DomainResult]) -> Antibodies:
        needs = self.profile.needs.get(ANTIPHOSPHOLIPID, ())
        return antibodies(
            self.woman.panel(_other_cause(others)),
            criteria_set=self.profile.criteria_set,
            needed=[test for ways in needs for way in ways for test in way],
        )


def _other_cause(domains: dict[str, DomainResult]) -> Answer:
    """Whether another domain explains early losses; cannot tell while one that is needed is not settled."""
    asked = [domains[name] for name in OTHER_CAUSES_OF_EARLY_LOSSES if name in domains]
    if any(domain.status is Status.ABNORMAL for domain in asked):
        return YES
    return UNKNOWN if any(_blocks(domain) for domain in asked) else NO


def _blocks(domain: DomainResult) -> bool:
    """Whether a domain that is, or may be, needed leaves the work-up open."""
    return domain.needed is not NO and not domain.is_settled


def _class_of(
    domains: tuple[DomainResult, ...], losses: CountedLosses
) -> tuple[WorkupClass, tuple[Flag, ...]]:
    if any(domain.status is Status.ABNORMAL for domain in domains):
        return WorkupClass.EXPLAINED, ()
    if any(_blocks(domain) for domain in domains):
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
    treated = any(
        found.treated_before_later_losses and found.weight is Weight.CAUSE
        for domain in domains
        for found in domain.found
    )
    explained = workup_class is WorkupClass.EXPLAINED
    told = {
        Flag.WORKUP_INCOMPLETE: explained and any(_blocks(domain) for domain in domains),
        Flag.TREATED_BEFORE_LATER_LOSSES: treated,
        Flag.DEFINITION_NOT_MET: losses.most < losses.wanted and losses.by_failures is NO,
        Flag.CRITERIA_SETS_DISAGREE: len({verdict.answer for verdict in verdicts}) > 1,
    }
    return tuple(flag for flag, is_so in told.items() if is_so)
