"""The antiphospholipid domain: a criteria set says what is a cause, the dated rows what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

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
from gravida.protocol.antiphospholipid_sydney import laboratory_standings, positive, sydney_2006
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

_GAPS = {
    Standing.UNINTERPRETABLE: Gap.VOID,
    Standing.UNCERTAIN: Gap.LIMIT,
    Standing.NOT_TESTED: Gap.NOT_DONE,
}


@dataclass(frozen=True, kw_only=True)
class Antibodies:
    """What the rows show: both verdicts, findings, and what is missing."""

    verdicts: tuple[Verdict, ...]
    found: tuple[Found, ...]
    needs: tuple[Need, ...]


@dataclass(frozen=True, kw_only=True)
class Panel:
    """The rows up to a day with both verdicts, the same for every profile.

    `standings`: by the thresholds of Sydney, which are the lower, and by each set's own void samples: a low
    titre is seen, though it may not count.
    """

    tests: tuple[AntibodyTest, ...]
    verdicts: dict[str, Verdict]
    standings: dict[str, dict[Antibody, Standing]]
    readings: dict[str, Reading]


def read_panel(
    tests: Sequence[AntibodyTest],
    history: ClinicalHistory,
    *,
    readings: dict[str, Reading],
    as_of: date,
) -> Panel:
    """Both criteria sets on the rows known on a day."""
    known = tuple(test for test in tests if test.on is None or test.on.earliest <= as_of)
    return Panel(
        tests=known,
        verdicts={
            name: rule(history, known, reading=readings[name], up_to=as_of) for name, rule in _RULES.items()
        },
        standings={name: laboratory_standings(known, readings[name]) for name in _RULES},
        readings=readings,
    )


_RULES = {SYDNEY: sydney_2006, ACR_EULAR: acr_eular_2023}


def antibodies(panel: Panel, *, criteria_set: str, needed: Sequence[str]) -> Antibodies:
    """What counts under the criteria set of a profile. `needed`: antibodies that the profile asks for."""
    verdict = panel.verdicts[criteria_set]
    both = tuple(panel.verdicts.values())
    if verdict.answer is YES:
        found = (Found(finding=SYNDROME, weight=Weight.CAUSE, results=verdict.tests),)
        return Antibodies(verdicts=both, found=found, needs=())
    standings, reading = panel.standings[criteria_set], panel.readings[criteria_set]
    return Antibodies(
        verdicts=both,
        found=_debated(panel.tests, standings),
        needs=tuple(_needs(panel.tests, standings, verdict, reading, needed)),
    )


def _debated(tests: Sequence[AntibodyTest], standings: dict[Antibody, Standing]) -> tuple[Found, ...]:
    """Each kind of standing that is no cause, once, with the rows of its antibodies."""
    return tuple(
        Found(
            finding=finding,
            weight=Weight.DEBATED,
            results=tuple(test for test in tests if standings[test.antibody] is kind),
        )
        for kind, finding in DEBATED.items()
        if kind in standings.values()
    )


def _needs(
    tests: Sequence[AntibodyTest],
    standings: dict[Antibody, Standing],
    verdict: Verdict,
    reading: Reading,
    needed: Sequence[str],
) -> list[Need]:
    """What is missing: needed antibodies without a readable result, repeats that could still decide, and
    the clinical side where only that is open."""
    found = [
        Need(domain=ANTIPHOSPHOLIPID, tests=(antibody,), because=_GAPS[standing])
        for antibody, standing in standings.items()
        if antibody in needed and standing in _GAPS
    ]
    if verdict.answer is NO:
        return found
    for antibody, standing in standings.items():
        if standing is Standing.UNCONFIRMED:
            found.append(_repeat(antibody, tests, reading))
    if Reason.TOO_SOON_AFTER_EVENT in verdict.reasons:
        found += [
            _repeat(antibody, tests, reading)
            for antibody, standing in standings.items()
            if standing is Standing.PERSISTENT
        ]
    clinical = [
        need.item
        for need in verdict.needs
        if need.because in (Reason.CLINICAL_UNCERTAIN, Reason.DATE_UNCERTAIN)
    ]
    was_positive = any(standing in DEBATED for standing in standings.values())
    if clinical and was_positive:
        found.append(Need(domain=ANTIPHOSPHOLIPID, tests=tuple(clinical), because=Gap.CLINICAL))
    return found


def _repeat(antibody: Antibody, tests: Sequence[AntibodyTest], reading: Reading) -> Need:
    """A second test of an antibody, and from which day it can confirm."""
    occasions = [
        Occasion(test.on, positive(test, reading), test)
        for test in tests
        if test.antibody is antibody and reading.trusts(test)
    ]
    return Need(domain=ANTIPHOSPHOLIPID, tests=(antibody,), because=Gap.CONFIRM, due=repeat_due(occasions))
