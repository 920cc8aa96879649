"""No text that the product itself writes holds a word to avoid: pages, mails, code, translations, studies."""

import ast
import re
from pathlib import Path

import polib
import pytest

from gravida.find.plain.lexicon import LANGUAGES, findings
from gravida.find.plain.sentences import Language

HOME = Path(__file__).resolve().parents[3]
CATALOGUE = HOME / "gravida/locale/fr/LC_MESSAGES/django.po"
TEMPLATES = sorted((HOME / "gravida/templates").rglob("*"))
SCRIPTS = sorted((HOME / "gravida/static/js").rglob("*.js"))
CODE = sorted(path for path in (HOME / "gravida").rglob("words*.py"))
DATA = [
    *sorted((HOME / "studies/falco/texts").rglob("*.md")),
    *sorted((HOME / "gravida/find/glossary").rglob("*.toml")),
    *sorted((HOME / "gravida/find/questions").rglob("*.toml")),
    HOME / "studies/falco/study.toml",
]
# Lines that hold such words though nobody is told them, by their beginning, each with its reason.
ALLOWED = {
    "forms = [": "what the glossary looks for in registry text, in order to explain it in other words",
    "near = [": "words of the registry beside which the glossary knows an abbreviation",
}
_TAG = re.compile(r"\{#.*?#\}|\{%\s*comment\s*%\}.*?\{%\s*endcomment\s*%\}", re.DOTALL)


def _hurts(text: str, languages: tuple[Language, ...] = LANGUAGES) -> list[str]:
    return [
        one.word
        for language in languages
        for one in findings(text, language=language)
        if not any(text.lstrip().startswith(begins) for begins in ALLOWED)
    ]


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATES if path.is_file()], ids=lambda path: str(path.relative_to(HOME))
)
def test_no_page_and_no_mail_hurts(path: Path) -> None:
    assert _hurts(_TAG.sub("", path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", [*SCRIPTS, *DATA], ids=lambda path: str(path.relative_to(HOME)))
def test_no_script_and_no_text_of_the_study_hurts(path: Path) -> None:
    assert [hurt for line in path.read_text(encoding="utf-8").splitlines() for hurt in _hurts(line)] == []


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(HOME)))
def test_no_words_for_people_in_the_code_hurt(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert [hurt for text in told for hurt in _hurts(text)] == []


def test_no_translation_hurts() -> None:
    entries = [entry for entry in polib.pofile(str(CATALOGUE)) if not entry.obsolete]
    english = [text for entry in entries for text in (entry.msgid, entry.msgid_plural) if text]
    french = [text for entry in entries for text in (entry.msgstr, *entry.msgstr_plural.values()) if text]
    assert [(hurt, text) for text in english for hurt in _hurts(text, ("en",))] == []
    assert [(hurt, text) for text in french for hurt in _hurts(text, ("fr",))] == []
