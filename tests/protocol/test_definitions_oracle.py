"""The interval algorithm against an oracle that tries every completion of an uncertain history.

The oracle shares with the code only the types of the facts: it reads definitions.toml itself.
"""

import random
import tomllib
from dataclasses import dataclass
from itertools import permutations, product
from pathlib import Path

import pytest

from gravida.protocol.definitions_counting import verdict
from gravida.protocol.definitions_file import read_definitions
from gravida.protocol.obstetrics import (
    Chromosomes,
    ConceptusFacts,
    Count,
    Fate,
    Location,
    Outcome,
    PregnancyFacts,
)
from gravida.protocol.obstetrics_classes import history
from gravida.protocol.values import Answer, GestationalAge, PartialDate

FALCO = Path(__file__).resolve().parents[2] / "studies" / "falco"
HISTORIES = 21_000

TYPES = {
    Outcome.ONGOING: ["ongoing"],
    Outcome.BIOCHEMICAL: ["biochemical"],
    Outcome.PUL_RESOLVED: ["pul_resolved"],
    Outcome.PUL_TREATED: ["pul_treated"],
    Outcome.MISCARRIAGE: ["miscarriage"],
    Outcome.ECTOPIC: ["ectopic"],
    Outcome.COMPLETE_MOLE: ["complete_mole"],
    Outcome.PARTIAL_MOLE: ["partial_mole"],
    Outcome.TERMINATION: ["termination"],
    Outcome.STILLBIRTH: ["stillbirth"],
    Outcome.LIVE_BIRTH: ["live_birth"],
    Outcome.LOSS_OF_UNKNOWN_TYPE: ["biochemical", "pul_resolved", "pul_treated", "miscarriage"],
    Outcome.LOST_TO_FOLLOW_UP: ["anything"],
    None: ["anything"],
}
LIKELY = (
    [Outcome.MISCARRIAGE] * 8
    + [Outcome.LOSS_OF_UNKNOWN_TYPE, Outcome.LIVE_BIRTH] * 2
    + list(Outcome)
    + [None]
)
SAME_FOR_ALL = {"anything": {"L", "B", "N"}, "termination": {"N"}, "ongoing": {"N"}, "live_birth": {"B"}}
AGES = [35, 56, 69, 70, 83, 84, 97, 98, 111, 112, 139, 140, 153, 154, 167, 168, 195, 196, 250]


@dataclass(frozen=True)
class Known:
    """One pregnancy with nothing left unknown: what it was to this definition, and with whom."""

    role: str  # L loss, B breaks a run, N neither
    partner: int


def random_pregnancy(dice: random.Random, number: int | None) -> PregnancyFacts:
    outcome = dice.choice(LIKELY)
    first, second = sorted(dice.choices(AGES, k=2))
    told = None if dice.random() < 0.25 else GestationalAge(first, dice.choice([first, first, second]))
    ended = f"20{dice.randint(10, 14)}" + dice.choice(["", f"-{dice.randint(1, 12):02}"])
    pending = dice.choice([Chromosomes.NOT_EXAMINED] * 6 + [Chromosomes.ABNORMAL, Chromosomes.PENDING])
    return PregnancyFacts(
        number=number,
        outcome=Outcome.TERMINATION if outcome is Outcome.MEDICAL_TERMINATION else outcome,
        location=dice.choice([None, Location.UNKNOWN]),
        told_age=told,
        ended_on=PartialDate.parse(ended) if number is None and dice.random() < 0.9 else None,
        partner=dice.choice([1, 1, 1, 2, None]),
        conceptuses=(ConceptusFacts(number=1, fate=Fate.UNKNOWN, chromosomes=pending),),
    )


def random_history(dice: random.Random) -> list[PregnancyFacts]:
    size = dice.randint(0, 6)
    order = dice.random()
    if order < 0.55:
        return [random_pregnancy(dice, number) for number in range(1, size + 1)]
    size = min(size, 5)
    if order < 0.8:  # ties: several pregnancies share a number
        return [random_pregnancy(dice, dice.randint(1, 3)) for _ in range(size)]
    return [random_pregnancy(dice, None) for _ in range(size)]


def completions(row: PregnancyFacts, definition: dict, limit_days: int, partners: list[int]) -> set[Known]:
    """Every way in which the pregnancy can have been, as this definition sees it."""
    youngest, oldest = (row.told_age.min_days, row.told_age.max_days) if row.told_age else (0, 308)
    # Only the limit and the bounds can tell one age from another.
    ages = [age for age in (youngest, limit_days - 1, limit_days, oldest) if youngest <= age <= oldest]
    stands = [row.partner] if row.partner is not None else partners
    roles = set()
    for kind, age in product(TYPES[row.outcome], ages):
        roles |= possible_roles(kind, age, definition, limit_days, row.conceptuses[0].chromosomes)
    return {Known(role, partner) for role, partner in product(roles, stands)}


