"""What follows when a mail of the loop fails for good: another contact is used, she is told, staff see it."""

from datetime import datetime

from django.utils import timezone

from gravida.find.contact import mail_kinds, mails_to_person, mails_to_team
from gravida.find.contact.mail_words import place
from gravida.find.contact.models import Request, Team
from gravida.web.mail.failures import on_failed
from gravida.web.models import Mail


def listen() -> None:
    """Put our functions where the outbox calls them; at start-up."""
    for kind in mail_kinds.TO_TEAM:
        on_failed[kind.code] = team_mail_failed
    for kind in mail_kinds.TO_PERSON:
        on_failed[kind.code] = person_mail_failed


def team_mail_failed(mail: Mail) -> None:
    """The address of the team takes no mail: it is flagged, the next contact is told, she hears of it."""
    at = timezone.now()
    request = _request_of(mail)
    if request is None:
        return
    team = request.team
    team.addresses.filter(email=mail.recipient, broken_since=None).update(broken_since=at)
    if team.addresses.usable().exists():
        _tell_next(request, mail, at=at)
    else:
        Team.objects.filter(pk=team.pk, broken_since=None).update(broken_since=at)
        Request.objects.filter(pk=request.pk).update(told_team_at=None)
    mails_to_team.tell_staff(
        mail_kinds.STAFF_BROKEN,
        about=f"contact-team:{team.pk}",
        study=team.study,
        centre=team.centre,
        context={"place": place(team, language="en")},
        period=f"{at:%Y-%m-%d}",
        at=at,
    )
    mails_to_person.team_broken(request, at=at)


def person_mail_failed(mail: Mail) -> None:
    """Her address takes no mail: the private page says so, and the team telephones."""
    request = _request_of(mail)
    if request is None or mails_to_person.address_of(request) != mail.recipient:
        return
    copy_state = Request.CopyState.BOUNCED if mail.kind == mail_kinds.COPY.code else request.copy_state
    Request.objects.filter(pk=request.pk).update(email_bounced_at=timezone.now(), copy_state=copy_state)


def _tell_next(request: Request, mail: Mail, *, at: datetime) -> None:
    """The same news to the contact that comes next; once, for the outbox knows each address."""
    if mail.kind in (mail_kinds.TEAM_NEW.code, mail_kinds.TEAM_FULL.code):
        mails_to_team.tell_team(request, at=at, period=mail.period)
    else:
        mails_to_team.remind_team(request, at=at)


def _request_of(mail: Mail) -> Request | None:
    reference = mail.about.removeprefix("contact:")
    return Request.objects.filter(reference=reference, erased_at=None).select_related("team").first()
