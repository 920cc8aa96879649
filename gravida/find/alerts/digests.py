"""The mails that say that something is new: one in a period, each notice in one."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from gravida.find.alerts import mails
from gravida.find.alerts.erasure import erase_subscriber
from gravida.find.alerts.models import Digest, Frequency, Notice, Subscriber, Suppressed
from gravida.find.alerts.periods import last_before, may_mail, period_of

_BATCH = 1_000


def send_digests(at: datetime) -> int:
    """Queue a mail for everybody who has something new and whose period allows one; how many."""
    zone = ZoneInfo(settings.TIME_ZONE)
    return sum(
        _send(number, at=at, zone=zone)
        for frequency in Frequency.values
        for number in _due(frequency, at=at, zone=zone)
    )


def _due(frequency: str, *, at: datetime, zone: ZoneInfo) -> Iterator[int]:
    """Subscribers of this frequency who may have a mail now and have news for it; read in batches."""
    period = period_of(frequency, at=at, zone=zone)
    untold = Notice.objects.filter(
        alert__subscriber=OuterRef("pk"), digest=None, found_at__lte=period.opened_at
    )
    may_mail = Q(last_digest_at=None) | Q(last_digest_at__lt=last_before(frequency, at=at, zone=zone))
    resting = ~Q(pause="") & (Q(paused_until=None) | Q(paused_until__gt=at.astimezone(zone).date()))
    due = Subscriber.objects.filter(may_mail, Exists(untold), frequency=frequency, bounced_at=None).exclude(
        resting
    )
    last = 0
    while batch := list(due.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_BATCH]):
        yield from batch
        last = batch[-1]


def _send(number: int, *, at: datetime, zone: ZoneInfo) -> bool:
    """One subscriber's mail, in a transaction of its own; False where none is due."""
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().filter(pk=number, bounced_at=None).first()
        if subscriber is None or subscriber.is_paused(today=at.astimezone(zone).date()):
            return False
        # She had erased herself, and an older copy of the database brought her back.
        if Suppressed.objects.filter(email_blind=subscriber.email_blind).exists():
            erase_subscriber(subscriber)
            return False
        if not may_mail(subscriber.frequency, last_at=subscriber.last_digest_at, at=at, zone=zone):
            return False
        period = period_of(subscriber.frequency, at=at, zone=zone)
        due = Notice.objects.filter(
            alert__subscriber=subscriber, digest=None, found_at__lte=period.opened_at
        ).values_list("pk", flat=True)
        numbers = list(due)
        if not numbers or Digest.objects.filter(subscriber=subscriber, period=period.name).exists():
            return False
        digest = Digest.objects.create(subscriber=subscriber, period=period.name, made_at=at)
        Notice.objects.filter(pk__in=numbers, digest=None).update(digest=digest)
        Subscriber.objects.filter(pk=number).update(last_digest_at=at)
        mails.news(digest, at=at)
    return True
