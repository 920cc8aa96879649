"""Reading definitions.toml: every mistake is told with its line, none is passed over."""

from pathlib import Path

import pytest

from gravida.protocol.definitions_file import check_definitions, read_definitions
from gravida.protocol.implantation import FailureUnit
from gravida.protocol.mistakes import Mistake, StudyFolderMistake
from gravida.protocol.values import Convention

FALCO = Path(__file__).resolve().parents[2] / "studies" / "falco"
# A definition of another study, in another disease of pregnancy.
DULL = """\
in_force = "TWO"

[[definition]]
id = "TWO"
version = 1
name.en = "Two losses"
name.fr = "Deux pertes"
losses = 2
before = "20+0"
convention = "SA"
age_at = "end"
consecutive = "no"
counts = { miscarriage = "yes", biochemical = "no", pul_resolved = "no", pul_treated = "no", ectopic = "no", \
complete_mole = "no", partial_mole = "no", stillbirth = "no" }
source.reference = "a guideline"
source.text = "two"
"""


def mistakes_in(folder: Path, text: str) -> list[str]:
    (folder / "definitions.toml").write_text(text, encoding="utf-8")
    mistakes: list[Mistake] = []
    check_definitions(folder, mistakes)
    return [f"{mistake.line}: {mistake.found}, wanted {mistake.wanted}" for mistake in mistakes]


def test_falco_definitions_hold_no_mistake():
    definitions = read_definitions(FALCO)

    assert definitions.in_force == "FALCO_REC_2022"
    assert definitions.named("FALCO_REG_2017").before.convention is Convention.UNKNOWN
    assert {row.rule.unit for row in definitions.implantation} == set(FailureUnit)


def test_a_folder_of_another_study_is_read_alike(tmp_path: Path):
    assert mistakes_in(tmp_path, DULL) == []


# what is changed in the dull file | line | what the mistake says
MISTAKES = [
    (("losses = 2", 'losses = "two"'), "8: losses = 'two', wanted losses = a whole number"),
    (("losses = 2", "losses = 0"), "8: losses = 0, wanted losses = a whole number from 1"),
    (('before = "20+0"', 'before = "20"'), "9: before = '20', wanted weeks and days, as 14+0"),
    (('before = "20+0"', 'before = "20+7"'), "9: before = '20+7', wanted weeks and days, as 14+0"),
    (('convention = "SA"', 'convention = "WA"'), "10: convention = 'WA', wanted one of SA, SG, unknown"),
    (('age_at = "end"', 'age_at = "birth"'), "11: age_at = 'birth', wanted one of end, diagnosis, arrest"),
    (('miscarriage = "yes"', 'miscariage = "yes"'), "13: key miscariage, wanted one of biochemical"),
    (('name.fr = "Deux pertes"\n', ""), "6: no name.fr, wanted name in en, fr"),
    (('in_force = "TWO"', 'in_force = "THREE"'), "1: in_force = 'THREE', wanted one of TWO"),
    (('source.text = "two"\n', ""), "14: no text, wanted text = a text"),
    (("version = 1", "version = 1\nlimit = 3"), "6: key limit, wanted one of"),
    (('consecutive = "no"', 'consecutive = "yes"\nsame_partner = true'), "runs of losses with one partner"),
    (
        ("version = 1", 'version = 1\nor_failures = { unit = "cumulative_chance", above_chance = 1.5 }'),
        "proportion",
    ),
]


@pytest.mark.parametrize(("change", "told"), MISTAKES)
def test_each_mistake_is_told_with_its_line(change: tuple[str, str], told: str, tmp_path: Path):
    assert change[0] in DULL

    found = mistakes_in(tmp_path, DULL.replace(*change))

    assert any(told in mistake for mistake in found), found


def test_a_definition_of_the_same_id_is_told(tmp_path: Path):
    second = DULL.partition("[[definition]]")[2]

    assert any(
        "TWO a second time" in mistake
        for mistake in mistakes_in(tmp_path, DULL + "\n[[definition]]" + second)
    )


def test_reading_a_folder_with_a_mistake_names_the_first(tmp_path: Path):
    (tmp_path / "definitions.toml").write_text('in_force = "X"\n', encoding="utf-8")

    with pytest.raises(StudyFolderMistake, match=r"definitions.toml:1: found in_force = 'X'"):
        read_definitions(tmp_path)


def test_an_unknown_definition_is_refused_with_those_that_exist():
    with pytest.raises(KeyError, match="FALCO_REC_2022"):
        read_definitions(FALCO).named("NOBODY")
