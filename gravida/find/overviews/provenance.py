"""Where an overview comes from, as a line of the public page: computed from what is stored, never typed."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gravida.find.overviews import words
from gravida.find.overviews.models_texts import Generation, OverviewText


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Who or what wrote it, who checked it, and against which record."""

    writer: str  # Generation.Writer: team, folder, rules, model
    made_at: datetime
    model: str = ""
    is_of_study_team: bool = True  # false where no folder of this site describes the study
    edited_at: datetime | None = None  # when a person changed words of rules or a model
    checked_role: str = ""  # of whoever approved it; empty: nobody has
    checked_at: datetime | None = None
    record_day: date | None = None  # the registry's own day of the record
    record_fetched_at: datetime | None = None

    @property
    def is_reviewed(self) -> bool:
        """Whether a person has read it against the record."""
        return self.checked_at is not None

    @property
    def sentences(self) -> tuple[str, ...]:
        """The line, a sentence for each thing it tells, in the reader's language."""
        if not self.is_reviewed:
            is_same_day = self.record_day == timezone.localdate(self.made_at)
            return (self._automatic(),) if is_same_day else (self._automatic(), self._record())
        told = (self._written(), self._edited(), self._checked(), self._record())
        return tuple(sentence for sentence in told if sentence)

    @property
    def writer_words(self) -> str:
        """Who or what wrote it, and who changed it."""
        return " ".join(told for told in (self._written(), self._edited()) if told)

    def _automatic(self) -> str:
        told = _(
            "Put together automatically from the registry record on %(day)s; nobody has reviewed it yet."
        )
        return told % {"day": day(self.made_at)}

    def _written(self) -> str:
        values = {"day": day(self.made_at), "model": self.model}
        if self.writer == Generation.Writer.MODEL:
            return _("First written by a language model (%(model)s) on %(day)s.") % values
        if self.writer == Generation.Writer.RULES:
            return (
                _("Put together from the registry record by rules, without a language model, on %(day)s.")
                % values
            )
        if self.writer == Generation.Writer.FOLDER:
            return _("Written by the authors of this study’s folder on %(day)s.") % values
        if self.is_of_study_team:
            return _("Written by the study team on %(day)s.") % values
        return _("Written by the editors of this site on %(day)s.") % values

    def _edited(self) -> str:
        if self.edited_at is None:
            return ""
        values = {"day": day(self.edited_at)}
        if self.is_of_study_team:
            return _("Changed by the study team on %(day)s.") % values
        return _("Changed by the editors of this site on %(day)s.") % values

    def _checked(self) -> str:
        if self.checked_at is None:
            return ""
        values = {"role": words.role(self.checked_role), "day": day(self.checked_at)}
        return _("Checked against the record by %(role)s on %(day)s.") % values

    def _record(self) -> str:
        if self.record_day:
            return _("Registry record of %(day)s.") % {"day": date_format(self.record_day, "j F Y")}
        if self.record_fetched_at:
            return _("Registry record as it was on %(day)s.") % {"day": day(self.record_fetched_at)}
        return ""


def provenance_of(text: OverviewText, *, is_of_study_team: bool) -> Provenance:
    """The provenance of a version; reads its generation."""
    made = text.generation
    is_changed = text.is_edited and made.writer != Generation.Writer.TEAM
    return Provenance(
        writer=made.writer,
        # The team's own words are as old as their newest version.
        made_at=text.written_at if made.writer == Generation.Writer.TEAM else made.at,
        model=made.model,
        is_of_study_team=is_of_study_team,
        edited_at=text.written_at if is_changed else None,
        checked_role=text.approved_role,
        checked_at=text.approved_at,
        record_day=text.record_updated_on,
        record_fetched_at=text.record_fetched_at,
    )


def day(moment: datetime) -> str:
    """An instant as a day in the site's time zone, in the reader's language."""
    return date_format(timezone.localtime(moment), "j F Y")
