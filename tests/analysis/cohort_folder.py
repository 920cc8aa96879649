"""A small cohort for tests, written as a folder of tables: pregnancies, women, contacts, transfers."""

from pathlib import Path

from gravida.analysis.history import RiskTable, history
from gravida.analysis.input.read import read_source
from gravida.analysis.plan import index_rule
from gravida.protocol.plan import Plan
from tests.analysis.plans import BASE, OUTCOMES, plan

INPUT = """\
[input]
times_in = "dates"
in_pregnancy = "state = 2"

[input.columns]
woman = "woman"
dated = ["taken", "seen"]
sample = "tube"
explained = "class"
transferred = "moved"
last_news = "last_news"
trying_since = "since"
"""
BIRTH = """\
[[outcome]]
id = "birth_awaited"
name.en = "Birth"
name.fr = "Naissance"
form = "PRG"
event = "ending = 'live_birth'"
competing = ["stopped", "early_loss"]

[[outcome]]
id = "stopped"
name.en = "Stopped"
name.fr = "Arrêt"
form = "FUP"
event = "trying = 'stops'"
competing = ["birth_awaited"]
"""
TRANSFER = """\
[[outcome]]
id = "nothing"
name.en = "No pregnancy"
name.fr = "Pas de grossesse"
form = "TRF"
event = "result = 0"
competing = ["something"]

[[outcome]]
id = "something"
name.en = "Pregnancy"
name.fr = "Grossesse"
form = "TRF"
event = "result = 1"
competing = ["nothing"]
"""
AFTER = """\
rule = "after_inclusion"
pregnant_enter = true
"""


def cohort_plan(*parts: str, index: str = AFTER) -> Plan:
    """A plan for the folder: after inclusion, outcomes of all three grains."""
    base = BASE.replace('rule = "every_pregnancy"\n', index)
    base = base.replace('[input.columns]\nwoman = "woman"\n', INPUT)
    return plan(OUTCOMES, BIRTH, TRANSFER, *parts, base=base)


def folder(path: Path, **tables: str) -> Path:
    """The tables, each the lines of a CSV, as a folder."""
    path.mkdir(exist_ok=True)
    for grain, text in tables.items():
        lines = [line.strip() for line in text.strip().splitlines()]
        (path / f"{grain}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def risk_of(path: Path, made: Plan) -> RiskTable:
    """The risk table of a folder under a plan."""
    return history(read_source(path, made), rule=index_rule(made))
