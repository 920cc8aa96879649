"""Antiphospholipid syndrome by the criteria of ACR and EULAR, 2023: an entry criterion, then points.

Source: Barbhaiya et al., Arthritis Rheumatol 2023;75:1687 and Ann Rheum Dis 2023;82:1258. At least three
clinical and three laboratory points; within a domain only the heaviest item counts.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct

from gravida.protocol.antiphospholipid import (
    NEED_OF_STANDING,
    NO,
    UNKNOWN,
    YES,
    Antibody,
    AntibodyTest,
    Assay,
    Need,
    Occasion,
    Points,
    Reading,
    Reason,
    Standing,
    Verdict,
    above_percentile_99,
    clinical_uncertain,
    is_beyond,
    reaches,
    repeat_due,
    standing,
    within_years,
)
from gravida.protocol.antiphospholipid_history import (
    ClinicalHistory,
    Event,
    Finding,
    PregnancyOutcome,
    consecutive_losses,
)
from gravida.protocol.values import Answer

NAME = "acr_eular_2023"
MODERATE_FROM, HIGH_FROM = Decimal(40), Decimal(80)  # units of an ELISA
ENTRY_YEARS = 3
NEEDED = 3  # points, on either side
SIXTEEN_WEEKS, THIRTY_FOUR_WEEKS = 112, 238  # days

_ANTIBODIES = tuple(Antibody)
IGG = (Antibody.CARDIOLIPIN_IGG, Antibody.BETA2GPI_IGG)
IGM = (Antibody.CARDIOLIPIN_IGM, Antibody.BETA2GPI_IGM)


def acr_eular_2023(
    history: ClinicalHistory, tests: Sequence[AntibodyTest], *, reading: Reading, up_to: date | None = None
) -> Verdict:
    """Whether a woman is classified as having the syndrome, her points, and what would settle it.

    `up_to`: no test can have been made before this day that is not in `tests` (default: the latest test).
    """
    domains = [list(found) for found in _domains(history)]
    events = [event for found in domains for event in found]
    clinical = _clinical_points(domains)
    panel = _Panel(tests, reading, up_to)
    laboratory = panel.points()
    entry = panel.entry(events)
    answer = entry & clinical.at_least(NEEDED) & laboratory.at_least(NEEDED)
    reasons, needs = _explained(answer, entry, clinical, laboratory, panel, events)
    return Verdict(
        criteria_set=NAME,
        answer=answer,
        reasons=reasons,
        clinical=tuple(dict.fromkeys(event.criterion for event in events if event.present is YES)),
        laboratory=panel.met(),
        clinical_points=clinical,
        laboratory_points=laboratory,
        needs=needs,
        tests=panel.positive_tests(),
        standings=panel.standings,
    )


def moderate_or_high(test: AntibodyTest, reading: Reading) -> Answer:
    """Whether one determination is positive for entry: at least moderate, or lupus anticoagulant."""
    if test.antibody is Antibody.LUPUS_ANTICOAGULANT:
        return test.positive
    return _from_level(test, reading, high=False)


def _from_level(test: AntibodyTest, reading: Reading, *, high: bool) -> Answer:
    """Whether a titre is at least moderate (or high). Cannot tell for an assay without known levels.

    The levels are those of ELISA. In any assay a titre up to the laboratory's 99th percentile is no positive
    result, so it is not moderate either.
    """
    if test.titre is None:
        return UNKNOWN
    if test.assay is Assay.ELISA:
        return reaches(test.titre, HIGH_FROM if high else MODERATE_FROM)
    for known in reading.assay_levels:
        if (known.assay, known.antibody) == (test.assay, test.antibody):
            return reaches(test.titre, known.high_from if high else known.moderate_from)
    return NO if above_percentile_99(test, reading) is NO else UNKNOWN


def _domains(history: ClinicalHistory) -> Iterator[Iterator[Event]]:
    """The six clinical domains, each item that is not absent with its points."""
    yield _thrombosis("D1", history.venous_thrombosis, with_risk=1, without=3)
    yield _thrombosis("D2", history.arterial_thrombosis, with_risk=2, without=4)
    yield _signs(
        ("D3_suspected", history.microvascular_suspected, 2),
        ("D3_established", history.microvascular_established, 5),
    )
    yield _obstetric(history.pregnancies)
    yield _signs(
        ("D5_thickening", history.valve_thickening, 2), ("D5_vegetation", history.valve_vegetation, 4)
    )
    yield _signs(("D6_thrombocytopenia", history.thrombocytopenia, 2))


def _thrombosis(domain: str, finding: Finding, *, with_risk: int, without: int) -> Iterator[Event]:
    """A thrombosis; it weighs more where no other strong risk explains it as well."""
    if finding.present is NO:
        return
    yield Event(f"{domain}_thrombosis", finding.present, finding.on, with_risk)
    if (alone := finding.present & ~finding.high_risk) is not NO:
        yield Event(f"{domain}_without_risk", alone, finding.on, without)


def _signs(*items: tuple[str, Finding, int]) -> Iterator[Event]:
    for criterion, finding, points in items:
        if finding.present is not NO:
            yield Event(criterion, finding.present, finding.on, points)


def _obstetric(pregnancies: Sequence[PregnancyOutcome]) -> Iterator[Event]:
    """Domain 4. A loss that its own chromosomes explain is left out: "do not count a clinical criterion if
    there is an equally, or more, likely explanation"."""
    yield from consecutive_losses(pregnancies, before_days=SIXTEEN_WEEKS, criterion="D4_losses", points=1)
    for pregnancy in pregnancies:
        if pregnancy.ended_before(SIXTEEN_WEEKS):
            continue
        eclampsia = pregnancy.complicated(pregnancy.severe_pre_eclampsia)
        insufficiency = pregnancy.complicated(pregnancy.placental_insufficiency)
        severe = eclampsia | insufficiency
        if (died := pregnancy.is_fetal_death) is not NO:
            late = pregnancy.age_in(from_days=SIXTEEN_WEEKS, before_days=THIRTY_FOUR_WEEKS)
            unexplained = died & late & ~severe & ~pregnancy.aneuploid
            if unexplained is not NO:
                yield Event("D4_fetal_death", unexplained, pregnancy.on, 1)
        if severe is not NO:
            yield Event("D4_severe_one", severe, pregnancy.on, 3)
            if (both := eclampsia & insufficiency) is not NO:
                yield Event("D4_severe_both", both, pregnancy.on, 4)


