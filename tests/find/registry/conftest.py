"""Valid, dull registry records, and files of them."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def _dull_record(serial: int = 1, **changes: Any) -> dict[str, Any]:
    """A study record with nothing remarkable; a change is named by its path, with double underscores."""
    record: dict[str, Any] = {
        "protocolSection": {
            "identificationModule": {"nctId": f"NCT{serial:08d}", "briefTitle": f"Study {serial}"},
            "statusModule": {
                "overallStatus": "RECRUITING",
                "lastUpdatePostDateStruct": {"date": "2024-05-01", "type": "ACTUAL"},
            },
            "eligibilityModule": {"sex": "FEMALE", "minimumAge": "18 Years"},
            "contactsLocationsModule": {
                "locations": [{"facility": "Hospital", "city": "Lyon", "country": "France"}]
            },
        },
        "hasResults": False,
    }
    for path, value in changes.items():
        holder = record["protocolSection"]
        *way, last = path.split("__")
        for key in way:
            holder = holder.setdefault(key, {})
        holder[last] = copy.deepcopy(value)
    return record


@pytest.fixture(scope="session")
def dull_record() -> Callable[..., dict[str, Any]]:
    """Makes records with nothing remarkable."""
    return _dull_record


@pytest.fixture
def now() -> datetime:
    """The instant at which the tests import."""
    return NOW


@pytest.fixture
def jsonl(tmp_path: Path) -> Callable[..., Path]:
    """Writes records to a JSON Lines file; bytes are written as they are."""

    def write(*records: Any, name: str = "studies.jsonl") -> Path:
        path = tmp_path / name
        lines = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in records]
        path.write_bytes(b"\n".join(lines) + b"\n")
        return path

    return write
