"""The table of studies that filters, counts and order read: arrays in the order of registry numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gravida.find.search.documents import Entry
from gravida.find.search.sites import Sites, unit_vectors

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]

_LEGENDS = ("status", "study_type", "sex")
_STUDY = np.dtype(
    [
        ("number", "S20"),
        ("study", "i8"),
        ("version", "i8"),
        ("minimum_months", "i4"),
        ("maximum_months", "i4"),
        ("updated", "i4"),
        ("sites", "i4"),
        *((name, "u1") for name in _LEGENDS),
    ]
)


@dataclass(frozen=True, kw_only=True)
class StudyTable:
    """Facts of every indexed study. Arrays are (studies,), sorted by registry number."""

    facts: npt.NDArray[np.void]  # _STUDY
    legends: dict[str, list[str]]  # column -> the text that each code stands for
    sites: Sites

    def __len__(self) -> int:
        return len(self.facts)

    def number(self, row: int) -> str:
        """The registry number of a row."""
        return bytes(self.facts["number"][row]).decode()

    def is_any_of(self, column: str, texts: Iterable[str]) -> Mask:
        """Studies whose status, study type or sex is one of these."""
        wanted = [code for code, text in enumerate(self.legends[column]) if text in set(texts)]
        return np.asarray(np.isin(self.facts[column], wanted))

    def fits_age(self, years: int) -> Mask:
        """Studies open at some moment of that year of life; a bound that is not given excludes nobody."""
        lowest, highest = self.facts["minimum_months"], self.facts["maximum_months"]
        return np.asarray((lowest <= 12 * years + 11) & ((highest < 0) | (highest >= 12 * years)))

    def counts(self, column: str, among: Mask) -> dict[str, int]:
        """How many of the studies have each status, study type or sex; texts that none has are left out."""
        found = np.bincount(self.facts[column][among], minlength=len(self.legends[column]))
        return {text: int(n) for text, n in zip(self.legends[column], found, strict=True) if n and text}

    def rows_of_numbers(self, numbers: Iterable[str]) -> Rows:
        """The rows of those registry numbers that the table holds."""
        wanted = np.array(sorted(number.encode() for number in numbers), dtype="S20")
        rows = np.searchsorted(self.facts["number"], wanted)
        rows = rows[rows < len(self)] if len(wanted) else rows[:0]
        return rows[np.isin(self.facts["number"][rows], wanted)]

    def save(self, folder: Path) -> None:
        """Write the arrays; `load` reads them."""
        np.save(folder / "studies.npy", self.facts)
        self.sites.save(folder)


def table_of(entries: list[Entry]) -> StudyTable:
    """The table of these studies."""
    legends: dict[str, list[str]] = {name: [] for name in _LEGENDS}
    ordered = sorted(entries, key=lambda entry: entry.number)
    facts = np.array([_fact(entry, legends) for entry in ordered], dtype=_STUDY)
    placed = [site for entry in ordered for site in entry.sites]
    degrees = np.array([(site.latitude, site.longitude) for site in placed], dtype=np.float64).reshape(-1, 2)
    locations = np.array([site.location for site in placed], dtype=np.int32)
    return StudyTable(
        facts=facts, legends=legends, sites=Sites.of(unit_vectors(degrees), locations, facts["sites"])
    )


def _fact(entry: Entry, legends: dict[str, list[str]]) -> tuple[object, ...]:
    return (
        entry.number.encode(),
        entry.study,
        entry.version,
        entry.minimum_months,
        entry.maximum_months,
        entry.updated,
        len(entry.sites),
        *(_code(legends[name], getattr(entry, name)) for name in _LEGENDS),
    )


def _code(legend: list[str], text: str) -> int:
    """The code of a text, a new one at its first coming; the 252nd different text counts as not given."""
    if text not in legend:
        if len(legend) > 250:
            return _code(legend, "")
        legend.append(text)
    return legend.index(text)


def changed_table(old: StudyTable, *, without: set[int], new: list[Entry]) -> StudyTable:
    """The table with some studies (by Study.pk) taken out and others put in."""
    kept = np.flatnonzero(~np.isin(old.facts["study"], list(without)))
    legends = {name: list(texts) for name, texts in old.legends.items()}
    ordered = sorted(new, key=lambda entry: entry.number)
    fresh = table_of(ordered)
    added = np.array([_fact(entry, legends) for entry in ordered], dtype=_STUDY)
    facts = np.concatenate([old.facts[kept], added])
    order = np.argsort(facts["number"], kind="stable")
    sites = Sites.joined([old.sites.of_rows(kept), fresh.sites], counts=facts["sites"]).of_rows(order)
    return StudyTable(facts=facts[order], legends=legends, sites=sites)


def load(folder: Path, legends: dict[str, list[str]]) -> StudyTable:
    """The table as `save` wrote it, its arrays mapped from the files, not read."""
    facts = np.load(folder / "studies.npy", mmap_mode="r")
    return StudyTable(facts=facts, legends=legends, sites=Sites.load(folder, facts["sites"]))
