"""Shared notes of the tests: dull, valid, and quick to name."""

from datetime import UTC, datetime

import pytest

from gravida.find.notes import sealing
from gravida.find.notes.actions import NewShare, share_notes
from gravida.find.notes.snapshot import SharedNote, snapshot_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
OWNER = "k" * 43
NETWORK = "203.0.113.7/32"


def share(
    *,
    text: str = "Is travel paid?",
    quote: str = "",
    name: str = "",
    life: str = "week",
    owner: str = OWNER,
    form: str = "f" * 43,
    network: str = NETWORK,
    at: datetime = NOON,
) -> NewShare:
    """A link to one note."""
    note = SharedNote(section="What is it about?", quote=quote, text=text)
    snapshot = snapshot_of(name=name, study="NCT05557201", title="A study", notes=(note,))
    return share_notes(snapshot=snapshot, life=life, owner_key=owner, form_key=form, network=network, at=at)


def wrong_codes(number: int) -> list[str]:
    """So many codes that nobody has made: three groups of one sign."""
    signs = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
    return [f"{signs[n] * 4}-{signs[n] * 4}-{signs[n] * 4}" for n in range(number)]


def stretched_quickly(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The codes that reach the slow hash from now on, which is made quick."""
    seen: list[str] = []

    def quick(code: str, *, salt: bytes) -> bytes:
        seen.append(code)
        return (code.encode() + salt).ljust(32, b"-")[:32]

    monkeypatch.setattr(sealing, "stretched", quick)
    return seen
