"""The work-up as a study defines it: tests, findings, what each weighs, and what each profile needs."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from gravida.protocol.antiphospholipid import Reading
from gravida.protocol.expressions import Expression
from gravida.protocol.samples import Circumstance
from gravida.protocol.values import Answer
from gravida.protocol.workup_places import Places

Texts = dict[str, str]

ANTIPHOSPHOLIPID = "antiphospholipid"  # the one domain that is read from dated rows and a criteria set


class Weight(StrEnum):
    """What a finding counts for."""

    CAUSE = "cause"
    DEBATED = "debated"  # never counts alone
    ADJUDICATE = "adjudicate"  # experts decide
    NONE = "none"  # shown, and nothing more


class Sign(StrEnum):
    """How a clause reads a result."""

    CODES = "codes"
    ABOVE = "above"
    AT_LEAST = "at_least"
    BELOW = "below"
    UP_TO = "up_to"
    ABOVE_LIMIT = "above_limit"  # the laboratory's own upper limit
    BELOW_LIMIT = "below_limit"


@dataclass(frozen=True, kw_only=True)
class Clause:
    """What one test must show. For the limits, `number` stands in where the laboratory gave none."""

    test: str
    sign: Sign
    codes: frozenset[str] = frozenset()
    number: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class TestRule:
    """How results of one test are read. Codes in none of the lists, nor in a finding, are not understood."""

    @cached_property
    def codes_without_result(self) -> frozenset[str]:
        """Codes that say why there is no result."""
        return self.not_done | self.pending | self.unknown

    id: str
    domain: str
    name: Texts
    variable: str
    unit: str = ""
    analyte: str = ""
    normal: frozenset[str] = frozenset()
    not_done: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    pending: frozenset[str] = frozenset()
    positive: frozenset[str] = frozenset()  # of lupus anticoagulant, which no finding reads
    uninterpretable: frozenset[str] = frozenset()
    void: frozenset[Circumstance] = frozenset()
    void_when: tuple[Clause, ...] = ()
    normal_by: frozenset[str] = frozenset()
    valid_days: int | None = None
    source: str
    to_confirm: str = ""


@dataclass(frozen=True, kw_only=True)
class FindingRule:
    """Something a result can show: every clause of `when` holds.

    `unless_details`: a detail of the result, as a karyotype's formula, that makes it harmless.
    """

    id: str
    domain: str
    name: Texts
    weight: Weight
    when: tuple[Clause, ...]
    same_day: bool = False
    unless_details: tuple[str, ...] = ()
    confirm_after_days: int | None = None
    source: str
    to_confirm: str = ""


# One way to satisfy a need: all of these tests. A need is a choice of ways.
Way = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A guideline's, or a protocol's, idea of a complete work-up.

    `needs`: per domain, needs that must all be satisfied, each by any of its ways. `needed_when`: a rule over
    PROFILE_FACTS under which a domain is needed at all. `weights` differ from the findings' own.
    """

    id: str
    name: Texts
    definition: str
    criteria_set: str
    needs: dict[str, tuple[tuple[Way, ...], ...]]
    needed_when: dict[str, Expression] = field(default_factory=dict)
    needed_when_text: dict[str, str] = field(default_factory=dict)
    weights: dict[str, Weight] = field(default_factory=dict)
    source: str
    to_confirm: str = ""

    @cached_property
    def antibodies(self) -> tuple[str, ...]:
        """The antiphospholipid antibodies that it needs."""
        needs = self.needs.get(ANTIPHOSPHOLIPID, ())
        return tuple(test for ways in needs for way in ways for test in way)


@dataclass(frozen=True, kw_only=True, eq=False)
class DomainPlan:
    """What a profile asks of one domain, prepared for every woman.

    Profiles that ask the same of a domain, and weigh its findings alike, share one plan.
    `needed`: whether it is asked for, where no rule `when` over her losses decides it. `needs`: each with a
    number of its own, by which what is missing is kept; `tests` are all that they name. `begins_with`: the
    tests of which any shows that the domain was begun, those needed, or all of the domain where none is.
    """

    domain: str
    needed: Answer
    when: Expression | None
    needs: tuple[tuple[int, tuple[Way, ...]], ...]
    tests: tuple[str, ...]
    begins_with: tuple[str, ...]


