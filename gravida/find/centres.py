"""Where a study takes place: its own centres first, then the registry's locations, nearest first."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from gravida.find import words
from gravida.find.gazetteer import Place, place_of_location
from gravida.find.nearest import MaybePoint, distance_km
from gravida.find.record import Location, StudyRecord
from gravida.find.site_studies import in_language
from gravida.protocol.study import Centre, StudyFolder


@dataclass(frozen=True, kw_only=True)
class PlaceRow:
    """A centre or location: who, in which town, how far, in which state, speaking what."""

    name: str
    town: str
    status: str = ""
    languages: str = ""
    kilometres: float | None = None
    distance: str = ""  # in words; empty when nobody asked from where


@dataclass(frozen=True, kw_only=True)
class At:
    """A point, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, kw_only=True)
class Town:
    """A town as a record or a study folder names it."""

    city: str
    country: str
    state: str = ""
    postcode: str = ""


def places_of(record: StudyRecord, folder: StudyFolder | None, *, near: Place | None) -> list[PlaceRow]:
    """Every place of a study; with `near` sorted by distance, unknown distances last and said so."""
    rows = [_centre(centre, near) for centre in folder.centres] if folder else []
    rows += [_location(location, near) for location in record.locations]
    if near is None:
        return rows
    measured = sorted(rows, key=lambda row: (row.kilometres is None, row.kilometres or 0))
    return [replace(row, distance=_distance(row.kilometres)) for row in measured]


def _distance(kilometres: float | None) -> str:
    return _("distance unknown") if kilometres is None else words.distance(kilometres)


def _centre(centre: Centre, near: Place | None) -> PlaceRow:
    town = Town(city=centre.town, postcode=centre.postcode, country=centre.country)
    return PlaceRow(
        name=in_language(centre.name),
        town=words.town(centre.town, centre.country),
        languages=", ".join(words.of(words.LANGUAGE, code) for code in centre.languages),
        kilometres=_from(near, centre, town),
    )


def _location(location: Location, near: Place | None) -> PlaceRow:
    town = words.town(location.city, location.country)
    return PlaceRow(
        name=location.facility or town,
        town=town if location.facility else "",
        status=words.of(words.STATUS, location.status) if location.status else "",
        kilometres=_from(
            near,
            location,
            Town(
                city=location.city, state=location.state, postcode=location.postcode, country=location.country
            ),
        ),
    )


def _from(near: Place | None, point: MaybePoint, town: Town) -> float | None:
    """Kilometres to a point where it is given, else to its town; None where neither is known."""
    if near is None:
        return None
    if point.latitude is not None and point.longitude is not None:
        return distance_km(near, At(latitude=point.latitude, longitude=point.longitude))
    place = place_of_location(city=town.city, state=town.state, postcode=town.postcode, country=town.country)
    return distance_km(near, place) if place else None
