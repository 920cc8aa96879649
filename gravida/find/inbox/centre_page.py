"""The page of a centre: open or closed, who is written to, which days it works, what became of messages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gravida.find.contact.letters import Openness
from gravida.find.contact.models import Team, TeamAddress
from gravida.find.contact.openness import openness
from gravida.find.contact.telephone import shown_telephone
from gravida.find.contact.working_days import is_working_day
from gravida.find.inbox import when
from gravida.find.inbox.card_page import study_name
from gravida.web.people.models import Person
from gravida.web.people.permissions import may, within
from gravida.web.people.roles import Permission

READ, ANSWER, APPROVE = Permission.READ_MESSAGES, Permission.ANSWER_MESSAGES, Permission.APPROVE_CONTACTS
FREE_DAYS_AHEAD = 120


@dataclass(frozen=True, kw_only=True)
class Address:
    """Somewhere at which a team is told of messages."""

    number: int
    who: str
    role: str
    email: str
    telephone: str
    kind: str
    source: str
    since: str
    state: str
    trouble: str = ""
    decided: str = ""
    can_approve: bool = False
    can_refuse: bool = False


@dataclass(frozen=True, kw_only=True)
class Held:
    """An address that waits for a decision, and those that mails go to now."""

    new: Address
    old: tuple[Address, ...]


@dataclass(frozen=True, kw_only=True)
class CentrePage:
    """Everything that the page shows but the figures."""

    team: Team
    name: str
    study: str
    is_open: bool
    state: str
    closed: str
    confirmed: str
    held: tuple[Held, ...]
    addresses: tuple[Address, ...]
    calendar: str
    free_days: tuple[str, ...]
    may_answer: bool
    may_approve: bool


def teams_for(person: Person) -> QuerySet[Team]:
    """Teams of whose messages this person reads, or whose addresses this person approves."""
    seen = [within(person, permission) for permission in (READ, APPROVE)]
    # An empty condition lets everything pass, but `or` drops it.
    everywhere = any(not condition for condition in seen)
    return Team.objects.filter(Q() if everywhere else seen[0] | seen[1], gone_since=None).order_by(
        "study", "source", "id"
    )


def held_for(person: Person) -> list[TeamAddress]:
    """Addresses that wait for this person's decision."""
    mine = within(person, APPROVE, study="team__study", centre="team__centre")
    return list(TeamAddress.objects.to_approve().filter(mine))


def centre_page(team: Team, *, by: Person, at: datetime) -> CentrePage:
    """The page as this person may see it."""
    state = openness(team)
    may_approve = may(by, APPROVE, study=team.study, centre=team.centre)
    addresses = list(
        team.addresses.filter(gone_since=None).select_related("decided_by").order_by("rank", "id")
    )
    return CentrePage(
        team=team,
        name=name_here(team),
        study=study_name(team.study),
        is_open=state in (Openness.OPEN, Openness.WAITS),
        state=_openness_words()[state],
        closed=_closed(team),
        confirmed=date_format(team.confirmed_on, "l j F Y") if team.confirmed_on else "",
        held=tuple(side_by_side(one) for one in addresses if one.state == TeamAddress.State.HELD),
        addresses=tuple(
            address_of(one, may_decide=may_approve)
            for one in addresses
            if one.state != TeamAddress.State.HELD
        ),
        calendar=team.calendar,
        free_days=tuple(_free_days(team, at=at)),
        may_answer=may(by, ANSWER, study=team.study, centre=team.centre),
        may_approve=may_approve,
    )


def name_here(team: Team) -> str:
    """The team's name in the reader's language."""
    return team.name_in((get_language() or "en").split("-")[0])


def _openness_words() -> dict[Openness, str]:
    return {
        Openness.OPEN: _("Open: people can write to this centre."),
        Openness.WAITS: _("Open, but no address is approved: messages are kept and wait until one is."),
        Openness.STUDY_CLOSED: _("Closed: the registry says that the study does not take participants."),
        Openness.TEAM_CLOSED: _("Closed: people cannot write to this centre."),
        Openness.NO_CONTACT: _("Closed: nobody of this centre can be written to."),
    }


def _closed(team: Team) -> str:
    if team.closed_at is None:
        return ""
    by = team.closed_by.name if team.closed_by else _("the link in the team’s mail")
    return _("Closed on %(day)s by %(who)s.") % {"day": when.day(team.closed_at), "who": by}


def side_by_side(held: TeamAddress) -> Held:
    """The held address and, beside it, those that messages go to now."""
    usable = held.team.addresses.usable().select_related("decided_by")
    return Held(
        new=address_of(held, may_decide=True),
        old=tuple(address_of(one, may_decide=False) for one in usable),
    )


def address_of(address: TeamAddress, *, may_decide: bool) -> Address:
    """An address as pages show it; those of a study folder are decided there."""
    language = (get_language() or "en").split("-")[0]
    state, is_ours = TeamAddress.State(address.state), address.source == Team.Source.FOLDER
    return Address(
        number=address.pk,
        who=address.in_language(address.name, language) or _("no name"),
        role=address.in_language(address.role, language),
        email=address.email,
        telephone=shown_telephone(address.telephone) if address.telephone else "",
        kind=_kinds()[TeamAddress.Kind(address.kind)],
        source=_("study folder") if is_ours else _("registry record"),
        since=when.day(address.seen_at),
        state=_states()[state],
        trouble=_("takes no mail since %(day)s") % {"day": when.day(address.broken_since)}
        if address.broken_since
        else "",
        decided=_decided(address),
        can_approve=may_decide and not is_ours and (state != state.APPROVED or bool(address.broken_since)),
        can_refuse=may_decide and not is_ours and state != state.REFUSED,
    )


def _kinds() -> dict[TeamAddress.Kind, str]:
    return {
        TeamAddress.Kind.MAIN: _("told first"),
        TeamAddress.Kind.ALTERNATE: _("told after five working days without an answer"),
        TeamAddress.Kind.CENTRAL: _("of the whole study"),
    }


def _states() -> dict[TeamAddress.State, str]:
    return {
        TeamAddress.State.APPROVED: _("approved"),
        TeamAddress.State.HELD: _("waits for a decision"),
        TeamAddress.State.REFUSED: _("refused"),
    }


def _decided(address: TeamAddress) -> str:
    if address.decided_by is None or address.decided_at is None:
        return ""
    told = {"who": address.decided_by.name, "day": when.day(address.decided_at)}
    return _("decided by %(who)s on %(day)s") % told


def _free_days(team: Team, *, at: datetime) -> Iterator[str]:
    """Weekdays of the next months on which the centre does not work."""
    today: date = team.working_calendar.local(at).date()
    for ahead in range(FREE_DAYS_AHEAD):
        day = today + timedelta(days=ahead)
        if day.weekday() < 5 and not is_working_day(day, team.working_calendar):
            yield date_format(day, "l j F Y")
