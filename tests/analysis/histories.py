"""Histories for tests: generated, told in words one woman at a time, and as the protocol reads them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from pathlib import Path

import numpy as np
from hypothesis import strategies as some

from gravida.analysis.input.mistakes import Mistakes
from gravida.analysis.input.pregnancies import Pregnancies, pregnancies_of
from gravida.analysis.input.table import Origin, Table, code_column, number_column
from gravida.protocol.obstetrics import Outcome, PregnancyFacts
from gravida.protocol.plan import InputMapping
from gravida.protocol.values import Convention, GestationalAge

EARLY, LATE, LIVE, STILL, ECTOPIC, MOLE, TERMINATION, ONGOING = range(8)
LOSS_WORDS = ("miscarriage", "biochemical", "pul_resolved", "pul_treated", "loss")
OTHER_WORDS = {
    "live_birth": LIVE,
    "stillbirth": STILL,
    "ectopic": ECTOPIC,
    "complete_mole": MOLE,
    "partial_mole": MOLE,
    "termination": TERMINATION,
    "ongoing": ONGOING,
}
OUTCOME_OF = {
    "biochemical": Outcome.BIOCHEMICAL,
    "pul_resolved": Outcome.PUL_RESOLVED,
    "pul_treated": Outcome.PUL_TREATED,
    "miscarriage": Outcome.MISCARRIAGE,
    "loss": Outcome.LOSS_OF_UNKNOWN_TYPE,
    "ectopic": Outcome.ECTOPIC,
    "complete_mole": Outcome.COMPLETE_MOLE,
    "partial_mole": Outcome.PARTIAL_MOLE,
    "termination": Outcome.TERMINATION,
    "stillbirth": Outcome.STILLBIRTH,
    "live_birth": Outcome.LIVE_BIRTH,
    "ongoing": Outcome.ONGOING,
    "unknown": Outcome.LOST_TO_FOLLOW_UP,
}


@dataclass(frozen=True)
class Told:
    """One pregnancy as told: its ending, its completed weeks (None: nobody knows), its place."""

    ending: str
    weeks: int | None
    order: int = 0

    @property
    def facts(self) -> PregnancyFacts:
        """The same pregnancy as the protocol reads it."""
        age = None
        if self.weeks is not None:
            age = GestationalAge.told(weeks=self.weeks, convention=Convention.AMENORRHOEA)
        return PregnancyFacts(number=self.order, outcome=OUTCOME_OF[self.ending], told_age=age)

    def possible(self) -> set[int]:
        """What it can have been."""
        low = 0 if self.weeks is None else self.weeks
        high = 99 if self.weeks is None else self.weeks
        lost = ({EARLY} if low < 14 else set()) | ({LATE} if high >= 14 else set())
        if self.ending in LOSS_WORDS:
            return lost
        if self.ending == "unknown":
            return lost | {LIVE, STILL, ECTOPIC, MOLE, TERMINATION}
        if self.ending == "fetal_death":
            before = {kind for kind in lost if low < 22}
            return before | ({STILL} if high >= 22 else set())
        return {OTHER_WORDS[self.ending]}


Woman = Sequence[Told]


def pregnancies(women: Sequence[Woman], *, shuffle: int | None = None) -> Pregnancies:
    """The pregnancies of some women, in the order given or shuffled."""
    rows = [(f"W{number}", told) for number, woman in enumerate(women) for told in woman]
    if shuffle is not None:
        np.random.default_rng(shuffle).shuffle(rows)
    weeks = [np.nan if told.weeks is None else float(told.weeks) for _, told in rows]
    table = Table(
        columns=(
            code_column("woman", [woman for woman, _ in rows]),
            number_column("order", [float(told.order) for _, told in rows]),
            code_column("ending", [told.ending for _, told in rows]),
            number_column("weeks", weeks),
        ),
        origin=Origin(path=Path("made")),
    )
    mistakes = Mistakes()
    found = pregnancies_of(table, InputMapping(), mistakes)
    mistakes.reject()
    return found


def in_order(*told: tuple[str, int | None]) -> list[Told]:
    """One woman's pregnancies, numbered as given."""
    return [Told(ending, weeks, number) for number, (ending, weeks) in enumerate(told, start=1)]


ENDINGS = (*LOSS_WORDS, "miscarriage", "miscarriage", *OTHER_WORDS, "unknown")
WEEKS = some.one_of(some.none(), some.sampled_from((5, 8, 13, 14, 16, 21, 22, 23, 24, 39)))


def women(
    *, endings: Sequence[str] = ENDINGS, ties: bool = False, longest: int = 6
) -> some.SearchStrategy[list[list[Told]]]:
    """Some women with up to so many pregnancies each; with `ties` orders may be told twice."""
    told = some.tuples(some.sampled_from(endings), WEEKS, some.integers(1, 3 if ties else 1))
    return some.lists(
        some.lists(told, min_size=1, max_size=longest).map(
            lambda rows: [
                Told(ending, weeks, place if ties else number)
                for number, (ending, weeks, place) in enumerate(rows, start=1)
            ]
        ),
        min_size=1,
        max_size=3,
    )


def in_words(kinds: Sequence[int]) -> dict[str, int]:
    """What a certain history says before the next pregnancy, counted as a midwife would.

    `kinds` are the earlier pregnancies, the first one first.
    """
    before = 0
    for kind in reversed(kinds):
        if kind != EARLY:
            break
        before += 1
    run = longest = 0
    for kind in kinds:
        if kind == EARLY:
            run += 1
            longest = max(longest, run)
        elif kind in (LATE, LIVE, STILL):
            run = 0
    return {
        "early_losses": kinds.count(EARLY),
        "losses": kinds.count(EARLY) + kinds.count(LATE),
        "live_births": kinds.count(LIVE),
        "stillbirths": kinds.count(STILL),
        "terminations": kinds.count(TERMINATION),
        "ectopics": kinds.count(ECTOPIC),
        "moles": kinds.count(MOLE),
        "losses_immediately_before": before,
        "losses_in_a_row": run,
        "longest_run": longest,
        "previous_was_loss": int(bool(kinds) and kinds[-1] == EARLY),
        "earlier_pregnancies": len(kinds),
    }


def type_in_words(kinds: Sequence[int]) -> str:
    """Primary, secondary, tertiary: by the births before, and between, early losses."""
    if EARLY not in kinds:
        return "no counted loss"
    first, last = kinds.index(EARLY), len(kinds) - 1 - kinds[::-1].index(EARLY)
    if LIVE in kinds[first:last]:
        return "tertiary"
    return "secondary" if LIVE in kinds[:first] else "primary"


def possible_histories(woman: Woman, index: int) -> Iterator[list[int]]:
    """Every certain history that can lie before one pregnancy: each fate, each order among equals."""
    mine = woman[index]
    earlier = [told for told in woman if told.order < mine.order]
    equals = [told for at, told in enumerate(woman) if told.order == mine.order and at != index]
    for number in range(len(equals) + 1):
        for chosen in permutations(equals, number):
            for ordered in _orders(earlier):
                for kinds in product(*(sorted(told.possible()) for told in (*ordered, *chosen))):
                    yield list(kinds)


def _orders(rows: Sequence[Told]) -> Iterator[list[Told]]:
    """Rows by their order, equals in every order."""
    groups = [[told for told in rows if told.order == order] for order in sorted({r.order for r in rows})]
    for ordered in product(*(permutations(group) for group in groups)):
        yield [told for group in ordered for told in group]
