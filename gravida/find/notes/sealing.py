"""Shared notes sealed so that only link and code together open them. Pure.

Key: HKDF-SHA-256 of Argon2id(code) and the link's token; text: AES-256-GCM, tied to the link. Neither token,
code nor key is kept. Argon2id with 19 MiB, two passes, one lane: OWASP's Password Storage Cheat Sheet; with
58.9 random bits of a code that we make, a thief of database *and* link still needs 10^8 years of a processor.
"""

import hashlib
import os
import secrets
from dataclasses import dataclass

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

TOKEN_BYTES = 24
TOKEN_SIGNS = 32
MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1
KEY_BYTES = 32
SALT_BYTES, NONCE_BYTES = 16, 12
# Lengths tell about texts: what is sealed is filled up to a multiple of this.
BLOCK_BYTES = 4096
_PURPOSE = b"gravida shared notes 1"


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """What is kept of shared notes."""

    salt: bytes
    nonce: bytes
    ciphertext: bytes


# Opened where there is nothing to open, so that a wrong code, an ended link and an unknown one cost the same.
NOTHING = Sealed(salt=bytes(SALT_BYTES), nonce=bytes(NONCE_BYTES), ciphertext=bytes(BLOCK_BYTES + 16))


def new_link_token() -> str:
    """192 random bits, safe in an address: 32 signs."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token: str) -> str:
    """What is kept of a token: 64 hexadecimal signs that find its row and open nothing."""
    return hashlib.sha256(b"id" + token.encode()).hexdigest()


def seal_notes(text: bytes, *, token: str, code: str) -> Sealed:
    """The text, sealed for whoever has link and code; `code` as `normal_code` gives it."""
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    filled = text + b" " * (-len(text) % BLOCK_BYTES)
    cipher = AESGCM(_key(token=token, code=code, salt=salt))
    return Sealed(salt=salt, nonce=nonce, ciphertext=cipher.encrypt(nonce, filled, _place(token)))


def open_notes(sealed: Sealed, *, token: str, code: str) -> bytes | None:
    """The text again, with spaces behind it; None when link and code do not open it."""
    cipher = AESGCM(_key(token=token, code=code, salt=sealed.salt))
    try:
        return cipher.decrypt(sealed.nonce, sealed.ciphertext, _place(token))
    except InvalidTag:
        return None


def stretched(code: str, *, salt: bytes) -> bytes:
    """The code made slow to guess: about 40 ms of a processor each time."""
    return hash_secret_raw(
        code.encode(),
        salt,
        time_cost=PASSES,
        memory_cost=MEMORY_KIB,
        parallelism=LANES,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )


def _key(*, token: str, code: str, salt: bytes) -> bytes:
    material = stretched(code, salt=salt) + token.encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=_PURPOSE).derive(material)


def _place(token: str) -> bytes:
    """The link and the version, authenticated with the text: it opens behind no other link."""
    return _PURPOSE + b" " + digest_of(token).encode()
