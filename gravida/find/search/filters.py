"""The filters of a search, the order of the studies they leave, and the counts beside each option."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from gravida.find.search.request import Hit, Removal, SearchRequest
from gravida.find.search.sites import Nearness
from gravida.find.search.table import Mask, Rows, StudyTable
from gravida.find.site_studies import site_studies

OLDEST_YEARS = 150
# Offered where no single criterion is to blame; more would have to be read by somebody who found nothing.
MOST_PAIRS = 3
Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Filtered:
    """A request worked out over a whole table; arrays are (studies,)."""

    table: StudyTable
    criteria: dict[str, Mask]  # criterion -> studies that fit it; only criteria that were asked
    near: Nearness | None
    scores: Scores | None  # how well each study fits the words; None: no words

    def fitting(self, *, but: Iterable[str] = ()) -> Mask:
        """Studies that fit every criterion, some left out."""
        fitting = np.ones(len(self.table), dtype=np.bool_)
        for criterion, mask in self.criteria.items():
            if criterion not in but:
                fitting &= mask
        return fitting

    @property
    def unplaced(self) -> Mask:
        """With a place asked: studies without any placeable location that fit every other criterion."""
        if self.near is None:
            return np.zeros(len(self.table), dtype=np.bool_)
        return np.asarray(self.fitting(but=["near"]) & (self.table.facts["sites"] == 0))

    def first(self, among: Mask, *, sort: str, upto: int) -> Rows:
        """The first `upto` of some studies in the order asked for; equal ones by registry number."""
        rows = np.flatnonzero(among)
        keys = self._keys(rows, sort)
        if len(rows) > upto:
            last = np.partition(keys, upto - 1)[upto - 1]
            rows, keys = rows[keys <= last], keys[keys <= last]
        return rows[np.argsort(keys, kind="stable")][:upto]

    def _keys(self, rows: Rows, sort: str) -> npt.NDArray[np.float64]:
        if sort == "nearest" and self.near:
            return np.asarray(self.near.distance_km[rows])
        if sort != "newest" and self.scores is not None:
            return np.asarray(-self.scores[rows].astype(np.float64))
        return np.asarray(-self.table.facts["updated"][rows].astype(np.float64))

    def hit(self, row: int, *, because: tuple[str, ...] = ()) -> Hit:
        """A study as the result shows it."""
        number = self.table.number(row)
        nearest = self.near.nearest(row) if self.near else None
        if nearest is None:
            return Hit(number=number, because=because)
        return Hit(
            number=number,
            because=because,
            distance_km=nearest.distance_km,
            location=nearest.location,
            locations_within=nearest.within,
        )

    def removals(self) -> list[Removal]:
        """What to drop so that the same search finds something, zero left out.

        Single criteria, most found first; else the best pairs, those that keep the words first; else every
        criterion but the words.
        """
        if single := self._removals((criterion,) for criterion in self.criteria):
            return single
        if pairs := self._removals(combinations(self.criteria, 2)):
            return pairs[:MOST_PAIRS]
        return self._removals([tuple(criterion for criterion in self.criteria if criterion != "words")])

    def _removals(self, dropped: Iterable[tuple[str, ...]]) -> list[Removal]:
        totals = {criteria: int(self.fitting(but=criteria).sum()) for criteria in dropped}
        found = [
            Removal(criterion=criteria[0], also=criteria[1:], total_without=total)
            for criteria, total in totals.items()
            if criteria and total
        ]
        # To drop the words beside another criterion would bring most, and nothing she asked for.
        return sorted(
            found,
            key=lambda one: (bool(one.also) and "words" in (one.criterion, *one.also), -one.total_without),
        )

    def counts(self) -> dict[str, dict[str, int]]:
        """For each option of each filter, the studies it would leave under the other criteria."""
        of_any_sex = self.fitting(but=["sex"])
        without_no_treatment = self.fitting(but=["no_treatment"])
        return {
            "status": self.table.counts("status", self.fitting(but=["status"])),
            "study_type": self.table.counts("study_type", self.fitting(but=["study_type"])),
            "sex": {sex: int((of_any_sex & open_to(sex, self.table)).sum()) for sex in ("FEMALE", "MALE")},
            "no_treatment": {"yes": int((without_no_treatment & tests_no_treatment(self.table)).sum())},
        }


def filtered(
    request: SearchRequest, table: StudyTable, *, words: Mask | None = None, scores: Scores | None = None
) -> Filtered:
    """A request over a table, with the studies that carry its words and how well."""
    near = table.sites.near(request.near, among=words) if request.near else None
    criteria = {"words": words} if words is not None else {}
    if near:
        criteria["near"] = near.has_site
    if request.age_years is not None:
        criteria["age"] = table.fits_age(min(max(request.age_years, 0), OLDEST_YEARS))
    if request.sex:
        criteria["sex"] = open_to(request.sex, table)
    if request.statuses:
        criteria["status"] = table.is_any_of("status", request.statuses)
    if request.study_type:
        criteria["study_type"] = table.is_any_of("study_type", [request.study_type])
    if request.no_treatment_tested:
        criteria["no_treatment"] = tests_no_treatment(table)
    if request.team_language:
        criteria["team_language"] = _speaks(request.team_language, table)
    return Filtered(table=table, criteria=criteria, near=near, scores=scores)


def open_to(sex: str, table: StudyTable) -> Mask:
    """Studies open to a sex: those for it, for all, and those that do not say."""
    return table.is_any_of("sex", (sex, "ALL", ""))


def tests_no_treatment(table: StudyTable) -> Mask:
    """Studies that only observe."""
    return table.is_any_of("study_type", ["OBSERVATIONAL"])


def _speaks(language: str, table: StudyTable) -> Mask:
    """Studies with a centre on this site that speaks a language; where none says so, it is not assumed."""
    numbers = [
        number
        for number, study in site_studies().items()
        if any(language in centre.languages for centre in study.centres)
    ]
    mask = np.zeros(len(table), dtype=np.bool_)
    mask[table.rows_of_numbers(numbers)] = True
    return mask
