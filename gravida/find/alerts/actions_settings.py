"""What she does with her alerts, by the address that only she has."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from gravida.find.alerts import links
from gravida.find.alerts.actions_sign_up import PAGE, STOP, suppress
from gravida.find.alerts.erasure import erase_subscriber
from gravida.find.alerts.models import Alert, Frequency, Pause, Subscriber
from gravida.find.alerts.periods import months_later
from gravida.find.alerts.stored_search import forget_unused
from gravida.find.alerts.topics import Topics
from gravida.web.tokens import LinkSpent, digest, look_at_link, redeem_link

PAUSES_MONTHS = (1, 3, 6)


class Gone(Exception):
    """The address opens nothing: its alerts were ended, or it was never one of ours."""


class WrongPause(Exception):
    """A pause that is over before it begins, or of a length that is not offered."""

    def __init__(self, *, found: str) -> None:
        self.found = found
        super().__init__(found)


def subscriber_of_page(token: str) -> Subscriber | None:
    """Whose page an address is."""
    return Subscriber.objects.filter(page_digest=digest(token, purpose=PAGE)).first()


@contextmanager
def _changing(token: str) -> Iterator[Subscriber]:
    """Her row, held until the end of the act, and saved then. Gone."""
    with transaction.atomic():
        held = Subscriber.objects.select_for_update()
        subscriber = held.filter(page_digest=digest(token, purpose=PAGE)).first()
        if subscriber is None:
            raise Gone
        yield subscriber


def change_settings(*, token: str, frequency: str, topics: Mapping[int, Topics], at: datetime) -> None:
    """How often, and of each alert (by its number) which changes. Gone; alerts of others are passed over."""
    with _changing(token) as subscriber:
        subscriber.frequency = Frequency(frequency).value
        subscriber.save(update_fields=["frequency"])
        for alert in subscriber.alerts.filter(pk__in=topics):
            wanted = topics[alert.pk]
            alert.tells_opening, alert.tells_changes = wanted.opening, wanted.changes
            alert.tells_results, alert.tells_new = wanted.results, wanted.new
            alert.save()


def remove_alert(*, token: str, alert: int, at: datetime) -> bool:
    """End one alert; whether others are left. With the last one everything about her goes. Gone."""
    with _changing(token) as subscriber:
        gone = Alert.objects.filter(pk=alert, subscriber=subscriber)
        searches = list(gone.values_list("search_id", flat=True))
        gone.delete()
        forget_unused(searches)
        if subscriber.alerts.exists():
            return True
        suppress(subscriber.email_blind, is_for_good=False, at=at)
        erase_subscriber(subscriber)
        return False


def pause_for_months(*, token: str, months: int, at: datetime) -> None:
    """No mail for one, three or six months. Gone, WrongPause."""
    if months not in PAUSES_MONTHS:
        raise WrongPause(found=str(months))
    _pause(token, kind=Pause.MONTHS, until=months_later(_today(at), months), at=at)


def take_a_break(*, token: str, until: date | None, at: datetime) -> None:
    """No mail until she says so, or until a day she chooses. Gone, WrongPause."""
    if until is not None and until <= _today(at):
        raise WrongPause(found=until.isoformat())
    _pause(token, kind=Pause.BREAK, until=until, at=at)


def _pause(token: str, *, kind: Pause, until: date | None, at: datetime) -> None:
    with _changing(token) as subscriber:
        subscriber.pause, subscriber.paused_at, subscriber.paused_until = kind.value, at, until
        # A question that was left open is not counted against her: she has just been here.
        subscriber.asked_at, subscriber.times_asked = None, 0
        subscriber.save()


def resume(*, token: str, at: datetime) -> None:
    """Mails again from now on. Gone."""
    with _changing(token) as subscriber:
        subscriber.pause, subscriber.paused_at, subscriber.paused_until = "", None, None
        subscriber.save()


def keep_alerts(*, token: str, at: datetime) -> Subscriber:
    """A year on, she still wants them. LinkSpent."""
    with transaction.atomic():
        about = redeem_link(token, purpose=links.STILL, at=at)
        subscriber = _of(about)
        if subscriber is None:
            raise LinkSpent
        subscriber.confirmed_at, subscriber.asked_at, subscriber.times_asked = at, None, 0
        subscriber.save(update_fields=["confirmed_at", "asked_at", "times_asked"])
        return subscriber


def asks_still(token: str, *, at: datetime) -> Subscriber | None:
    """Whom a yearly question is for, without answering it."""
    return _of(look_at_link(token, purpose=links.STILL, at=at))


def end_all(*, token: str, at: datetime) -> None:
    """Erase everything; a keyed hash stays, so that no reminder and no old copy writes to her. Gone."""
    with _changing(token) as subscriber:
        suppress(subscriber.email_blind, is_for_good=False, at=at)
        erase_subscriber(subscriber)


def stop(*, token: str, at: datetime) -> bool:
    """The same, by the address in the header of her mails; False where it was done before."""
    with transaction.atomic():
        held = Subscriber.objects.select_for_update()
        subscriber = held.filter(stop_digest=digest(token, purpose=STOP)).first()
        if subscriber is None:
            return False
        suppress(subscriber.email_blind, is_for_good=False, at=at)
        erase_subscriber(subscriber)
        return True


def _of(about: str | None) -> Subscriber | None:
    number = (about or "").removeprefix("alerts:")
    return Subscriber.objects.filter(pk=int(number)).first() if number.isdecimal() else None


def _today(at: datetime) -> date:
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
