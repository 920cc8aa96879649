"""What visitors answered, by section: how many, the mean, their words; no figure of fewer than five."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Avg, Count

from gravida.find.overviews.models_ratings import Rating
from gravida.find.overviews.rated import HARD, LEAST_SHOWN, RATED

MOST_COMMENTS = 50


@dataclass(frozen=True, kw_only=True)
class SectionFigures:
    """How easy one section was found."""

    section: str
    n: int | None  # None: fewer than five
    mean: float | None
    comments: tuple[str, ...] = ()  # newest first

    @property
    def is_hard(self) -> bool:
        """Whether somebody should look at it."""
        return self.mean is not None and self.mean < HARD


def figures_of(study: str, language: str, *, since: date | None = None) -> tuple[SectionFigures, ...]:
    """Each section that was answered about, in the page's order; `since` counts newer answers only."""
    rows = Rating.objects.filter(study=study, language=language)
    if since is not None:
        rows = rows.filter(day__gte=since)
    counted = {
        row["section"]: row for row in rows.values("section").annotate(n=Count("pk"), mean=Avg("step"))
    }
    said: dict[str, list[str]] = defaultdict(list)
    for rating in rows.order_by("-pk").only("section", "comment")[:1000]:
        if rating.comment and len(said[rating.section]) < MOST_COMMENTS:
            said[rating.section].append(rating.comment)
    return tuple(
        _figures(section, counted[section]["n"], counted[section]["mean"], said[section])
        for section in RATED
        if section in counted
    )


def hard_studies(studies: Iterable[str] | None = None) -> set[tuple[str, str]]:
    """Studies and languages with a section that is found hard."""
    rows = Rating.objects.all() if studies is None else Rating.objects.filter(study__in=list(studies))
    found = rows.values("study", "language", "section").annotate(n=Count("pk"), mean=Avg("step"))
    return {
        (row["study"], row["language"]) for row in found if row["n"] >= LEAST_SHOWN and row["mean"] < HARD
    }


def _figures(section: str, n: int, mean: float, said: list[str]) -> SectionFigures:
    is_shown = n >= LEAST_SHOWN
    return SectionFigures(
        section=section, n=n if is_shown else None, mean=mean if is_shown else None, comments=tuple(said)
    )
