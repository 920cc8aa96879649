"""Addresses to which mail may go: stricter than RFC 5321, because the odd forms are those of attacks."""

import re
import unicodedata
from enum import StrEnum

MOST_SIGNS = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets
MOST_SIGNS_BEFORE_AT = 64  # RFC 5321, 4.5.3.1.1
# Dot-atom of RFC 5322; a hyphen in front could be read as an option by a mail program.
_BEFORE_AT = re.compile(r"(?!-)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_GMAIL = ("gmail.com", "googlemail.com")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_LAST_LABEL = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")


class AddressProblem(StrEnum):
    """What is wrong with an address; words in mail/words.py."""

    EMPTY = "empty"
    LONG = "long"
    SEVERAL = "several"
    SIGNS = "signs"
    NO_AT = "no_at"
    BEFORE_AT = "before_at"
    AFTER_AT = "after_at"


class WrongAddress(Exception):
    """No mail goes to this address; `problem` says why, ADDRESS_PROBLEM of mail/words.py what to do."""

    def __init__(self, problem: AddressProblem) -> None:
        self.problem = problem
        super().__init__(problem.value)

    def __str__(self) -> str:
        from gravida.web.mail.words import ADDRESS_PROBLEM  # noqa: PLC0415 - words need a running Django

        return str(ADDRESS_PROBLEM[self.problem])


def normal_address(text: str) -> str:
    """The address as it is compared and sent to: small letters, the domain in ASCII; else WrongAddress.

    Refused: several addresses, line breaks and other controls, quotes, comments, hosts without a dot,
    numbers for hosts, more than 254 signs, letters beyond ASCII before the @.
    """
    # Spaces around it and full-width signs come from keyboards; what else is odd is refused, not repaired.
    typed = unicodedata.normalize("NFKC", text.strip(" \u00a0")).lower()
    _refuse_signs(typed)
    before, at, after = typed.rpartition("@")
    if not at:
        raise WrongAddress(AddressProblem.NO_AT)
    if "@" in before:
        raise WrongAddress(AddressProblem.SEVERAL)
    if len(before) > MOST_SIGNS_BEFORE_AT or not _BEFORE_AT.fullmatch(before):
        raise WrongAddress(AddressProblem.BEFORE_AT)
    address = f"{before}@{_ascii_domain(after)}"
    if len(address) > MOST_SIGNS:
        raise WrongAddress(AddressProblem.LONG)
    return address


def mailbox_of(address: str) -> str:
    """The mailbox behind a normal address, as far as anybody can tell: for limits, never for sending.

    What follows a plus is a label at nearly every host; Gmail reads over dots and has two names.
    """
    before, at, domain = address.partition("@")
    if not at:
        return address
    before = before.partition("+")[0] or before
    if domain in _GMAIL:
        before, domain = before.replace(".", ""), _GMAIL[0]
    return f"{before}@{domain}"


def _refuse_signs(typed: str) -> None:
    if not typed:
        raise WrongAddress(AddressProblem.EMPTY)
    if len(typed) > MOST_SIGNS:
        raise WrongAddress(AddressProblem.LONG)
    if "," in typed or ";" in typed:
        raise WrongAddress(AddressProblem.SEVERAL)
    if any(unicodedata.category(sign)[0] in "CZ" for sign in typed):
        raise WrongAddress(AddressProblem.SIGNS)


def _ascii_domain(after: str) -> str:
    """The domain as name servers know it; WrongAddress unless it is a host name with a dot."""
    try:
        domain = after.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise WrongAddress(AddressProblem.AFTER_AT) from error
    *labels, last = domain.split(".")
    if not labels or not all(_LABEL.fullmatch(label) for label in labels) or not _LAST_LABEL.fullmatch(last):
        raise WrongAddress(AddressProblem.AFTER_AT)
    return domain
