"""What `gravida study check` finds between the files: plan, sources and work-up against the dictionary."""

from pathlib import Path

import pytest

from gravida.protocol.check import read_whole_study
from gravida.protocol.check_workup import check_workup_names
from gravida.protocol.mistakes import Mistake
from gravida.protocol.text_files import read_toml
from gravida.protocol.toml_tables import Table
from tests.protocol.studies import edited

PLAN = """\
version = 1
status = "draft"

[population]
text.en = "Everybody"
text.fr = "Tout le monde"

[index_event]
text.en = "The first attack"
text.fr = "La première crise"

[[outcome]]
id = "attack"
name.en = "Severe attack"
name.fr = "Crise sévère"
form = "ATT"
event = "pain >= 7"

[[family]]
id = "habits"
name.en = "Habits"
name.fr = "Habitudes"
control = "none"
why = "Named beforehand"

[[factor]]
id = "age"
name.en = "Age"
name.fr = "Âge"
variable = "PAT.age"
family = "habits"
adjust_for = []
why = "Known"

[[question]]
id = "how_often"
name.en = "How often?"
name.fr = "Combien de fois ?"
grain = "woman"
outcome = "attack"
population = "all"
models = ["logistic_cluster"]
"""
WORKUP = """\
[[test]]
id = "side"
variable = "ATT.side"
normal = ["1"]
not_done = ["9"]

[[test]]
id = "dose"
variable = "PILL.dose"
unit = "g"

[[test]]
id = "gone"
variable = "PILL.gone"

[[finding]]
id = "both"
when = [{ test = "side", codes = ["3", "7"] }]
"""
SOURCES = "key,text,to_confirm\nD,Design,\n"


def test_a_plan_and_sources_that_fit_are_no_mistake(tmp_path: Path) -> None:
    folder = edited(tmp_path)
    (folder / "plan.toml").write_text(PLAN, encoding="utf-8")
    (folder / "sources.csv").write_text(SOURCES, encoding="utf-8")
    study, mistakes = read_whole_study(folder)
    assert mistakes == ()
    assert study.plan is not None
    assert [question.models for question in study.plan.questions] == [("logistic_cluster",)]
    assert study.sources == {"D": "Design"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("PAT.age", "PAT.years", "plan.toml:30: found PAT.years in variable"),
        ('family = "habits"', 'family = "none"', "none in family"),
        ("adjust_for = []", 'adjust_for = ["age"]', "age held equal to itself"),
        ("adjust_for = []", 'adjust_for = ["sex"]', "sex in adjust_for"),
        ("pain >= 7", "pian >= 7", "pian, which names no variable"),
        ("pain >= 7", "side >= 7", "though it is one choice"),
        ('form = "ATT"', 'form = "ATK"', "ATK in form"),
        ('outcome = "attack"', 'outcome = "death"', "death in outcome"),
        ('["logistic_cluster"]', '["gee_exchangeable"]', "gee_exchangeable in models"),
        ('grain = "woman"', 'grain = "day"', "one of woman, pregnancy, transfer"),
        ('text.fr = "Tout le monde"', "", "no text.fr"),
        ('why = "Known"', "", "no why"),
        ('status = "draft"', 'status = "final"', "one of draft, signed"),
    ],
)
def test_a_plan_that_does_not_fit_the_dictionary_is_named(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    folder = edited(tmp_path)
    assert PLAN.count(old) == 1
    (folder / "plan.toml").write_text(PLAN.replace(old, new), encoding="utf-8")
    lines = [str(mistake) for mistake in read_whole_study(folder)[1]]
    assert any(expected in line for line in lines), "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("key,text,to_confirm\nX,Other,\n", "age: source D, wanted a key of sources.csv"),
        (SOURCES + "D,Again,\n", "sources.csv:3: found source D a second time"),
        ("key,text,to_confirm\nD,,\n", "sources.csv:2: found source D without text"),
    ],
)
def test_a_source_that_nobody_explains_is_named(tmp_path: Path, text: str, expected: str) -> None:
    folder = edited(tmp_path)
    (folder / "sources.csv").write_text(text, encoding="utf-8")
    lines = [str(mistake) for mistake in read_whole_study(folder)[1]]
    assert any(expected in line for line in lines), "\n".join(lines)


def test_a_work_up_that_speaks_of_other_codes_is_named(tmp_path: Path) -> None:
    # given a work-up whose tests name codes, a unit and a variable that the dictionary does not have
    folder = edited(tmp_path)
    (folder / "workup.toml").write_text(WORKUP, encoding="utf-8")
    file = read_toml(folder / "workup.toml", [])
    assert file is not None

    # when it is held against the dictionary
    mistakes: list[Mistake] = []
    table = Table(file=file, place=(), data=file.data, mistakes=mistakes)
    check_workup_names(table, read_whole_study(edited(tmp_path / "plain"))[0].dictionary)

    # then each is named with its line
    assert [(mistake.line, mistake.found) for mistake in mistakes] == [
        (5, "code 9 of ATT.side"),
        (10, "unit g"),
        (14, "variable PILL.gone"),
        (18, "code 7 of ATT.side"),
    ]
