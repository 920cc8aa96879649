"""Small plans and sources for tests: pregnancies written as a table, a plan in a few lines."""

import tomllib
from pathlib import Path
from typing import Any

from gravida.analysis.input.mistakes import Mistakes
from gravida.analysis.input.pregnancies import Pregnancies, pregnancies_of
from gravida.analysis.input.read import read_table
from gravida.analysis.input.table import Kind
from gravida.analysis.plan import read_plan
from gravida.protocol.plan import InputMapping, Plan

BASE = """\
id = "small"
version = 1
status = "draft"
seed = 7

[population]
text.en = "All"
text.fr = "Toutes"

[index_event]
rule = "every_pregnancy"
text.en = "Every one"
text.fr = "Chacune"

[input.columns]
woman = "woman"

[[family]]
id = "known"
name.en = "Known"
name.fr = "Connus"
control = "none"
"""


def toml(path: Path, *parts: str) -> Path:
    """A plan file made of the base and more tables."""
    path.write_text("\n".join((BASE, *parts)), encoding="utf-8")
    tomllib.loads(path.read_text(encoding="utf-8"))
    return path


def plan(*parts: str, folder: Path | None = None) -> Plan:
    """The plan made of the base and more tables."""
    import tempfile

    with tempfile.TemporaryDirectory() as other:
        return read_plan(toml((folder or Path(other)) / "plan.toml", *parts))


def pregnancies(tmp_path: Path, text: str, mapping: InputMapping | None = None, **kinds: Kind) -> Pregnancies:
    """Pregnancies of a small table, its columns named as the roles."""
    path = tmp_path / "pregnancies.csv"
    path.write_text(text, encoding="utf-8")
    wanted: dict[str, Any] = {"woman": Kind.CODE, "ending": Kind.CODE, **kinds}
    mistakes = Mistakes()
    found = pregnancies_of(read_table(path, kinds=wanted), mapping or InputMapping(), mistakes)
    mistakes.reject()
    return found
