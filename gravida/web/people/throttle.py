"""How often secrets of staff may be tried: one allowance for every page that checks one.

The allowances are spent before the secret is looked at. A browser in which its owner has signed in before
has one of its own, so that nobody else's guesses shut the owner out.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing

from gravida.web.limits import Limit, spend
from gravida.web.people.models import Person, normal_email

QUARTER = timedelta(minutes=15)
ACCOUNT = Limit("staff.account", 10, QUARTER)
NETWORK = Limit("staff.network", 50, QUARTER)
OVERALL = Limit("staff.overall", 100, QUARTER)
DEVICE = Limit("staff.device", 10, QUARTER)
# A code has a million values, three of them right at a time: twenty tries a day are one chance in 17,000.
CODES = Limit("staff.codes", 20, timedelta(days=1))
CODES_OF_DEVICE = Limit("staff.codes_of_device", 20, timedelta(days=1))

# Asking for a link by mail: what somebody else may cause to arrive in a person's mailbox.
LINKS_TO_ACCOUNT = Limit("staff.links_to_account", 3, timedelta(hours=1))
LINKS_OF_NETWORK = Limit("staff.links_of_network", 20, timedelta(hours=1))
LINKS_OVERALL = Limit("staff.links_overall", 100, timedelta(hours=1))
# Tokens of links are beyond guessing; this keeps their pages from being work for nothing.
TOKENS_OF_NETWORK = Limit("staff.tokens_of_network", 60, QUARTER)

DEVICE_SALT = "gravida.staff-device"
DEVICE_KNOWN_FOR = timedelta(days=180)


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a secret comes from."""

    network: str  # as network_of gives it
    browser: str = ""  # in short, as Firefox, Linux
    device: str = ""  # the device cookie, as the browser sent it


def spend_try(*, email: str, person: Person | None, origin: Origin, at: datetime) -> None:
    """Count one try at a secret of this account; TooMany when an allowance is used up."""
    device = known_device(origin.device, person=person)
    if device:
        spend(DEVICE, key=device, at=at)
        return
    spend(NETWORK, key=origin.network, at=at)
    spend(ACCOUNT, key=normal_email(email), at=at)
    spend(OVERALL, key="", at=at)


def spend_code(*, person: Person, origin: Origin, at: datetime) -> None:
    """Count one try at a code of the second factor; TooMany."""
    spend_try(email=person.email, person=person, origin=origin, at=at)
    device = known_device(origin.device, person=person)
    if device:
        spend(CODES_OF_DEVICE, key=device, at=at)
    else:
        spend(CODES, key=str(person.pk), at=at)


def spend_link(*, email: str, origin: Origin, at: datetime) -> None:
    """Count one mail with a link to this account; TooMany."""
    spend(LINKS_OF_NETWORK, key=origin.network, at=at)
    spend(LINKS_TO_ACCOUNT, key=normal_email(email), at=at)
    spend(LINKS_OVERALL, key="", at=at)


def new_device(person: Person, *, known: str = "") -> str:
    """The value of a device cookie for a browser in which this person has just signed in.

    `known`: the device that its present cookie names; it keeps its allowance.
    """
    told = {"device": known or secrets.token_hex(8), "person": person.pk, "password": _mark(person)}
    return signing.dumps(told, salt=DEVICE_SALT)


def known_device(cookie: str, *, person: Person | None) -> str:
    """The device that this cookie names, when the person signed in there since the password was set."""
    if person is None or not cookie:
        return ""
    try:
        told = signing.loads(cookie, salt=DEVICE_SALT, max_age=DEVICE_KNOWN_FOR)
    except signing.BadSignature:
        return ""
    return told["device"] if (told["person"], told["password"]) == (person.pk, _mark(person)) else ""


def _mark(person: Person) -> str:
    """What changes with the password."""
    return person.get_session_auth_hash()[:16]
