"""What alerts do by the clock: one reminder, forgetting, the yearly question and its end."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from gravida.find.alerts import mails
from gravida.find.alerts.erasure import erase_sign_up, erase_subscriber
from gravida.find.alerts.links import CONFIRM_LIVES
from gravida.find.alerts.models import Look, Notice, SignUp, Subscriber, Suppressed
from gravida.find.alerts.stored_search import forget_unused

REMIND_AFTER = CONFIRM_LIVES
FORGET_AFTER = timedelta(days=7)
ASK_AFTER = timedelta(days=365)
BETWEEN_QUESTIONS = timedelta(days=30)
QUESTIONS = 2
# An address that refuses mail, in case it was a mistake of its server.
KEPT_BOUNCED = timedelta(days=30)
# A break without an end: nobody is asked in it, so that its end is the end of everything.
KEPT_ON_BREAK = timedelta(days=2 * 365)
KEPT_NEWS = timedelta(days=365)


def care(at: datetime) -> None:
    """Everything that is due; each row in a transaction of its own."""
    remind(at)
    forget_unconfirmed(at)
    end_unanswered(at)
    ask_again(at)
    forget_old(at)


def remind(at: datetime) -> int:
    """One reminder, with a fresh link, when the first has run out; how many."""
    due = SignUp.objects.filter(
        reminded_at=None, is_silent=False, made_at__lte=at - REMIND_AFTER, made_at__gt=at - FORGET_AFTER
    )
    return sum(_remind(number, at=at) for number in _numbers(due))


def _remind(number: int, *, at: datetime) -> bool:
    with transaction.atomic():
        sign_up = SignUp.objects.select_for_update().filter(pk=number, reminded_at=None).first()
        if sign_up is None:
            return False
        sign_up.reminded_at = at
        sign_up.save(update_fields=["reminded_at"])
        # Who has erased herself is asked once, by her new sign-up, and not reminded.
        if not Suppressed.objects.filter(email_blind=sign_up.email_blind).exists():
            mails.reminder(sign_up, at=at)
    return True


def forget_unconfirmed(at: datetime) -> int:
    """Delete what nobody confirmed within seven days, and at once what was never mailed; how many."""
    old = _numbers(SignUp.objects.filter(Q(made_at__lte=at - FORGET_AFTER) | Q(is_silent=True)))
    for number in old:
        with transaction.atomic():
            for sign_up in SignUp.objects.select_for_update().filter(pk=number):
                erase_sign_up(sign_up)
    return len(old)


def _resting(at: datetime) -> Q:
    """Subscribers whose mails rest now: nobody asks them anything."""
    today = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    return ~Q(pause="") & (Q(paused_until=None) | Q(paused_until__gt=today))


def ask_again(at: datetime) -> int:
    """Ask those who said yes a year ago, and a month later once more; how many."""
    due = Subscriber.objects.filter(
        Q(asked_at=None) | Q(asked_at__lte=at - BETWEEN_QUESTIONS),
        confirmed_at__lte=at - ASK_AFTER,
        times_asked__lt=QUESTIONS,
        bounced_at=None,
    ).exclude(_resting(at))
    return sum(_ask(number, at=at) for number in _numbers(due))


def _ask(number: int, *, at: datetime) -> bool:
    with transaction.atomic():
        rows = Subscriber.objects.filter(
            pk=number, confirmed_at__lte=at - ASK_AFTER, times_asked__lt=QUESTIONS
        )
        not_yet = rows.filter(Q(asked_at=None) | Q(asked_at__lte=at - BETWEEN_QUESTIONS))
        if not not_yet.update(asked_at=at, times_asked=F("times_asked") + 1):
            return False
        subscriber = rows.model.objects.get(pk=number)
        left = QUESTIONS - subscriber.times_asked + 1
        mails.still(subscriber, delete_on=at + left * BETWEEN_QUESTIONS, at=at)
    return True


def end_unanswered(at: datetime) -> int:
    """Erase who left two yearly questions unanswered, breaks of two years, refused addresses; how many."""
    unanswered = Q(times_asked__gte=QUESTIONS, asked_at__lte=at - BETWEEN_QUESTIONS) & ~_resting(at)
    forgotten = Q(pause="break", paused_until=None, paused_at__lte=at - KEPT_ON_BREAK)
    # Erased before, and brought back by an older copy of the database.
    suppressed = Q(email_blind__in=Suppressed.objects.values("email_blind"))
    bounced = Q(bounced_at__lte=at - KEPT_BOUNCED)
    ended = Subscriber.objects.filter(unanswered | forgotten | bounced | suppressed)
    numbers = _numbers(ended)
    for number in numbers:
        with transaction.atomic():
            for subscriber in ended.select_for_update().filter(pk=number):
                erase_subscriber(subscriber)
    return len(numbers)


def forget_old(at: datetime) -> int:
    """Delete notices and looks of more than a year, and searches that nobody has an alert for."""
    notices, _ = Notice.objects.filter(found_at__lte=at - KEPT_NEWS).delete()
    Look.objects.filter(made_at__lte=at - KEPT_NEWS, ended_at__isnull=False).delete()
    return notices + forget_unused()


def _numbers(rows: "Iterable[object]") -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))  # type: ignore[attr-defined]