def _clinical_points(domains: Iterable[Sequence[Event]]) -> Points:
    """The heaviest item of each domain, added up; fewest with what is certain, most with what is possible."""
    fewest = most = 0
    for events in domains:
        if events:
            most += max([event.points for event in events])
            fewest += max([event.points for event in events if event.present is YES], default=0)
    return Points(fewest=fewest, most=most)


class _Level(Struct, frozen=True, gc=False):
    """One antibody's occasions read at two heights."""

    moderate: list[Occasion]
    at_moderate: Standing
    at_high: Standing


class _Panel:
    """All tests of a woman, by antibody, read by the levels of this criteria set."""

    def __init__(self, tests: Sequence[AntibodyTest], reading: Reading, up_to: date | None) -> None:
        self.trusted = [(test, moderate_or_high(test, reading)) for test in tests if reading.trusts(test)]
        rows: dict[Antibody, list[AntibodyTest]] = {antibody: [] for antibody in _ANTIBODIES}
        for test in tests:
            rows[test.antibody].append(test)
        moderate: dict[Antibody, list[Occasion]] = {antibody: [] for antibody in _ANTIBODIES}
        for test, found in self.trusted:
            moderate[test.antibody].append(Occasion(test.on, found, test))
        self.levels = {
            antibody: _level(antibody, rows[antibody], moderate[antibody], reading)
            for antibody in _ANTIBODIES
        }
        self.standings = {antibody: level.at_moderate for antibody, level in self.levels.items()}
        days = [test.on.latest for test in tests if test.on is not None]
        self.up_to = max([*days, *([up_to] if up_to else [])], default=None)

    def points(self) -> Points:
        """Domain 7 (lupus anticoagulant) and domain 8 (the others, heaviest item)."""
        lupus = self._lupus_points()
        igm = self._any(IGM, high=False)
        igg = self._any(IGG, high=False)
        one_high = self._any(IGG, high=True)
        both_high = YES
        for antibody in IGG:
            both_high = both_high & _persistent(self.levels[antibody].at_high)
        items = ((igm, 1), (igg, 4), (one_high, 5), (both_high, 7))
        fewest = max((points for found, points in items if found is YES), default=0)
        most = max((points for found, points in items if found is not NO), default=0)
        return Points(fewest=lupus.fewest + fewest, most=lupus.most + most)

    def _lupus_points(self) -> Points:
        """One point for a single positive test, five when persistent."""
        level = self.levels[Antibody.LUPUS_ANTICOAGULANT]
        if level.at_moderate is Standing.PERSISTENT:
            return Points(fewest=5, most=5)
        once = any(one.positive is YES for one in level.moderate)
        settled = _persistent(level.at_moderate) is NO
        possibly_once = any(one.positive is not NO for one in level.moderate)
        return Points(fewest=int(once), most=int(possibly_once) if settled else 5)

    def _any(self, antibodies: Iterable[Antibody], *, high: bool) -> Answer:
        found = NO
        for antibody in antibodies:
            level = self.levels[antibody]
            found = found | _persistent(level.at_high if high else level.at_moderate)
        return found

    def entry(self, events: list[Event]) -> Answer:
        """At least one clinical criterion, and a positive test within three years of it."""
        found = NO
        positives = [(test.on, positive) for test, positive in self.trusted if positive is not NO]
        for event in events:
            for day, positive in positives:
                both = event.present & positive
                if found is NO or both is YES:  # what is not certain adds nothing to what cannot be told
                    found = found | (both & within_years(event.on, day, ENTRY_YEARS))
            if found is YES:
                return YES
            if found is NO and self._may_be_tested_near(event):
                found = UNKNOWN
        return found

    def _may_be_tested_near(self, event: Event) -> bool:
        """Whether an antibody that was not validly tested could still be, within three years."""
        if _UNTESTED.isdisjoint(self.standings.values()):
            return False
        if event.on is None or self.up_to is None:
            return True
        return not is_beyond(self.up_to, event.on.latest, ENTRY_YEARS)

    def met(self) -> tuple[str, ...]:
        return tuple(antibody for antibody, found in self.standings.items() if found is Standing.PERSISTENT)

    def positive_tests(self) -> tuple[AntibodyTest, ...]:
        return tuple(test for test, positive in self.trusted if positive is YES)

    def needs(self) -> Iterator[Need]:
        for antibody, found in self.standings.items():
            if found in NEED_OF_STANDING:
                due = repeat_due(self.levels[antibody].moderate)
                yield Need(item=antibody, because=NEED_OF_STANDING[found], due=due)


