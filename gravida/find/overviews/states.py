"""The states of a version of an overview, and the one table of who may take it from which to which.

Pure: no Django, no clock, no database.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """Where a version stands."""

    DRAFT = "draft"
    CHECKED = "checked"  # its writer has looked at every finding and hands it on
    APPROVED = "approved"  # somebody else has read it against the record
    PUBLISHED = "published"
    STALE = "stale"  # shown still, and said to be checked again: the record has changed
    SUPERSEDED = "superseded"  # a newer version took its place
    WITHDRAWN = "withdrawn"  # taken off the page, or a draft put away


class Actor(Enum):
    """Who takes a step."""

    EDITOR = "editor"  # may write texts of the study
    APPROVER = "approver"  # may approve them, and has not written this one
    FOLDER = "folder"  # the study folder, whose reviewer lines stand in git
    CLOCK = "clock"  # Gravida itself, when a record changes or a newer version comes


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a step wants besides the right actor."""

    needs_reason: bool = False
    needs_same_record: bool = False  # the record is the one that the words were compared with
    needs_no_finding: bool = False  # every finding is mended or resolved with a reason
    needs_approval: bool = False  # somebody approved this version once


class IllegalStep(Exception):
    """A step that the table does not know, or not for this actor, or not without a reason."""

    def __init__(self, *, now: State, to: State, by: Actor, wanted: str) -> None:
        super().__init__(f"{now.value} -> {to.value} by the {by.value}: wanted {wanted}")
        self.now, self.to, self.by, self.wanted = now, to, by, wanted


S, A = State, Actor
WORKING = frozenset({S.DRAFT, S.CHECKED, S.APPROVED})
SHOWN = frozenset({S.PUBLISHED, S.STALE})
ENDED = frozenset({S.SUPERSEDED, S.WITHDRAWN})

_PLAIN = Rule()
_REASON = Rule(needs_reason=True)
_SAME_RECORD = Rule(needs_same_record=True)
_JUDGED = Rule(needs_same_record=True, needs_no_finding=True)
_AGAIN = Rule(needs_reason=True, needs_same_record=True, needs_approval=True)

STEPS: dict[tuple[State, State, Actor], Rule] = {
    (S.DRAFT, S.CHECKED, A.EDITOR): _SAME_RECORD,
    (S.CHECKED, S.APPROVED, A.APPROVER): _JUDGED,
    (S.APPROVED, S.PUBLISHED, A.EDITOR): _JUDGED,
    (S.APPROVED, S.PUBLISHED, A.APPROVER): _JUDGED,
    # A folder's text was read by two people before it came into git.
    (S.DRAFT, S.CHECKED, A.FOLDER): _SAME_RECORD,
    (S.CHECKED, S.APPROVED, A.FOLDER): _JUDGED,
    (S.APPROVED, S.PUBLISHED, A.FOLDER): _JUDGED,
    # Back to its writer.
    (S.CHECKED, S.DRAFT, A.EDITOR): _REASON,
    (S.CHECKED, S.DRAFT, A.APPROVER): _REASON,
    (S.APPROVED, S.DRAFT, A.EDITOR): _REASON,
    (S.APPROVED, S.DRAFT, A.APPROVER): _REASON,
    # The record has changed: what is shown says so, what is under way is looked at again.
    (S.PUBLISHED, S.STALE, A.CLOCK): _PLAIN,
    (S.CHECKED, S.DRAFT, A.CLOCK): _PLAIN,
    (S.APPROVED, S.DRAFT, A.CLOCK): _PLAIN,
    # The record is again what it was when the words were approved.
    (S.STALE, S.PUBLISHED, A.CLOCK): _SAME_RECORD,
    # A newer version takes the place.
    **{(now, S.SUPERSEDED, A.CLOCK): _PLAIN for now in WORKING | SHOWN},
    # Off the page, or put away.
    (S.DRAFT, S.WITHDRAWN, A.EDITOR): _PLAIN,
    (S.PUBLISHED, S.WITHDRAWN, A.EDITOR): _REASON,
    (S.STALE, S.WITHDRAWN, A.EDITOR): _REASON,
    # Back to an earlier version, which was approved and whose record is still the same.
    (S.SUPERSEDED, S.PUBLISHED, A.APPROVER): _AGAIN,
    (S.WITHDRAWN, S.PUBLISHED, A.APPROVER): _AGAIN,
}


def rule_of(*, now: State, to: State, by: Actor, reason: str = "") -> Rule:
    """What the table wants of this step. IllegalStep where it does not know it, or a reason is missing."""
    rule = STEPS.get((now, to, by))
    if rule is None:
        allowed = ", ".join(state.value for state in next_states(now, by=by)) or "no step at all"
        raise IllegalStep(now=now, to=to, by=by, wanted=allowed)
    if rule.needs_reason and not reason.strip():
        raise IllegalStep(now=now, to=to, by=by, wanted="a reason")
    return rule


def next_states(now: State, *, by: Actor) -> Iterator[State]:
    """The states that this actor may take it to, in the order of the loop."""
    return (to for to in State if (now, to, by) in STEPS)
