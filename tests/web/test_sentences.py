"""What stands in a command's way is said in a sentence, never in a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


def _gravida(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GRAVIDA_", "DATABASE_"))}
    command = [sys.executable, "-m", "gravida", *arguments]
    return subprocess.run(
        command, cwd=HOME, env=kept | environment, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"GRAVIDA_DATA": "/proc/nope"}, "a setting cannot be used"),
        ({"DATABASE_URL": "mysql://example.org/x"}, "wanted sqlite:///... or postgres://..."),
        ({"GRAVIDA_REGISTRY_PAUSE_SECONDS": "abc"}, "a setting cannot be used"),
        ({"GRAVIDA_STUDIES": "/nope"}, "GRAVIDA_STUDIES names"),
        ({"DATABASE_URL": "postgres://nobody@127.0.0.1:9/none"}, "the database does not answer"),
    ],
)
def test_a_wrong_setting_is_said(tmp_path: Path, environment: dict[str, str], said: str) -> None:
    ended = _gravida("registry", "export", **{"GRAVIDA_DATA": str(tmp_path), **environment})
    assert ended.returncode == 1
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_first_command_on_a_new_machine_makes_its_own_database(tmp_path: Path) -> None:
    ended = _gravida("registry", "bundled", GRAVIDA_DATA=str(tmp_path))
    assert ended.returncode == 0, ended.stderr
    assert "put aside" in ended.stdout


@pytest.mark.parametrize("port", ["0", "99999", "-1", "http"])
def test_a_port_that_does_not_exist_is_refused(tmp_path: Path, port: str) -> None:
    ended = _gravida("serve", f"--port={port}", GRAVIDA_DATA=str(tmp_path))
    assert ended.returncode == 2
    assert "wanted a number from 1 to 65535" in ended.stderr


@pytest.mark.parametrize(
    ("study", "record", "said"),
    [
        ("id = 'x'\nnumber = 'NCT00000001'\n", '{"protocolSection": {}}', "record.json"),
        ("id = [", "{}", "not TOML"),
        (
            "id = 'x'\nnumber = 'NCT00000001'\n",
            '{"protocolSection": {"identificationModule": {"nctId": "NCT00000002"}}}',
            "found the record of NCT00000002, wanted that of NCT00000001",
        ),
    ],
)
def test_a_wrong_study_folder_keeps_the_site_from_starting(
    tmp_path: Path, study: str, record: str, said: str
) -> None:
    folder = tmp_path / "studies" / "x"
    folder.mkdir(parents=True)
    (folder / "study.toml").write_text(study)
    (folder / "record.json").write_text(record)
    ended = _gravida(
        "serve", "--port=8399", GRAVIDA_DATA=str(tmp_path / "data"), GRAVIDA_STUDIES=str(tmp_path / "studies")
    )
    assert ended.returncode == 1
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_export_to_nowhere_is_said(tmp_path: Path) -> None:
    ended = _gravida("registry", "export", "--out", "/nonexistent/file", GRAVIDA_DATA=str(tmp_path))
    assert ended.returncode == 1
    assert "/nonexistent/file: No such file or directory" in ended.stderr
