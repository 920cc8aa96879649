"""The table of studies that filters, counts and order read: arrays in the order of registry numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gravida.find.search.documents import Entry
from gravida.find.search.sites import Sites

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]

Facts = dict[str, npt.NDArray[Any]]

_LEGENDS = ("status", "study_type", "sex")
_COLUMNS = {
    "number": "S20",
    "study": "i8",
    "version": "i8",
    "minimum_months": "i4",
    "maximum_months": "i4",
    "updated": "i4",
    "sites": "i4",
    **dict.fromkeys(_LEGENDS, "u1"),
}
_CODES = 256


@dataclass(frozen=True, kw_only=True)
class StudyTable:
    """Facts of every indexed study. Arrays are (studies,), sorted by registry number."""

    facts: Facts  # column -> array
    legends: dict[str, list[str]]  # column -> the text that each code stands for
    sites: Sites

    def __len__(self) -> int:
        return len(self.facts["number"])

    def number(self, row: int) -> str:
        """The registry number of a row."""
        return bytes(self.facts["number"][row]).decode()

    def is_any_of(self, column: str, texts: Iterable[str]) -> Mask:
        """Studies whose status, study type or sex is one of these."""
        wanted = np.zeros(_CODES, dtype=np.bool_)
        wanted[[code for code, text in enumerate(self.legends[column]) if text in set(texts)]] = True
        return np.asarray(wanted[self.facts[column]])

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
        for name in _COLUMNS:
            np.save(folder / f"study_{name}.npy", self.facts[name])
        self.sites.save(folder)


def table_of(entries: list[Entry]) -> StudyTable:
    """The table of these studies."""
    legends: dict[str, list[str]] = {name: [] for name in _LEGENDS}
    ordered = sorted(entries, key=lambda entry: entry.number)
    facts = _facts(ordered, legends)
    sites = Sites.of(
        ((site.latitude, site.longitude) for entry in ordered for site in entry.sites),
        (site.location for entry in ordered for site in entry.sites),
        facts["sites"],
    )
    return StudyTable(facts=facts, legends=legends, sites=sites)


def _facts(entries: list[Entry], legends: dict[str, list[str]]) -> Facts:
    told = [_fact(entry, legends) for entry in entries]
    columns = zip(*told, strict=True) if told else [()] * len(_COLUMNS)
    return {
        name: np.array(values, dtype=kind)
        for (name, kind), values in zip(_COLUMNS.items(), columns, strict=True)
    }


def _fact(entry: Entry, legends: dict[str, list[str]]) -> tuple[object, ...]:
    """One study in the order of the columns."""
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
    added = _facts(ordered, legends)
    facts = {name: np.concatenate([old.facts[name][kept], added[name]]) for name in _COLUMNS}
    order = np.argsort(facts["number"], kind="stable")
    sites = Sites.joined(old.sites.of_rows(kept), fresh.sites).of_rows(order)
    return StudyTable(
        facts={name: column[order] for name, column in facts.items()}, legends=legends, sites=sites
    )


def load(folder: Path, legends: dict[str, list[str]]) -> StudyTable:
    """The table as `save` wrote it, its arrays mapped from the files, not read."""
    facts = {name: np.load(folder / f"study_{name}.npy", mmap_mode="r") for name in _COLUMNS}
    return StudyTable(facts=facts, legends=legends, sites=Sites.load(folder, facts["sites"]))