def possible_roles(
    kind: str, age: int, definition: dict, limit_days: int, product_of: Chromosomes
) -> set[str]:
    if kind in SAME_FOR_ALL:
        return SAME_FOR_ALL[kind]
    stance = definition["counts"][kind]
    if kind == "stillbirth":
        return {"L"} if stance == "yes" and age < limit_days else {"B"}
    excluding = definition.get("excludes_abnormal_chromosomes", False)
    if stance == "no" or (excluding and product_of is Chromosomes.ABNORMAL):
        return {"N"}
    left_out = stance == "silent" or (excluding and product_of is Chromosomes.PENDING)
    return {"L" if age < limit_days else "B"} | ({"N"} if left_out else set())


def orders(rows: list[PregnancyFacts]) -> list[tuple[int, ...]]:
    """Every order of the pregnancies that numbers, or else dates of end, allow."""

    def surely_before(first: int, second: int) -> bool:
        one, other = rows[first], rows[second]
        if all(row.number is not None for row in rows):
            return one.number < other.number
        if one.ended_on is None or other.ended_on is None:
            return False
        return one.ended_on.latest < other.ended_on.earliest

    return [
        order
        for order in permutations(range(len(rows)))
        if not any(
            surely_before(order[j], order[i]) for i in range(len(order)) for j in range(i + 1, len(order))
        )
    ]


def count(rows: tuple[Known, ...], definition: dict, in_a_row: bool) -> int:
    if definition.get("same_partner"):
        return max(
            (sum(r.role == "L" and r.partner == p for r in rows) for p in {r.partner for r in rows}),
            default=0,
        )
    if not in_a_row:
        return sum(row.role == "L" for row in rows)
    text = "".join(row.role for row in rows if row.role != "N")
    return max(len(run) for run in text.split("B"))


def oracle(rows: list[PregnancyFacts], definition: dict) -> tuple[int, int]:
    """Fewest and most losses over every completion."""
    weeks, days = map(int, definition["before"].split("+"))
    shifts = {"SA": [0], "SG": [14], "unknown": [0, 7, 14]}[definition["convention"]]
    readings = {"yes": [True], "no": [False], "silent": [True, False]}[definition["consecutive"]]
    partners = [1, 2, *range(100, 100 + sum(row.partner is None for row in rows))]
    if not definition.get("same_partner"):
        partners = [1]
    possible_orders = orders(rows) if True in readings else [tuple(range(len(rows)))]
    found = set()
    for shift in shifts:
        limit_days = weeks * 7 + days + shift
        sets = [completions(row, definition, limit_days, partners) for row in rows]
        for known in product(*sets):
            for in_a_row in readings:
                for order in possible_orders if in_a_row else possible_orders[:1]:
                    found.add(count(tuple(known[place] for place in order), definition, in_a_row))
    return min(found), max(found)


@pytest.mark.slow
def test_the_interval_is_exactly_what_every_completion_of_the_history_gives():
    # given: histories of up to six pregnancies, with unknown types, ages, partners, orders and ties
    dice = random.Random(20221024)  # noqa: S311 - no secret
    tables = tomllib.loads((FALCO / "definitions.toml").read_text(encoding="utf-8"))["definition"]
    definitions = read_definitions(FALCO)
    seen = {"ties": 0, "uncertain order": 0, "open": 0, "asked": 0}
    for number in range(HISTORIES):
        rows, table = random_history(dice), tables[number % len(tables)]

        # when
        placed = history(rows)
        row = verdict(definitions.named(table["id"]), placed)

        # then
        fewest, most = oracle(rows, table)
        assert row.losses == Count(fewest, most), (table["id"], rows)
        needed = table["losses"]
        answer = Answer.YES if fewest >= needed else Answer.NO if most < needed else Answer.UNKNOWN
        assert row.by_losses is answer, (table["id"], rows)
        if row.answer is Answer.UNKNOWN and row.by_losses is Answer.UNKNOWN:
            assert row.open_questions, (table["id"], rows)
            seen["asked"] += 1
        seen["open"] += fewest < most
        seen["uncertain order"] += not placed.order_is_certain
        seen["ties"] += len({pregnancy.number for pregnancy in rows}) < len(rows)
    # and the histories were of every kind
    assert min(seen.values()) > HISTORIES / 20, seen
