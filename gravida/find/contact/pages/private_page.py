"""The private page of a message: where it stands, each step, the words both ways, and what she can do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gravida.find.contact import reads
from gravida.find.contact.letters import Details, Event, StatusPage
from gravida.find.contact.models import Attachment, Message, Request, TeamAddress
from gravida.find.contact.openness import openness
from gravida.find.contact.pages import when, words
from gravida.find.contact.pages.centres import CentreRow, row_of
from gravida.find.contact.pages.forms import LANGUAGES_OFFERED, channel_words, writes_for_words
from gravida.find.contact.pages.write_page import Week, week
from gravida.find.contact.states import CALLING, UNANSWERED, State
from gravida.find.contact.telephone import shown_telephone
from gravida.web.tokens import new_token


@dataclass(frozen=True, kw_only=True)
class PageStep:
    """A step with its day; the one to come has only its deadline."""

    text: str
    when: str
    is_done: bool
    is_present: bool = False


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Another study that the team names."""

    address: str


@dataclass(frozen=True, kw_only=True)
class PageMessage:
    """Something said."""

    author: str
    when: str
    text: str
    is_mine: bool
    attached: list[str]
    offer: Offer | None


@dataclass(frozen=True, kw_only=True)
class Detail:
    """One thing known about her."""

    label: str
    text: str


@dataclass(frozen=True, kw_only=True)
class PrivatePage:
    """Everything the private page shows."""

    source: StatusPage
    reference: str
    form_mark: str
    key: str  # of a further message: sent twice it is one
    version: int
    notices: list[str]
    trouble: list[str]
    now: str
    next: str
    next_by: str
    usually: str
    steps: list[PageStep]
    messages: list[PageMessage]
    details: list[Detail]
    email: str
    week: Week
    languages_offered: list[str]
    other_centres: list[CentreRow]
    team_telephone: str
    can_confirm: bool
    can_say_called: bool
    waiting_choices: bool
    can_write: bool
    can_change: bool
    can_mail_copy: bool
    can_get_code: bool
    can_download: bool
    can_withdraw: bool


def private_page(
    source: StatusPage,
    *,
    mark: str,
    notices: list[str],
    trouble: list[str],
    typed: QueryDict | None,
    at: datetime,
) -> PrivatePage:
    """The page; `typed` holds a form of details that could not be saved."""
    request, details = source.request, source.details
    may = source.acts.__contains__
    has_email = bool(details and details.email)
    half_days = typed.getlist("half_days") if typed else list(details.half_days if details else ())
    return PrivatePage(
        source=source,
        reference=request.reference,
        form_mark=mark,
        key=new_token(),
        version=request.version,
        notices=notices + _notices(source),
        trouble=trouble,
        now=str(words.STATE[request.where].now),
        next=str(words.NEXT.get(source.next_step, "")),
        next_by=_next_by(source, at=at),
        usually=when.usually(reads.usually_answers(source.team, at=at))
        if request.where in UNANSWERED
        else "",
        steps=_steps(source),
        messages=[_message(message) for message in _messages(source)],
        details=_details(details, request) if details else [],
        email=details.email if details else "",
        week=week(half_days),
        languages_offered=[str(language) for language in LANGUAGES_OFFERED],
        other_centres=[row_of(team, found=openness(team), near=None, at=at) for team in source.other_teams]
        if may("write_to_other_centre")
        else [],
        team_telephone=_team_telephone(source),
        can_confirm=may("confirm_again"),
        can_say_called=may("say_nobody_called") and request.where in (UNANSWERED | CALLING),
        waiting_choices=request.told_late_at is not None and request.where in UNANSWERED,
        can_write=may("add_message"),
        can_change=may("change_details"),
        can_mail_copy=may("mail_full_copy") and has_email and request.confirmed_at is not None,
        can_get_code=has_email and request.confirmed_at is not None,
        can_download=may("download"),
        can_withdraw=may("withdraw"),
    )


def _notices(source: StatusPage) -> list[str]:
    notices = []
    if source.email_bounced:
        notices.append(
            _(
                "Mails to your e-mail address come back. The team can call you, or you change the "
                "address below."
            )
        )
    if source.waits_for_staff:
        notices.append(
            _("The team’s address is being checked. Your message waits until then and leaves by itself.")
        )
    if source.copy_is_paused:
        notices.append(_("Very many mails are being sent just now: your copy is late. Your message is not."))
    return notices


def _next_by(source: StatusPage, *, at: datetime) -> str:
    """By which day the next step should come; honest where it is late."""
    if source.due_at is None:
        return ""
    if source.next_step == "booked_call":
        return when.moment(source.due_at)
    if source.due_at < at:
        return _("It should have come by %(day)s. The team has been reminded.") % {
            "day": when.day(source.due_at)
        }
    return _("Expected by %(day)s.") % {"day": when.day(source.due_at)}


