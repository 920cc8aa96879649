"""Her settings: how often, of which changes, a break, the end."""

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gravida.find.alerts import words
from gravida.find.alerts.models import Alert, Subscriber
from gravida.find.alerts.pages.what import HeardOf, heard_of
from gravida.find.words import Words

# What was just done, by the code in the address.
DONE: Words = {
    "saved": gettext_lazy("Your choice is kept."),
    "removed": gettext_lazy("It is removed: you hear of it no more."),
    "paused": gettext_lazy("We stay silent until then. You can come back sooner."),
    "break": gettext_lazy("We stay silent. Take all the time you need; we wish you well."),
    "resumed": gettext_lazy("Welcome back: you hear from us again when something is new."),
}


@dataclass(frozen=True, kw_only=True)
class Box:
    """One choice that can be ticked."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class AlertRow:
    """One alert with its boxes."""

    number: int
    what: HeardOf
    boxes: list[Box]


@dataclass(frozen=True, kw_only=True)
class SettingsPage:
    """Everything the page of settings shows."""

    address: str
    news: str
    done: str
    rests: str  # that mails rest, and until when; empty: they do not
    frequencies: list[Box]
    alerts: list[AlertRow]

    @property
    def is_last(self) -> bool:
        """Whether removing the one alert there is ends everything."""
        return len(self.alerts) == 1


def settings_page(subscriber: Subscriber, *, done: str, at: datetime) -> SettingsPage:
    """The page of a subscriber; `done`: the code of what she has just done."""
    return SettingsPage(
        address=reverse("alerts:settings", args=[subscriber.page_token]),
        news=reverse("alerts:news", args=[subscriber.page_token]),
        done=str(DONE.get(done, "")),
        rests=_rests(subscriber, today=timezone.localtime(at).date()),
        frequencies=[
            Box(value=code, label=str(label), is_chosen=code == subscriber.frequency)
            for code, label in words.FREQUENCY.items()
        ],
        alerts=[_row(alert) for alert in subscriber.alerts.select_related("search").order_by("id")],
    )


def _rests(subscriber: Subscriber, *, today: date) -> str:
    if not subscriber.is_paused(today=today):
        return ""
    if subscriber.paused_until is None:
        return _("Our mails rest until you say so. We are glad to wait.")
    return _("Our mails rest until %(day)s.") % {"day": date_format(subscriber.paused_until, "l j F Y")}


def _row(alert: Alert) -> AlertRow:
    labels = words.SEARCH_TOPIC if alert.search_id else words.TOPIC
    return AlertRow(
        number=alert.pk,
        what=heard_of(alert),
        boxes=[
            Box(value=code, label=str(label), is_chosen=bool(getattr(alert, code)))
            for code, label in labels.items()
        ],
    )
