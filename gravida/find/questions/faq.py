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
from gravida.find.questions.kinds import KINDS
from gravida.protocol.study import StudyFolder

TEXTS = Path(__file__).resolve().parent / "texts"
ALL = "all"
LANGUAGES = ("en", "fr")
_APART = re.compile("[’'-]")


class FaqMistake(Exception):
    """A file of questions that cannot be read: what was found, what was wanted."""


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
    """The same with what the study's folder (`texts/faq.toml`) replaces, leaves out or adds at the end."""
    of_kind = questions_of_kind(kind, language=language)
    file = folder.path / "texts" / "faq.toml" if folder else None
    if file is None or not file.is_file():
        return of_kind
    own = _of_folder(file, file.stat().st_mtime_ns)
    return _joined(of_kind, own, language=language)


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
    """FaqMistake where a question is not whole. `newest` only tells the cache that the file has changed."""
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple(_own(file, row) for row in table.get("question", []))


def _own(file: Path, row: Mapping[str, Any]) -> OwnFaq:
    ask, answer = row.get("ask", {}), row.get("answer", {})
    is_left_out = row.get("leave_out") is True
    if not row.get("id") or not (is_left_out or (ask and set(ask) == set(answer))):
        raise FaqMistake(
            f"{file}: question {row.get('id')!r}: found ask in {sorted(ask)}, answer in {sorted(answer)}, "
            "wanted an id and both in the same languages, or leave_out = true"
        )
    return OwnFaq(id=row["id"], question=ask, answer=answer)


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
