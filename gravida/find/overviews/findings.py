"""The findings of one version, and which of them are resolved."""

from dataclasses import dataclass

from gravida.find.models import Study
from gravida.find.overviews.judging import Finding, Judgement, judge
from gravida.find.overviews.models_texts import OverviewText, Resolution
from gravida.find.overviews.sections import known_language
from gravida.find.overviews.sources import sources_of


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A version with everything that was found in it, and what was said to it."""

    judgement: Judgement
    resolutions: dict[str, Resolution]  # finding's key -> why it is right as it stands

    @property
    def open(self) -> tuple[Finding, ...]:
        """Neither mended nor resolved."""
        return self.judgement.open(self.resolutions)


def judged(study: Study, text: OverviewText) -> Judged:
    """A version against the record of today."""
    judgement = judge(text.texts, language=known_language(text.language), sources=sources_of(study))
    rows = Resolution.objects.filter(
        study=text.study, language=text.language, record_sha256=text.record_sha256
    ).select_related("by")
    return Judged(judgement=judgement, resolutions={row.key: row for row in rows})


def open_findings(study: Study, text: OverviewText) -> tuple[Finding, ...]:
    """What stands in the way of an approval."""
    return judged(study, text).open
