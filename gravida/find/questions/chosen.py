"""The questions that somebody adds to her message: ticks in the form, lines of their own in the message."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from gravida.find.models import Study
from gravida.find.questions import words
from gravida.find.questions.eight import open_codes

PARAMETER = "ask"  # of the form's address
FIELD = "asked"


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A question that can be ticked."""

    code: str
    text: str
    is_ticked: bool


def known(codes: Iterable[str]) -> list[str]:
    """Those of the codes that are questions, each once, in the order of the page."""
    wanted = set(codes)
    return [code for code in words.QUESTION if code in wanted]


def ticks(study: Study, chosen: Sequence[str], *, at: datetime) -> list[Tick]:
    """The questions that the page does not answer, and those chosen, ticked where they are."""
    offered = known([*open_codes(study, at=at), *chosen])
    return [Tick(code=code, text=str(words.QUESTION[code]), is_ticked=code in chosen) for code in offered]


def with_questions(message: str, chosen: Iterable[str]) -> str:
    """Her words, then each question on a line of its own."""
    lines = [f"– {words.QUESTION[code]}" for code in known(chosen)]
    if not lines:
        return message
    told = "\n".join([_("I would like to ask:"), *lines])
    return f"{message}\n\n{told}" if message else told
