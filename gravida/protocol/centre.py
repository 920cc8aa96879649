"""A centre of a study as its folder names it: the team, its contacts, its working calendar."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from gravida.protocol.criteria import Texts


class ContactKind(Enum):
    """Which one is told first, which next where nobody answers, which is the sponsor's."""

    MAIN = "main"
    ALTERNATE = "alternate"
    CENTRAL = "central"


@dataclass(frozen=True, kw_only=True)
class CentreContact:
    """Someone of the team who answers. Empty: not given, and then not shown."""

    name: Texts  # of the person or of the role, as "Study nurse"
    role: Texts
    email: str = ""
    telephone: str = ""
    languages: tuple[str, ...] = ()
    portrait: str = ""  # a picture's file name in the study folder
    kind: ContactKind = ContactKind.MAIN


@dataclass(frozen=True, kw_only=True)
class Centre:
    """A team that receives people. Latitude and longitude in degrees, where the folder gives them."""

    id: str
    name: Texts
    town: str
    postcode: str = ""
    country: str
    languages: tuple[str, ...] = ()  # codes of the languages the team speaks, as "fr"
    latitude: float | None = None
    longitude: float | None = None
    calendar: str = ""  # whose public holidays it keeps, as "FR" or "FR-6AE" (Alsace); empty: its country's
    is_recruiting: bool = True  # the folder's own word; a team closes itself on the site
    confirmed_on: str = ""  # day on which the centre confirmed this entry, as 2026-11-22
    contacts: tuple[CentreContact, ...] = ()


def read_centre(table: dict[str, Any]) -> Centre:
    """The centre that a table [[centre]] gives. KeyError, TypeError or ValueError where it is malformed."""
    given = {**table, "languages": tuple(table.get("languages", ()))}
    given["contacts"] = tuple(_read_contact(contact) for contact in given.pop("contact", ()))
    if "confirmed_on" in given:
        given["confirmed_on"] = str(given["confirmed_on"])
    return Centre(**given)


def _read_contact(table: dict[str, Any]) -> CentreContact:
    given = {"name": {}, "role": {}, **table, "languages": tuple(table.get("languages", ()))}
    given["kind"] = ContactKind(table.get("kind", ContactKind.MAIN.value))
    return CentreContact(**given)
