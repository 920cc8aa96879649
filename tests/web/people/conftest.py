"""Passwords that cost little to hash in tests; what they cost in service is measured where it matters."""

import pytest

from gravida.web.people.passwords import Argon2id


@pytest.fixture(autouse=True)
def quick_hashes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash in a millisecond, unless the test asks for the cost in service (marker `real_hashes`)."""
    if "real_hashes" not in request.fixturenames:
        monkeypatch.setattr(Argon2id, "memory_cost", 64)
        monkeypatch.setattr(Argon2id, "time_cost", 1)


@pytest.fixture
def real_hashes() -> None:
    """Hash at the cost in service."""
