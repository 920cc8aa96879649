"""The antiphospholipid domain: a criteria set says what is a cause, the dated rows what is missing."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache

from msgspec import Struct

from gravida.protocol.antiphospholipid import (
    Antibody,
    AntibodyTest,
    Occasion,
    Reading,
    Reason,
    Standing,
    Verdict,
    repeat_due,
)
from gravida.protocol.antiphospholipid_acr_eular import NAME as ACR_EULAR
from gravida.protocol.antiphospholipid_acr_eular import acr_eular_2023
from gravida.protocol.antiphospholipid_history import ClinicalHistory
from gravida.protocol.antiphospholipid_sydney import NAME as SYDNEY
from gravida.protocol.antiphospholipid_sydney import ClinicalEvents, Panel, positive, sydney_2006_on
from gravida.protocol.values import Answer
from gravida.protocol.workup_results import Found, Gap, Need
from gravida.protocol.workup_rules import ANTIPHOSPHOLIPID, Weight

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN

SYNDROME = "antiphospholipid_syndrome"
# What is found of antibodies without the syndrome, by where they stand.
DEBATED = {
    Standing.PERSISTENT: "antiphospholipid_persistent",
    Standing.UNCONFIRMED: "antiphospholipid_once",
    Standing.TRANSIENT: "antiphospholipid_transient",
}
ANTIBODY_FINDINGS = (SYNDROME, *DEBATED.values())

_UNCONFIRMED = Standing.UNCONFIRMED
_GAPS = {
    Standing.UNINTERPRETABLE: Gap.VOID,
    Standing.UNCERTAIN: Gap.LIMIT,
    Standing.NOT_TESTED: Gap.NOT_DONE,
}


class Antibodies(Struct, frozen=True, gc=False):
    """What the rows show: both verdicts, findings, and what is missing."""

    verdicts: tuple[Verdict, ...]
    found: tuple[Found, ...]
    needs: tuple[Need, ...]


# A criteria set, whether another cause was found, and the antibodies that a profile needs.
_Question = tuple[str, Answer, tuple[str, ...]]


class AntibodyReader:
    """One woman's antibodies up to a day: each criteria set is worked out once for all profiles."""

    def __init__(
        self,
        tests: Sequence[AntibodyTest],
        history: ClinicalHistory,
        *,
        readings: dict[str, Reading],
        as_of: date,
    ) -> None:
        self.tests = tuple(test for test in tests if test.on is None or test.on.earliest <= as_of)
        self.readings = readings
        self._history = history
        self._as_of = as_of
        self._by_other_cause: dict[Answer, Verdict] = {}
        self._panels: dict[str, Panel] = {}  # by criteria set
        self._alike: dict[tuple[tuple[bool, ...], tuple[Decimal, Decimal]], Panel] = {}
        self.judged: dict[_Question, Antibodies] = {}

    def panel(self, criteria_set: str) -> Panel:
        """The rows by Sydney's thresholds, which are the lower: a low titre is seen, though it may not count.

        Samples are void as the criteria set says.
        """
        found = self._panels.get(criteria_set)
        if found is None:
            reading = self.readings[criteria_set]
            trusted = tuple([reading.trusts(test) for test in self.tests])
            alike = (trusted, reading.percentile_99_between)  # all that a panel takes from a reading
            found = self._alike.get(alike) or Panel(self.tests, reading, self._as_of)
            self._panels[criteria_set] = self._alike[alike] = found
        return found

    @cached_property
    def acr_eular(self) -> Verdict:
        return acr_eular_2023(self._history, self.tests, reading=self.readings[ACR_EULAR], up_to=self._as_of)

    def sydney(self, other_cause: Answer) -> Verdict:
        if not self._events.depend_on_other_causes:
            other_cause = NO
        found = self._by_other_cause.get(other_cause)
        if found is None:
            events = self._events.beside(other_cause)
            found = self._by_other_cause[other_cause] = sydney_2006_on(events, self.panel(SYDNEY))
        return found

    @cached_property
    def _events(self) -> ClinicalEvents:
        return ClinicalEvents(self._history)


