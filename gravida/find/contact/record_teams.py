"""The teams that a study folder and a registry record name, as values. Pure but for the gazetteer."""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from gravida.find.contact.telephone import WrongTelephone, normal_telephone
from gravida.find.gazetteer_file import country_named
from gravida.find.record import Contact, Location, StudyRecord
from gravida.protocol.centre import Centre, CentreContact
from gravida.protocol.centre_file import known_calendars
from gravida.protocol.criteria import Texts
from gravida.web.mail.address import WrongAddress, normal_address

CENTRAL = "central"
_TAKING = frozenset({"RECRUITING", "AVAILABLE", ""})


@dataclass(frozen=True, kw_only=True)
class NamedContact:
    """A contact as folder or record names it; an address nobody could be written to is left out."""

    kind: str
    name: Texts
    role: Texts
    email: str
    telephone: str
    languages: tuple[str, ...] = ()
    portrait: str = ""


@dataclass(frozen=True, kw_only=True)
class NamedTeam:
    """A team as folder or record names it."""

    centre: str
    name: Texts
    town: str
    country: str
    calendar: str
    languages: tuple[str, ...] = ()
    is_recruiting: bool = True
    confirmed_on: date | None = None
    contacts: tuple[NamedContact, ...]


def team_of_centre(centre: Centre) -> NamedTeam:
    """The team of a study folder's centre."""
    return NamedTeam(
        centre=centre.id,
        name=centre.name,
        town=centre.town,
        country=centre.country,
        calendar=centre.calendar or calendar_of(centre.country, centre.postcode),
        languages=centre.languages,
        is_recruiting=centre.is_recruiting,
        confirmed_on=date.fromisoformat(centre.confirmed_on) if centre.confirmed_on else None,
        contacts=tuple(_of_folder(contact, centre.country) for contact in centre.contacts),
    )


def teams_of_record(record: StudyRecord) -> Iterator[NamedTeam]:
    """The teams of a record's locations, then the one behind its central contacts, each once."""
    seen: set[str] = set()
    for location in record.locations:
        key = key_of(location)
        if key not in seen:
            seen.add(key)
            yield _team_of_location(location, key)
    contacts = tuple(_of_record(record.central_contacts, kind="central", country=""))
    if contacts:
        sponsor = record.sponsor or record.number
        yield NamedTeam(
            centre=CENTRAL, name={"en": sponsor}, town="", country="", calendar="", contacts=contacts
        )


def key_of(location: Location) -> str:
    """A location's name in permissions and addresses: the same while facility, town and country are."""
    told = "\0".join(_plain(part) for part in (location.facility, location.city, location.country))
    return "r-" + hashlib.sha256(told.encode()).hexdigest()[:12]


# Postcodes of the departements that keep two holidays more: Good Friday and 26 December.
_OWN_HOLIDAYS = {"57": "FR-57", "67": "FR-6AE", "68": "FR-6AE"}


def calendar_of(country: str, postcode: str = "") -> str:
    """The code of the public holidays kept there, as FR, FR-57 or FR-974; empty where none are known."""
    code, departement = country_named(country) or ("", "")
    regions = known_calendars().get(code)
    if regions is None:
        return ""
    if code == "FR" and postcode[:2] in _OWN_HOLIDAYS:
        return _OWN_HOLIDAYS[postcode[:2]]
    return f"{code}-{departement}" if departement in regions else code


def code_of(country: str) -> str:
    """ISO 3166 code of a country by its English name; FR where it is not known."""
    return (country_named(country) or ("FR", ""))[0]


def _team_of_location(location: Location, key: str) -> NamedTeam:
    return NamedTeam(
        centre=key,
        name={"en": location.facility or location.city},
        town=location.city,
        country=location.country,
        calendar=calendar_of(location.country, location.postcode),
        is_recruiting=location.status in _TAKING,
        contacts=tuple(_of_record(location.contacts, kind="main", country=location.country)),
    )


def _of_folder(contact: CentreContact, country: str) -> NamedContact:
    return NamedContact(
        kind=contact.kind.value,
        name=contact.name,
        role=contact.role,
        email=_address(contact.email),
        telephone=_telephone(contact.telephone, country),
        languages=contact.languages,
        portrait=contact.portrait,
    )


def _of_record(contacts: Iterable[Contact], *, kind: str, country: str) -> Iterator[NamedContact]:
    for contact in contacts:
        email, telephone = _address(contact.email), _telephone(contact.phone, country)
        if email or telephone:
            yield NamedContact(
                kind=kind,
                name={"en": contact.name} if contact.name else {},
                role={"en": contact.role.capitalize()} if contact.role else {},
                email=email,
                telephone=telephone,
            )


def _address(typed: str) -> str:
    try:
        return normal_address(typed) if typed else ""
    except WrongAddress:
        return ""


def _telephone(typed: str, country: str) -> str:
    """E.164 where the number can be read, else as it is written."""
    try:
        return normal_telephone(typed, country=code_of(country)) if typed else ""
    except WrongTelephone:
        return " ".join(typed.split())[:40]


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(sign for sign in folded if not unicodedata.combining(sign)).split())
