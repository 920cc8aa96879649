"""What a study folder tells of its study in plain words, as the index searches it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from gravida.protocol.study import StudyFolder


@dataclass(frozen=True, kw_only=True)
class Told:
    """Plain words by language: those that name the study, and those that say whom it takes and what for."""

    titles: dict[str, str] = field(default_factory=dict)
    texts: tuple[tuple[str, str], ...] = ()  # language, text

    def head(self, language: str) -> list[str]:
        """What names the study in a language."""
        return [text for spoken, text in self.titles.items() if spoken == language]

    def body(self, language: str) -> list[str]:
        """What describes the study in a language."""
        return [text for spoken, text in self.texts if spoken == language]

    @property
    def languages(self) -> set[str]:
        """The languages in which anything is told."""
        return {*self.titles, *(language for language, _ in self.texts)}


def told_by(folder: StudyFolder) -> Told:
    """Titles, criteria with their parts, and the summaries of a study folder."""
    return Told(titles=folder.title, texts=tuple(dict.fromkeys([*_criteria(folder), *_summaries(folder)])))


def _criteria(folder: StudyFolder) -> Iterator[tuple[str, str]]:
    for criterion in folder.criteria.criteria:
        yield from criterion.text.items()
        for part in criterion.parts:
            yield from part.text.items()


def _summaries(folder: StudyFolder) -> Iterator[tuple[str, str]]:
    for file in sorted((folder.path / "texts").glob("summary.*.md")):
        yield file.name.split(".")[1], file.read_text(encoding="utf-8")
