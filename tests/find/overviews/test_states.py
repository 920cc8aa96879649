"""The table of steps: what it allows, and that nothing else passes."""

from itertools import product

import pytest

from gravida.find.overviews.states import ENDED, SHOWN, STEPS, WORKING, Actor, IllegalStep, State, rule_of

S, A = State, Actor
# now, to, who: everything that may happen, written once more by hand.
ALLOWED = {
    (S.DRAFT, S.CHECKED, A.EDITOR), (S.DRAFT, S.CHECKED, A.FOLDER),
    (S.CHECKED, S.APPROVED, A.APPROVER), (S.CHECKED, S.APPROVED, A.FOLDER),
    (S.APPROVED, S.PUBLISHED, A.EDITOR), (S.APPROVED, S.PUBLISHED, A.APPROVER),
    (S.APPROVED, S.PUBLISHED, A.FOLDER),
    (S.CHECKED, S.DRAFT, A.EDITOR), (S.CHECKED, S.DRAFT, A.APPROVER), (S.CHECKED, S.DRAFT, A.CLOCK),
    (S.APPROVED, S.DRAFT, A.EDITOR), (S.APPROVED, S.DRAFT, A.APPROVER), (S.APPROVED, S.DRAFT, A.CLOCK),
    (S.PUBLISHED, S.STALE, A.CLOCK), (S.STALE, S.PUBLISHED, A.CLOCK),
    (S.DRAFT, S.SUPERSEDED, A.CLOCK), (S.CHECKED, S.SUPERSEDED, A.CLOCK), (S.APPROVED, S.SUPERSEDED, A.CLOCK),
    (S.PUBLISHED, S.SUPERSEDED, A.CLOCK), (S.STALE, S.SUPERSEDED, A.CLOCK),
    (S.DRAFT, S.WITHDRAWN, A.EDITOR), (S.PUBLISHED, S.WITHDRAWN, A.EDITOR), (S.STALE, S.WITHDRAWN, A.EDITOR),
    (S.SUPERSEDED, S.PUBLISHED, A.APPROVER), (S.WITHDRAWN, S.PUBLISHED, A.APPROVER),
}  # fmt: skip


@pytest.mark.parametrize(("now", "to", "by"), list(product(S, S, A)), ids=lambda one: one.value)
def test_a_step_passes_where_the_table_names_it_and_nowhere_else(now: State, to: State, by: Actor) -> None:
    if (now, to, by) in ALLOWED:
        rule_of(now=now, to=to, by=by, reason="a reason")
    else:
        with pytest.raises(IllegalStep):
            rule_of(now=now, to=to, by=by, reason="a reason")


@pytest.mark.parametrize("step", [step for step, rule in STEPS.items() if rule.needs_reason], ids=str)
def test_a_step_that_undoes_something_wants_a_reason(step: tuple[State, State, Actor]) -> None:
    now, to, by = step
    with pytest.raises(IllegalStep):
        rule_of(now=now, to=to, by=by, reason=" ")


def test_nothing_is_approved_or_shown_by_its_writer_alone() -> None:
    assert {by for (_, to, by) in STEPS if to is S.APPROVED} == {A.APPROVER, A.FOLDER}
    assert {now for (now, to, by) in STEPS if to is S.PUBLISHED and by is A.EDITOR} == {S.APPROVED}


def test_every_approval_and_publication_wants_the_same_record_and_no_open_finding() -> None:
    for (now, to, by), rule in STEPS.items():
        if to is S.APPROVED or (now is S.APPROVED and to is S.PUBLISHED):
            assert rule.needs_same_record, (now, to, by)
            assert rule.needs_no_finding, (now, to, by)


def test_each_state_is_of_one_kind() -> None:
    assert set(S) == WORKING | SHOWN | ENDED
    assert len(WORKING) + len(SHOWN) + len(ENDED) == len(S)