# What is never moderate is never high.
_ALIKE_AT_EACH_HEIGHT = (Standing.NEGATIVE, Standing.NOT_TESTED, Standing.UNINTERPRETABLE)
_UNTESTED = frozenset({Standing.NOT_TESTED, Standing.UNINTERPRETABLE, Standing.UNCERTAIN})


def _level(
    antibody: Antibody, rows: Sequence[AntibodyTest], moderate: list[Occasion], reading: Reading
) -> _Level:
    """`moderate`: the trusted rows of the antibody, read for a level that is at least moderate."""
    at_moderate = standing(rows, moderate)
    if antibody is Antibody.LUPUS_ANTICOAGULANT or at_moderate in _ALIKE_AT_EACH_HEIGHT:
        return _Level(moderate, at_moderate, at_moderate)
    high = [Occasion(one.on, _from_level(one.test, reading, high=True), one.test) for one in moderate]
    return _Level(moderate, at_moderate, standing(rows, high))


def _persistent(found: Standing) -> Answer:
    """Whether an antibody persists: open while a repeat, or a first valid test, could still show it."""
    return _PERSISTS.get(found, UNKNOWN)


_PERSISTS = {Standing.PERSISTENT: YES, Standing.NEGATIVE: NO, Standing.TRANSIENT: NO}


def _explained(
    answer: Answer,
    entry: Answer,
    clinical: Points,
    laboratory: Points,
    panel: _Panel,
    events: list[Event],
) -> tuple[tuple[Reason, ...], tuple[Need, ...]]:
    if answer is YES:
        return (Reason.MET,), ()
    if answer is NO:
        return tuple(_why_not(entry, clinical, laboratory, panel, events)), ()
    needs = list(panel.needs())
    if clinical.at_least(NEEDED) is UNKNOWN:
        uncertain = dict.fromkeys(event.criterion for event in events if event.present is UNKNOWN)
        needs += map(clinical_uncertain, uncertain)
    if not needs:
        needs.append(Need(item="entry", because=Reason.DATE_UNCERTAIN))
    return tuple(dict.fromkeys(need.because for need in needs)), tuple(needs)


def _why_not(
    entry: Answer, clinical: Points, laboratory: Points, panel: _Panel, events: list[Event]
) -> Iterator[Reason]:
    if not events:
        yield Reason.NO_CLINICAL_CRITERION
    elif entry is NO:
        was_positive = any(positive is not NO for _, positive in panel.trusted)
        yield Reason.ENTRY_OVER_THREE_YEARS if was_positive else Reason.ENTRY_WITHOUT_ANTIBODY
    if clinical.at_least(NEEDED) is NO:
        yield Reason.CLINICAL_POINTS_BELOW_THREE
    if laboratory.at_least(NEEDED) is NO:
        yield Reason.LABORATORY_POINTS_BELOW_THREE
