"""What every test may use: the team's shared data, or a printed reason for doing without."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real records and oracles; the test is skipped, with this reason, where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the folder shared/data stands not beside this checkout: real records cannot be read")
    return SHARED
