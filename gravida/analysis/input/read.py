"""Files and folders of pregnancies, read: what kind of source a path is, and its tables put together."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from gravida.analysis.input.beside import Beside, read_beside
from gravida.analysis.input.cells import WANTED, fits
from gravida.analysis.input.csv_file import read_csv
from gravida.analysis.input.dated import holds, with_dated_values
from gravida.analysis.input.mistakes import InputMistake, Mistakes
from gravida.analysis.input.parquet_file import read_parquet
from gravida.analysis.input.pregnancies import Pregnancies, pregnancies_of, role_column, role_kinds
from gravida.analysis.input.records import classified
from gravida.analysis.input.snapshot import MANIFEST, PREGNANCY, WOMAN, read_grain, read_manifest
from gravida.analysis.input.survey_file import read_survey
from gravida.analysis.input.table import Kind, Table
from gravida.protocol.plan import InputMapping, Plan, names_of, numbers_wanted

_CSV = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz")
_SURVEY = (".dat", ".dat.gz")
_TABLES = (*_CSV, ".parquet", *_SURVEY)


def read_table(
    path: Path,
    *,
    kinds: Mapping[str, Kind] | None = None,
    only: Collection[str] | None = None,
) -> Table:
    """The table of a CSV, Parquet or fixed-width survey file.

    `kinds`: kinds wanted of columns, by name; the others become the narrowest kind that fits. `only`: the
    columns to read, all where None (a CSV is always read whole). InputRejected with every mistake.
    """
    mistakes = Mistakes()
    lowered = {name.lower(): kind for name, kind in (kinds or {}).items()}
    table = _table(path, lowered, mistakes, only=only)
    mistakes.reject()
    if table is None:  # pragma: no cover - a reader that gives no table has said why
        raise ValueError(f"{path}: no table and no mistake")
    return table


def _table(
    path: Path, kinds: Mapping[str, Kind], mistakes: Mistakes, *, only: Collection[str] | None = None
) -> Table | None:
    name = path.name.lower()
    if name.endswith(_CSV):
        return read_csv(path, kinds, mistakes)
    if name.endswith(_SURVEY):
        return read_survey(path, kinds, mistakes, only=only)
    if name.endswith(".parquet"):
        return read_parquet(path, kinds, mistakes, only=only)
    mistakes.add(
        InputMistake(file=path, found="a file of another kind", wanted=f"one of {', '.join(_TABLES)}")
    )
    return None


def read_source(path: Path, plan: Plan, *, women: Path | None = None) -> Pregnancies:
    """The pregnancies of a source, its columns playing the roles that the plan gives them.

    `path` is a table with one row per pregnancy, a snapshot folder, or a folder that holds pregnancy.csv (or
    .csv.gz, .parquet) and perhaps woman.csv. `women` names a table with one row per woman whose columns join
    each of her pregnancies. InputRejected with every mistake, nothing half-read.
    """
    mistakes = Mistakes()
    table, without = _whole_table(path, women, plan, mistakes)
    mistakes.reject()
    if table is None:  # pragma: no cover - as above
        raise ValueError(f"{path}: no table and no mistake")
    pregnancies = pregnancies_of(table, plan.input, mistakes, women_without_pregnancy=without)
    beside = read_beside(path, plan.input, pregnancies.women, mistakes, of_women=women)
    if not mistakes.found:
        pregnancies = _with_tables_beside(pregnancies, plan, beside, mistakes)
    _names_are_there(pregnancies.table, plan, beside, mistakes)
    mistakes.reject()
    return pregnancies


def _with_tables_beside(
    pregnancies: Pregnancies, plan: Plan, beside: Beside, mistakes: Mistakes
) -> Pregnancies:
    """With the dated values known before each pregnancy, and what the protocol reads of the whole record."""
    found, counts = with_dated_values(pregnancies, plan, beside)
    return replace(found, beside=beside, dated=counts, classified=classified(pregnancies, beside, mistakes))


def _whole_table(path: Path, women: Path | None, plan: Plan, mistakes: Mistakes) -> tuple[Table | None, int]:
    """The pregnancies with the columns of their women, and how many women have none."""
    if path.is_dir() and (path / MANIFEST).is_file():
        return _from_snapshot(path, plan, mistakes)
    if path.is_dir():
        found, women = _in_folder(path, PREGNANCY, mistakes), women or _in_folder(path, WOMAN, None)
        if found is None:
            return None, 0
        path = found
    table = _typed(path, plan, mistakes)
    if table is None or women is None:
        return table, 0
    of_women = _typed(women, plan, mistakes)
    return (None, 0) if of_women is None else _joined(table, of_women, plan.input, mistakes)


def _in_folder(folder: Path, grain: str, mistakes: Mistakes | None) -> Path | None:
    found = sorted(folder / f"{grain}{end}" for end in _TABLES if (folder / f"{grain}{end}").is_file())
    if len(found) == 1:
        return found[0]
    if mistakes is not None:
        names = ", ".join(path.name for path in found) or f"neither {MANIFEST} nor {grain}.csv"
        wanted = f"a snapshot, or one of {grain}.csv, {grain}.csv.gz and {grain}.parquet"
        mistakes.add(InputMistake(file=folder, found=names, wanted=wanted))
    return None


def _typed(path: Path, plan: Plan, mistakes: Mistakes) -> Table | None:
    """A table in which the columns that play a role have the kind of that role."""
    only = _columns_read(plan) if path.name.lower().endswith(_SURVEY) else None
    return _table(path, role_kinds(plan.input), mistakes, only=only)


def _columns_read(plan: Plan) -> set[str]:
    """Every column that roles and expressions of the plan name: a survey file holds hundreds of others."""
    names = [name for columns in plan.input.roles for name in columns.names]
    names += names_of(plan, PREGNANCY)
    return {form for name in names for form in (name.lower(), name.rpartition(".")[2].lower())}


def _from_snapshot(folder: Path, plan: Plan, mistakes: Mistakes) -> tuple[Table | None, int]:
    manifest = read_manifest(folder, mistakes)
    if manifest is None:
        return None, 0
    kinds = role_kinds(plan.input)
    table = read_grain(folder, manifest, PREGNANCY, kinds, mistakes)
    if manifest.grain(WOMAN) is None or table is None:
        return table, 0
    women = read_grain(folder, manifest, WOMAN, kinds, mistakes)
    return (None, 0) if women is None else _joined(table, women, plan.input, mistakes)


def _joined(
    table: Table, women: Table, mapping: InputMapping, mistakes: Mistakes
) -> tuple[Table | None, int]:
    """The pregnancies with their women's columns; a woman named once, a pregnancy of a woman there is."""
    keys = [role_column(one.names, mapping, "woman") for one in (table, women)]
    if keys[0] is None or keys[1] is None:
        lacking = table if keys[0] is None else women
        wanted = "a column that names the woman"
        mistakes.add(lacking.origin.mistake(None, "", found=f"columns {lacking.names}", wanted=wanted))
        return None, 0
    row_of = _rows_of_women(women, keys[1], mistakes)
    names = table.column(keys[0]).texts()
    rows = np.array([row_of.get(name, -1) for name in names], dtype=np.int64)
    for row in np.flatnonzero(rows < 0):
        found = f"“{names[row]}”" if names[row] else "no value"
        wanted = f"a woman of {women.origin.path.name}"
        mistakes.add(table.origin.mistake(int(row), keys[0], found=found, wanted=wanted))
    both = [name for name in women.names if name != keys[1] and name in table]
    for name in both:
        wanted = f"a name that {table.origin.path.name} does not have"
        mistakes.add(women.origin.mistake(None, name, found=f"column {name}", wanted=wanted))
    if mistakes.found:
        return None, 0
    of_woman = women.at(rows)
    added = [column for column in of_woman if column.name != keys[1]]
    return table.with_columns(*added), len(row_of) - len(set(rows.tolist()))


