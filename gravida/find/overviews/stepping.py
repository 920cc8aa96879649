"""One step of a version: allowed by the table, taken by one alone, written down with the caller's act."""

from datetime import datetime

from gravida.find.overviews.failures import ChangedMeanwhile
from gravida.find.overviews.models_texts import OverviewStep, OverviewText
from gravida.find.overviews.states import Actor, Rule, State, rule_of
from gravida.web.people.models import Person


def step(
    text: OverviewText,
    *,
    to: State,
    actor: Actor,
    by: Person | None,
    at: datetime,
    role: str = "",
    reason: str = "",
    stale_since: datetime | None = None,
) -> Rule:
    """Take a version to a state. IllegalStep; ChangedMeanwhile where it is no longer where it was seen.

    The row is taken by a conditional UPDATE: of two who press at the same moment one passes.
    """
    now = text.where
    rule = rule_of(now=now, to=to, by=actor, reason=reason)
    text.state, text.state_since = to.value, at
    text.stale_since = (stale_since or at) if to is State.STALE else None
    _mark(text, to, actor=actor, role=role, at=at)
    rows = OverviewText.objects.filter(pk=text.pk, state=now.value)
    is_taken = rows.update(
        state=text.state,
        state_since=text.state_since,
        stale_since=text.stale_since,
        checked_role=text.checked_role,
        approved_role=text.approved_role,
        approved_at=text.approved_at,
        published_at=text.published_at,
    )
    if not is_taken:
        found = OverviewText.objects.values_list("state", flat=True).get(pk=text.pk)
        raise ChangedMeanwhile(found=found, wanted=now.value)
    OverviewStep.objects.create(
        text=text,
        state_before=now.value,
        state_after=to.value,
        at=at,
        actor=actor.value,
        by=by,
        role=role,
        reason=reason,
    )
    return rule


def _mark(text: OverviewText, to: State, *, actor: Actor, role: str, at: datetime) -> None:
    """What a row keeps of the step for its public line."""
    if to is State.CHECKED:
        text.checked_role = role
    elif to is State.APPROVED:
        text.approved_role, text.approved_at = role, at
    elif to is State.DRAFT:
        text.checked_role, text.approved_role, text.approved_at = "", "", None
    elif to is State.PUBLISHED and actor is not Actor.CLOCK:
        text.published_at = at
