"""The keys of an installation: from the environment, else a file made once beside the database."""

import base64
import binascii
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_BYTES = 32
NAME_BYTES = 4
# The last line of a key file: the key of blind hashes, which stays when the sealing key changes.
BLIND = "blind "


class WrongSealKeys(Exception):
    """Keys that cannot be used; says what was found, what was wanted and what to do."""


@dataclass(frozen=True, kw_only=True)
class SealKey:
    """One AES-256 key, and the name by which a sealed text finds it again."""

    name: bytes  # 4 bytes, derived from the key: it tells nothing about it
    key: bytes

    def __repr__(self) -> str:
        return f"SealKey({self.name.hex()})"


@dataclass(frozen=True, kw_only=True)
class SealKeys:
    """Every key of an installation: the first seals, all of them open."""

    sealing: tuple[SealKey, ...]
    blind: bytes

    def named(self, name: bytes) -> SealKey | None:
        """The key that made a sealed text."""
        return next((key for key in self.sealing if key.name == name), None)

    def __repr__(self) -> str:
        return f"SealKeys({', '.join(key.name.hex() for key in self.sealing)})"


def seal_keys() -> SealKeys:
    """The keys of this installation; WrongSealKeys when they cannot be used. A missing file is made."""
    if settings.SEAL_KEYS:
        return _keys_of_environment(tuple(settings.SEAL_KEYS), settings.BLIND_KEY)
    return _keys_of_file(settings.SEAL_KEY_FILE)


def forget_read_keys() -> None:
    """Read the keys anew at the next use: after the file has changed."""
    _keys_of_environment.cache_clear()
    _keys_of_file.cache_clear()


def new_key() -> str:
    """256 random bits, as a key is written."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


@lru_cache(maxsize=4)
def _keys_of_environment(written: tuple[str, ...], blind: str) -> SealKeys:
    masters = [_master(text, f"key {number} of GRAVIDA_SEAL_KEYS") for number, text in enumerate(written, 1)]
    # Without a key of its own the oldest makes the blind hashes: it stands last, and stays.
    blind_master = _master(blind, "GRAVIDA_BLIND_KEY") if blind else masters[-1]
    return _derived(masters, blind_master)


@lru_cache(maxsize=4)
def _keys_of_file(path: Path) -> SealKeys:
    if not path.exists():
        write_keys(path, sealing=[new_key()], blind=new_key(), replace=False)
    sealing, blind = read_key_file(path)
    if not sealing or not blind:
        raise WrongSealKeys(
            f"{path} holds {len(sealing)} sealing keys and {len(blind)} signs of a blind key: "
            "it is cut short. Put it back from your backup; without it sealed texts cannot be read."
        )
    masters = [_master(text, f"line {number} of {path}") for number, text in enumerate(sealing, 1)]
    return _derived(masters, _master(blind, f"the blind key of {path}"))


def read_key_file(path: Path) -> tuple[list[str], str]:
    """The sealing keys, newest first, and the blind key, as written."""
    lines = [line.strip() for line in path.read_text(encoding="ascii").splitlines() if line.strip()]
    sealing = [line for line in lines if not line.startswith(BLIND)]
    blind = [line.removeprefix(BLIND) for line in lines if line.startswith(BLIND)]
    return sealing, blind[0] if blind else ""


def write_keys(path: Path, *, sealing: list[str], blind: str, replace: bool) -> None:
    """Write a key file for its owner alone, whole or not at all.

    Without `replace` an existing file wins: of two processes that start at once, both then read the same.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".seal-keys-")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write("".join(f"{line}\n" for line in [*sealing, BLIND + blind]))
        file.flush()
        os.fsync(file.fileno())
    written = Path(name)
    try:
        if replace:
            written.replace(path)
        else:
            os.link(written, path)
    except FileExistsError:
        pass
    finally:
        written.unlink(missing_ok=True)


def others_can_read(path: Path) -> bool:
    """Whether somebody besides the owner may read or change the file."""
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _master(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise WrongSealKeys(f"{where} is not base64: wanted {KEY_BYTES} bytes in base64") from error
    if len(key) != KEY_BYTES:
        raise WrongSealKeys(f"{where} holds {len(key)} bytes: wanted {KEY_BYTES} bytes in base64")
    return key


def _derived(masters: list[bytes], blind: bytes) -> SealKeys:
    sealing = tuple(
        SealKey(name=_derive(master, "name", NAME_BYTES), key=_derive(master, "seal", KEY_BYTES))
        for master in masters
    )
    return SealKeys(sealing=sealing, blind=_derive(blind, "blind", KEY_BYTES))


def _derive(master: bytes, use: str, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=f"gravida {use} 1".encode()).derive(master)
