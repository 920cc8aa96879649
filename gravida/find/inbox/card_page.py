"""One message as its page shows it: how to speak with her first, then who she is, what happened, what now."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from gravida.find.contact.models import Language, Request, Sender, TaskTrouble
from gravida.find.contact.states import NEXT_STEP, UNANSWERED
from gravida.find.contact.telephone import shown_telephone
from gravida.find.inbox import when, words
from gravida.find.inbox.offered_acts import Offered, offered
from gravida.find.inbox.timeline import Entry, entries
from gravida.find.inbox.when import Due
from gravida.find.site_studies import in_language, site_studies
from gravida.web.people.models import Person
from gravida.web.people.permissions import may
from gravida.web.people.roles import Permission


@dataclass(frozen=True, kw_only=True)
class Who:
    """Who wrote, for those who may see it."""

    name: str
    telephone: str
    telephone_link: str
    email: str
    other_language: str


@dataclass(frozen=True, kw_only=True)
class CardPage:
    """Everything the page of a message shows."""

    request: Request
    reference: str
    address: str
    version: int
    seen: str
    state: str
    state_since: str
    study: str
    centre: str
    who: Who | None
    language: str
    channel: str
    half_days: tuple[str, ...]
    may_leave_message: bool
    writes_for: str
    warnings: tuple[str, ...]
    twins: tuple[str, ...]  # references of other messages with the same address or number
    next: str
    due: Due
    call_at: str
    assigned_to: str
    entries: tuple[Entry, ...]
    latest: Entry | None
    offered: Offered
    may_answer: bool


def card_page(request: Request, *, by: Person, at: datetime) -> CardPage:
    """The page; who wrote stands on it only for those who may answer her."""
    may_answer = may(by, Permission.ANSWER_MESSAGES, study=request.study, centre=request.team.centre)
    told = entries(request)
    expected = NEXT_STEP.get(request.where)
    return CardPage(
        request=request,
        reference=request.reference,
        address=reverse("inbox:message", args=[request.reference]),
        version=request.version,
        seen=seen_of(request),
        state=str(words.STATE[request.where]),
        state_since=when.day_and_hour(request.state_since),
        study=study_name(request.study),
        centre=in_language(request.team.name) or request.team.town,
        who=_who(request) if may_answer else None,
        language=dict(Language.choices)[request.language],
        channel=str(words.CHANNEL[request.channel]),
        half_days=half_days_in_words(request.half_days),
        may_leave_message=request.may_leave_message,
        writes_for=str(words.WRITES_FOR[request.writes_for]),
        warnings=tuple(_warnings(request)),
        twins=_twins(request, by) if may_answer else (),
        next=str(words.NEXT[expected.code] if expected else words.NOTHING_NEXT),
        due=when.due(request.due_at, at=at),
        call_at=when.day_and_hour(request.call_at) if request.call_at else "",
        assigned_to=request.assigned_to.name if request.assigned_to else "",
        entries=told,
        latest=next((entry for entry in told if entry.is_hers), None),
        offered=offered(request) if may_answer else Offered(acts=frozenset()),
        may_answer=may_answer,
    )


def seen_of(request: Request) -> str:
    """What the page shows of the message, for the page of a conflict: state, who has it, hour of a call."""
    call_at = request.call_at.isoformat() if request.call_at else ""
    return "|".join([request.state, str(request.assigned_to_id or ""), call_at])


def study_name(number: str) -> str:
    """A study's short name: its folder's, else its number."""
    folder = site_studies().get(number)
    return folder.id.upper() if folder else number


def half_days_in_words(half_days: list[str]) -> tuple[str, ...]:
    """Monday morning, Thursday afternoon; what is no half-day is left out."""
    told = []
    for half_day in half_days:
        day, _dash, half = half_day.partition("-")
        if day in words.DAY and half in words.HALF:
            told.append(f"{words.DAY[day]} {words.HALF[half]}")
    return tuple(told)


def _who(request: Request) -> Who | None:
    sender = Sender.objects.filter(request=request).first()
    if sender is None:
        return None
    return Who(
        name=f"{sender.first_name} {sender.last_name}".strip(),
        telephone=shown_telephone(sender.telephone) if sender.telephone else "",
        telephone_link=sender.telephone,
        email=sender.email,
        other_language=sender.other_language,
    )


def _twins(request: Request, by: Person) -> tuple[str, ...]:
    """Other messages of this study with the same e-mail address or telephone number: perhaps a repeat."""
    same = Q(pk__in=[])
    if request.email_blind:
        same |= Q(email_blind=request.email_blind)
    if request.telephone_blind:
        same |= Q(telephone_blind=request.telephone_blind)
    others = Request.objects.get_for(by).filter(same, study=request.study, erased_at=None)
    return tuple(others.exclude(pk=request.pk).order_by("-id").values_list("reference", flat=True)[:5])


def _warnings(request: Request) -> list[str]:
    told = {
        _("Her e-mail address is not confirmed: it may not be hers."): request.is_unverified,
        _("Her e-mail address takes no mail: call her."): request.email_bounced_at,
        _("Marked as late: two weeks without an answer."): request.late_at and request.where in UNANSWERED,
        _("No mail has gone to the team: no address of the centre is approved."): request.told_team_at is None
        and request.where in UNANSWERED,
        _("She gave no telephone number: write to her."): not request.has_telephone,
        _(
            "Reminders for this message have failed: nobody is reminded before somebody acts on it."
        ): TaskTrouble.objects.filter(request=request, try_again_at=None).exists(),
    }
    return [warning for warning, holds in told.items() if holds]
