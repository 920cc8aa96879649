"""Messages as a table for a spreadsheet: who is in it and what is told is chosen, nothing more."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from gravida.find.contact import actions_team
from gravida.find.contact.models import CallAttempt, Export, InternalNote, Message, Request, Sender, Team
from gravida.find.contact.models_requests import RequestQuerySet
from gravida.find.inbox import words
from gravida.find.inbox.card_page import half_days_in_words
from gravida.find.inbox.spreadsheet import csv_bytes
from gravida.web.people.models import Person
from gravida.web.people.permissions import within
from gravida.web.people.roles import Permission

MOST_ROWS = 20_000


class TooManyRows(Exception):
    """More messages than one file takes; carries how many there are."""

    def __init__(self, rows: int) -> None:
        super().__init__(f"{rows} messages: wanted at most {MOST_ROWS}")
        self.rows = rows


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which messages, and what of them; days are of sending, both included."""

    since: date
    until: date
    team: int = 0  # number in the database; 0: every centre
    with_identity: bool = False
    with_texts: bool = False


@dataclass(frozen=True, kw_only=True)
class File:
    """A file as it is handed over."""

    name: str
    content: bytes
    sha256: str
    rows: int


def messages_wanted(person: Person, wanted: Wanted) -> RequestQuerySet:
    """The messages of centres where this person may export, oldest first; erased ones are in no file."""
    zone = timezone.get_current_timezone()
    begins = datetime.combine(wanted.since, time.min, tzinfo=zone)
    ends = datetime.combine(wanted.until + timedelta(days=1), time.min, tzinfo=zone)
    found = Request.objects.get_for(person, Permission.EXPORT_MESSAGES).filter(
        erased_at=None, sent_at__gte=begins, sent_at__lt=ends
    )
    if wanted.team:
        found = found.filter(team=wanted.team)
    return found.with_team().select_related("sender").order_by("sent_at", "id")


def export(wanted: Wanted, *, reason: str, by: Person, at: datetime) -> File:
    """The file; who took it, why, its rows and its hash are in the trail before it is handed over.

    TooManyRows.
    """
    with transaction.atomic():
        found = messages_wanted(by, wanted)
        rows = found.count()
        if rows > MOST_ROWS:
            raise TooManyRows(rows)
        requests = list(found)
        content = csv_bytes(_heads(wanted), _rows(requests, wanted, by=by, at=at))
        sha256 = hashlib.sha256(content).hexdigest()
        actions_team.record_export(requests=requests, reason=reason, sha256=sha256, by=by, at=at)
    name = f"gravida-messages-{timezone.localtime(at):%Y-%m-%d-%H%M}.csv"
    return File(name=name, content=content, sha256=sha256, rows=len(requests))


def _heads(wanted: Wanted) -> list[str]:
    heads = [
        _("reference"), _("study"), _("centre"), _("state"), _("since"), _("language"),
        _("preferred channel"), _("half-days"), _("writes for"), _("sent"), _("address confirmed"),
        _("answered"), _("first talk"),
        _("ended"), _("late since"), _("calls"), _("criterion not met"), _("looked after by"),
    ]  # fmt: skip
    if wanted.with_identity:
        heads += [_("first name"), _("last name"), _("e-mail"), _("telephone"), _("other language")]
    if wanted.with_texts:
        heads += [_("messages"), _("internal notes")]
    return [*heads, _("taken out by")]


def _rows(requests: list[Request], wanted: Wanted, *, by: Person, at: datetime) -> Iterator[list[str]]:
    taken = f"{by.name}, {_moment(at)}"
    calls = _calls(requests)
    texts = _texts(requests) if wanted.with_texts else {}
    notes = _notes(requests) if wanted.with_texts else {}
    for request in requests:
        row = [*_plain_cells(request), str(calls.get(request.pk, 0))]
        row += [request.criterion, request.assigned_to.name if request.assigned_to else ""]
        if wanted.with_identity:
            row += _identity(request)
        if wanted.with_texts:
            row += [texts.get(request.pk, ""), notes.get(request.pk, "")]
        yield [*row, taken]


def _plain_cells(request: Request) -> list[str]:
    return [
        request.reference,
        request.study,
        request.team.name_in(settings.LANGUAGE_CODE),
        str(words.STATE[request.where]),
        _moment(request.state_since),
        request.language,
        str(words.CHANNEL[request.channel]),
        ", ".join(half_days_in_words(request.half_days)),
        str(words.WRITES_FOR[request.writes_for]),
        *(
            _moment(moment)
            for moment in (
                request.sent_at, request.confirmed_at, request.acknowledged_at, request.reached_at,
                request.ended_at, request.late_at,
            )
        ),
    ]  # fmt: skip


def _identity(request: Request) -> list[str]:
    sender: Sender | None = getattr(request, "sender", None)
    if sender is None:
        return [""] * 5
    return [sender.first_name, sender.last_name, sender.email, sender.telephone, sender.other_language]


def _calls(requests: list[Request]) -> dict[int, int]:
    counted = CallAttempt.objects.filter(request__in=requests).values("request").annotate(n=Count("pk"))
    return {row["request"]: row["n"] for row in counted.order_by()}


def _texts(requests: list[Request]) -> dict[int, str]:
    return _joined(
        (message.request_id, message.text)
        for message in Message.objects.filter(request__in=requests).order_by("id")
    )


def _notes(requests: list[Request]) -> dict[int, str]:
    notes = InternalNote.objects.filter(request__in=requests).order_by("id")
    return _joined((note.request_id, note.text) for note in notes)


def _joined(pairs: Iterator[tuple[int, str]]) -> dict[int, str]:
    joined: dict[int, list[str]] = {}
    for number, text in pairs:
        joined.setdefault(number, []).append(text)
    return {number: "\n\n".join(texts) for number, texts in joined.items()}


def _moment(moment: datetime | None) -> str:
    """Local time as 2026-11-24 14:05, which every spreadsheet reads; empty for none."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def exports_of(person: Person) -> list[Export]:
    """The person's own files, newest first."""
    return list(Export.objects.filter(by=person).order_by("-id")[:20])


def teams_to_export(person: Person) -> list[tuple[int, str]]:
    """Teams with messages that this person may export."""
    mine = Team.objects.filter(within(person, Permission.EXPORT_MESSAGES), requests__isnull=False).distinct()
    return [(team.pk, team.name_in(settings.LANGUAGE_CODE)) for team in mine.order_by("pk")]
