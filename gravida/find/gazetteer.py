"""Where a place is: towns of the world and French postcodes, from the file that ships with Gravida."""

from dataclasses import dataclass
from typing import Literal

Precision = Literal["point", "city", "departement"]


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place with the point that stands for it. Latitude and longitude in degrees (WGS 84)."""

    name: str
    region: str  # French departement, state or province; empty where it adds nothing
    country: str  # in English, as ClinicalTrials.gov writes it
    latitude: float
    longitude: float
    precision: Precision  # what the point is: an exact one, the middle of a town, or of a departement


def place_of_location(*, city: str, state: str, postcode: str, country: str) -> Place | None:
    """Where a registry location lies, or None where its town is not known in that country."""
    raise NotImplementedError


def find_places(text: str, *, limit: int = 6) -> list[Place]:
    """The places a visitor may mean by a postcode or a town's name, best first; [] where nothing is close."""
    raise NotImplementedError
