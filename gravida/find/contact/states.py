"""The states of a message to a team, and the one table of who may take it from which to which.

Pure: no Django, no clock, no database.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """Where a message stands."""

    NEW = "new"
    UNVERIFIED = "unverified"  # the team has it; nobody has confirmed the e-mail address yet
    VERIFIED = "verified"
    DELIVERED = "delivered"  # the mail that tells the team has left
    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"
    ATTEMPT_1 = "attempt1"
    ATTEMPT_2 = "attempt2"
    ATTEMPT_3 = "attempt3"
    CALL_BOOKED = "call_booked"
    POSSIBLE = "prescreened_possible"
    NOT_POSSIBLE = "prescreened_not_possible"
    UNKNOWN = "prescreened_unknown"
    INFORMATION_GIVEN = "information_given"
    INCLUDED = "included"
    NOT_INTERESTED = "not_interested"
    UNREACHABLE = "unreachable"
    WITHDRAWN = "withdrawn_by_person"
    DUPLICATE = "duplicate"
    SPAM = "spam"
    EXPIRED = "expired_no_reply"
    ERASED = "erased"


class Actor(Enum):
    """Who takes a step."""

    PERSON = "person"  # who wrote
    TEAM = "team"
    CLOCK = "clock"  # a timer, or Gravida itself
    ADMINISTRATOR = "administrator"


S = State
ATTEMPTS = (S.ATTEMPT_1, S.ATTEMPT_2, S.ATTEMPT_3)
UNANSWERED = frozenset({S.NEW, S.UNVERIFIED, S.VERIFIED, S.DELIVERED, S.OPENED})
ENDS = frozenset(
    {
        S.INCLUDED, S.NOT_INTERESTED, S.UNREACHABLE, S.WITHDRAWN, S.DUPLICATE, S.SPAM, S.EXPIRED, S.ERASED,
    }
)  # fmt: skip
OPEN = frozenset(State) - ENDS
# Answered for good unless corrected: she may still ask, so it is open; its year of keeping has begun.
SETTLED = ENDS | {S.NOT_POSSIBLE}
CALLING = frozenset({S.ACKNOWLEDGED, *ATTEMPTS, S.CALL_BOOKED})
PRESCREENED = frozenset({S.POSSIBLE, S.NOT_POSSIBLE, S.UNKNOWN})


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What one actor has to bring for one step."""

    needs_reason: bool


class IllegalStep(Exception):
    """A step that the table does not know, or not for this actor, or not without a reason."""

    def __init__(self, *, now: State, to: State, by: Actor, wanted: str) -> None:
        super().__init__(f"{now.value} to {to.value} by {by.value}: wanted {wanted}")
        self.now, self.to, self.by, self.wanted = now, to, by, wanted


_P, _T, _C, _A = Actor.PERSON, Actor.TEAM, Actor.CLOCK, Actor.ADMINISTRATOR
_Line = tuple[Iterable[State], Iterable[State], set[Actor], bool]

