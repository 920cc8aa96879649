"""Mails to the team and to the staff who look after it: no name, nothing of what she wrote, a reference."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from gravida.find.contact import links, mail_kinds
from gravida.find.contact.mail_words import day, language_of_team, place
from gravida.find.contact.models import Message, Request, Sender, TaskTrouble, Team, TeamAddress
from gravida.find.contact.telephone import shown_telephone
from gravida.web.mail.outbox import MailKind, queue
from gravida.web.people.models import Membership, Person
from gravida.web.people.roles import PERMISSIONS, Permission, Role

NOTIFY, FULL = "notify", "full"


def tell_team(request: Request, *, at: datetime, period: str = "") -> bool:
    """Tell the team's first contacts of a message; False where no address may be written to: it waits."""
    addresses = _first(request.team)
    if not addresses:
        return False
    is_full = settings.CONTACT_EMAIL_MODE == FULL
    kind = mail_kinds.TEAM_FULL if is_full else mail_kinds.TEAM_NEW
    for address in addresses:
        _to_address(address, request, kind, _full(request) if is_full else {}, period=period, at=at)
    return True


def remind_team(request: Request, *, at: datetime) -> None:
    """Nobody has answered: the same contacts again."""
    for address in _first(request.team):
        _to_address(address, request, mail_kinds.TEAM_REMINDER, {}, period=_since(request), at=at)


def tell_alternate(request: Request, *, at: datetime) -> None:
    """Nobody has answered: the next contacts; the first again where there is no other."""
    usable = list(request.team.addresses.usable())
    for address in [one for one in usable if one.rank] or usable:
        _to_address(address, request, mail_kinds.TEAM_ALTERNATE, {}, period=_since(request), at=at)


def tell_team_of_more(request: Request, message: Message, *, at: datetime) -> None:
    """She has written again."""
    for address in _first(request.team):
        _to_address(address, request, mail_kinds.TEAM_MORE, {}, period=f"message {message.pk}", at=at)


def tell_team_nobody_called(request: Request, *, at: datetime) -> None:
    """She says that nobody has called; once a day."""
    for address in _first(request.team):
        _to_address(address, request, mail_kinds.TEAM_NOBODY_CALLED, {}, period=f"{at:%Y-%m-%d}", at=at)


def tell_staff(
    kind: MailKind, *, about: str, study: str, centre: str, context: dict[str, str], period: str, at: datetime
) -> int:
    """Mail whoever approves contacts there, administrators among them; how many were told."""
    told = list(_approvers(study, centre))
    for person in told:
        queue(
            kind=kind,
            about=about,
            to=person.email,
            language=person.language,
            template=mail_kinds.template_of(kind),
            context={**context, "open_url": links.approval_page(language=person.language)},
            period=period,
            at=at,
        )
    return len(told)


def tell_administrators(request: Request, *, at: datetime) -> None:
    """Seven working days without an answer."""
    for person in _approvers(request.study, request.team.centre):
        queue(
            kind=mail_kinds.STAFF_UNANSWERED,
            about=request.about,
            to=person.email,
            language=person.language,
            template=mail_kinds.template_of(mail_kinds.STAFF_UNANSWERED),
            context=_context(request, person.language)
            | {"sent_on": day(request.sent_at, language=person.language)},
            period=_since(request),
            at=at,
        )


def tell_administrators_of_trouble(trouble: TaskTrouble, *, at: datetime) -> None:
    """A task has broken on a message too often: the message stands still until somebody looks."""
    for person in _administrators():
        queue(
            kind=mail_kinds.STAFF_STOPPED,
            about=f"contact-task:{trouble.pk}",
            to=person.email,
            language=person.language,
            template=mail_kinds.template_of(mail_kinds.STAFF_STOPPED),
            context=_context(trouble.request, person.language) | {"task": trouble.task},
            at=at,
        )


def tell_site_that_copies_are_paused(*, at: datetime) -> None:
    """Two hundred copies in an hour: perhaps somebody abuses the form. Once an hour."""
    for person in _administrators():
        queue(
            kind=mail_kinds.STAFF_COPIES_PAUSED,
            about="contact",
            to=person.email,
            language=person.language,
            template=mail_kinds.template_of(mail_kinds.STAFF_COPIES_PAUSED),
            context={},
            period=f"{at:%Y-%m-%dT%H}",
            at=at,
        )


def _first(team: Team) -> list[TeamAddress]:
    """The contacts told first: the main ones, or whoever comes next where these take no mail."""
    usable = list(team.addresses.usable())
    return [address for address in usable if address.rank == usable[0].rank]


def _since(request: Request) -> str:
    """One period for each beginning of the timers: at another team they run anew."""
    return f"{request.counted_from:%Y-%m-%dT%H:%M}"


def _context(request: Request, language: str) -> dict[str, str]:
    return {"place": place(request.team, language=language), "reference": request.reference}


def _to_address(
    address: TeamAddress, request: Request, kind: MailKind, more: dict[str, str], *, period: str, at: datetime
) -> None:
    language = language_of_team(request.team)
    queue(
        kind=kind,
        about=request.about,
        to=address.email,
        language=language,
        template=mail_kinds.template_of(kind),
        context=_context(request, language)
        | {
            "sent_on": day(request.sent_at, language=language),
            "acknowledge_url": links.acknowledge_page(request, language=language, at=at),
            "close_url": links.close_page(request, language=language, at=at),
            "open_url": links.inbox_page(request, language=language),
        }
        | {name: value for name, value in more.items() if name != "reply_to"},
        period=period or _since(request),
        reply_to=more.get("reply_to", ""),
        at=at,
    )


def _full(request: Request) -> dict[str, str]:
    """What she wrote, for hospitals whose mail is closed to others (CONTACT_EMAIL_MODE=full)."""
    sender = Sender.objects.get(request=request)
    texts = request.messages.filter(author=Message.Author.PERSON).order_by("id")
    return {
        "name": f"{sender.first_name} {sender.last_name}".strip(),
        "email": sender.email or "-",
        "telephone": shown_telephone(sender.telephone) if sender.telephone else "-",
        "other_language": sender.other_language or "-",
        "text": "\n\n".join(message.text for message in texts if message.text) or "-",
        "reply_to": sender.email,
    }


def _administrators() -> Iterable[Person]:
    held = Membership.objects.current().filter(role=Role.ADMINISTRATOR)
    return Person.objects.active().filter(pk__in=held.values("person")).order_by("pk")


def _approvers(study: str, centre: str) -> Iterable[Person]:
    roles = [role.value for role in PERMISSIONS[Permission.APPROVE_CONTACTS]]
    held = Membership.objects.current().filter(role__in=roles, study__in=("", study), centre__in=("", centre))
    return Person.objects.active().filter(pk__in=held.values("person")).order_by("pk")