# Yes/no facts of a woman's losses that a rule of `needed_when` may read.
PROFILE_FACTS = ("product_not_examined", "product_unbalanced", "second_trimester_loss")


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a rule comes from."""

    id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Domain:
    """A group of causes."""

    id: str
    name: Texts


@dataclass(frozen=True, kw_only=True, eq=False)
class Workup:
    """workup.toml, read. Lookups by name are worked out once."""

    version: str = ""
    sources: tuple[Source, ...] = ()
    domains: tuple[Domain, ...] = ()
    tests: dict[str, TestRule] = field(default_factory=dict)
    findings: tuple[FindingRule, ...] = ()
    profiles: dict[str, Profile] = field(default_factory=dict)
    readings: dict[str, Reading] = field(default_factory=dict)  # by criteria set
    places: Places = field(default_factory=Places)
    antiphospholipid_source: str = ""
    antiphospholipid_to_confirm: str = ""
    findings_in: dict[str, tuple[FindingRule, ...]] = field(init=False, repr=False)
    tests_in: dict[str, tuple[str, ...]] = field(init=False, repr=False)
    codes_in_findings: dict[str, frozenset[str]] = field(init=False, repr=False)
    silent_codes: dict[str, frozenset[str]] = field(init=False, repr=False)  # normal, and begin no finding
    understood_codes: dict[str, frozenset[str]] = field(init=False, repr=False)  # normal, or of a finding
    plans: dict[str, tuple[DomainPlan, ...]] = field(init=False, repr=False)  # by profile

    def __post_init__(self) -> None:
        by_domain = {
            domain.id: tuple(finding for finding in self.findings if finding.domain == domain.id)
            for domain in self.domains
        }
        codes: dict[str, frozenset[str]] = {}
        for finding in self.findings:
            for clause in finding.when:
                codes[clause.test] = codes.get(clause.test, frozenset()) | clause.codes
        tests = {
            domain.id: tuple(test.id for test in self.tests.values() if test.domain == domain.id)
            for domain in self.domains
        }
        object.__setattr__(self, "findings_in", by_domain)
        object.__setattr__(self, "tests_in", tests)
        known = {test.id: test.normal | codes.get(test.id, frozenset()) for test in self.tests.values()}
        object.__setattr__(self, "codes_in_findings", codes)
        object.__setattr__(self, "understood_codes", known)
        object.__setattr__(self, "silent_codes", self._silent_codes())
        object.__setattr__(self, "plans", self._plans())

    def weight(self, profile: Profile, finding: FindingRule) -> Weight:
        """What a finding counts for under a profile."""
        return profile.weights.get(finding.id, finding.weight)

    def _silent_codes(self) -> dict[str, frozenset[str]]:
        first = [finding.when[0] for finding in self.findings if finding.when]
        return {
            test.id: test.normal.difference(*(clause.codes for clause in first if clause.test == test.id))
            for test in self.tests.values()
        }

    def _plans(self) -> dict[str, tuple[DomainPlan, ...]]:
        plans: dict[object, DomainPlan] = {}
        numbers: dict[tuple[Way, ...], int] = {}
        return {
            name: tuple(
                plans.setdefault(
                    self._way_of_judging(profile, domain.id), self._plan(profile, domain.id, numbers)
                )
                for domain in self.domains
            )
            for name, profile in self.profiles.items()
        }

    def _plan(self, profile: Profile, domain: str, numbers: dict[tuple[Way, ...], int]) -> DomainPlan:
        needs = profile.needs.get(domain, ())
        needed = tuple(test for ways in needs for way in ways for test in way)
        return DomainPlan(
            domain=domain,
            needed=Answer.of(domain in profile.needs),
            when=profile.needed_when.get(domain) if domain in profile.needs else None,
            needs=tuple((numbers.setdefault(ways, len(numbers)), ways) for ways in needs),
            tests=tuple(dict.fromkeys(needed)),
            begins_with=needed or self.tests_in[domain],
        )

    def _way_of_judging(self, profile: Profile, domain: str) -> object:
        weights = tuple(self.weight(profile, finding) for finding in self.findings_in[domain])
        return domain, profile.needs.get(domain), profile.needed_when.get(domain), weights