# from, to, who, with a reason
_LINES: tuple[_Line, ...] = (
    # On its way.
    ({S.NEW}, {S.UNVERIFIED, S.VERIFIED}, {_P}, False),
    ({S.NEW, S.UNVERIFIED}, {S.SPAM}, {_C}, True),
    ({S.UNVERIFIED}, {S.VERIFIED}, {_P}, False),
    ({S.VERIFIED}, {S.DELIVERED}, {_C}, False),
    ({S.VERIFIED, S.DELIVERED}, {S.OPENED}, {_T}, False),
    (UNANSWERED - {S.NEW}, {S.ACKNOWLEDGED}, {_T}, False),
    (UNANSWERED - {S.NEW}, {S.ACKNOWLEDGED}, {_P}, True),  # "they called me"
    # She turns to another centre: there it is on its way again.
    ({S.DELIVERED, S.OPENED, S.ACKNOWLEDGED}, {S.VERIFIED}, {_P}, True),
    # Calls. A call is an answer, so it may come without a word before.
    ((UNANSWERED - {S.NEW}) | {S.ACKNOWLEDGED, S.CALL_BOOKED, S.UNKNOWN}, {S.ATTEMPT_1}, {_T}, False),
    ({S.ATTEMPT_1, S.CALL_BOOKED, S.UNKNOWN}, {S.ATTEMPT_2}, {_T}, False),
    ({S.ATTEMPT_2, S.CALL_BOOKED, S.UNKNOWN}, {S.ATTEMPT_3}, {_T}, False),
    (
        (UNANSWERED - {S.NEW}) | {S.ACKNOWLEDGED, S.UNKNOWN, S.POSSIBLE, *ATTEMPTS},
        {S.CALL_BOOKED},
        {_T},
        False,
    ),
    # What the team found.
    (CALLING, {S.POSSIBLE, S.UNKNOWN}, {_T}, False),
    (CALLING, {S.NOT_POSSIBLE}, {_T}, True),
    ({S.UNKNOWN}, {S.POSSIBLE}, {_T}, False),
    ({S.UNKNOWN, S.POSSIBLE, S.INFORMATION_GIVEN}, {S.NOT_POSSIBLE}, {_T}, True),
    ({S.NOT_POSSIBLE}, {S.POSSIBLE, S.UNKNOWN}, {_T}, True),  # a mistake, put right
    ({S.POSSIBLE}, {S.INFORMATION_GIVEN}, {_T}, False),
    ({S.INFORMATION_GIVEN}, {S.INCLUDED}, {_T}, False),
    # Ends.
    (CALLING | {S.UNKNOWN, S.POSSIBLE, S.INFORMATION_GIVEN}, {S.NOT_INTERESTED}, {_T}, False),
    ({S.ATTEMPT_3}, {S.UNREACHABLE}, {_T, _C}, False),
    (OPEN - {S.NEW}, {S.DUPLICATE}, {_T}, True),
    ({S.UNVERIFIED, S.VERIFIED, S.DELIVERED, S.OPENED}, {S.SPAM}, {_T}, True),
    ({S.UNVERIFIED}, {S.SPAM}, {_P}, True),  # "I did not write this"
    (UNANSWERED - {S.NEW}, {S.EXPIRED}, {_C}, False),
    (OPEN - UNANSWERED, {S.EXPIRED}, {_C}, True),  # a year without a step
    # A human looked, or she confirmed her address late.
    ({S.SPAM}, {S.UNVERIFIED}, {_T}, True),
    ({S.SPAM}, {S.VERIFIED}, {_T, _P}, True),
    # She takes everything back, at any time; on her word a member of the team does it for her.
    (frozenset(State) - {S.NEW, S.WITHDRAWN, S.EXPIRED, S.ERASED}, {S.WITHDRAWN}, {_P}, False),
    (frozenset(State) - {S.NEW, S.WITHDRAWN, S.EXPIRED, S.ERASED}, {S.WITHDRAWN}, {_T}, True),
    # Nothing of her is kept any longer.
    (SETTLED - {S.ERASED}, {S.ERASED}, {_C}, False),
    (frozenset(State) - {S.NEW, S.ERASED}, {S.ERASED}, {_A}, True),
)


def _table() -> dict[tuple[State, State, Actor], Rule]:
    return {
        (now, to, actor): Rule(needs_reason=needs_reason)
        for nows, tos, who, needs_reason in _LINES
        for now in nows
        for to in tos
        for actor in who
    }


STEPS = _table()


def check(*, now: State, to: State, by: Actor, reason: str = "") -> None:
    """IllegalStep unless the table allows this step to this actor, with a reason where one is needed."""
    rule = STEPS.get((now, to, by))
    if rule is None:
        allowed = ", ".join(sorted(state.value for state in next_states(now, by=by))) or "no step at all"
        raise IllegalStep(now=now, to=to, by=by, wanted=allowed)
    if rule.needs_reason and not reason:
        raise IllegalStep(now=now, to=to, by=by, wanted="a reason")


def next_states(now: State, *, by: Actor) -> Iterator[State]:
    """The states that this actor may take it to, in the order of the loop."""
    return (to for to in State if (now, to, by) in STEPS)


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What should happen next, and within how many working days of entering the state."""

    code: str
    by: Actor
    working_days: int


# The inbox sorts by these and the status page shows them; a booked call has its own hour.
NEXT_STEP: dict[State, Expected] = {
    S.UNVERIFIED: Expected(code="answer", by=_T, working_days=2),
    S.VERIFIED: Expected(code="answer", by=_T, working_days=2),
    S.DELIVERED: Expected(code="answer", by=_T, working_days=2),
    S.OPENED: Expected(code="answer", by=_T, working_days=2),
    S.ACKNOWLEDGED: Expected(code="call", by=_T, working_days=3),
    S.ATTEMPT_1: Expected(code="call_again", by=_T, working_days=2),
    S.ATTEMPT_2: Expected(code="call_again", by=_T, working_days=2),
    S.ATTEMPT_3: Expected(code="call_or_write", by=_P, working_days=10),
    S.CALL_BOOKED: Expected(code="booked_call", by=_T, working_days=0),
    S.UNKNOWN: Expected(code="settle", by=_T, working_days=5),
    S.POSSIBLE: Expected(code="give_information", by=_T, working_days=5),
    S.INFORMATION_GIVEN: Expected(code="decide", by=_P, working_days=20),
}
