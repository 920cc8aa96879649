"""Questions and answers by kind of study, read from text files; a study folder may replace or add some."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from gravida.find.prose import Block, blocks
from gravida.find.questions.folder_texts import FolderTextMistake, texts_in, toml_of
from gravida.find.questions.kinds import KINDS
from gravida.protocol.study import StudyFolder

TEXTS = Path(__file__).resolve().parent / "texts"
IN_A_FOLDER = "texts/faq.toml"
ALL = "all"
_ID = re.compile("[a-z][a-z0-9_]{0,39}")
LANGUAGES = ("en", "fr")
_APART = re.compile("[’'-]")


@dataclass(frozen=True, kw_only=True)
class Faq:
    """A question with its answer, for one kind of study, in one language."""

    id: str
    question: str
    answer: str  # plain text; paragraphs are parted by empty lines

    @property
    def paragraphs(self) -> list[Block]:
        """The answer as it is laid out."""
        return blocks(self.answer)

    @property
    def search_text(self) -> str:
        """Question and answer as a search compares them."""
        return folded(f"{self.question} {self.answer}")


def questions_of_kind(kind: str, *, language: str) -> tuple[Faq, ...]:
    """The product's questions on a kind of study; ValueError for a kind that does not exist."""
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r}: wanted one of {', '.join(KINDS)}")
    return _of_product(language if language in LANGUAGES else LANGUAGES[0])[kind]


def questions_of_study(folder: StudyFolder | None, kind: str, *, language: str) -> tuple[Faq, ...]:
    """The same with what the study's folder (`texts/faq.toml`) replaces, leaves out or adds at the end.

    A file with a mistake changes nothing; `gravida check` names it.
    """
    of_kind = questions_of_kind(kind, language=language)
    try:
        own = own_questions(folder) if folder else ()
    except FolderTextMistake:
        return of_kind
    return _joined(of_kind, own, language=language)


def own_questions(folder: StudyFolder) -> "tuple[OwnFaq, ...]":
    """The questions of a study's folder. FolderTextMistake where one is not whole."""
    file = folder.path / IN_A_FOLDER
    return _of_folder(file, file.stat().st_mtime_ns) if file.is_file() else ()


def folded(text: str) -> str:
    """A text in small letters, without accents and punctuation, as a search compares it."""
    apart = _APART.sub(" ", unicodedata.normalize("NFD", text.lower()))
    return " ".join("".join(sign for sign in apart if sign.isalnum() or sign.isspace()).split())


def found(questions: Iterable[Faq], typed: str) -> tuple[Faq, ...]:
    """Questions in which each word typed begins a word; all of them where nothing was typed."""
    wanted = folded(typed).split()
    return tuple(one for one in questions if all(f" {word}" in f" {one.search_text}" for word in wanted))


@lru_cache(maxsize=4)
def _of_product(language: str) -> dict[str, tuple[Faq, ...]]:
    """The product's own questions of every kind."""
    file = TEXTS / f"faq.{language}.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return {kind: tuple(_of_kind(table["question"], kind)) for kind in KINDS}


def _of_kind(rows: Sequence[Mapping[str, Any]], kind: str) -> Iterable[Faq]:
    for row in rows:
        ask, answer = row["ask"], row["answer"]
        question, told = ask.get(kind, ask.get(ALL)), answer.get(kind, answer.get(ALL))
        if question and told:
            yield Faq(id=row["id"], question=question, answer=told.strip())


@dataclass(frozen=True, kw_only=True)
class OwnFaq:
    """A question of a study's folder, in its languages; without words it leaves out the product's."""

    id: str
    question: Mapping[str, str]
    answer: Mapping[str, str]


@lru_cache(maxsize=32)
def _of_folder(file: Path, newest: int) -> tuple[OwnFaq, ...]:
    """`newest` only tells the cache that the file has changed."""
    rows = toml_of(file).get("question", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise FolderTextMistake(f"{file}: found {rows!r}, wanted tables [[question]]")
    return tuple(_own(file, row) for row in rows)


def _own(file: Path, row: Mapping[str, Any]) -> OwnFaq:
    name = row.get("id")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise FolderTextMistake(f"{file}: question {name!r}: wanted an id of small letters, figures and _")
    if row.get("leave_out") is True:
        return OwnFaq(id=name, question={}, answer={})
    question = texts_in(file, "ask", row.get("ask"))
    answer = texts_in(file, "answer", row.get("answer"))
    if set(question) != set(answer):
        found = f"ask in {', '.join(sorted(question))}, answer in {', '.join(sorted(answer))}"
        raise FolderTextMistake(f"{file}: question {name}: found {found}, wanted both in the same languages")
    return OwnFaq(id=name, question=question, answer=answer)


def _joined(of_kind: tuple[Faq, ...], own: tuple[OwnFaq, ...], *, language: str) -> tuple[Faq, ...]:
    """Those of the kind, replaced where the folder has one of the same name; then the folder's others."""
    by_id = {one.id: one for one in own}
    kept = [_in_language(by_id[one.id], language) if one.id in by_id else one for one in of_kind]
    known = {one.id for one in of_kind}
    added = [_in_language(one, language) for one in own if one.id not in known]
    return tuple(one for one in [*kept, *added] if one is not None)


def _in_language(own: OwnFaq, language: str) -> Faq | None:
    """In the language, else in English, else in any; None where it only leaves out."""
    if not own.question:
        return None
    chosen = next((code for code in (language, "en") if code in own.question), next(iter(own.question)))
    return Faq(id=own.id, question=own.question[chosen], answer=own.answer[chosen].strip())
