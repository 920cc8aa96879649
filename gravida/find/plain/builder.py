"""An overview in plain words, built from the fields of a record: no model, no network, nothing invented."""

from dataclasses import dataclass

from gravida.find.plain.sentences import Language
from gravida.find.record import StudyRecord

SECTION_CODES = (
    "in_short",
    "what",
    "could_i",
    "what_would_i_do",
    "risks",
    "data",
    "cost",
    "how_long",
    "results",
)


@dataclass(frozen=True, kw_only=True)
class BuiltOverview:
    """The text of each section, in the order of SECTION_CODES; None where the record does not say."""

    sections: tuple[tuple[str, str | None], ...]

    def section(self, code: str) -> str | None:
        """The text of one section."""
        return dict(self.sections)[code]

    @property
    def text(self) -> str:
        """All sections one after the other."""
        return "\n\n".join(text for _code, text in self.sections if text)


def build_overview(record: StudyRecord, *, language: Language) -> BuiltOverview:
    """The overview of a record; every sentence follows from its fields."""
    who = {
        "en": {"FEMALE": "This study is for women."},
        "fr": {"FEMALE": "Cette étude s’adresse aux femmes."},
    }
    could_i = who[language].get(record.sex)
    return BuiltOverview(
        sections=tuple((code, could_i if code == "could_i" else None) for code in SECTION_CODES)
    )