def _rows_of_women(women: Table, key: str, mistakes: Mistakes) -> dict[str, int]:
    row_of: dict[str, int] = {}
    for row, name in enumerate(women.column(key).texts()):
        if not name or name in row_of:
            found = f"“{name}” a second time" if name else "no value"
            mistakes.add(women.origin.mistake(row, key, found=found, wanted="each woman once"))
        row_of[name] = row
    return row_of


def _names_are_there(table: Table, plan: Plan, beside: Beside, mistakes: Mistakes) -> None:
    others = ", ".join(sorted(beside.tables))
    for name in names_of(plan, PREGNANCY):
        if name not in table and not (mistakes.found and holds(beside, name)):
            found = f"no column {name}"
            wanted = "every column that the plan reads" + (f", here or dated in {others}" if others else "")
            mistakes.add(table.origin.mistake(None, name, found=found, wanted=wanted))
    for name in numbers_wanted(plan, PREGNANCY):
        if name in table:
            _is_numeric(table, name, mistakes)


def _is_numeric(table: Table, name: str, mistakes: Mistakes) -> None:
    """Cells of codes in a column that the plan reads as numbers are mistakes, each at its line."""
    column = table.column(name)
    if column.kind is not Kind.CODE:
        return
    wrong = np.array([not fits(word, Kind.NUMBER) for word in column.words] + [False])
    at = np.where(column.is_missing, len(column.words), column.numbers).astype(np.int64)
    for row in np.flatnonzero(wrong[at]):
        found = f"“{column.words[at[row]]}”"
        mistakes.add(table.origin.mistake(int(row), column.name, found=found, wanted=WANTED[Kind.NUMBER]))
