"""Mails to the person who wrote: each says what to do next, and nothing that she typed but on her wish."""

from datetime import datetime

from gravida.find.contact import links, mail_kinds
from gravida.find.contact.mail_words import day, day_and_hour, place
from gravida.find.contact.models import Access, Message, Request, Sender
from gravida.web.mail.outbox import MailKind, queue


def copy(request: Request, *, token: str, waits: bool, at: datetime) -> None:
    """The copy: a fixed text, the reference, one link."""
    template = "contact/person_copy_waits" if waits else ""
    url = links.confirm_page(token, language=request.language)
    _send(
        mail_kinds.COPY,
        request,
        {"confirm_url": url},
        period=f"{at:%Y-%m-%dT%H:%M}",
        template=template,
        at=at,
    )


def confirm_new_address(request: Request, *, token: str, at: datetime) -> None:
    """She has changed her e-mail address: does it work?"""
    url = links.confirm_page(token, language=request.language)
    period = f"{at:%Y-%m-%dT%H:%M}"
    _send(mail_kinds.CONFIRM_NEW_ADDRESS, request, {"confirm_url": url}, period=period, at=at)


def full_copy(request: Request, *, at: datetime) -> bool:
    """Everything she wrote, on her wish; False where no mail can go to her."""
    texts = request.messages.filter(author=Message.Author.PERSON).order_by("id")
    text = "\n\n".join(message.text for message in texts if message.text)
    return _send(mail_kinds.FULL_COPY, request, {"text": text or "-"}, period=f"{at:%Y-%m-%d}", at=at)


def new_code(request: Request, *, code: str, at: datetime) -> None:
    """A new code for her private page."""
    _send(mail_kinds.NEW_CODE, request, {"code": code}, period=f"{at:%Y-%m-%dT%H:%M}", at=at)


def acknowledged(request: Request, *, at: datetime) -> None:
    """The team has her message."""
    _send(mail_kinds.ACKNOWLEDGED, request, {}, at=at)


def answer(request: Request, *, message: Message, at: datetime) -> None:
    """There is an answer on her private page; not what it says."""
    _send(mail_kinds.ANSWER, request, {}, period=f"message {message.pk}", at=at)


def call_booked(request: Request, *, at: datetime) -> None:
    """The hour of the call."""
    if request.call_at is None:
        raise ValueError(f"{request}: no hour of a call")
    when = day_and_hour(request.call_at, language=request.language)
    _send(
        mail_kinds.CALL_BOOKED, request, {"call_at": when}, period=f"{request.call_at:%Y-%m-%dT%H:%M}", at=at
    )


def no_answer(request: Request, *, at: datetime) -> None:
    """Seven working days: what she can do."""
    _send(mail_kinds.NO_ANSWER, request, {}, period=f"{request.counted_from:%Y-%m-%d}", at=at)


def team_closed(request: Request, *, at: datetime) -> None:
    """The team does not take part any more; what she can do."""
    _send(mail_kinds.TEAM_CLOSED, request, {}, period=f"team {request.team_id}", at=at)


def team_broken(request: Request, *, at: datetime) -> None:
    """The team's address took no mail; another way is tried."""
    _send(mail_kinds.TEAM_BROKEN, request, {}, period=f"team {request.team_id}", at=at)


def unreachable(request: Request, *, at: datetime) -> None:
    """Three calls and two weeks: the message is closed."""
    _send(mail_kinds.UNREACHABLE, request, {}, at=at)


def expired(request: Request, *, to: str, at: datetime) -> None:
    """Thirty days without an answer: closed and deleted. Told apart from the row, which is erased with it."""
    _queue(
        mail_kinds.EXPIRED, request, {}, to=to, about=f"{request.about}:closed", period="", template="", at=at
    )


def address_of(request: Request) -> str:
    """Her e-mail address where mail can go there, else empty."""
    if not request.has_email or request.email_bounced_at:
        return ""
    sender = Sender.objects.filter(request=request).first()
    return sender.email if sender else ""


def _send(
    kind: MailKind,
    request: Request,
    more: dict[str, str],
    *,
    period: str = "",
    template: str = "",
    at: datetime,
) -> bool:
    """Queue a mail to her; False where there is no address that takes mail."""
    to = address_of(request)
    if not to:
        return False
    key = Access.objects.filter(request=request).order_by("id").first()
    page = links.status_page(key.token, language=request.language) if key else ""
    _queue(
        kind, request, {"status_url": page} | more, to=to, about=request.about, period=period,
        template=template, at=at,
    )  # fmt: skip
    return True


def _queue(
    kind: MailKind,
    request: Request,
    more: dict[str, str],
    *,
    to: str,
    about: str,
    period: str,
    template: str,
    at: datetime,
) -> None:
    language = request.language
    queue(
        kind=kind,
        about=about,
        to=to,
        language=language,
        template=template or mail_kinds.template_of(kind),
        context={
            "reference": request.reference,
            "place": place(request.team, language=language),
            "sent_on": day(request.sent_at, language=language),
            "answer_by": day(request.due_at, language=language) if request.due_at else "",
        }
        | more,
        period=period,
        at=at,
    )
