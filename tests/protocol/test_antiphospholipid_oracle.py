"""Antiphospholipid syndrome against brute force: every completion of an uncertain record."""

import itertools
import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gravida.protocol.antiphospholipid import (
    Antibody,
    AntibodyTest,
    Occasion,
    Reading,
    Standing,
    apart,
    exceeds,
    persists,
    reaches,
    standing,
    within_years,
    years_later,
)
from gravida.protocol.antiphospholipid_acr_eular import acr_eular_2023
from gravida.protocol.antiphospholipid_examples import (
    EVENT,
    LUPUS,
    THREE_LOSSES,
    after,
    lupus,
    titre,
)
from gravida.protocol.antiphospholipid_history import (
    NOTHING_BUT_PREGNANCIES,
    ClinicalHistory,
    Ending,
    Finding,
    PregnancyOutcome,
    consecutive_losses,
)
from gravida.protocol.antiphospholipid_sydney import sydney_2006
from gravida.protocol.samples import Circumstance
from gravida.protocol.values import Answer, GestationalAge, PartialDate, Quantity

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
ANTICOAGULANTS = frozenset({Circumstance.VITAMIN_K_ANTAGONIST, Circumstance.HEPARIN})
READING = Reading(
    void=frozenset({Circumstance.PREGNANT, Circumstance.ACUTE_INFECTION}),
    void_for_lupus_anticoagulant=ANTICOAGULANTS,
    percentile_99_between=(Decimal(10), Decimal(60)),
)


def acr(history: ClinicalHistory):
    return acr_eular_2023(history, (), reading=READING)


# Brute force: every completion of an uncertain record, worked out without three-valued logic.

DAYS = st.integers(0, 400)


@st.composite
def occasions(draw) -> list[Occasion]:
    found = []
    for _ in range(draw(st.integers(0, 4))):
        first = EVENT + timedelta(days=draw(DAYS))
        latest = first + timedelta(days=draw(st.sampled_from([0, 0, 30, 90])))
        positive = draw(st.sampled_from(list(Answer)))
        test = AntibodyTest(antibody=LUPUS, on=PartialDate(first, latest), positive=positive)
        found.append(Occasion(test.on, positive, test))
    return found


