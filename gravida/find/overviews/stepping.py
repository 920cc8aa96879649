"""One step of a version: allowed by the table, taken by one alone, written down with the caller's act."""

from datetime import datetime
from typing import Any

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
    values: dict[str, Any] = {
        "state": to.value,
        "state_since": at,
        "stale_since": (stale_since or at) if to is State.STALE else None,
        **_marks(to, actor=actor, role=role, at=at),
    }
    rows = OverviewText.objects.filter(pk=text.pk, state=now.value)
    if not rows.update(**values):
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
    for name, value in values.items():
        setattr(text, name, value)
    return rule


def _marks(to: State, *, actor: Actor, role: str, at: datetime) -> dict[str, Any]:
    """What a row keeps of the step for its public line."""
    if to is State.CHECKED:
        return {"checked_role": role}
    if to is State.APPROVED:
        return {"approved_role": role, "approved_at": at}
    if to is State.DRAFT:
        return {"checked_role": "", "approved_role": "", "approved_at": None}
    if to is State.PUBLISHED and actor is not Actor.CLOCK:
        return {"published_at": at}
    return {}
