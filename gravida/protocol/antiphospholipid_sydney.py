"""Antiphospholipid syndrome by the criteria of Sydney.

Source: Miyakis et al., J Thromb Haemost 2006;4:295-306. One clinical and one laboratory criterion; not to be
classified where less than 12 weeks or more than 5 years separate the positive test and the event.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import combinations

from gravida.protocol.antiphospholipid import (
    NEED_OF_STANDING,
    NO,
    PERSISTENCE_DAYS,
    SETTLED_WITHOUT,
    UNKNOWN,
    YES,
    Antibody,
    AntibodyTest,
    Need,
    Occasion,
    Reading,
    Reason,
    Standing,
    Verdict,
    above_percentile_99,
    apart,
    awaits_repeat,
    clinical_uncertain,
    exceeds,
    is_beyond,
    repeat_due,
    standing,
    within_years,
)
from gravida.protocol.antiphospholipid_history import (
    ClinicalHistory,
    Event,
    PregnancyOutcome,
    consecutive_losses,
)
from gravida.protocol.values import Answer

NAME = "sydney_2006"
CARDIOLIPIN_ABOVE = Decimal(40)  # GPL or MPL
FURTHEST_YEARS = 5
_ALIKE_TOGETHER = (Standing.NOT_TESTED, Standing.NEGATIVE)  # each isotype so: the criterion too
TEN_WEEKS, THIRTY_FOUR_WEEKS = 70, 238  # days

# A laboratory criterion is an antibody of either isotype: IgG once and IgM once, 12 weeks apart, are two
# occasions ("IgG and/or IgM isotype ... on two or more occasions").
LABORATORY_CRITERIA: dict[str, tuple[Antibody, ...]] = {
    "lupus_anticoagulant": (Antibody.LUPUS_ANTICOAGULANT,),
    "anticardiolipin": (Antibody.CARDIOLIPIN_IGG, Antibody.CARDIOLIPIN_IGM),
    "anti_beta2gpi": (Antibody.BETA2GPI_IGG, Antibody.BETA2GPI_IGM),
}
_LUPUS_ANTICOAGULANT = Antibody.LUPUS_ANTICOAGULANT
_CARDIOLIPINS = LABORATORY_CRITERIA["anticardiolipin"]
_CRITERION_OF = {
    antibody: name for name, antibodies in LABORATORY_CRITERIA.items() for antibody in antibodies
}


def sydney_2006(
    history: ClinicalHistory, tests: Sequence[AntibodyTest], *, reading: Reading, up_to: date | None = None
) -> Verdict:
    """Whether a woman is classified as having the syndrome, and what would settle it.

    `up_to`: no test can have been made before this day that is not in `tests` (default: the latest test).
    """
    events = ClinicalEvents(history)
    return sydney_2006_on(events.beside(history.other_cause_of_early_losses), Panel(tests, reading, up_to))


def sydney_2006_on(events: Sequence[Event], panel: "Panel") -> Verdict:
    """The same of events and a panel that were read before."""
    if not events:
        return Verdict(criteria_set=NAME, answer=NO, reasons=(Reason.NO_CLINICAL_CRITERION,))
    confirmed = {criterion: panel.confirms_each(criterion, events) for criterion in LABORATORY_CRITERIA}
    answer = NO
    for answers in confirmed.values():
        for event, confirms in zip(events, answers, strict=True):
            if confirms is not NO:
                answer = answer | (event.present & confirms)
    if answer is YES:
        return _classified(panel, events, confirmed)
    return _not_classified(panel, events, confirmed, answer)


def positive(test: AntibodyTest, reading: Reading) -> Answer:
    """Whether one determination is positive: lupus anticoagulant as told; others by titre."""
    if test.antibody is _LUPUS_ANTICOAGULANT:
        return test.positive
    above_percentile = above_percentile_99(test, reading)
    if test.antibody not in _CARDIOLIPINS or test.titre is None:
        return above_percentile
    return exceeds(test.titre, CARDIOLIPIN_ABOVE) | above_percentile


class ClinicalEvents:
    """Clinical criteria of one woman that are met, or may be, each with its day."""

    def __init__(self, history: ClinicalHistory) -> None:
        self._whatever_the_cause = list(_events(history))
        self._runs = consecutive_losses(history.pregnancies, before_days=TEN_WEEKS, criterion="2c")

    @property
    def depend_on_other_causes(self) -> bool:
        return bool(self._runs)

    def beside(self, other_cause: Answer) -> list[Event]:
        """All of them; early losses that another cause explains meet no criterion (2c)."""
        if other_cause is YES:
            return self._whatever_the_cause
        excluded = ~other_cause
        runs = [Event("2c", run.present & excluded, run.on) for run in self._runs]
        return [*self._whatever_the_cause, *runs]


def _events(history: ClinicalHistory) -> Iterator[Event]:
    """Every clinical criterion that is not absent, but the runs of early losses."""
    for criterion, finding in (
        ("1_venous", history.venous_thrombosis),
        ("1_arterial", history.arterial_thrombosis),
        ("1_small_vessel", history.small_vessel_thrombosis),
    ):
        if finding.present is not NO:
            yield Event(criterion, finding.present, finding.on)
    for pregnancy in history.pregnancies:
        if pregnancy.ended_before(TEN_WEEKS):
            continue
        if (died := _fetal_death(pregnancy)) is not NO:
            yield Event("2a", died, pregnancy.on)
        if (born := _premature_birth(pregnancy)) is not NO:
            yield Event("2b", born, pregnancy.on)


def _fetal_death(pregnancy: PregnancyOutcome) -> Answer:
    """2a: unexplained death of a morphologically normal fetus at 10 weeks or later."""
    died = pregnancy.is_fetal_death
    if died is NO:
        return NO
    late_enough = pregnancy.age_in(from_days=TEN_WEEKS, before_days=400)
    unexplained = pregnancy.morphologically_normal & ~pregnancy.aneuploid
    return died & late_enough & unexplained


def _premature_birth(pregnancy: PregnancyOutcome) -> Answer:
    """2b: a normal neonate born before 34 weeks for severe pre-eclampsia or placental insufficiency."""
    complicated = pregnancy.complicated(pregnancy.severe_pre_eclampsia | pregnancy.placental_insufficiency)
    if complicated is NO:
        return NO
    early = pregnancy.age_in(from_days=0, before_days=THIRTY_FOUR_WEEKS)
    return complicated & early & pregnancy.morphologically_normal


class Panel:
    """All tests of a woman, sorted by laboratory criterion."""

    def __init__(self, tests: Sequence[AntibodyTest], reading: Reading, up_to: date | None) -> None:
        tests_of: dict[Antibody, list[AntibodyTest]] = {antibody: [] for antibody in _CRITERION_OF}
        read: dict[Antibody, list[Occasion]] = {antibody: [] for antibody in _CRITERION_OF}
        self.occasions: dict[str, list[Occasion]] = {criterion: [] for criterion in LABORATORY_CRITERIA}
        self.positives: dict[str, list[Occasion]] = {criterion: [] for criterion in LABORATORY_CRITERIA}
        for test in tests:
            antibody = test.antibody
            tests_of[antibody].append(test)
            if reading.trusts(test):
                one = Occasion(test.on, positive(test, reading), test)
                read[antibody].append(one)
                self.occasions[_CRITERION_OF[antibody]].append(one)
                if one.positive is not NO:
                    self.positives[_CRITERION_OF[antibody]].append(one)
        # Where a single antibody stands by Sydney's thresholds, whatever the clinical history.
        self.by_antibody = {antibody: standing(rows, read[antibody]) for antibody, rows in tests_of.items()}
        self.standings = {
            criterion: self._standing(criterion, antibodies, tests_of, read)
            for criterion, antibodies in LABORATORY_CRITERIA.items()
        }
        days = [test.on.latest for test in tests if test.on is not None]
        self.up_to = max([*days, *([up_to] if up_to else [])], default=None)

    def _standing(
        self,
        criterion: str,
        antibodies: tuple[Antibody, ...],
        tests_of: dict[Antibody, list[AntibodyTest]],
        read: dict[Antibody, list[Occasion]],
    ) -> Standing:
        """A criterion is settled as absent only when each of its isotypes was tested."""
        alone = [self.by_antibody[antibody] for antibody in antibodies]
        if alone.count(alone[0]) == len(alone) and (len(alone) == 1 or alone[0] in _ALIKE_TOGETHER):
            return alone[0]
        tests = [test for antibody in antibodies for test in tests_of[antibody]]
        found = standing(tests, self.occasions[criterion])
        untested = [antibody for antibody in antibodies if not read[antibody]]
        if found not in SETTLED_WITHOUT or not untested:
            return found
        were_asked = all(tests_of[antibody] for antibody in untested)
        return Standing.UNINTERPRETABLE if were_asked else Standing.NOT_TESTED

    def confirms_each(self, criterion: str, events: Sequence[Event]) -> list[Answer]:
        """Whether two positive tests, 12 weeks apart, lie in the window around each event."""
        pairs = self._pairs(criterion)
        if not pairs:
            return [NO] * len(events)
        return [self._confirms(pairs, event) for event in events]

    def _pairs(self, criterion: str) -> list[tuple[Answer, Occasion, Occasion]]:
        """Every two occasions that are positive 12 weeks apart, or may be."""
        return [
            (both, first, second)
            for first, second in combinations(self.positives[criterion], 2)
            if (both := first.positive & second.positive & apart(first.on, second.on)) is not NO
        ]

    def _confirms(self, pairs: Sequence[tuple[Answer, Occasion, Occasion]], event: Event) -> Answer:
        found = NO
        for both, first, second in pairs:
            found = found | (both & _in_window(event, first, second))
        return found

    def deciding_tests(self, criterion: str) -> tuple[AntibodyTest, ...]:
        return tuple(one.test for one in self.occasions[criterion] if one.positive is YES)

    def could_still_confirm(self, criterion: str, events: Sequence[Event]) -> bool:
        """Whether a further test could still put a confirmed positive into the window of an event."""
        occasions = self.occasions[criterion]
        awaiting = [one for one in self.positives[criterion] if awaits_repeat(one, occasions)]
        if any(_alone_in_window(event, one) for one in awaiting for event in events):
            return True
        was_answered = self.standings[criterion] in SETTLED_WITHOUT
        return not was_answered and any(map(self._may_be_tested_in_window, events))

    def _may_be_tested_in_window(self, event: Event) -> bool:
        if event.on is None or self.up_to is None:
            return True
        return not is_beyond(self.up_to, event.on.latest, FURTHEST_YEARS)


def _in_window(event: Event, first: Occasion, second: Occasion) -> Answer:
    """The test nearest to the event lies at least 12 weeks and at most 5 years from it.

    Both must keep the 12 weeks: of a pair at 30 and 130 days the first is too near, and a repeat is due.
    """
    far_enough = apart(event.on, first.on, PERSISTENCE_DAYS) & apart(event.on, second.on, PERSISTENCE_DAYS)
    if far_enough is NO:
        return NO
    near_enough = within_years(event.on, first.on, FURTHEST_YEARS) | within_years(
        event.on, second.on, FURTHEST_YEARS
    )
    return far_enough & near_enough


def _alone_in_window(event: Event, one: Occasion) -> bool:
    return apart(event.on, one.on) is not NO and within_years(event.on, one.on, FURTHEST_YEARS) is not NO


def _classified(panel: Panel, events: Sequence[Event], confirmed: dict[str, list[Answer]]) -> Verdict:
    surely = [
        (event, criterion)
        for criterion, answers in confirmed.items()
        for event, confirms in zip(events, answers, strict=True)
        if YES is event.present is confirms
    ]
    laboratory = tuple(dict.fromkeys(criterion for _, criterion in surely))
    return Verdict(
        criteria_set=NAME,
        answer=YES,
        reasons=(Reason.MET,),
        clinical=tuple(dict.fromkeys(event.criterion for event, _ in surely)),
        laboratory=laboratory,
        tests=tuple(test for criterion in laboratory for test in panel.deciding_tests(criterion)),
        standings=panel.by_antibody,
    )


def _not_classified(
    panel: Panel, events: Sequence[Event], confirmed: dict[str, list[Answer]], answer: Answer
) -> Verdict:
    """No, or cannot tell: cannot tell where a further test or a missing fact could still make it yes."""
    settled = all(YES in answers for answers in zip(*confirmed.values(), strict=True))
    open_criteria = [
        criterion
        for criterion in LABORATORY_CRITERIA
        if not settled and YES not in confirmed[criterion] and panel.could_still_confirm(criterion, events)
    ]
    final = UNKNOWN if answer is UNKNOWN or open_criteria else NO
    persistent = [name for name, found in panel.standings.items() if found is Standing.PERSISTENT]
    needs = [
        Need(
            item=criterion,
            because=_why_open(panel, criterion, confirmed[criterion]),
            due=repeat_due(panel.occasions[criterion]),
        )
        for criterion in open_criteria
    ]
    if final is UNKNOWN and all(event.present is UNKNOWN for event in events):
        needs += map(clinical_uncertain, _names(events))
    if final is UNKNOWN and not needs:
        uncertain = [event for event in events if event.present is UNKNOWN]
        because = Reason.CLINICAL_UNCERTAIN if uncertain else Reason.DATE_UNCERTAIN
        needs += [Need(item=name, because=because) for name in _names(uncertain or events)]
    return Verdict(
        criteria_set=NAME,
        answer=final,
        reasons=tuple(dict.fromkeys(need.because for need in needs)) if needs else _why_not(panel),
        clinical=tuple(_names(event for event in events if event.present is YES)),
        laboratory=tuple(persistent),
        needs=tuple(needs),
        tests=tuple(test for criterion in open_criteria for test in panel.deciding_tests(criterion)),
        standings=panel.by_antibody,
    )


def _names(events: Iterable[Event]) -> list[str]:
    return list(dict.fromkeys(event.criterion for event in events))


def _why_open(panel: Panel, criterion: str, confirmed: list[Answer]) -> Reason:
    found = panel.standings[criterion]
    if found is Standing.PERSISTENT:
        return Reason.DATE_UNCERTAIN if UNKNOWN in confirmed else Reason.TOO_SOON_AFTER_EVENT
    return NEED_OF_STANDING.get(found, Reason.UNCONFIRMED)


def _why_not(panel: Panel) -> tuple[Reason, ...]:
    if Standing.PERSISTENT in panel.standings.values():
        return (Reason.OVER_FIVE_YEARS_FROM_EVENT,)
    found = set(panel.standings.values())
    if found == {Standing.NEGATIVE}:
        return (Reason.ANTIBODIES_NEGATIVE,)
    return (Reason.NOT_PERSISTENT,) if Standing.TRANSIENT in found else (Reason.OVER_FIVE_YEARS_FROM_EVENT,)
