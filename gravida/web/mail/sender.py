"""Who our mails come from, and the web address that their links begin with."""

from dataclasses import dataclass
from email.utils import parseaddr
from functools import lru_cache

from django.conf import settings

from gravida.web.mail.address import WrongAddress, normal_address


class WrongMailSettings(Exception):
    """Mail settings that cannot be used; says which, and what was wanted."""


@dataclass(frozen=True, kw_only=True)
class Sender:
    """The address on our own domain that every mail comes from."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """What stands after the @."""
        return self.address.rpartition("@")[2]


def sender() -> Sender:
    """From GRAVIDA_MAIL_FROM, as `Research team <no-reply@example.org>`."""
    return _parsed(settings.MAIL_FROM)


def link(path: str) -> str:
    """A page's path as an address that works from a mailbox."""
    if not path.startswith("/"):
        raise ValueError(f"{path!r}: wanted a path that begins with /")
    return f"{settings.MAIL_LINKS.rstrip('/')}{path}"


@lru_cache(maxsize=4)
def _parsed(written: str) -> Sender:
    name, address = parseaddr(written)
    try:
        return Sender(name=name, address=normal_address(address))
    except WrongAddress as error:
        raise WrongMailSettings(
            f"GRAVIDA_MAIL_FROM is {written!r}: wanted an address, as Research team <no-reply@example.org>"
        ) from error
