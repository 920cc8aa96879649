"""The tables beside the pregnancies: women, transfers, contacts, dated forms, samples, results."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gravida.analysis.fit import FloatArray, IntArray
from gravida.analysis.input.csv_file import read_csv
from gravida.analysis.input.mistakes import Mistakes
from gravida.analysis.input.parquet_file import read_parquet
from gravida.analysis.input.pregnancies import DAYS_PER_MONTH, role_column, role_kinds_beside
from gravida.analysis.input.snapshot import MANIFEST, PREGNANCY, WOMAN, read_grain, read_manifest
from gravida.analysis.input.table import Kind, Table
from gravida.protocol.plan import InputMapping

TRANSFER, SAMPLE, RESULTS = "transfer", "sample", "lab_value"
# One row per result: the variable as in the dictionary, a number or a code.
VARIABLE, VALUE, CODE = "variable", "value", "code"
# Tables of a folder without a manifest, beside pregnancy.csv.
OF_A_FOLDER = (
    WOMAN, TRANSFER, SAMPLE, RESULTS, "contact", "lifestyle", "conceptus", "poc", "embryo", "cycle",
    "ultrasound", "treatment",
)  # fmt: skip
_ENDS = (".csv", ".csv.gz", ".parquet")


@dataclass(frozen=True, kw_only=True, eq=False)
class Beside:
    """Tables by grain. `women`: every code that any of them names, sorted; `mapping`: what columns mean."""

    tables: Mapping[str, Table]
    mapping: InputMapping
    women: tuple[str, ...]

    def table(self, grain: str) -> Table | None:
        """The table of a grain; None where the source has none."""
        return self.tables.get(grain)

    def role(self, table: Table, role: str) -> str | None:
        """The column of a table that plays a role; None where none does."""
        return role_column(table.names, self.mapping, role)

    def woman(self, table: Table) -> IntArray:
        """The place in `women` of each row's woman, (rows,)."""
        return self.places(table.column(self.role(table, "woman") or "").texts())

    def places(self, women: Collection[str]) -> IntArray:
        """The places of codes in `women`; KeyError for one that no table names."""
        place = {code: at for at, code in enumerate(self.women)}
        return np.array([place[code] for code in women], dtype=np.int64)

    def days(self, table: Table, role: str) -> tuple[FloatArray, FloatArray] | None:
        """First and last possible day of a role, (rows,) each, from 1970; None where no column plays it."""
        name = self.role(table, role)
        if name is None:
            return None
        column = table.column(name)
        per_unit = DAYS_PER_MONTH if self.mapping.times_in == "months" else 1.0
        high = column.numbers if column.high is None else column.high
        return column.numbers * per_unit, high * per_unit

    def dated_tables(self) -> Iterator[tuple[str, Table]]:
        """Tables whose rows have a day: their own, or that of the sample they belong to."""
        for grain, table in self.tables.items():
            if grain not in (WOMAN, TRANSFER, RESULTS) and self.days_of_rows(table) is not None:
                yield grain, table

    def days_of_rows(self, table: Table) -> tuple[FloatArray, FloatArray] | None:
        """The day of each row: its own, or that of its sample; None where the table has neither."""
        own = self.days(table, "dated")
        if own is not None:
            return own
        rows = self.sample_rows(table)
        samples = self.tables.get(SAMPLE)
        taken = None if samples is None else self.days(samples, "dated")
        if rows is None or taken is None:
            return None
        first, last = (np.append(days, np.nan)[rows] for days in taken)
        return first, last

    def sample_rows(self, table: Table) -> IntArray | None:
        """The row of each row's sample in the table of samples, -1 for none; None where it names none."""
        samples = self.tables.get(SAMPLE)
        names = [None if one is None else self.role(one, "sample") for one in (table, samples)]
        if samples is None or names[0] is None or names[1] is None:
            return None
        row_of = {key: row for row, key in enumerate(_keys(self, samples, names[1]))}
        return np.array([row_of.get(key, -1) for key in _keys(self, table, names[0])], dtype=np.int64)


def _keys(beside: Beside, table: Table, sample: str) -> list[tuple[str, str]]:
    """The woman and the sample of each row; samples are numbered within a woman or over all."""
    woman = beside.role(table, "woman") or ""
    return list(zip(table.column(woman).texts(), table.column(sample).texts(), strict=True))


