"""The eight questions of a study page: answered by overview, folder or record, else to be asked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from django.utils.translation import get_language

from gravida.find.models import Study
from gravida.find.overviews.pages.part import shown_overview
from gravida.find.overviews.reads import Overview
from gravida.find.prose import Block, blocks
from gravida.find.questions import words
from gravida.find.questions.folder_texts import FolderTextMistake, texts_in, toml_of
from gravida.find.questions.record_answers import ANSWERED_WHOLE, Line, record_answer
from gravida.find.site_studies import in_language, site_studies
from gravida.protocol.study import StudyFolder, Texts

CODES = tuple(words.QUESTION)
IN_A_FOLDER = "texts/questions.toml"


class Source(StrEnum):
    """Where an answer comes from."""

    OVERVIEW = "overview"
    FOLDER = "folder"
    RECORD = "record"
    NOBODY = "nobody"


@dataclass(frozen=True, kw_only=True)
class StudyQuestion:
    """A question with its answer, as far as there is one."""

    code: str
    text: str
    source: Source
    answer: tuple[Block, ...] = ()  # plain words, in the reader's language
    facts: tuple[Line, ...] = ()  # what the record's fields say
    ask: str = ""  # address that adds it to a message; empty: nobody can be written to

    @property
    def is_open(self) -> bool:
        """Whether something is left to ask."""
        return not self.answer and not (self.facts and self.code in ANSWERED_WHOLE)


def study_questions(study: Study, *, overview: Overview | None, write: str) -> tuple[StudyQuestion, ...]:
    """The eight questions in their order; `write` is the address of the message form, or empty."""
    folder = site_studies().get(study.number)
    return tuple(_question(code, study, overview, folder, write=write) for code in CODES)


def open_codes(study: Study, *, at: datetime) -> tuple[str, ...]:
    """The questions that nothing answers."""
    overview = shown_overview(study, language=_language(), at=at)
    return tuple(one.code for one in study_questions(study, overview=overview, write="") if one.is_open)


def _language() -> str:
    return (get_language() or "en").split("-")[0]


def _question(
    code: str, study: Study, overview: Overview | None, folder: StudyFolder | None, *, write: str
) -> StudyQuestion:
    text = str(words.QUESTION[code])
    ask = ask_address(write, code) if write else ""
    for source, found in (
        (Source.OVERVIEW, overview.answer(code) if overview else ""),
        (Source.FOLDER, in_language(_readable_answers(folder).get(code, {}))),
    ):
        if found:
            return StudyQuestion(code=code, text=text, source=source, answer=tuple(blocks(found)), ask=ask)
    facts = record_answer(code, study.record)
    source = Source.RECORD if facts else Source.NOBODY
    return StudyQuestion(code=code, text=text, source=source, facts=facts, ask=ask)


def ask_address(write: str, code: str) -> str:
    """The message form with this question ticked: a fixed code, never words, stands in the address."""
    return f"{write}{'&' if '?' in write else '?'}{urlencode({'ask': code})}#asked"


def folder_answers(folder: StudyFolder) -> dict[str, Texts]:
    """What the folder answers: code -> language -> text. FolderTextMistake where it cannot be read."""
    file = folder.path / IN_A_FOLDER
    return _folder_answers(file, file.stat().st_mtime_ns) if file.is_file() else {}


def _readable_answers(folder: StudyFolder | None) -> dict[str, Texts]:
    """The same; a file with a mistake answers nothing, and `gravida check` names it."""
    try:
        return folder_answers(folder) if folder else {}
    except FolderTextMistake:
        return {}


@lru_cache(maxsize=32)
def _folder_answers(file: Path, newest: int) -> dict[str, Texts]:
    """`newest` only tells the cache that the file has changed."""
    table = toml_of(file)
    if unknown := set(table) - set(CODES):
        found, wanted = ", ".join(sorted(unknown)), ", ".join(CODES)
        raise FolderTextMistake(f"{file}: found {found}, wanted some of {wanted}")
    return {code: texts_in(file, code, texts) for code, texts in table.items()}
