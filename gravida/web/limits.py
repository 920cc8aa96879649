"""How often something may be done: counted before it is done, exact under parallel calls."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from gravida.web.models import Spending
from gravida.web.sealed import blind

# A turn that neither counts nor refuses has seen another call change the row; more than a few never happen.
TURNS = 20


@dataclass(frozen=True)
class Limit:
    """So many times within a span that begins with the first."""

    name: str
    times: int
    within: timedelta

    def __post_init__(self) -> None:
        if self.times < 1 or self.within <= timedelta(0):
            raise ValueError(
                f"limit {self.name}: {self.times} times within {self.within}; both must be above 0"
            )


class TooMany(Exception):
    """The limit is reached; it opens again after so many seconds."""

    def __init__(self, limit: Limit, *, retry_after_seconds: int) -> None:
        self.limit = limit
        self.retry_after_seconds = retry_after_seconds
        super().__init__(limit.name, retry_after_seconds)


def spend(limit: Limit, *, key: str, at: datetime) -> None:
    """Count one use for a key (an address, a network, an account), or raise TooMany.

    Call it before the work that it guards and outside the work's transaction: a rolled-back transaction
    gives its uses back. The key is kept only as a blind hash.
    """
    name, key_digest = limit.name, blind(key, purpose=f"limit {limit.name}")
    spent = Spending.objects.filter(limit=name, key_digest=key_digest)
    begins_after, begins_before = at - limit.within, at + limit.within
    # A beginning in the future comes from a clock that was set back: it binds no longer than a span.
    current = spent.filter(began_at__gt=begins_after, began_at__lt=begins_before)
    past = spent.exclude(began_at__gt=begins_after, began_at__lt=begins_before)
    for _ in range(TURNS):
        if current.filter(times__lt=limit.times).update(times=F("times") + 1):
            return
        if past.update(times=1, began_at=at):
            return
        began_at = current.filter(times__gte=limit.times).values_list("began_at", flat=True).first()
        if began_at is not None:
            raise TooMany(limit, retry_after_seconds=_seconds_until(began_at + limit.within, at))
        with transaction.atomic():
            Spending.objects.bulk_create(
                [Spending(limit=name, key_digest=key_digest, began_at=at, times=0)], ignore_conflicts=True
            )
    raise TooMany(limit, retry_after_seconds=_seconds_until(at + limit.within, at))


def give_back(limit: Limit, *, key: str) -> None:
    """Forget a key's uses: after the right password, say."""
    Spending.objects.filter(limit=limit.name, key_digest=blind(key, purpose=f"limit {limit.name}")).delete()


def give_back_one(limit: Limit, *, key: str) -> None:
    """Forget one use of a key: one that turned out to be right where only wrong ones count."""
    key_digest = blind(key, purpose=f"limit {limit.name}")
    spent = Spending.objects.filter(limit=limit.name, key_digest=key_digest, times__gt=0)
    spent.update(times=F("times") - 1)


def _seconds_until(moment: datetime, at: datetime) -> int:
    return max(1, -int((at - moment) // timedelta(seconds=1)))