def completions(occasion: Occasion) -> list[tuple[date, bool]]:
    span = (occasion.on.latest - occasion.on.earliest).days
    days = {occasion.on.earliest + timedelta(days=step) for step in (0, span // 3, span // 2, span)}
    readings = {YES: [True], NO: [False], UNKNOWN: [True, False]}[occasion.positive]
    return list(itertools.product(sorted(days), readings))


def answer_of(found: set[bool]) -> Answer:
    return UNKNOWN if len(found) == 2 else Answer.of(found.pop())


@given(occasions())
@settings(max_examples=400, deadline=None)
def test_persistence_agrees_with_every_completion(found):
    worlds = {
        any(
            first[1] and second[1] and abs((first[0] - second[0]).days) >= 84
            for first, second in itertools.combinations(world, 2)
        )
        for world in itertools.product(*map(completions, found))
    }
    answer = persists(found)
    assert answer is UNKNOWN or answer is answer_of(set(worlds))


@given(occasions())
@settings(max_examples=300, deadline=None)
def test_an_antibody_settled_as_absent_is_absent_in_every_completion(found):
    if standing([one.test for one in found], found) not in (Standing.TRANSIENT, Standing.NEGATIVE):
        return
    for world in itertools.product(*map(completions, found)):
        for day, positive in world:
            answered = any(not other and (when - day).days >= 84 for when, other in world)
            assert not positive or answered


@given(first=DAYS, width=st.integers(0, 60), second=DAYS, other_width=st.integers(0, 60))
@settings(max_examples=300, deadline=None)
def test_distance_and_years_agree_with_every_pair_of_days(first, width, second, other_width):
    one = PartialDate(EVENT + timedelta(days=first), EVENT + timedelta(days=first + width))
    other = PartialDate(EVENT + timedelta(days=second * 4), EVENT + timedelta(days=second * 4 + other_width))
    pairs = [
        (one.earliest + timedelta(days=a), other.earliest + timedelta(days=b))
        for a in range(width + 1)
        for b in range(other_width + 1)
    ]
    assert apart(one, other) is answer_of({abs((b - a).days) >= 84 for a, b in pairs})
    assert within_years(one, other, 3) is answer_of(
        {years_later(a, -3) <= b <= years_later(a, 3) for a, b in pairs}
    )


def loss_or_birth(ending: Ending, age: GestationalAge | None, aneuploid: Answer) -> PregnancyOutcome:
    return PregnancyOutcome(ending=ending, age=age, aneuploid=aneuploid)


AGES = [GestationalAge.weeks(8), GestationalAge.weeks(12), GestationalAge.weeks(18), None]


@given(
    st.lists(
        st.builds(
            loss_or_birth,
            ending=st.sampled_from(list(Ending)),
            age=st.sampled_from(AGES),
            aneuploid=st.sampled_from(list(Answer)),
        ),
        max_size=5,
    )
)
@settings(max_examples=500, deadline=None)
def test_runs_of_losses_agree_with_every_completion(pregnancies):
    # given every way in which each pregnancy can be read
    def readings(pregnancy: PregnancyOutcome) -> set[str]:
        if pregnancy.ending is Ending.UNKNOWN:
            return {"L", "N", "B"}
        if pregnancy.ending is Ending.NEUTRAL:
            return {"N"}
        if pregnancy.ending in (Ending.STILLBIRTH, Ending.LIVE_BIRTH):
            return {"B"}
        if pregnancy.aneuploid is YES:
            return {"N"}
        may_not_count = pregnancy.ending is Ending.POSSIBLE_LOSS or pregnancy.aneuploid is UNKNOWN
        silent = {"N"} if may_not_count else set()
        days = {40, 200} if pregnancy.age is None else {pregnancy.age.min_days, pregnancy.age.max_days}
        return {"L" if day < 70 else "B" for day in days} | silent

    def longest(world: tuple[str, ...]) -> int:
        runs = "".join(sign for sign in world if sign != "N").split("B")
        return max(map(len, runs))

    # when
    worlds = {longest(world) >= 3 for world in itertools.product(*map(readings, pregnancies))}
    events = consecutive_losses(pregnancies, before_days=70, criterion="2c")

    # then
    found = NO
    for event in events:
        found = found | event.present
    assert found is answer_of(worlds)


@given(
    value=st.integers(0, 100),
    limit=st.integers(0, 100),
    sign=st.sampled_from(["=", "<", "<=", ">", ">="]),
)
def test_titres_told_with_a_sign_are_never_read_beyond_what_they_say(value, limit, sign):
    # given every value that the sign allows, in halves
    steps = [Decimal(step) / 2 for step in range(-2, 210)]
    allowed = {
        "=": lambda x: x == value,
        "<": lambda x: x < value,
        "<=": lambda x: x <= value,
        ">": lambda x: x > value,
        ">=": lambda x: x >= value,
    }[sign]
    told = Quantity.parse(f"{sign} {value}")

    # then
    possible = [x for x in steps if allowed(x)]
    assert exceeds(told, Decimal(limit)) is answer_of({x > limit for x in possible})
    assert reaches(told, Decimal(limit)) is answer_of({x >= limit for x in possible})


UNKNOWN_PARTS = (
    "venous_thrombosis",
    "arterial_thrombosis",
    "microvascular_suspected",
    "microvascular_established",
    "valve_thickening",
    "valve_vegetation",
    "thrombocytopenia",
)
WEIGHTS = {"microvascular_suspected": 2, "microvascular_established": 5, "valve_thickening": 2}
WEIGHTS |= {"valve_vegetation": 4, "thrombocytopenia": 2}


def plain_points(present: dict[str, bool], risk: dict[str, bool]) -> int:
    """Clinical points of a woman of whom everything is known, without three-valued logic."""
    total = 0
    if present["venous_thrombosis"]:
        total += 1 if risk["venous_thrombosis"] else 3
    if present["arterial_thrombosis"]:
        total += 2 if risk["arterial_thrombosis"] else 4
    for domain in (("microvascular_suspected", "microvascular_established"), ("thrombocytopenia",)):
        total += max([WEIGHTS[name] for name in domain if present[name]], default=0)
    return total + max(
        [WEIGHTS[name] for name in ("valve_thickening", "valve_vegetation") if present[name]], default=0
    )


@given(
    present=st.fixed_dictionaries(dict.fromkeys(UNKNOWN_PARTS, st.sampled_from(list(Answer)))),
    risk=st.sampled_from(list(Answer)),
)
@settings(max_examples=300, deadline=None)
def test_clinical_points_span_exactly_what_the_unknown_could_be(present, risk):
    # given
    history = replace(
        NOTHING_BUT_PREGNANCIES,
        **{name: Finding(present=answer, on=after(0), high_risk=risk) for name, answer in present.items()},
    )
    choices = {YES: [True], NO: [False], UNKNOWN: [True, False]}

    # when
    totals = [
        plain_points(
            dict(zip(present, world, strict=True)),
            {"venous_thrombosis": first, "arterial_thrombosis": second},
        )
        for world in itertools.product(*(choices[answer] for answer in present.values()))
        for first in choices[risk]
        for second in choices[risk]
    ]

    # then
    points = acr(history).clinical_points
    assert (points.fewest, points.most) == (min(totals), max(totals))


def completed(history: ClinicalHistory) -> list[ClinicalHistory]:
    """Every way in which what is not known of a history could turn out."""
    open_up = {YES: [YES], NO: [NO], UNKNOWN: [YES, NO]}
    venous, platelets = history.venous_thrombosis, history.thrombocytopenia
    spaces = [venous.present, venous.high_risk, platelets.present, history.other_cause_of_early_losses]
    spaces += [pregnancy.aneuploid for pregnancy in history.pregnancies]
    return [
        replace(
            history,
            venous_thrombosis=replace(venous, present=present, high_risk=risk),
            thrombocytopenia=replace(platelets, present=low),
            other_cause_of_early_losses=cause,
            pregnancies=tuple(
                replace(pregnancy, aneuploid=answer)
                for pregnancy, answer in zip(history.pregnancies, aneuploid, strict=True)
            ),
        )
        for present, risk, low, cause, *aneuploid in itertools.product(*(open_up[x] for x in spaces))
    ]


def random_record(dice: random.Random) -> tuple[ClinicalHistory, list[AntibodyTest]]:
    answers = list(Answer)
    tests = [
        replace(test, positive=dice.choice(answers))
        for test in lupus(*dice.choices([30, 90, 150, 180, 260, 700, 1900], k=dice.randint(0, 3)))
    ]
    for day in dice.choices([90, 200, 300], k=dice.randint(0, 2)):
        tests += titre(Antibody.CARDIOLIPIN_IGG, dice.choice([5, 50, 90]), day, percentile_99=20)
    history = replace(
        THREE_LOSSES,
        venous_thrombosis=Finding(present=dice.choice(answers), on=after(0), high_risk=dice.choice(answers)),
        thrombocytopenia=Finding(present=dice.choice(answers), on=after(0)),
        other_cause_of_early_losses=dice.choice(answers),
        pregnancies=tuple(
            replace(pregnancy, aneuploid=dice.choice([NO, NO, UNKNOWN]))
            for pregnancy in THREE_LOSSES.pregnancies
        ),
    )
    return history, tests


@pytest.mark.slow
@pytest.mark.parametrize("rule", [sydney_2006, acr_eular_2023], ids=lambda rule: rule.__name__)
def test_each_criteria_set_answers_as_all_completions_of_the_record_do(rule):
    """Yes or no exactly where every completion gives it: neither a guess nor a doubt too many."""
    dice = random.Random(2006)  # noqa: S311 - invented records
    for _ in range(500):
        history, tests = random_record(dice)
        open_up = {YES: [YES], NO: [NO], UNKNOWN: [YES, NO]}
        readings = itertools.product(
            *(open_up[test.positive] if test.titre is None else [NO] for test in tests)
        )
        panels = [
            [replace(test, positive=x) for test, x in zip(tests, reading, strict=True)]
            for reading in readings
        ]
        worlds = {
            rule(world, panel, reading=READING).answer for world in completed(history) for panel in panels
        }
        answer = rule(history, tests, reading=READING).answer
        assert worlds == {answer} if len(worlds) == 1 else answer is UNKNOWN
