"""The table of steps: what it allows, and that every other pair of states is refused to every actor."""

import re
from itertools import pairwise, product

import pytest

from gravida.find.contact.states import (
    ENDS,
    NEXT_STEP,
    OPEN,
    STEPS,
    UNANSWERED,
    Actor,
    IllegalStep,
    State,
    check,
    next_states,
)

P, T, C, A = Actor.PERSON, Actor.TEAM, Actor.CLOCK, Actor.ADMINISTRATOR
EVERY = list(product(State, State, Actor))

# Read line by line against the description of the loop, apart from the code: what follows a state, and who
# may take it there. P the person, T the team, C the clock, A an administrator; ! not without a reason.
ALLOWED = """
NEW                UNVERIFIED:P VERIFIED:P SPAM:C!
UNVERIFIED         VERIFIED:P ACKNOWLEDGED:P!T ATTEMPT_1:T CALL_BOOKED:T WITHDRAWN:PT! DUPLICATE:T!
                   SPAM:C!P!T! EXPIRED:C ERASED:A!
VERIFIED           DELIVERED:C OPENED:T ACKNOWLEDGED:P!T ATTEMPT_1:T CALL_BOOKED:T WITHDRAWN:PT!
                   DUPLICATE:T! SPAM:T! EXPIRED:C ERASED:A!
DELIVERED          VERIFIED:P! OPENED:T ACKNOWLEDGED:P!T ATTEMPT_1:T CALL_BOOKED:T WITHDRAWN:PT!
                   DUPLICATE:T! SPAM:T! EXPIRED:C ERASED:A!
OPENED             VERIFIED:P! ACKNOWLEDGED:P!T ATTEMPT_1:T CALL_BOOKED:T WITHDRAWN:PT! DUPLICATE:T!
                   SPAM:T! EXPIRED:C ERASED:A!
ACKNOWLEDGED       VERIFIED:P! ATTEMPT_1:T CALL_BOOKED:T POSSIBLE:T NOT_POSSIBLE:T! UNKNOWN:T
                   NOT_INTERESTED:T WITHDRAWN:PT! DUPLICATE:T! EXPIRED:C! ERASED:A!
ATTEMPT_1          ATTEMPT_2:T CALL_BOOKED:T POSSIBLE:T NOT_POSSIBLE:T! UNKNOWN:T NOT_INTERESTED:T
                   WITHDRAWN:PT! DUPLICATE:T! EXPIRED:C! ERASED:A!
ATTEMPT_2          ATTEMPT_3:T CALL_BOOKED:T POSSIBLE:T NOT_POSSIBLE:T! UNKNOWN:T NOT_INTERESTED:T
                   WITHDRAWN:PT! DUPLICATE:T! EXPIRED:C! ERASED:A!
ATTEMPT_3          CALL_BOOKED:T POSSIBLE:T NOT_POSSIBLE:T! UNKNOWN:T NOT_INTERESTED:T UNREACHABLE:CT
                   WITHDRAWN:PT! DUPLICATE:T! EXPIRED:C! ERASED:A!
CALL_BOOKED        ATTEMPT_1:T ATTEMPT_2:T ATTEMPT_3:T POSSIBLE:T NOT_POSSIBLE:T! UNKNOWN:T
                   NOT_INTERESTED:T WITHDRAWN:PT! DUPLICATE:T! EXPIRED:C! ERASED:A!
POSSIBLE           CALL_BOOKED:T NOT_POSSIBLE:T! INFORMATION_GIVEN:T NOT_INTERESTED:T WITHDRAWN:PT!
                   DUPLICATE:T! EXPIRED:C! ERASED:A!
NOT_POSSIBLE       POSSIBLE:T! UNKNOWN:T! WITHDRAWN:PT! DUPLICATE:T! EXPIRED:C! ERASED:A!C
UNKNOWN            ATTEMPT_1:T ATTEMPT_2:T ATTEMPT_3:T CALL_BOOKED:T POSSIBLE:T NOT_POSSIBLE:T!
                   NOT_INTERESTED:T WITHDRAWN:PT! DUPLICATE:T! EXPIRED:C! ERASED:A!
INFORMATION_GIVEN  NOT_POSSIBLE:T! INCLUDED:T NOT_INTERESTED:T WITHDRAWN:PT! DUPLICATE:T! EXPIRED:C!
                   ERASED:A!
INCLUDED           WITHDRAWN:PT! ERASED:A!C
NOT_INTERESTED     WITHDRAWN:PT! ERASED:A!C
UNREACHABLE        WITHDRAWN:PT! ERASED:A!C
WITHDRAWN          ERASED:A!C
DUPLICATE          WITHDRAWN:PT! ERASED:A!C
SPAM               UNVERIFIED:T! VERIFIED:P!T! WITHDRAWN:PT! ERASED:A!C
EXPIRED            ERASED:A!C
ERASED
"""


