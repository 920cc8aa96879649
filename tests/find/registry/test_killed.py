"""An import killed at any moment and run again ends as if it had never been killed."""

import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Make = Callable[..., Any]
KILLS = 8


def gravida(data: Path, *arguments: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "GRAVIDA_DATA": str(data), "DATABASE_URL": f"sqlite:///{data / 'gravida.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "gravida.settings",
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def new_database(data: Path) -> None:
    data.mkdir()
    assert gravida(data, "django", "migrate", "-v0").wait() == 0


def state(data: Path) -> str:
    """The sum of everything the imports leave that a reader can see."""
    with sqlite3.connect(data / "gravida.sqlite3") as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
        rows = database.execute(
            "select number, title, status, updated_on, absent_since, v.sha256, v.body,"
            " (select count(*) from find_recordversion o where o.study_id = s.id)"
            " from find_study s join find_recordversion v on v.id = s.current_version_id order by number"
        ).fetchall()
        aside = database.execute(
            "select file, position, reason, sha256 from find_quarantinedrecord order by 1, 2"
        )
        half = database.execute("select count(*) from find_study where current_version_id is null").fetchone()
        return hashlib.sha256(repr((rows, aside.fetchall(), half)).encode()).hexdigest()


def versions(data: Path) -> int:
    """How many record versions are committed."""
    with sqlite3.connect(data / "gravida.sqlite3", timeout=20) as database:
        count: int = database.execute("select count(*) from find_recordversion").fetchone()[0]
        return count


def wait_until(process: subprocess.Popen[bytes], data: Path, *, held: int) -> None:
    """Wait until that many versions are committed, or the process has ended."""
    while process.poll() is None and versions(data) < held:
        time.sleep(0.005)


@pytest.mark.slow
def test_killed_and_run_again_it_ends_in_the_same_state(
    jsonl: Make, dull_record: Make, tmp_path: Path
) -> None:
    text = "Criteria. " * 600
    records: list[Any] = [
        dull_record(serial, eligibilityModule__eligibilityCriteria=text) for serial in range(1, 6_001)
    ]
    records[2_500] = b'{"protocolSection": {"a": NaN}}'
    first, second = jsonl(*records, name="a.jsonl"), tmp_path / "second" / "a.jsonl"
    second.parent.mkdir()
    changed = [
        json.dumps(one | {"hasResults": True}).encode() for one in records[:4_000] if isinstance(one, dict)
    ]
    second.write_bytes(b"\n".join([*changed, b"oops"]))
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    new_database(whole)
    new_database(killed)
    for path in (first, second):
        assert gravida(whole, "gravida", "registry", "import", str(path)).wait() == 0

    chance = random.Random(20261122)  # noqa: S311 - moments, not secrets
    versions_at_end = {first: 5_999, second: 5_999 + 3_999}
    deaths = 0
    for path, at_end in versions_at_end.items():
        for _ in range(KILLS // 2):
            held = versions(killed)
            process = gravida(killed, "gravida", "registry", "import", str(path))
            wait_until(process, killed, held=held + chance.randint(1, (at_end - held) // 3))
            time.sleep(chance.uniform(0, 0.1))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            deaths += process.returncode == -signal.SIGKILL
        process = gravida(killed, "gravida", "registry", "import", str(path))
        said = process.communicate()
        assert process.returncode == 0, said

    print(f"{deaths} of {KILLS} imports were killed before their end")
    assert deaths >= KILLS // 2
    assert state(killed) == state(whole)