def read_beside(
    path: Path,
    mapping: InputMapping,
    women: Collection[str],
    mistakes: Mistakes,
    *,
    of_women: Path | None = None,
) -> Beside:
    """The tables beside the pregnancies of a snapshot or a folder; where the path is a file that `of_women`.

    `women`: the codes that the pregnancies name. Each table names a woman in every row, and where there is a
    table of women, one of those; each sample stands once, and each result names one of the samples.
    """
    tables = dict(_read(path, role_kinds_beside(mapping), mistakes)) if path.is_dir() else {}
    if of_women is not None:
        tables[WOMAN] = _file(of_women, role_kinds_beside(mapping), mistakes)
    found = {grain: table for grain, table in tables.items() if table is not None}
    bare = Beside(tables=found, mapping=mapping, women=())
    codes = set(women)
    for table in found.values():
        codes |= _women_named(bare, table, mistakes)
    beside = Beside(tables=found, mapping=mapping, women=tuple(sorted(codes - {""})))
    if not mistakes.found:
        _women_are_there(beside, mistakes)
        _samples_stand_once(beside, mistakes)
        _results_have_samples(beside, mistakes)
    return beside


def _read(path: Path, kinds: Mapping[str, Kind], mistakes: Mistakes) -> Iterator[tuple[str, Table | None]]:
    results = {**kinds, VARIABLE: Kind.CODE, VALUE: Kind.NUMBER, CODE: Kind.CODE}
    if (path / MANIFEST).is_file():
        manifest = read_manifest(path, mistakes)
        for grain in (row.grain for row in manifest.grains if row.grain != PREGNANCY) if manifest else ():
            wanted = results if grain == RESULTS else kinds
            yield grain, read_grain(path, manifest, grain, wanted, mistakes) if manifest else None
        return
    for grain in OF_A_FOLDER:
        wanted = results if grain == RESULTS else kinds
        for file in (path / f"{grain}{end}" for end in _ENDS):
            if file.is_file():
                yield grain, _file(file, wanted, mistakes)


def _file(file: Path, kinds: Mapping[str, Kind], mistakes: Mistakes) -> Table | None:
    read = read_parquet if file.suffix == ".parquet" else read_csv
    return read(file, kinds, mistakes)


def _women_named(beside: Beside, table: Table, mistakes: Mistakes) -> set[str]:
    name = beside.role(table, "woman")
    if name is None:
        found = f"columns {', '.join(table.names[:40])}"
        mistakes.add(table.origin.mistake(None, "", found=found, wanted="a column that names the woman"))
        return set()
    codes = table.column(name).texts()
    for row in (row for row, code in enumerate(codes) if not code):
        mistakes.add(table.origin.mistake(row, name, found="no value", wanted="the woman of the row"))
    return set(codes)


def _women_are_there(beside: Beside, mistakes: Mistakes) -> None:
    women = beside.table(WOMAN)
    if women is None:
        return
    known = set(women.column(beside.role(women, "woman") or "").texts())
    for table in (table for grain, table in beside.tables.items() if grain != WOMAN):
        name = beside.role(table, "woman") or ""
        for row, code in enumerate(table.column(name).texts()):
            if code not in known:
                wanted = f"a woman of {women.origin.path.name}"
                mistakes.add(table.origin.mistake(row, name, found=f"“{code}”", wanted=wanted))


def _samples_stand_once(beside: Beside, mistakes: Mistakes) -> None:
    samples = beside.table(SAMPLE)
    name = None if samples is None else beside.role(samples, "sample")
    if samples is None or name is None:
        return
    seen = set()
    for row, key in enumerate(_keys(beside, samples, name)):
        if key in seen or not key[1]:
            found = f"“{key[1]}” of {key[0]} a second time" if key[1] else "no value"
            mistakes.add(samples.origin.mistake(row, name, found=found, wanted="each sample of a woman once"))
        seen.add(key)


def _results_have_samples(beside: Beside, mistakes: Mistakes) -> None:
    results = beside.table(RESULTS)
    if results is None:
        return
    for name in (VARIABLE, VALUE):
        if name not in results:
            found = f"columns {', '.join(results.names[:40])}"
            mistakes.add(results.origin.mistake(None, name, found=found, wanted=f"a column {name}"))
    if beside.days(results, "dated") is not None:
        return
    rows, name = beside.sample_rows(results), beside.role(results, "sample") or ""
    if rows is None:
        wanted = "a column that names the sample, and a table sample"
        mistakes.add(results.origin.mistake(None, "", found="results without a day", wanted=wanted))
        return
    texts = results.column(name).texts()
    for row in np.flatnonzero(rows < 0):
        found = f"“{texts[row]}”" if texts[row] else "no value"
        mistakes.add(results.origin.mistake(int(row), name, found=found, wanted="a sample of the woman"))
