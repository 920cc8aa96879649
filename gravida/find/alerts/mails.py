"""Mails of alerts: neutral, one link each, nothing that anybody typed, no study."""

from datetime import datetime

from django.utils import timezone, translation
from django.utils.formats import date_format

from gravida.find.alerts import links
from gravida.find.alerts.models import Digest, SignUp, Subscriber
from gravida.web.mail.outbox import MailKind, queue
from gravida.web.models import Mail

# Parked where unsure: what is new also stands on her page, and a confirmation is followed by a reminder.
CONFIRM = MailKind("alerts.confirm", when_unsure="park")
REMINDER = MailKind("alerts.reminder", when_unsure="park")
NEWS = MailKind("alerts.news", when_unsure="park")
STILL = MailKind("alerts.still", when_unsure="park")
TO_SUBSCRIBERS = (NEWS, STILL)


def confirm(sign_up: SignUp, *, at: datetime) -> Mail | None:
    """Did you ask for this?"""
    return _to_confirm(CONFIRM, sign_up, template="alerts/confirm", at=at)


def reminder(sign_up: SignUp, *, at: datetime) -> Mail | None:
    """The same, once more, with a fresh link."""
    return _to_confirm(REMINDER, sign_up, template="alerts/reminder", at=at)


def news(digest: Digest, *, at: datetime) -> Mail | None:
    """There is something new for you."""
    subscriber = digest.subscriber
    context = {"news_url": links.news_page(subscriber)}
    return _to_subscriber(NEWS, subscriber, context, template="alerts/news", period=digest.period, at=at)


def still(subscriber: Subscriber, *, delete_on: datetime, at: datetime) -> Mail | None:
    """A year has gone by: do you still want these mails?"""
    context = {
        "still_url": links.still_page(subscriber, at=at),
        "delete_on": _day(delete_on, language=subscriber.language),
    }
    return _to_subscriber(STILL, subscriber, context, template="alerts/still", period=f"{at:%Y-%m-%d}", at=at)


def _to_confirm(kind: MailKind, sign_up: SignUp, *, template: str, at: datetime) -> Mail | None:
    return queue(
        kind=kind,
        about=sign_up.about,
        to=sign_up.email,
        language=sign_up.language,
        template=template,
        context={
            "confirm_url": links.confirm_page(sign_up, at=at),
            "until": _moment(at + links.CONFIRM_LIVES, language=sign_up.language),
        },
        at=at,
    )


def _to_subscriber(
    kind: MailKind,
    subscriber: Subscriber,
    context: dict[str, str],
    *,
    template: str,
    period: str,
    at: datetime,
) -> Mail | None:
    return queue(
        kind=kind,
        about=subscriber.about,
        to=subscriber.email,
        language=subscriber.language,
        template=template,
        context={"settings_url": links.settings_page(subscriber)} | context,
        period=period,
        unsubscribe_url=links.stop_page(subscriber),
        at=at,
    )


def _day(moment: datetime, *, language: str) -> str:
    with translation.override(language):
        return date_format(timezone.localtime(moment), "l j F Y")


def _moment(moment: datetime, *, language: str) -> str:
    with translation.override(language):
        return date_format(timezone.localtime(moment), "l j F Y, H:i")
