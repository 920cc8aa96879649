"""What pages read of overviews: the words that are shown, by section, and where they come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gravida.find.models import Study
from gravida.find.overviews.models_texts import OverviewText
from gravida.find.overviews.provenance import Provenance, provenance_of
from gravida.find.overviews.sections import IN_SHORT, WHAT
from gravida.find.overviews.states import State
from gravida.find.site_studies import site_studies


@dataclass(frozen=True, kw_only=True)
class Overview:
    """An overview as the public page shows it, in one language."""

    study: str
    language: str
    sections: Mapping[str, str]  # section code -> plain text; what it does not answer is absent
    provenance: Provenance
    changed_at: datetime | None = None  # when the record was seen to have changed; None: it has not
    number: int = 0  # of the version; 0: put together automatically

    @property
    def is_stale(self) -> bool:
        """Whether the record has changed since the words were checked."""
        return self.changed_at is not None

    @property
    def is_automatic(self) -> bool:
        """Put together by rules, read by nobody yet."""
        return self.number == 0

    @property
    def in_short(self) -> str:
        """At most 120 words; empty where there is none."""
        return self.sections.get(IN_SHORT, "")

    def answer(self, code: str) -> str:
        """What a section says; empty: ask the team.

        Of words put together automatically, only the first lines name what is studied: they answer that too.
        """
        said = self.sections.get(code, "")
        if self.is_automatic and code == WHAT:
            return "\n\n".join(text for text in (self.in_short, said) if text)
        return said


def published_overview(study: Study, *, language: str, at: datetime) -> Overview | None:
    """The published words of a study (needs `with_record`), stale ones included and said to be; else None."""
    text = OverviewText.objects.of(study.number, language).shown().select_related("generation").first()
    if text is None:
        return None
    return overview_of(text, changed_at=_changed_at(text, study))


def overview_of(text: OverviewText, *, changed_at: datetime | None = None) -> Overview:
    """A version as a page shows it."""
    return Overview(
        study=text.study,
        language=text.language,
        sections=text.texts,
        provenance=provenance_of(text, is_of_study_team=text.study in site_studies()),
        changed_at=changed_at,
        number=text.number,
    )


def _changed_at(text: OverviewText, study: Study) -> datetime | None:
    """When the record changed. Looked at here too, so that no import's mistake leaves old words unmarked."""
    if text.where is State.STALE:
        return text.stale_since
    version = study.current_version
    if version is not None and version.sha256 != text.record_sha256:
        return version.fetched_at
    return None