def _steps(source: StatusPage) -> list[PageStep]:
    """What has happened, oldest first, each step in words; then the one to come."""
    told: list[PageStep] = [
        PageStep(
            text=str(words.STATE[State.NEW].step), when=when.moment(source.request.sent_at), is_done=True
        )
    ]
    for event in source.events:
        text = _step_words(event, source.request)
        if text and text != told[-1].text:
            told.append(PageStep(text=text, when=when.moment(event.at), is_done=True))
    coming = str(words.NEXT.get(source.next_step, ""))
    if coming:
        due = when.by_day(source.due_at) if source.due_at else ""
        told.append(PageStep(text=coming, when=due, is_done=False, is_present=True))
    return told


def _step_words(event: Event, request: Request) -> str:
    """A step of the states, a timer that wrote to her; messages stand apart."""
    if event.kind == "step" and event.code == State.VERIFIED.value:
        return _verified_words(event, request)
    if event.kind == "step":
        return str(words.STATE[State(event.code)].step)
    if event.kind == "timer":
        return str(words.TIMER.get(event.code, ""))
    return ""


def _verified_words(event: Event, request: Request) -> str:
    """On its way: because she sent it, confirmed her address, or turned to another centre."""
    if event.at == request.sent_at:
        return ""
    if request.confirmed_at is None or event.at > request.confirmed_at:
        return str(words.MOVED)
    return str(words.STATE[State.VERIFIED].step)


def _messages(source: StatusPage) -> QuerySet[Message]:
    """Everything said."""
    said = source.request.messages.order_by("id")
    return said.select_related("request__team", "access__team").prefetch_related("attachments")


def _message(message: Message) -> PageMessage:
    is_mine = message.author == Message.Author.PERSON
    return PageMessage(
        author=_("You") if is_mine else _("The team"),
        when=when.moment(message.sent_at),
        text=message.text,
        is_mine=is_mine,
        attached=[
            *(str(words.ATTACHED[attachment.kind]) for attachment in message.attachments.all()),
            *_joined(message),
        ],
        offer=Offer(address=reverse("find:study", args=[message.offered_study]))
        if message.offered_study
        else None,
    )


def _joined(message: Message) -> list[str]:
    """That she had chosen another centre; told here alone, never on the page after sending."""
    is_further = any(one.kind == Attachment.Kind.DETAILS for one in message.attachments.all())
    if message.access is None or not is_further or message.access.team == message.request.team:
        return []
    chosen = message.access.team.name_in((get_language() or "en").split("-")[0])
    told = _(
        "You chose %(centre)s for this message. Your first message to the study is still open, so it was "
        "added to that one."
    )
    return [told % {"centre": chosen}]


def _details(details: Details, request: Request) -> list[Detail]:
    """What is known of her, as far as it is."""
    shown = (
        (_("Name"), f"{details.first_name} {details.last_name}".strip()),
        (_("E-mail"), _email(details, request)),
        (_("Telephone"), shown_telephone(details.telephone) if details.telephone else ""),
        (_("You would like to be answered"), channel_words(details.channel)),
        (_("When you can be called"), _half_days(details.half_days)),
        (
            _("Message on your telephone"),
            _("may be left")
            if details.may_leave_message
            else _("may not be left")
            if details.telephone
            else "",
        ),
        (_("You would rather speak"), details.other_language),
        (_("You write for"), writes_for_words(request.writes_for)),
    )
    return [Detail(label=label, text=text) for label, text in shown if text]


def _email(details: Details, request: Request) -> str:
    if not details.email:
        return ""
    state = _("confirmed") if request.confirmed_at else _("not confirmed yet")
    return _("%(address)s (%(state)s)") % {"address": details.email, "state": state}


def _half_days(codes: tuple[str, ...]) -> str:
    """Monday morning, Thursday afternoon."""
    return ", ".join(box.label for day in week(list(codes)).days for box in day.boxes if box.checked)


def _team_telephone(source: StatusPage) -> str:
    """A number of the team that may be shown, for who waits."""
    address = (
        TeamAddress.objects.filter(team=source.team, state=TeamAddress.State.APPROVED, gone_since=None)
        .exclude(telephone="")
        .order_by("rank", "id")
        .first()
    )
    return shown_telephone(address.telephone) if address else ""


def initial_details(source: StatusPage) -> dict[str, Any]:
    """What the form of details shows before she changes anything."""
    details = source.details
    if details is None:
        return {}
    return {
        "first_name": details.first_name,
        "last_name": details.last_name,
        "email": details.email,
        "telephone": shown_telephone(details.telephone) if details.telephone else "",
        "channel": details.channel,
        "half_days": list(details.half_days),
        "may_leave_message": details.may_leave_message,
        "other_language": details.other_language,
    }


@dataclass(frozen=True, kw_only=True)
class ErasedPage:
    """What was erased, counted before."""

    erased: list[str]


def erased_page(source: StatusPage) -> ErasedPage:
    """What a withdrawal erases; call it before."""
    messages = list(_messages(source))
    attached = sum(len(message.attachments.all()) for message in messages)
    lines = [
        _("your name and every way to reach you"),
        _("every message, yours and the team’s: %(n)s") % {"n": len(messages)},
    ]
    if attached:
        lines.append(_("what was attached: %(n)s") % {"n": attached})
    lines += [
        _("the team’s notes and drafts about you"),
        _("mails about it that had not left yet, and the texts of those that had"),
        _("this page, its address and its code"),
    ]
    return ErasedPage(erased=lines)
