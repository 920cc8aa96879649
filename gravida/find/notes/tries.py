"""Tries at an address, counted before anything is looked at, and in the same way where no link is behind it.

One conditional UPDATE counts a try or refuses it, so that of 200 at the same moment five are looked at.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from secrets import token_hex

from django.db import transaction
from django.db.models import Case, DateTimeField, F, PositiveSmallIntegerField, Q, Value, When
from django.db.models.expressions import Combinable

from gravida.find.notes.models import Tries
from gravida.web.leases import give_back_lease, take_lease
from gravida.web.limits import Limit, TooMany, give_back_one, spend

TRIES_BEFORE_PAUSE = 5
TRIES_IN_LIFE = 20
FIRST_PAUSE = timedelta(minutes=15)
LONGEST_PAUSE = timedelta(days=1)
KEEP_TRIES = timedelta(days=8)

OF_NETWORK = Limit("notes wrong codes of a network", 20, timedelta(hours=1))
OF_SITE = Limit("notes codes looked at by the site", 5, timedelta(seconds=1))
OF_LINK = Limit("notes wrong codes at a link", TRIES_BEFORE_PAUSE, FIRST_PAUSE)
# Stretching a code takes 19 MiB and 40 ms of a processor: two at once, whatever the number of servers.
SEATS = ("notes check 1", "notes check 2")
SEAT_LENGTH = timedelta(seconds=10)


@contextmanager
def counted_try(digest: str, *, network: str, at: datetime) -> Iterator[bool]:
    """Count a try, hold a seat while it is looked at; whether the link may be looked at.

    TooMany when it may not be made now. After twenty wrong tries nothing of the link is looked at for good;
    the caller does the same work then, so that nobody can tell.
    """
    holder = token_hex(8)
    # Together, so that one fsync keeps all, and a try that is refused by one limit is counted by none.
    with transaction.atomic():
        may_look = _count(digest, at=at)
        spend(OF_NETWORK, key=network, at=at)
        spend(OF_SITE, key="site", at=at)
        seat = _seat(holder)
    try:
        yield may_look
    finally:
        give_back_lease(seat, holder=holder)


def forget_wrong(digest: str, *, network: str) -> None:
    """The last try was right: it does not count, and the next begin a new row."""
    # Its network has not done anything wrong either.
    give_back_one(OF_NETWORK, key=network)
    Tries.objects.filter(digest=digest, in_life__gt=0).update(
        in_life=F("in_life") - 1, in_row=0, pauses=0, paused_until=None
    )


def is_spent(digest: str) -> bool:
    """Whether all tries of its life are used up."""
    return Tries.objects.filter(digest=digest, in_life__gte=TRIES_IN_LIFE).exists()


def _count(digest: str, *, at: datetime) -> bool:
    Tries.objects.bulk_create([Tries(digest=digest, last_at=at)], ignore_conflicts=True)
    mine = Tries.objects.filter(digest=digest)
    # A pause longer than any comes from a clock that has been set back since.
    is_open = Q(paused_until=None) | Q(paused_until__lte=at) | Q(paused_until__gt=at + LONGEST_PAUSE)
    ends_row = Q(in_row__gte=TRIES_BEFORE_PAUSE - 1)
    if mine.filter(is_open, in_life__lt=TRIES_IN_LIFE).update(
        in_life=F("in_life") + 1,
        paused_until=_pause(ends_row, at=at),
        pauses=_case(When(ends_row, then=F("pauses") + 1), default=F("pauses")),
        in_row=_case(When(ends_row, then=Value(0)), default=F("in_row") + 1),
        last_at=at,
    ):
        return True
    found = mine.get()
    if found.paused_until is not None and at < found.paused_until <= at + LONGEST_PAUSE:
        seconds = -int((at - found.paused_until) // timedelta(seconds=1))
        raise TooMany(OF_LINK, retry_after_seconds=max(1, seconds))
    return False


def _case(when: When, *, default: Combinable) -> Case:
    return Case(when, default=default, output_field=PositiveSmallIntegerField())


def _pause(ends_row: Q, *, at: datetime) -> Case:
    """Until when the next try has to wait: 15 minutes after the first five, 30 after the next, and so on."""
    lengths = [FIRST_PAUSE * 2**pauses for pauses in range(TRIES_IN_LIFE // TRIES_BEFORE_PAUSE)]
    return Case(
        *(
            When(ends_row & Q(pauses=pauses), then=Value(at + length))
            for pauses, length in enumerate(lengths)
        ),
        When(ends_row, then=Value(at + LONGEST_PAUSE)),
        default=Value(None),
        output_field=DateTimeField(),
    )


def _seat(holder: str) -> str:
    for seat in SEATS:
        if take_lease(seat, holder=holder, length=SEAT_LENGTH):
            return seat
    raise TooMany(OF_SITE, retry_after_seconds=1)
