"""What the team can do with a message now: by the table of steps and nothing else."""

from dataclasses import dataclass

from gravida.find.contact.models import CallAttempt, Request
from gravida.find.contact.states import NEXT_STEP, OPEN, Actor, State, next_states

S = State
# An act that is one step of the table: offered where the table allows it.
STEP_OF_ACT: dict[str, State] = {
    "acknowledge": S.ACKNOWLEDGED,
    "book": S.CALL_BOOKED,
    "possible": S.POSSIBLE,
    "not-possible": S.NOT_POSSIBLE,
    "unknown": S.UNKNOWN,
    "informed": S.INFORMATION_GIVEN,
    "included": S.INCLUDED,
    "not-interested": S.NOT_INTERESTED,
    "unreachable": S.UNREACHABLE,
    "duplicate": S.DUPLICATE,
    "spam": S.SPAM,
    "withdraw": S.WITHDRAWN,
}
# Asked for once more on a page of its own that says what follows: none of them can be undone by a button.
TO_CONFIRM = (
    "possible", "unknown", "informed", "included", "not-interested", "unreachable", "duplicate", "spam",
    "not-spam", "withdraw", "new-code",
)  # fmt: skip
# What the team usually does next; the first one offered stands out.
_FIRST = {
    "answer": ("acknowledge",),
    "call": ("call",),
    "call_again": ("call",),
    "booked_call": ("call",),
    "call_or_write": ("call", "unreachable"),
    "settle": ("possible", "not-possible"),
    "give_information": ("informed",),
    "decide": ("included", "not-interested"),
}


@dataclass(frozen=True, kw_only=True)
class Offered:
    """Codes of the acts that are possible now, and which of them comes first."""

    acts: frozenset[str]
    first: str = ""

    def __contains__(self, act: str) -> bool:
        return act in self.acts


def offered(request: Request) -> Offered:
    """What a member of the team who may answer can do with this message now."""
    allowed = set(next_states(request.where, by=Actor.TEAM))
    acts = {act for act, state in STEP_OF_ACT.items() if state in allowed}
    if request.where in OPEN and request.where is not S.NEW:
        acts |= {"call", "assign", "answer", "offer", "new-code"}
    if request.where is S.CALL_BOOKED:
        acts.add("book")  # at another hour
    if request.where is S.SPAM:
        acts = (acts - {"spam"}) | {"not-spam"}
    if request.erased_at is None and request.where is not S.NEW:
        acts.add("note")
    if request.where is not S.ATTEMPT_3:
        acts.discard("unreachable")
    expected = NEXT_STEP.get(request.where)
    firsts = _FIRST.get(expected.code, ()) if expected else ()
    return Offered(acts=frozenset(acts), first=next((act for act in firsts if act in acts), ""))


def call_outcomes(request: Request) -> tuple[CallAttempt.Outcome, ...]:
    """How a call can have gone: a message is left only where she allowed it."""
    return tuple(
        outcome
        for outcome in CallAttempt.Outcome
        if outcome is not CallAttempt.Outcome.LEFT_MESSAGE or request.may_leave_message
    )
