"""How often messages and copies may be sent; a person in need never meets them, a machine does."""

from datetime import datetime, timedelta

from gravida.web.limits import Limit, TooMany, give_back, spend
from gravida.web.mail.address import mailbox_of

COPIES = Limit("contact copies to an address about a study", 1, timedelta(hours=24))
ALL_COPIES = Limit("contact copies of the whole site", 200, timedelta(hours=1))
OF_ADDRESS = Limit("contact messages of an address", 3, timedelta(days=1))
OF_NETWORK_HOUR = Limit("contact messages of a network in an hour", 5, timedelta(hours=1))
OF_NETWORK_DAY = Limit("contact messages of a network in a day", 20, timedelta(days=1))
CODES_OF_PAGE = Limit("contact codes tried at a page", 10, timedelta(hours=1))
CODES_OF_NETWORK = Limit("contact codes tried from a network", 50, timedelta(hours=1))
NEW_CODES = Limit("contact new codes by mail", 3, timedelta(days=1))
NEW_ADDRESSES = Limit("contact new addresses of a message", 3, timedelta(days=1))
TO_NEW_ADDRESS = Limit("contact mails that confirm an address", 3, timedelta(days=1))
FULL_COPIES = Limit("contact full copies", 2, timedelta(days=1))


def spend_message(*, reached_at: str, network: str, at: datetime) -> None:
    """Count a message of this address or number, from this network. TooMany.

    Called inside the message's transaction and after its row, so that a form sent twenty times counts once
    and a refused message does not count at all.
    """
    spend(OF_ADDRESS, key=mailbox_of(reached_at), at=at)
    spend(OF_NETWORK_HOUR, key=network, at=at)
    spend(OF_NETWORK_DAY, key=network, at=at)


def may_copy(*, email: str, study: str, at: datetime) -> str:
    """`queued` when a copy may go out now, `recent` or `paused` when not."""
    key = f"{mailbox_of(email)} {study}"
    try:
        spend(COPIES, key=key, at=at)
    except TooMany:
        return "recent"
    try:
        spend(ALL_COPIES, key="site", at=at)
    except TooMany:
        give_back(COPIES, key=key)
        return "paused"
    return "queued"


def spend_new_address(*, request: int, email: str, at: datetime) -> None:
    """Count an address that somebody puts in place of another, and the mail to it. TooMany."""
    spend(NEW_ADDRESSES, key=str(request), at=at)
    spend_confirmation(email=email, at=at)


def spend_confirmation(*, email: str, at: datetime) -> None:
    """Count a mail that asks whether an address is right: it may be anybody's. TooMany."""
    spend(TO_NEW_ADDRESS, key=mailbox_of(email), at=at)
    spend(ALL_COPIES, key="site", at=at)


def spend_code(*, token: str, network: str, at: datetime) -> None:
    """Count a code tried at a private page. TooMany."""
    spend(CODES_OF_NETWORK, key=network, at=at)
    spend(CODES_OF_PAGE, key=token, at=at)
