"""Small plans and sources for tests: pregnancies written as a table, a plan in a few lines."""

import tempfile
import tomllib
from pathlib import Path
from typing import Any

import numpy as np

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


OUTCOMES = """\
[[outcome]]
id = "early_loss"
name.en = "Early loss"
name.fr = "Perte précoce"
event = "ending = 'miscarriage' and weeks < 14"
competing = ["birth", "late_loss", "induced"]

[[outcome]]
id = "birth"
name.en = "Birth"
name.fr = "Naissance"
event = "ending = 'live_birth'"
competing = ["early_loss", "late_loss", "induced"]

[[outcome]]
id = "late_loss"
name.en = "Late loss"
name.fr = "Perte tardive"
event = "ending = 'miscarriage' and weeks >= 14"
competing = ["early_loss", "birth", "induced"]

[[outcome]]
id = "induced"
name.en = "Termination"
name.fr = "Interruption"
event = "ending = 'termination'"
competing = ["early_loss", "birth", "late_loss"]
"""


def factor(id_: str, variable: str | None = None, **keys: str) -> str:
    """One factor; keys are TOML values, as timing='"fixed"'."""
    values = {
        "name.en": f'"{id_}"',
        "name.fr": f'"{id_}"',
        "variable": f'"{variable or id_}"',
        "family": '"known"',
        "timing": '"before_index"',
        "adjust_for": "[]",
        "why": '"known"',
    }
    if "terms" in keys:
        del values["variable"]
    lines = [f"{key} = {value}" for key, value in (values | keys).items() if value]
    return "\n".join(["[[factor]]", f'id = "{id_}"', *lines, ""])


def question(models: str = '["logistic_cluster"]', **keys: str) -> str:
    """One question on early losses; keys are TOML values."""
    values = {
        "id": '"main"',
        "name.en": '"Main"',
        "name.fr": '"Principale"',
        "grain": '"pregnancy"',
        "outcome": '"early_loss"',
        "population": '"all"',
        "models": models,
        "factors": '["age"]',
    }
    return "\n".join(["[[question]]", *(f"{k} = {v}" for k, v in (values | keys).items() if v), ""])


def cohort(path: Path, *, women: int = 500, seed: int = 3) -> Path:
    """Made pregnancies; columns besides the roles: age, smokes, and what should never be a factor."""
    random = np.random.default_rng(seed)
    lines = ["woman,order,ending,weeks,recognised_week,age,smokes,renamed,told_end,all_losses,season"]
    for woman in range(women):
        losses, rows = 0, []
        for order in range(1, int(random.integers(2, 6))):
            draw = random.random()
            ending = "miscarriage" if draw < 0.25 + 0.1 * losses else "live_birth"
            ending = "termination" if draw > 0.9 else ending
            weeks = int(random.integers(6, 18)) if ending != "live_birth" else 39
            age = 20 + order * 2 + int(random.integers(0, 15))
            ended = f"{ending[:3]}{weeks}"
            rows.append(
                f"W{woman},{order},{ending},{weeks},{min(weeks, 4)},{age},{int(random.random() < 0.3)},"
                f"{2.5 * losses + 1},{weeks},ALL,{ended}"
            )
            losses += ending == "miscarriage" and weeks < 14
        lines += [row.replace("ALL", str(losses)) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def toml(path: Path, *parts: str, base: str = BASE) -> Path:
    """A plan file made of the base and more tables."""
    path.write_text("\n".join((base, *parts)), encoding="utf-8")
    tomllib.loads(path.read_text(encoding="utf-8"))
    return path


def plan(*parts: str, folder: Path | None = None, base: str = BASE) -> Plan:
    """The plan made of the base and more tables."""
    with tempfile.TemporaryDirectory() as other:
        return read_plan(toml((folder or Path(other)) / "plan.toml", *parts, base=base))


def pregnancies(tmp_path: Path, text: str, mapping: InputMapping | None = None, **kinds: Kind) -> Pregnancies:
    """Pregnancies of a small table, its columns named as the roles."""
    path = tmp_path / "pregnancies.csv"
    path.write_text(text, encoding="utf-8")
    wanted: dict[str, Any] = {"woman": Kind.CODE, "ending": Kind.CODE, **kinds}
    mistakes = Mistakes()
    found = pregnancies_of(read_table(path, kinds=wanted), mapping or InputMapping(), mistakes)
    mistakes.reject()
    return found
