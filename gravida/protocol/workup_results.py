"""What a work-up reads of one woman, and what it says of her."""

from dataclasses import field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from gravida.protocol.antiphospholipid import AntibodyTest, Verdict
from gravida.protocol.antiphospholipid_history import ClinicalHistory
from gravida.protocol.samples import Circumstance
from gravida.protocol.values import Answer, Missing, PartialDate, Quantity
from gravida.protocol.workup_rules import Weight

UNKNOWN = Answer.UNKNOWN


class TestResult(Struct, frozen=True, gc=False):
    """One result of one test, or the reason why there is none.

    `value` is a code, several codes, or a quantity. `details` tells more of a code, as a karyotype's formula.
    `confirmed`: a second sample was told to confirm (YES) or refute (NO) it. `treated_on`: what was found was
    treated on this day.
    """

    test: str
    on: PartialDate | None = None
    value: str | frozenset[str] | Quantity | None = None
    missing: Missing | None = None
    lower_limit: Decimal | None = None
    upper_limit: Decimal | None = None
    circumstances: frozenset[Circumstance] = frozenset()
    methods: frozenset[str] = frozenset()
    details: str = ""
    confirmed: Answer = UNKNOWN
    treated_on: PartialDate | None = None


class CountedLosses(Struct, frozen=True, gc=False):
    """Losses as the profile's definition counts them, fewest and most, and how many it asks for.

    `unexplained_*`: the same count without losses whose product had abnormal chromosomes. `by_failures`: the
    woman meets the definition by implantation failures, whatever her losses.
    """

    wanted: int
    fewest: int
    most: int
    unexplained_fewest: int
    unexplained_most: int
    by_failures: Answer = Answer.NO


class EmbryoShare(Struct, frozen=True, kw_only=True, gc=False):
    """How many of the losses had their product examined, and how many of those had abnormal chromosomes."""

    losses: int
    examined: int
    abnormal: int


class WorkupRecord(Struct, frozen=True, kw_only=True, gc=False):
    """Everything that a work-up reads of one woman.

    `losses` are by definition, as its profile names it. The three facts and the days of the losses come from
    her pregnancies.
    """

    results: tuple[TestResult, ...] = ()
    antibodies: tuple[AntibodyTest, ...] = ()
    history: ClinicalHistory = field(default_factory=ClinicalHistory)
    losses: dict[str, CountedLosses] = field(default_factory=dict)
    embryos: EmbryoShare = EmbryoShare(losses=0, examined=0, abnormal=0)
    losses_on: tuple[PartialDate, ...] = ()
    product_not_examined: Answer = UNKNOWN
    product_unbalanced: Answer = UNKNOWN
    second_trimester_loss: Answer = UNKNOWN


class Status(StrEnum):
    """Where a domain stands."""

    ABNORMAL = "A"  # something that counts as a cause
    DEBATED = "P"  # everything needed is done; something of debated weight was found
    NORMAL = "N"  # everything needed is done and normal
    INCOMPLETE = "I"  # begun, and something needed is missing or cannot be read
    NOT_DONE = "X"


_OPEN = (Status.INCOMPLETE, Status.NOT_DONE)


class Gap(StrEnum):
    """Why a test that is needed does not count."""

    NOT_DONE = "not_done"
    REFUSED = "refused"
    PENDING = "pending"
    NOT_KNOWN = "not_known"  # nobody can tell the result
    VOID = "void"  # taken in circumstances, or beside results, that void it: repeat
    OUTDATED = "outdated"
    METHOD = "method"  # this method cannot show that all is normal
    LIMIT = "limit"  # the laboratory's limit, or a companion result, is missing
    CONFIRM = "confirm"  # abnormal once: a second sample decides
    ADJUDICATE = "adjudicate"
    CLINICAL = "clinical"  # the antibodies are there; the clinical side is not settled


GAP_OF_MISSING = {
    Missing.UNK: Gap.NOT_KNOWN,
    Missing.NASK: Gap.NOT_DONE,
    Missing.NAV: Gap.PENDING,
    Missing.NPE: Gap.NOT_DONE,
    Missing.REF: Gap.REFUSED,
    Missing.ILL: Gap.NOT_KNOWN,
    Missing.MSK: Gap.NOT_KNOWN,
}


class Need(Struct, frozen=True, gc=False):
    """Something missing: which test (or tests, any of which would do), why, and when it can be had."""

    domain: str
    tests: tuple[str, ...]
    because: Gap
    missing: Missing | None = None
    due: date | None = None


class Found(Struct, frozen=True, gc=False):
    """A finding with the results that show it."""

    finding: str
    weight: Weight
    results: tuple[TestResult | AntibodyTest, ...] = ()
    treated_before_later_losses: bool = False


class DomainResult(Struct, frozen=True, gc=False):
    """One domain: where it stands, what was found and what is missing.

    `needed`: whether the profile asks for it; UNKNOWN where her losses do not tell.
    """

    domain: str
    status: Status
    needed: Answer
    found: tuple[Found, ...] = ()
    needs: tuple[Need, ...] = ()

    @property
    def is_settled(self) -> bool:
        return self.status not in _OPEN


class WorkupClass(StrEnum):
    """What the work-up makes of a woman's losses."""

    EXPLAINED = "explained"
    PARTIALLY_EXPLAINED = "partially_explained"
    UNEXPLAINED = "unexplained"
    NOT_ASSESSABLE = "not_assessable"


class Flag(StrEnum):
    """Something that a reader of the class must know."""

    WORKUP_INCOMPLETE = "workup_incomplete"  # explained, while a needed domain is not done
    TREATED_BEFORE_LATER_LOSSES = "treated_before_later_losses"  # adjudicate: losses went on after treatment
    DEFINITION_NOT_MET = "definition_not_met"
    LOSSES_UNCERTAIN = "losses_uncertain"  # how many losses remain unexplained cannot be told
    CRITERIA_SETS_DISAGREE = "criteria_sets_disagree"  # Sydney 2006 and ACR/EULAR 2023


class WorkupResult(Struct, frozen=True, gc=False):
    """A woman under one profile: her class, the domains that explain, what is debated, what is missing."""

    profile: str
    workup_class: WorkupClass
    domains: tuple[DomainResult, ...]
    flags: tuple[Flag, ...]
    embryos: EmbryoShare
    verdicts: tuple[Verdict, ...] = ()  # both criteria sets of antiphospholipid syndrome

    @property
    def causes(self) -> tuple[str, ...]:
        """Domains that explain the losses."""
        return tuple(found.domain for found in self.domains if found.status is Status.ABNORMAL)

    @property
    def debated(self) -> tuple[str, ...]:
        """Findings that are reported beside the class and never change it."""
        return tuple(
            found.finding
            for domain in self.domains
            for found in domain.found
            if found.weight is Weight.DEBATED
        )

    @property
    def shown(self) -> tuple[str, ...]:
        """Findings that are shown and weigh nothing under this profile, as another threshold of a test."""
        return tuple(
            found.finding for domain in self.domains for found in domain.found if found.weight is Weight.NONE
        )

    @property
    def needs(self) -> tuple[Need, ...]:
        """What is missing in the domains that the profile needs, or may need."""
        return tuple(
            need for domain in self.domains if domain.needed is not Answer.NO for need in domain.needs
        )
