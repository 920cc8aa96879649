"""Overviews put together by rules, without a model: the builder's words under its version."""

from gravida.find.overviews.sections import tidy
from gravida.find.plain.builder import build_overview
from gravida.find.plain.sentences import Language
from gravida.find.record import StudyRecord

# Raised when the rules give other words for the same record.
RULES = "rules-1"


def by_rules(record: StudyRecord, language: Language) -> tuple[str, dict[str, str]]:
    """The recipe's name, and the sections that the record answers."""
    return RULES, tidy(dict(build_overview(record, language=language).sections))
