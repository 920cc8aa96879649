"""Documentation says what the code does: every command, setting and decision stands in it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[1]
OPERATIONS = (HOME / "docs/operations.md").read_text(encoding="utf-8")


def _settings() -> set[str]:
    text = (HOME / "gravida/settings.py").read_text(encoding="utf-8")
    return set(re.findall(r'"((?:GRAVIDA|DATABASE)_[A-Z_]+)"', text))


@pytest.mark.parametrize("name", sorted(_settings()))
def test_a_setting_is_documented(name: str) -> None:
    assert f"| `{name}` |" in OPERATIONS


def test_no_setting_is_documented_that_does_not_exist() -> None:
    assert (
        set(re.findall(r"^\| `((?:GRAVIDA|DATABASE)_[A-Z_]+)` \|", OPERATIONS, re.MULTILINE)) == _settings()
    )


@pytest.mark.slow
def test_every_command_is_documented() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "gravida", "--help"], capture_output=True, text=True, check=True, cwd=HOME
    ).stdout
    commands = re.findall(r"^    (\w+) ", shown, re.MULTILINE)
    assert commands
    assert [name for name in commands if f"| `gravida {name}` |" not in OPERATIONS] == []


@pytest.mark.parametrize(
    "document",
    [HOME / "README.md", HOME / "CONTRIBUTING.md", *sorted((HOME / "docs").rglob("*.md"))],
    ids=lambda p: p.name,
)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|#|mailto:)([^)#]+)", document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_every_file_named_in_the_security_page_exists() -> None:
    named = re.findall(r"`((?:tests|requirements|gravida)/[^`]*)`", (HOME / "docs/security.md").read_text())
    assert [name for name in named if not (HOME / name).exists()] == []
