"""What `gravida check` says of the questions that study folders answer, replace or ask."""

from collections.abc import Callable
from typing import Any

from gravida.find.questions.eight import folder_answers
from gravida.find.questions.faq import own_questions
from gravida.find.questions.folder_texts import FolderTextMistake
from gravida.find.selfcheck.rules import why_not
from gravida.find.site_studies import site_studies
from gravida.protocol.study import StudyFolder
from gravida.web.checking import Check

_READERS: tuple[Callable[[StudyFolder], Any], ...] = (folder_answers, own_questions)


def faults() -> list[str]:
    """A sentence for each file that is left aside, and for criteria of which no self-check can be made."""
    found: list[str] = []
    for folder in site_studies().values():
        for read in _READERS:
            try:
                read(folder)
            except FolderTextMistake as mistake:
                found.append(f"study {folder.id}: {mistake}")
        if folder.criteria.asked and (reason := why_not(folder.criteria)):
            found.append(f"study {folder.id} shows no self-check: {reason}")
    return found


CHECKS = (
    Check(
        name="questions",
        help="questions of study folders: self-check, texts/faq.toml, texts/questions.toml",
        run=faults,
    ),
)
