"""The contact card of a study page: who answers, how soon, can one write now, what else can one do."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from gravida.find import words
from gravida.find.contact.models import Team, TeamAddress
from gravida.find.contact.pages.centres import NEAR_KM, CentreRow, centre_rows
from gravida.find.contact.pages.words import research_team_of
from gravida.find.gazetteer import Place
from gravida.find.models import Study

CENTRES_AT_ONCE = 5


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Somebody of a team, as far as given; initials stand where there is no portrait."""

    name: str
    role: str = ""
    languages: str = ""
    initials: str = ""
    portrait: str = ""  # address of the picture


@dataclass(frozen=True, kw_only=True)
class ContactCard:
    """What the side card and the section say about getting in touch."""

    number: str
    centres: list[CentreRow]
    contact: Contact | None
    write: str  # address of the form; empty: nobody can be written to now
    alerts: str  # address of the sign-up; empty: there is none
    why_not: str
    is_far: bool
    registry: str
    others_near: str

    @property
    def first_centres(self) -> list[CentreRow]:
        """The centres shown at once."""
        return self.centres[:CENTRES_AT_ONCE]

    @property
    def other_centres(self) -> list[CentreRow]:
        """The centres behind a fold."""
        return self.centres[CENTRES_AT_ONCE:]

    @property
    def first(self) -> CentreRow | None:
        """The centre the card speaks of: the nearest open one, else the nearest."""
        return next((row for row in self.centres if row.is_chosen), self.centres[0] if self.centres else None)


def contact_card(study: Study, *, near: Place | None, typed_near: str, at: datetime) -> ContactCard:
    """The card of a study; `near` adds distances."""
    rows = centre_rows(study, near=near, at=at)
    first = next((row for row in rows if row.is_chosen), None)
    query = f"?{urlencode({'near': typed_near})}" if near and typed_near else ""
    return ContactCard(
        number=study.number,
        centres=rows,
        contact=contact_of((first or rows[0]).team) if rows else None,
        write=reverse("contact:write", args=[study.number]) + query if first else "",
        alerts=alerts_of(study.number),
        why_not="" if first else _why_not(rows),
        is_far=is_far(rows),
        registry=f"https://clinicaltrials.gov/study/{study.number}",
        others_near=f"{reverse('find:search')}{query}" if query else "",
    )


def contact_of(team: Team) -> Contact:
    """Who of the team answers, where a name, a role or a language is known; else the team itself."""
    language = (get_language() or "en").split("-")[0]
    approved = (
        address
        for address in team.addresses.all()
        if address.state == TeamAddress.State.APPROVED and address.gone_since is None
    )
    address = min(approved, key=lambda address: (address.rank, address.pk), default=None)
    of_the_team = research_team_of(team.name_in(language))
    if address is None:
        return Contact(name=of_the_team)
    name = address.in_language(address.name, language)
    codes = address.languages or team.languages
    return Contact(
        name=name or of_the_team,
        role=address.in_language(address.role, language),
        languages=", ".join(words.of(words.LANGUAGE, code) for code in codes),
        initials="" if not name or address.portrait else _initials(name),
        portrait=reverse("contact:portrait", args=[team.study, address.pk]) if address.portrait else "",
    )


def is_far(rows: list[CentreRow]) -> bool:
    """Whether somebody asked for the distance and no open centre is near."""
    measured = [row.kilometres for row in rows if row.is_open and row.distance]
    return bool(measured) and not any(km is not None and km <= NEAR_KM for km in measured)


def _initials(name: str) -> str:
    """First letters of the first and the last word."""
    parts = [part for part in name.replace("-", " ").split() if part[0].isalpha()]
    return "".join(part[0].upper() for part in (parts[:1] + parts[1:][-1:]))


def _why_not(rows: list[CentreRow]) -> str:
    """Why nobody can be written to; empty where the study names no team at all."""
    return rows[0].status if rows else ""


def alerts_of(number: str) -> str:
    """Where somebody signs up to hear of a study; empty where this site has no alerts."""
    try:
        return reverse("alerts:study", args=[number])
    except NoReverseMatch:
        return ""
