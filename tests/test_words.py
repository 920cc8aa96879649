"""Words for people: gentle, translated, complete."""

import re
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from gravida.find import words
from gravida.find.asked import PARAMETER_OF

HOME = Path(__file__).resolve().parents[1]
CATALOGUE = HOME / "gravida/locale/fr/LC_MESSAGES/django.po"
# Words that hurt, or that promise what an observational study cannot give (docs/glossary.md).
HURTFUL = re.compile(
    r"\b(abortions?|avortements?|recidivism|récidives?|habitual|habituels?|failure of the woman|"
    r"incompetent cervix|victims?|victimes?|spontaneous abortion)\b",
    re.IGNORECASE,
)
OWN_TEXTS = [
    *sorted((HOME / "gravida/templates").rglob("*.html")),
    *sorted((HOME / "gravida/static/js").rglob("*.js")),
    *sorted((HOME / "studies").rglob("*.toml")),
    HOME / "gravida/find/words.py",
    HOME / "gravida/find/forms.py",
]


@pytest.mark.parametrize("path", OWN_TEXTS, ids=lambda path: str(path.relative_to(HOME)))
def test_our_own_words_do_not_hurt(path: Path) -> None:
    shown = "\n".join(
        line for line in path.read_text(encoding="utf-8").splitlines() if "registry title" not in line
    )
    assert HURTFUL.findall(shown) == []


def test_our_translations_do_not_hurt() -> None:
    texts = [text for entry in polib.pofile(str(CATALOGUE)) for text in (entry.msgid, entry.msgstr)]
    assert [text for text in texts if HURTFUL.search(text)] == []


def test_every_word_is_translated_into_french() -> None:
    catalogue = polib.pofile(str(CATALOGUE))
    assert [entry.msgid for entry in catalogue if not entry.translated() or "fuzzy" in entry.flags] == []


@pytest.mark.slow
def test_the_catalogue_holds_every_word_of_the_code_and_no_other(tmp_path: Path) -> None:
    # given a copy of the code, when its words are collected anew
    import shutil

    shutil.copytree(HOME / "gravida", tmp_path / "gravida")
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "--locale", "fr", "--no-wrap", "--no-location",
         "--settings", "gravida.settings", "--ignore", "static/*", "--verbosity", "0"],
        cwd=tmp_path / "gravida", check=True, env={**__import__("os").environ, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    # then nothing is new and nothing has gone
    fresh = polib.pofile(str(tmp_path / "gravida/locale/fr/LC_MESSAGES/django.po"))
    held = {entry.msgid for entry in polib.pofile(str(CATALOGUE)) if not entry.obsolete}
    assert {entry.msgid for entry in fresh if not entry.obsolete} == held, (
        "run scripts/messages and translate"
    )


def test_placeholders_survive_translation() -> None:
    for entry in polib.pofile(str(CATALOGUE)):
        wanted = set(re.findall(r"%\(\w+\)s", entry.msgid))
        for text in [entry.msgstr] if entry.msgstr else entry.msgstr_plural.values():
            assert set(re.findall(r"%\(\w+\)s", text)) == wanted, entry.msgid


def test_each_code_of_the_registry_has_its_words() -> None:
    # given the codes of the registry's own schema (API v2)
    statuses = {
        "ACTIVE_NOT_RECRUITING", "COMPLETED", "ENROLLING_BY_INVITATION", "NOT_YET_RECRUITING", "RECRUITING",
        "SUSPENDED", "TERMINATED", "WITHDRAWN", "AVAILABLE", "NO_LONGER_AVAILABLE",
        "TEMPORARILY_NOT_AVAILABLE", "APPROVED_FOR_MARKETING", "WITHHELD", "UNKNOWN",
    }  # fmt: skip
    assert statuses == set(words.STATUS)
    assert {"FEMALE", "MALE", "ALL"} == set(words.SEX)
    assert {"EXPANDED_ACCESS", "INTERVENTIONAL", "OBSERVATIONAL"} == set(words.STUDY_TYPE)
    assert {"EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4"} == set(words.PHASE)


def test_each_criterion_of_a_search_has_its_words_and_its_parameter() -> None:
    assert set(words.CRITERION) == set(PARAMETER_OF)
