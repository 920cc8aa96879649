"""`gravida study check` names the words that hurt in a study folder's public texts."""

import shutil
from pathlib import Path

import pytest

from gravida.__main__ import main
from gravida.find.plain.study_words import word_mistakes

FALCO = Path(__file__).resolve().parents[3] / "studies" / "falco"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A copy of FALCO's folder."""
    return Path(shutil.copytree(FALCO, tmp_path / "falco"))


def test_the_bundled_study_says_nothing_that_hurts() -> None:
    assert word_mistakes(FALCO) == ()


def test_a_word_to_avoid_is_a_mistake_by_file_and_line(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # given a text, a question and a title with words to avoid
    text = study / "texts" / "summary.fr.md"
    text.write_text("# Titre\n\nUne récidive est possible.\n", encoding="utf-8")
    toml = study / "study.toml"
    told = toml.read_text(encoding="utf-8").replace("How old are you?", "How old are you, victim?")
    toml.write_text(told, encoding="utf-8")
    # when the folder is checked
    code = main(["study", "check", str(study)])
    # then each is named with its place and with what to say instead
    shown = capsys.readouterr().out
    line = told[: told.index("How old")].count("\n") + 1
    assert code == 1
    assert f"{text}:3: found “récidive”, wanted words that do not hurt: nouvelle perte" in shown
    assert f"{toml}:{line}: found “victim”" in shown


def test_a_word_that_the_study_allows_passes(study: Path) -> None:
    (study / "texts" / "summary.fr.md").write_text("Une récidive est possible.\n", encoding="utf-8")
    (study / "texts" / "words.toml").write_text('[allow]\nfr = ["récidive"]\n', encoding="utf-8")
    assert word_mistakes(study) == ()


def test_a_list_of_words_that_cannot_be_read_is_a_mistake(study: Path) -> None:
    (study / "texts" / "words.toml").write_text("[[en]]\nforms = []\n", encoding="utf-8")
    (mistake,) = word_mistakes(study)
    assert mistake.file.name == "words.toml"
    assert "forms wanted" in mistake.found
