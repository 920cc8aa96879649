"""An overview in plain words, built from the fields of a record: no model, no network, nothing invented.

Every sentence follows from a field; what the record does not say stays None ("Ask the team"). When the whole
is harder to read than wanted, sentences that can be spared are left out, those that cost most first.
"""

from collections.abc import Callable
from dataclasses import dataclass

from gravida.find.plain import builder_en, builder_fr
from gravida.find.plain.reading import reading_of
from gravida.find.plain.said import Said
from gravida.find.plain.sentences import Language
from gravida.find.record import StudyRecord

SECTION_CODES = (
    "in_short", "what", "could_i", "what_would_i_do", "risks", "data", "cost", "how_long", "results",
)  # fmt: skip
_SAY: dict[Language, Callable[[StudyRecord], list[Said]]] = {
    "en": builder_en.said_of,
    "fr": builder_fr.said_of,
}


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
    """The overview of a record, easy to read where its names allow it."""
    said = _SAY[language](record)
    built = _built(said)
    while not reading_of(built.text, language=language).meets_target:
        spare = max((one for one in said if one.spare), key=lambda one: one.spare, default=None)
        if spare is None:
            break
        said = _without(said, spare)
        built = _built(said)
    return built


def _without(said: list[Said], spare: Said) -> list[Said]:
    """Without that sentence, or with its shorter form."""
    shorter = [Said(section=spare.section, text=spare.shorter)] if spare.shorter else []
    place = said.index(spare)
    return [*said[:place], *shorter, *said[place + 1 :]]


def _built(said: list[Said]) -> BuiltOverview:
    texts = {code: " ".join(one.text for one in said if one.section == code) for code in SECTION_CODES}
    return BuiltOverview(sections=tuple((code, texts[code] or None) for code in SECTION_CODES))
