"""What happened to a message, as the team reads it: steps, calls, words both ways, notes, mails."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from gravida.find.contact import reads
from gravida.find.contact.letters import Event
from gravida.find.contact.models import Attachment, Message, Request
from gravida.find.contact.states import State
from gravida.find.inbox import when, words
from gravida.find.selfcheck.attached import AttachedLine, answer_lines, trace_lines
from gravida.find.site_studies import in_language, site_studies
from gravida.web.mail.reading import states_about


@dataclass(frozen=True, kw_only=True)
class Attached:
    """Something she sent along: lines of question and answer, or a text."""

    title: str
    lines: tuple[tuple[str, str], ...] = ()
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that happened."""

    kind: str  # step, call, message, note, timer, mail
    at: datetime
    when: str
    title: str
    by: str = ""
    more: str = ""
    text: str = ""
    is_hers: bool = False
    is_internal: bool = False
    attached: tuple[Attached, ...] = ()


def entries(request: Request) -> tuple[Entry, ...]:
    """Everything that happened, newest first."""
    happened = [_of_event(event) for event in reads.timeline(request) if event.kind != "message"]
    told = [*happened, *said(request), *_mails(request)]
    oldest_first = sorted(told, key=lambda entry: entry.at)
    # Not sorted in reverse: of things of one moment the later one stands first, too.
    return tuple(oldest_first[::-1])


def said(request: Request) -> Iterator[Entry]:
    """What she and the team wrote, oldest first, with what was sent along."""
    told = request.messages.select_related("by", "access__team").prefetch_related("attachments")
    for message in told.order_by("id"):
        yield Entry(
            kind="message",
            at=message.sent_at,
            when=when.short(message.sent_at),
            title=str(words.MESSAGE[f"{message.author}:{message.kind}"]),
            by=message.by.name if message.by else "",
            more=_reading(message, request),
            text=message.text,
            is_hers=message.author == Message.Author.PERSON,
            attached=tuple(
                part for one in message.attachments.all() for part in _attached(one, request.study)
            ),
        )


def _reading(message: Message, request: Request) -> str:
    """Whether she has read it; of hers, which centre she chose where it is not the one that has it now."""
    if message.author == Message.Author.PERSON:
        team = message.access.team if message.access else request.team
        if team.pk == request.team_id:
            return ""
        return _("written to: %(centre)s") % {"centre": in_language(team.name)}
    offered = f"{message.offered_study} · " if message.offered_study else ""
    if message.read_at is None:
        return offered + _("not read by her so far")
    return offered + _("read by her %(when)s") % {"when": when.short(message.read_at)}


def _of_event(event: Event) -> Entry:
    titles = {
        "step": lambda: str(words.STEP[State(event.code)]),
        "call": lambda: _("Call: %(outcome)s") % {"outcome": words.CALL[event.code]},
        "note": lambda: _("Internal note"),
        "timer": lambda: str(words.TIMER.get(event.code, event.code)),
    }
    return Entry(
        kind=event.kind,
        at=event.at,
        when=when.short(event.at),
        title=titles[event.kind](),
        by=str(words.BY_LINK) if event.reason == "by_link" else event.by,
        more="" if event.reason == "by_link" else reason_in_words(event.reason),
        text=event.text,
        is_internal=event.kind == "note",
    )


def reason_in_words(reason: str) -> str:
    """A step's reason: a code in words, a criterion's id as it is."""
    if reason.startswith("criterion:"):
        return _("criterion: %(criterion)s") % {"criterion": reason.removeprefix("criterion:")}
    return str(words.REASON.get(reason, reason.replace("_", " ")))


def _mails(request: Request) -> Iterator[Entry]:
    for row in states_about(request.about):
        yield Entry(
            kind="mail",
            at=row.mail.queued_at,
            when=when.short(row.mail.queued_at),
            title=str(words.MAIL.get(row.mail.kind, row.mail.kind)),
            more=row.words,
        )


def _attached(attachment: Attachment, study: str) -> Iterator[Attached]:
    title = str(words.ATTACHED[attachment.kind])
    if attachment.kind == Attachment.Kind.ANSWERS and (told := answer_lines(study, attachment.text)):
        yield Attached(title=title, lines=_pairs(told))
        if looks := trace_lines(study, attachment.text):
            yield Attached(title=_("Each condition, from these answers alone"), lines=_pairs(looks))
        return
    lines = tuple(_lines(attachment.text, study)) if attachment.kind != Attachment.Kind.NOTES else ()
    yield Attached(title=title, lines=lines, text="" if lines else attachment.text)


def _pairs(lines: tuple[AttachedLine, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((line.name, line.value) for line in lines)


def _lines(text: str, study: str) -> Iterator[tuple[str, str]]:
    """JSON of answers as question and answer; nothing where it is no such thing."""
    try:
        told = json.loads(text)
    except ValueError:
        return
    questions = _questions(study)
    for name, value in told.items() if isinstance(told, dict) else ():
        yield questions.get(name, str(name).replace("_", " ")), _answer(value)


def _questions(study: str) -> dict[str, str]:
    folder = site_studies().get(study)
    return (
        {fact.id: in_language(fact.question) or fact.id for fact in folder.criteria.facts} if folder else {}
    )


def _answer(value: object) -> str:
    if value is None or value == "":
        return _("not answered")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | tuple):
        return ", ".join(_answer(one) for one in value)
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_answer(one)}" for name, one in value.items())
    return str(value)
