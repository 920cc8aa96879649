"""The centres of a study as somebody who may write to them sees them: nearest first, open or not, and why."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gravida.find import words
from gravida.find.centres import At
from gravida.find.contact import reads
from gravida.find.contact.letters import Openness
from gravida.find.contact.models import Team
from gravida.find.contact.openness import openness_of
from gravida.find.contact.pages import when
from gravida.find.gazetteer import Place, place_of_location
from gravida.find.models import Study
from gravida.find.nearest import distance_km
from gravida.find.site_studies import centres_of

NEAR_KM = 100.0  # beyond it a centre is not said to be near
OPEN = (Openness.OPEN, Openness.WAITS)


@dataclass(frozen=True, kw_only=True)
class CentreRow:
    """A centre in a list; what is not known is empty and not shown."""

    team: Team
    key: str
    name: str
    place: str
    openness: Openness
    status: str
    languages: str
    confirmed_on: date | None
    usually: str
    kilometres: float | None = None
    distance: str = ""
    is_chosen: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it can be written to now."""
        return self.openness in OPEN


STATUS = {
    Openness.OPEN: lambda: _("Open: you can write now"),
    Openness.WAITS: lambda: _("Open; the team’s address is being checked, so your message waits a little"),
    Openness.STUDY_CLOSED: lambda: _("The study is not open now"),
    Openness.TEAM_CLOSED: lambda: _("The team takes no new messages now"),
    Openness.NO_CONTACT: lambda: _("This team has no contact here"),
}


def centre_rows(study: Study, *, near: Place | None, at: datetime) -> list[CentreRow]:
    """The centres of a study: nearest first where we know from where, else by name; an open one is chosen.

    Two queries, however many centres there are.
    """
    teams = Team.objects.of(study.number).order_by("id").prefetch_related("addresses")
    rows = [
        row_of(
            team,
            found=openness_of(team, status=study.status, addresses=team.addresses.all()),
            near=near,
            at=at,
        )
        for team in teams
    ]
    if near:
        rows.sort(key=lambda row: (row.kilometres is None, row.kilometres or 0.0, row.name))
    else:
        rows.sort(key=lambda row: row.name)
    first = next((place for place, row in enumerate(rows) if row.is_open), None)
    return [replace(row, is_chosen=place == first) for place, row in enumerate(rows)]


def row_of(team: Team, *, found: Openness, near: Place | None, at: datetime) -> CentreRow:
    """A centre; `near` adds the distance."""
    kilometres = _kilometres(team, near) if near else None
    distance = ""
    if near:
        distance = _("distance unknown") if kilometres is None else words.distance(kilometres)
    return CentreRow(
        team=team,
        key=team.centre,
        name=team.name_in(_language()),
        place=words.town(team.town, team.country),
        openness=found,
        status=STATUS[found](),
        languages=", ".join(words.of(words.LANGUAGE, code) for code in team.languages),
        confirmed_on=team.confirmed_on,
        usually=when.usually(reads.usually_answers(team, at=at)),
        kilometres=kilometres,
        distance=distance,
    )


def _kilometres(team: Team, near: Place) -> float | None:
    """From a place to the centre: its own point where the folder gives one, else its town."""
    centre = next((centre for centre in centres_of(team.study) if centre.id == team.centre), None)
    if centre and centre.latitude is not None and centre.longitude is not None:
        return distance_km(near, At(latitude=centre.latitude, longitude=centre.longitude))
    postcode = centre.postcode if centre else ""
    place = place_of_location(city=team.town, state="", postcode=postcode, country=team.country)
    return distance_km(near, place) if place else None


def _language() -> str:
    return (get_language() or "en").split("-")[0]