def _allowed() -> dict[tuple[State, State, Actor], bool]:
    actors = {"P": P, "T": T, "C": C, "A": A}
    steps: dict[tuple[State, State, Actor], bool] = {}
    now = State.NEW
    for line in ALLOWED.strip().splitlines():
        words = line.split()
        if words and ":" not in words[0]:
            now = State[words.pop(0)]
        for word in words:
            to, _, who = word.partition(":")
            for letter, mark in re.findall(r"([PTCA])(!?)", who):
                steps[(now, State[to], actors[letter])] = bool(mark)
    return steps


def test_the_states_are_those_of_the_loop() -> None:
    assert [state.value for state in State] == [
        "new", "unverified", "verified", "delivered", "opened", "acknowledged", "attempt1", "attempt2",
        "attempt3", "call_booked", "prescreened_possible", "prescreened_not_possible", "prescreened_unknown",
        "information_given", "included", "not_interested", "unreachable", "withdrawn_by_person", "duplicate",
        "spam", "expired_no_reply", "erased",
    ]  # fmt: skip


@pytest.mark.parametrize("by", Actor)
def test_a_step_is_taken_only_where_the_table_has_it(by: Actor) -> None:
    allowed = _allowed()
    for now, to in product(State, State):
        if (now, to, by) in allowed:
            check(now=now, to=to, by=by, reason="given")
        else:
            with pytest.raises(IllegalStep) as refused:
                check(now=now, to=to, by=by, reason="given")
            assert (refused.value.now, refused.value.to, refused.value.by) == (now, to, by)


def test_the_table_of_the_code_is_the_one_that_was_read() -> None:
    assert {step: rule.needs_reason for step, rule in STEPS.items()} == _allowed()
    assert len(EVERY) == 22 * 22 * 4


def test_what_needs_a_reason_is_refused_without() -> None:
    for (now, to, by), rule in STEPS.items():
        if rule.needs_reason:
            with pytest.raises(IllegalStep, match="a reason"):
                check(now=now, to=to, by=by)
        else:
            check(now=now, to=to, by=by)


def test_the_way_through_the_loop() -> None:
    way = [
        (State.NEW, P), (State.UNVERIFIED, P), (State.VERIFIED, C), (State.DELIVERED, T), (State.OPENED, T),
        (State.ACKNOWLEDGED, T), (State.ATTEMPT_1, T), (State.ATTEMPT_2, T), (State.ATTEMPT_3, T),
        (State.CALL_BOOKED, T), (State.POSSIBLE, T), (State.INFORMATION_GIVEN, T), (State.INCLUDED, None),
    ]  # fmt: skip
    for (now, by), (to, _) in pairwise(way):
        check(now=now, to=to, by=by)


def test_nothing_leads_back_to_new_and_nothing_out_of_erased() -> None:
    assert not [step for step in STEPS if step[1] is State.NEW]
    assert not [step for step in STEPS if step[0] is State.ERASED]


def test_no_step_leads_to_where_it_began() -> None:
    assert not [step for step in STEPS if step[0] is step[1]]


def test_she_can_take_everything_back_from_wherever_something_is_kept() -> None:
    gone = {State.NEW, State.WITHDRAWN, State.EXPIRED, State.ERASED}
    assert {now for now, to, by in STEPS if to is State.WITHDRAWN and by is P} == set(State) - gone


def test_an_end_is_left_only_by_erasure_or_by_a_human_who_looked() -> None:
    leaving = {(now, to) for now, to, _ in STEPS if now in ENDS and to not in (State.ERASED, State.WITHDRAWN)}
    assert leaving == {(State.SPAM, State.UNVERIFIED), (State.SPAM, State.VERIFIED)}


def test_only_the_person_withdraws_without_a_reason_and_only_the_clock_lets_silence_expire() -> None:
    assert {by for now, to, by in STEPS if to is State.EXPIRED} == {C}
    assert {by for now, to, by in STEPS if to is State.VERIFIED and now is not State.SPAM} == {P}
    assert {by for now, to, by in STEPS if to is State.INCLUDED} == {T}


def test_every_open_state_says_what_should_come_next() -> None:
    silent = {State.NEW, State.NOT_POSSIBLE}
    assert set(NEXT_STEP) == OPEN - silent
    assert UNANSWERED <= OPEN


def test_the_next_states_are_listed_for_whoever_asks() -> None:
    assert list(next_states(State.OPENED, by=T)) == [
        State.ACKNOWLEDGED, State.ATTEMPT_1, State.CALL_BOOKED, State.WITHDRAWN, State.DUPLICATE, State.SPAM,
    ]  # fmt: skip
    assert list(next_states(State.ERASED, by=T)) == []
