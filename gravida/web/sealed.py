"""Text that the database holds only sealed, and hashes by which equal values are found without reading them.

AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D: at most 2^32 texts a key). The place of a text -
application, model, field - is authenticated with it: a sealed text moved to another column does not open.
"""

import hashlib
import hmac
import os
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from gravida.web.seal_keys import NAME_BYTES, seal_keys

VERSION = b"\x01"
NONCE_BYTES = 12
HEAD_BYTES = len(VERSION) + NAME_BYTES + NONCE_BYTES


class LostKey(Exception):
    """A text was sealed with a key that this installation no longer has."""

    def __init__(self, *, name: bytes, present: tuple[bytes, ...]) -> None:
        self.name = name
        self.present = present
        super().__init__(name, present)

    def __str__(self) -> str:
        present = ", ".join(name.hex() for name in self.present)
        return (
            f"a text is sealed with key {self.name.hex()}, and this installation has only {present}. "
            "Put the seal-keys file (or GRAVIDA_SEAL_KEYS) of your backup back: "
            "without that key the text cannot be read by anybody."
        )


class BrokenSeal(Exception):
    """A sealed text that was changed, cut, or moved from another column."""


def seal(text: str, *, place: str) -> bytes:
    """The text sealed with the newest key: version, name of the key, nonce, ciphertext with its tag."""
    key = seal_keys().sealing[0]
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + key.name + nonce + AESGCM(key.key).encrypt(nonce, text.encode(), place.encode())


def unseal(sealed: bytes, *, place: str) -> str:
    """The text again; LostKey without its key, BrokenSeal when it was changed or comes from another place."""
    if sealed[:1] != VERSION or len(sealed) < HEAD_BYTES:
        raise BrokenSeal(f"{place}: {len(sealed)} bytes that are no sealed text of version 1")
    name, nonce = sealed[1 : 1 + NAME_BYTES], sealed[1 + NAME_BYTES : HEAD_BYTES]
    keys = seal_keys()
    key = keys.named(name)
    if key is None:
        raise LostKey(name=name, present=tuple(key.name for key in keys.sealing))
    try:
        return AESGCM(key.key).decrypt(nonce, sealed[HEAD_BYTES:], place.encode()).decode()
    except InvalidTag as error:
        raise BrokenSeal(f"{place}: the sealed text was changed, or moved from another column") from error


def blind(value: str, *, purpose: str) -> str:
    """A keyed hash (HMAC-SHA-256, 64 hexadecimal signs) by which equal values of one purpose are found.

    The caller normalises the value first (address, telephone number). Another purpose gives another hash,
    so that tables cannot be joined by it.
    """
    return hmac.new(seal_keys().blind, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


if TYPE_CHECKING:
    _TextField = models.Field[str, str]
else:
    _TextField = models.Field


class SealedTextField(_TextField):
    """Text in Python, sealed bytes in the database. Never in a look-up: use a `blind` column beside it.

    An empty text is kept as no bytes at all, so that erasing leaves nothing.
    """

    description = "Text, sealed in the database"
    empty_strings_allowed = True

    @property
    def place(self) -> str:
        """Where the text belongs, authenticated with it."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def get_internal_type(self) -> str:
        """Stored as the engine stores bytes."""
        return "BinaryField"

    def get_prep_value(self, value: Any) -> str | None:
        """Text only: anything else is a mistake of the caller."""
        if value is None or isinstance(value, str):
            return value
        raise TypeError(f"{self.place}: found {type(value).__name__}, wanted text")

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """The bytes that are written."""
        text = value if prepared else self.get_prep_value(value)
        if text is None:
            return None
        return seal(text, place=self.place) if text else b""

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> str | None:
        """The text that was sealed."""
        if value is None:
            return None
        sealed = bytes(value)
        return unseal(sealed, place=self.place) if sealed else ""

    def get_lookup(self, lookup_name: str) -> Any:
        """Only `isnull`: two sealings of one text differ, so that a comparison would find nothing."""
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.place} is sealed: look up a blind() column beside it, not {lookup_name}")
