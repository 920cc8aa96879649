"""Secrets that open something: random links, codes for people to type, single-use links."""

import hashlib
import re
import secrets
import unicodedata
from datetime import datetime

from gravida.web.models import OneTimeLink
from gravida.web.sealed import blind

# Without the signs that are taken for others: 0 O, 1 I L, and U for V.
CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_GROUPS, CODE_GROUP = 3, 4
TOKEN_BYTES = 32
_SEPARATORS = re.compile(r"[\s\-_.·–—‐‑]+")


class LinkSpent(Exception):
    """A single-use link that is unknown, for something else, expired or used: one answer for all."""


def new_token() -> str:
    """256 random bits, safe in an address: 43 signs."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_code() -> str:
    """A code for people to type, as 7K2Q-9FHM-XR4T: 58.9 random bits."""
    groups = ("".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_GROUP)) for _ in range(CODE_GROUPS))
    return "-".join(groups)


def normal_code(typed: str) -> str:
    """A typed code as it is compared: capitals, without separators; full-width and small letters too."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", typed)).upper()


def digest(secret: str, *, purpose: str) -> str:
    """What is stored of a secret: 64 hexadecimal signs, keyed, so that a copy of the database opens nothing.

    Give codes as `normal_code` returns them.
    """
    return blind(secret, purpose=f"secret {purpose}")


def issue_link(*, purpose: str, about: str, expires_at: datetime) -> str:
    """A new single-use link's token; only its digest is kept."""
    token = new_token()
    OneTimeLink.objects.create(
        digest=_link_digest(token), purpose=purpose, about=about, expires_at=expires_at
    )
    return token


def look_at_link(token: str, *, purpose: str, at: datetime) -> str | None:
    """What a link is about while it is valid, without using it: for GET, which scanners follow."""
    link = OneTimeLink.objects.open(digest=_link_digest(token), purpose=purpose, at=at).first()
    return link.about if link else None


def redeem_link(token: str, *, purpose: str, at: datetime) -> str:
    """Use a link, once only under any number of parallel calls, and say what it is about; else LinkSpent."""
    link_digest = _link_digest(token)
    if not OneTimeLink.objects.open(digest=link_digest, purpose=purpose, at=at).update(used_at=at):
        raise LinkSpent
    return OneTimeLink.objects.get(digest=link_digest).about


def cancel_links(*, about: str, purpose: str = "") -> int:
    """Delete the links about an object, of one purpose or of all; how many there were."""
    links = OneTimeLink.objects.filter(about=about)
    deleted, _ = (links.filter(purpose=purpose) if purpose else links).delete()
    return deleted


def _link_digest(token: str) -> str:
    # 256 random bits need no key: nobody can guess what lies behind the hash.
    return hashlib.sha256(f"link\0{token}".encode()).hexdigest()
