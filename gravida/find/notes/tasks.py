"""What the worker does for shared notes: deleting what nobody may open any more."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from gravida.find.notes.actions import end
from gravida.find.notes.models import Ending, Owner, Share, Tries
from gravida.find.notes.tries import KEEP_TRIES, TRIES_IN_LIFE
from gravida.web.periodic import Task

KEEP_ENDED = timedelta(days=30)  # on the owner's list, without what was sealed


def purge(at: datetime) -> int:
    """Delete the texts of expired links, and of those whose last try was never finished; how many."""
    spent = Tries.objects.filter(digest=OuterRef("digest"), in_life__gte=TRIES_IN_LIFE)
    # A try that is being looked at at this moment may still turn out right.
    finished = spent.filter(last_at__lt=at - timedelta(minutes=1))
    return end(Share.objects.filter(Exists(finished)), ending=Ending.TRIES, at=at) + end(
        Share.objects.filter(expires_at__lte=at), ending=Ending.EXPIRED, at=at
    )


def forget(at: datetime) -> int:
    """Delete rows of links that ended a month ago, devices without any, and tries of a week ago."""
    shares, _ = Share.objects.filter(ended_at__lt=at - KEEP_ENDED).delete()
    Owner.objects.filter(shares=None, made_at__lt=at - timedelta(days=1)).delete()
    # The tries of a live link count for all its life.
    live = Share.objects.filter(digest=OuterRef("digest"), ended_at=None)
    Tries.objects.filter(~Exists(live), last_at__lt=at - KEEP_TRIES).delete()
    return shares


TASKS = (
    Task("notes.purge", timedelta(minutes=10), purge),
    Task("notes.forget", timedelta(hours=6), forget),
)