def antibodies(
    reader: AntibodyReader, other_cause: Answer, *, criteria_set: str, needed: tuple[str, ...]
) -> Antibodies:
    """What counts under the criteria set of a profile.

    `other_cause`: whether another domain explains early losses. `needed`: antibodies the profile asks for.
    """
    key = (criteria_set, other_cause, needed)
    if key not in reader.judged:
        reader.judged[key] = _antibodies(reader, other_cause, criteria_set=criteria_set, needed=needed)
    return reader.judged[key]


def _antibodies(
    reader: AntibodyReader, other_cause: Answer, *, criteria_set: str, needed: tuple[str, ...]
) -> Antibodies:
    sydney, acr = reader.sydney(other_cause), reader.acr_eular
    verdict = sydney if criteria_set == SYDNEY else acr
    if verdict.answer is YES:
        found = (Found(finding=SYNDROME, weight=Weight.CAUSE, results=verdict.tests),)
        return Antibodies(verdicts=(sydney, acr), found=found, needs=())
    standings = reader.panel(criteria_set).by_antibody
    if DEBATED.keys().isdisjoint(standings.values()):
        return Antibodies((sydney, acr), (), _untested(tuple(standings.items()), needed))
    return Antibodies(
        verdicts=(sydney, acr),
        found=_debated(reader.tests, standings),
        needs=tuple(_needs(reader.tests, standings, verdict, reader.readings[criteria_set], needed)),
    )


def _debated(tests: Sequence[AntibodyTest], standings: dict[Antibody, Standing]) -> tuple[Found, ...]:
    """Each kind of standing that is no cause, once, with the rows of its antibodies."""
    kinds = standings.values()
    return tuple(
        Found(
            finding=finding,
            weight=Weight.DEBATED,
            results=tuple([test for test in tests if standings[test.antibody] is kind]),
        )
        for kind, finding in DEBATED.items()
        if kind in kinds
    )


def _needs(
    tests: Sequence[AntibodyTest],
    standings: dict[Antibody, Standing],
    verdict: Verdict,
    reading: Reading,
    needed: tuple[str, ...],
) -> list[Need]:
    """What is missing where some antibody was positive: needed ones without a readable result, repeats that
    could still decide, and the clinical side where only that is open."""
    found = list(_untested(tuple(standings.items()), needed))
    if verdict.answer is NO:
        return found
    found += [
        _repeat(antibody, tests, reading)
        for antibody, standing in standings.items()
        if standing is _UNCONFIRMED
    ]
    if Reason.TOO_SOON_AFTER_EVENT in verdict.reasons:
        found += [
            _repeat(antibody, tests, reading)
            for antibody, standing in standings.items()
            if standing is Standing.PERSISTENT
        ]
    clinical = tuple([need.item for need in verdict.needs if need.because in _CLINICAL_SIDE])
    if clinical:
        found.append(Need(domain=ANTIPHOSPHOLIPID, tests=clinical, because=Gap.CLINICAL))
    return found


@lru_cache(maxsize=4096)
def _untested(standings: tuple[tuple[Antibody, Standing], ...], needed: tuple[str, ...]) -> tuple[Need, ...]:
    """Needed antibodies without a readable result."""
    return tuple(
        Need(domain=ANTIPHOSPHOLIPID, tests=(antibody,), because=_GAPS[standing])
        for antibody, standing in standings
        if antibody in needed and standing in _GAPS
    )


_CLINICAL_SIDE = (Reason.CLINICAL_UNCERTAIN, Reason.DATE_UNCERTAIN)


def _repeat(antibody: Antibody, tests: Sequence[AntibodyTest], reading: Reading) -> Need:
    """A second test of an antibody, and from which day it can confirm."""
    occasions = [
        Occasion(test.on, positive(test, reading), test)
        for test in tests
        if test.antibody is antibody and reading.trusts(test)
    ]
    return Need(domain=ANTIPHOSPHOLIPID, tests=(antibody,), because=Gap.CONFIRM, due=repeat_due(occasions))
