"""How long messages are kept, and their erasure by the clock.

A settled message: 12 months after its end. Spam: 7 days in the spam tab. What nobody confirmed: 7 days after
it was sent, of which at least three in the spam tab. A message in which nothing has happened for 12 months
ends then. The numbers stay in Tally.
"""

from datetime import datetime, timedelta

from gravida.find.contact.acting import acting
from gravida.find.contact.erasure import erase_person
from gravida.find.contact.models import Export, Request
from gravida.find.contact.one_by_one import one_by_one
from gravida.find.contact.states import ENDS, OPEN, UNANSWERED, Actor, State

KEPT_AFTER_END = timedelta(days=365)
KEPT_SPAM = timedelta(days=7)
KEPT_UNCONFIRMED = timedelta(days=7)  # from sending: the form says so
UNCONFIRMED_IN_TAB = timedelta(days=3)  # also where the worker stood still before
# The row without a person in it: for the numbers of a year.
KEPT_EMPTY = timedelta(days=365)
KEPT_EXPORTS = timedelta(days=365)


def retain(at: datetime) -> int:
    """Erase what is old enough; how many messages. Each for itself: none stops the others."""
    erased = one_by_one("contact.erase", _to_erase(at), lambda number: _erase(number, at=at), at=at)
    ended = one_by_one("contact.end", _asleep(at), lambda number: _end(number, at=at), at=at)
    # Steps, marks and what else hangs on an empty row go with it.
    Request.objects.filter(erased_at__lte=at - KEPT_EMPTY).delete()
    Export.objects.filter(at__lte=at - KEPT_EXPORTS, exported=None).delete()
    return erased + ended


def _to_erase(at: datetime) -> list[int]:
    kept = Request.objects.filter(erased_at=None)
    in_tab = kept.filter(state=State.SPAM.value)
    spam = in_tab.filter(state_since__lte=at - KEPT_SPAM)
    unconfirmed = in_tab.filter(
        steps__state_after=State.SPAM.value,
        steps__reason="unconfirmed",
        confirmed_at=None,
        counted_from__lte=at - KEPT_UNCONFIRMED,
        state_since__lte=at - UNCONFIRMED_IN_TAB,
    )
    settled = kept.exclude(state=State.SPAM.value).filter(ended_at__lte=at - KEPT_AFTER_END)
    found = (spam, unconfirmed, settled)
    return sorted({number for rows in found for number in rows.values_list("pk", flat=True)})


def _asleep(at: datetime) -> list[int]:
    """Answered, open, and a year without a step or a word."""
    answered = [state.value for state in OPEN - UNANSWERED if state is not State.NOT_POSSIBLE]
    old = at - KEPT_AFTER_END
    asleep = Request.objects.filter(state__in=answered, state_since__lte=old)
    return list(asleep.exclude(messages__sent_at__gt=old).order_by("pk").values_list("pk", flat=True))


def _erase(number: int, *, at: datetime) -> bool:
    with acting("erased", request_id=number, actor=Actor.CLOCK, at=at) as act:
        is_old = number in _to_erase(at)
        if is_old and act.request.where in ENDS | {State.NOT_POSSIBLE}:
            act.step(State.ERASED)
            erase_person(act.request, at=at)
    return is_old


def _end(number: int, *, at: datetime) -> bool:
    with acting("ended", request_id=number, actor=Actor.CLOCK, at=at) as act:
        is_asleep = number in _asleep(at)
        if is_asleep:
            act.step(State.EXPIRED, reason="a_year_without_a_step")
            erase_person(act.request, at=at)
    return is_asleep
