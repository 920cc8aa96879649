"""A study with its folder on this site is found by its own plain words, in both languages."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.find.search.conftest import AddStudy, Find, numbers

STUDY = """
id = "one"
number = "{number}"

[[fact]]
id = "failures"
type = "int"
question.en = "How many?"
question.fr = "Combien ?"

[[criterion]]
id = "history"
kind = "inclusion"
text.en = "You keep a diary of your marathons."
text.fr = "Vous tenez un journal de vos marathons, ou avez eu trois échecs d’implantation."
source = {{ field = "eligibilityModule.eligibilityCriteria", item = "1" }}

[[criterion.part]]
id = "failures"
text.en = "At least three kayaks."
text.fr = "Au moins trois pirogues."
rule = "failures >= 3"
"""

WriteFolder = Callable[..., Path]


@pytest.fixture
def write_folder(settings: Any) -> WriteFolder:
    """Write the folder of a study, with summaries by language."""

    def write(number: str, **summaries: str) -> Path:
        folder: Path = settings.STUDIES / "one"
        (folder / "texts").mkdir(parents=True, exist_ok=True)
        (folder / "study.toml").write_text(STUDY.format(number=number), encoding="utf-8")
        for language, text in summaries.items():
            (folder / "texts" / f"summary.{language}.md").write_text(text, encoding="utf-8")
        return folder

    return write


@pytest.mark.parametrize(
    "typed",
    ["diary", "journal", "kayak", "pirogue", "butterflies", "coquelicots", "échec d'implantation", "RIF"],
)
def test_its_criteria_and_summaries_find_it_in_both_languages(
    add_study: AddStudy, find: Find, write_folder: WriteFolder, typed: str
) -> None:
    wanted = add_study("Cohort of unexplained losses")
    add_study("Knee pain in runners")
    write_folder(wanted.number, en="# Why\n\nOf butterflies.", fr="# Pourquoi\n\nDes coquelicots.")

    assert numbers(find(typed)) == [wanted.number]


def test_a_changed_summary_is_found_after_the_next_update(
    add_study: AddStudy, find: Find, write_folder: WriteFolder
) -> None:
    wanted = add_study("Cohort of unexplained losses")
    for place in range(9):
        add_study(f"Knee pain {place}")
    write_folder(wanted.number, fr="Des coquelicots.")
    assert numbers(find("coquelicot")) == [wanted.number]

    write_folder(wanted.number, fr="Des bleuets.")

    assert numbers(find("bleuet")) == [wanted.number]
    assert numbers(find("coquelicot")) == []


def test_a_study_of_this_site_comes_before_others_that_fit_as_well(
    add_study: AddStudy, find: Find, write_folder: WriteFolder
) -> None:
    other = add_study("Migraine and sleep")
    own = add_study("Migraine and sleep")
    mentioned = add_study("Women", summary="Migraine is mentioned.")
    write_folder(own.number)

    assert numbers(find("migraine")) == [own.number, other.number, mentioned.number]
