"""The list of messages: states with counts on the left, the messages asked for, most urgent first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, Window
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gravida.find.contact.models import Language, Message, Request, Team
from gravida.find.contact.states import NEXT_STEP, OPEN, State
from gravida.find.inbox import asked as asking
from gravida.find.inbox import when, words
from gravida.find.inbox.asked import GROUPS, Asked, messages_of
from gravida.find.inbox.when import Due
from gravida.web.people.models import Person

PER_PAGE = 50
OPEN_VALUES = [state.value for state in OPEN]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A state, or a group of them, with how many messages stand there."""

    label: str
    address: str
    count: int
    is_here: bool
    is_urgent: bool = False
    parts: tuple["Choice", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Row:
    """A message in the list: nothing of who wrote it."""

    number: int
    version: int
    reference: str
    address: str
    centre: str
    state: str
    next: str
    due: Due
    sent: str
    sent_ago: str
    language: str
    channel: str
    marks: tuple[str, ...]
    assigned_to: str


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """Everything the list shows."""

    asked: Asked
    heading: str
    choices: tuple[Choice, ...]
    rows: tuple[Row, ...]
    total: int
    first: int
    last: int
    previous: str
    next: str
    teams: tuple[tuple[int, str], ...]
    languages: tuple[tuple[str, str], ...]
    has_centres: bool
    has_spam_note: bool


def list_page(person: Person, asked: Asked, *, at: datetime) -> ListPage:
    """The list as this person may see it: three queries, however many messages there are."""
    teams = {team.pk: _name(team) for team in _teams(person)}
    found, total = _found(person, asked, at=at)
    counted = _counts(person, at=at)
    first = (asked.page - 1) * PER_PAGE
    choices = _choices(counted, asked)
    return ListPage(
        asked=asked,
        heading=_heading(choices, asked),
        choices=choices,
        rows=tuple(_row(request, teams, at=at) for request in found),
        total=total,
        first=first + 1 if found else 0,
        last=first + len(found),
        previous=_address(asked, page=asked.page - 1) if asked.page > 1 else "",
        next=_address(asked, page=asked.page + 1) if first + PER_PAGE < total else "",
        teams=tuple(sorted(teams.items(), key=lambda team: team[1])),
        languages=tuple(Language.choices),
        has_centres=len(teams) > 1,
        has_spam_note=asked.status == asking.SPAM,
    )


def _teams(person: Person) -> list[Team]:
    """Teams that have messages this person may read."""
    mine = Request.objects.get_for(person).filter(erased_at=None)
    return list(Team.objects.filter(pk__in=mine.order_by().values("team").distinct()))


def _found(person: Person, asked: Asked, *, at: datetime) -> tuple[list[Request], int]:
    """The page's messages and how many there are in all, in one query."""
    unread = Message.objects.filter(request=OuterRef("pk"), author=Message.Author.PERSON, read_at=None)
    rows = (
        messages_of(person, asked, at=at)
        .select_related("assigned_to")
        .annotate(total=Window(Count("pk")), is_unread=Exists(unread))
    )
    first = (asked.page - 1) * PER_PAGE
    found = list(rows[first : first + PER_PAGE])
    return found, getattr(found[0], "total", 0) if found else 0


def _counts(person: Person, *, at: datetime) -> dict[str, int]:
    """How many in each state, and how many of the open are overdue; one query."""
    mine = Request.objects.get_for(person).filter(erased_at=None).order_by()
    late = Count("pk", filter=Q(state__in=OPEN_VALUES, due_at__lte=at))
    rows = list(mine.values("state").annotate(n=Count("pk"), late=late))
    counted = {row["state"]: row["n"] for row in rows}
    return counted | {asking.OVERDUE: sum(row["late"] for row in rows)}


def _group_names() -> dict[str, str]:
    return {
        "to-answer": _("To answer"),
        "to-call": _("To call"),
        "after-call": _("After a talk"),
        "ended": _("Ended messages"),
    }


def _choices(counted: Mapping[str, int], asked: Asked) -> tuple[Choice, ...]:
    def choice(status: str, label: str, count: int, **more: object) -> Choice:
        return Choice(
            label=label,
            address=_address(asked, status=status, page=1, reference=""),
            count=count,
            is_here=asked.status == status and not asked.reference,
            **more,  # type: ignore[arg-type]  # is_urgent or parts
        )

    def of_states(states: tuple[State, ...]) -> tuple[Choice, ...]:
        return tuple(
            choice(state.value, str(words.STATE[state]), counted.get(state.value, 0))
            for state in states
            if counted.get(state.value) or asked.status == state.value
        )

    overdue = counted[asking.OVERDUE]
    return (
        choice(asking.OVERDUE, _("Overdue"), overdue, is_urgent=overdue > 0),
        choice(asking.OPEN, _("All open"), sum(counted.get(value, 0) for value in OPEN_VALUES)),
        *(
            choice(
                group,
                _group_names()[group],
                sum(counted.get(state.value, 0) for state in states),
                parts=of_states(states),
            )
            for group, states in GROUPS.items()
        ),
        choice(asking.SPAM, _("Spam"), counted.get(State.SPAM.value, 0)),
    )


def _heading(choices: tuple[Choice, ...], asked: Asked) -> str:
    if asked.reference:
        return _("Messages beginning with %(reference)s") % {"reference": asked.reference}
    every = [*choices, *(part for choice in choices for part in choice.parts)]
    return next(choice.label for choice in every if choice.is_here)


def _row(request: Request, teams: Mapping[int, str], *, at: datetime) -> Row:
    expected = NEXT_STEP.get(request.where)
    return Row(
        number=request.pk,
        version=request.version,
        reference=request.reference,
        address=reverse("inbox:message", args=[request.reference]),
        centre=teams[request.team_id],
        state=str(words.STATE[request.where]),
        next=str(words.NEXT[expected.code]) if expected else "",
        due=when.due(request.due_at, at=at),
        sent=when.short(request.sent_at),
        sent_ago=when.ago(request.sent_at, at=at),
        language=dict(Language.choices)[request.language],
        channel=str(words.CHANNEL[request.channel]),
        marks=tuple(_marks(request)),
        assigned_to=request.assigned_to.name if request.assigned_to else "",
    )


def _marks(request: Request) -> list[str]:
    told = {
        _("something new from her"): getattr(request, "is_unread", False) and request.acknowledged_at,
        _("late"): request.late_at,
        _("address not confirmed"): request.is_unverified,
        _("her e-mail address takes no mail"): request.email_bounced_at,
        _("waits: no address of the team is approved"): request.told_team_at is None
        and request.where in (State.UNVERIFIED, State.VERIFIED),
    }
    return [mark for mark, holds in told.items() if holds]


def _name(team: Team) -> str:
    return team.name_in((get_language() or "en").split("-")[0])


def _address(asked: Asked, **changed: object) -> str:
    query = asked.query(**changed)
    return reverse("inbox:list") + (f"?{query}" if query else "")
