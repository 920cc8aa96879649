"""Messages under a key that one site and the coordinator share: changed on the way, they are not read.

A sealed message is one line with the HMAC-SHA256 in hexadecimal, then the message. The HMAC covers who the
message is for, which way it goes, the round and, for an answer, the request it answers.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path

FORMAT = b"gravida federated 1"
KEY_BYTES = 32


class KeyUnusable(ValueError):
    """A key file that is missing, not ours, or readable by others."""


class ChangedOnTheWay(Exception):
    """A message whose seal does not fit: changed, cut, of another key, or moved from another place."""

    def __init__(self, *, site: str, round_: int, way: str) -> None:
        self.site, self.round, self.way = site, round_, way
        super().__init__(f"the {way} of round {round_} of {site} is not sealed with its key: it was changed")


@dataclass(frozen=True, kw_only=True)
class Seal:
    """The key of one site; its text never shows the key."""

    site: str
    key: bytes

    def __repr__(self) -> str:
        return f"Seal(site={self.site!r})"

    def close(self, body: bytes, *, way: str, round_: int, answers: str = "") -> bytes:
        """A message with its seal. way: "request", "answer" or "end"; answers: digest of the request."""
        return self._mac(body, way, round_, answers) + b"\n" + body

    def open(self, sealed: bytes, *, way: str, round_: int, answers: str = "") -> bytes:
        """The message within a seal. ChangedOnTheWay where the seal does not fit."""
        mac, _, body = sealed.partition(b"\n")
        if not hmac.compare_digest(mac, self._mac(body, way, round_, answers)):
            raise ChangedOnTheWay(site=self.site, round_=round_, way=way)
        return body

    def _mac(self, body: bytes, way: str, round_: int, answers: str) -> bytes:
        said = [FORMAT, way.encode(), self.site.encode(), str(round_).encode(), answers.encode()]
        # Every part with its length, so that no two messages read the same when put together.
        whole = b"".join(len(part).to_bytes(8, "big") + part for part in [*said, body])
        return hmac.new(self.key, whole, hashlib.sha256).hexdigest().encode()


def digest(body: bytes) -> str:
    """SHA-256 of a message, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def read_seal(path: Path, *, site: str) -> Seal:
    """A site's seal from its key file. KeyUnusable, with what to do."""
    try:
        mode = path.stat().st_mode
        told = path.read_text(encoding="ascii").strip()
        key = bytes.fromhex(told)
    except FileNotFoundError as problem:
        raise KeyUnusable(f"{path}: no key; make one with `gravida federated key {path}`") from problem
    except ValueError as problem:
        raise KeyUnusable(f"{path}: wanted {2 * KEY_BYTES} hexadecimal digits") from problem
    if len(key) != KEY_BYTES:
        raise KeyUnusable(f"{path}: found {len(told)} digits, wanted {2 * KEY_BYTES} hexadecimal digits")
    if mode & 0o077:
        raise KeyUnusable(f"{path}: others on this machine can read it; `chmod 600 {path}`")
    return Seal(site=site, key=key)


def write_key(path: Path) -> None:
    """A new key in a file only its owner can read. FileExistsError where there is one already."""
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(secrets.token_hex(KEY_BYTES) + "\n", encoding="ascii")
