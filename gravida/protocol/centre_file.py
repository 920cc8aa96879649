"""The tables [[centre]] and [[centre.contact]] of study.toml, checked; mistakes are noted with their line."""

import re
from functools import cache

from gravida.protocol.centre import ContactKind
from gravida.protocol.toml_tables import Table

_KEYS = (
    "id", "name", "town", "postcode", "country", "languages", "latitude", "longitude", "calendar",
    "is_recruiting", "confirmed_on", "contact",
)  # fmt: skip
_CONTACT_KEYS = ("name", "role", "email", "telephone", "languages", "portrait", "kind")
_KINDS = tuple(kind.value for kind in ContactKind)
# One address, no display name; what mail servers make of rarer forms is not worth a lost message.
_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}")
_TELEPHONE = re.compile(r"\+[0-9][0-9 ().-]{6,24}")


def check_centre(centre: Table) -> None:
    """Note what is wrong in one [[centre]]."""
    centre.only(*_KEYS)
    centre.id()
    centre.texts("name")
    for key in ("town", "country"):
        centre.text(key)
    centre.list_of_texts("languages", required=False)
    if "is_recruiting" in centre.data:
        centre.yes("is_recruiting")
    centre.day("confirmed_on")
    _calendar(centre)
    contacts = list(centre.tables("contact"))
    for contact in contacts:
        _contact(contact)
    if contacts and not any(contact.data.get("kind", "main") == "main" for contact in contacts):
        centre.mistake("contact", found="contacts, none of them main", wanted="one of kind main")


def _contact(contact: Table) -> None:
    contact.only(*_CONTACT_KEYS)
    contact.texts("name", required=False)
    contact.texts("role", required=False)
    contact.list_of_texts("languages", required=False)
    contact.text("portrait", required=False)
    if "kind" in contact.data:
        contact.one_of("kind", _KINDS)
    email = contact.text("email", required=False)
    telephone = contact.text("telephone", required=False)
    if not email and not telephone:
        contact.mistake(
            None, found="a contact nobody can reach", wanted="email = an address, or telephone, or both"
        )
    if email and not _EMAIL.fullmatch(email):
        contact.mistake("email", found=f"email = {email!r}", wanted="one address, as team@example.org")
    if telephone and not _TELEPHONE.fullmatch(telephone):
        contact.mistake(
            "telephone", found=f"telephone = {telephone!r}", wanted="a number with +, as +33 1 99 00 12 34"
        )


def _calendar(centre: Table) -> None:
    calendar = centre.text("calendar", required=False)
    if not calendar:
        return
    country, _, region = calendar.partition("-")
    known = known_calendars()
    if country not in known:
        centre.mistake("calendar", found=f"calendar = {calendar!r}", wanted="a country's code, as FR")
    elif region and region not in known[country]:
        centre.mistake(
            "calendar",
            found=f"calendar = {calendar!r}",
            wanted=f"{country}, or {country}- and one of {', '.join(known[country])}",
        )


@cache
def known_calendars() -> dict[str, tuple[str, ...]]:
    """Countries whose public holidays are known, by their code, with the codes of their regions."""
    import holidays  # noqa: PLC0415 - half a second, and only this check needs it

    return {code: tuple(regions) for code, regions in holidays.list_supported_countries().items()}
