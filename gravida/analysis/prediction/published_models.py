"""Published prognostic models as data files: what was read in the source, and what may not be used."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import special

from gravida.analysis.fit import FloatArray

FOLDER = Path(__file__).parent / "published"
KINDS = ("table", "odds_ratios", "logistic")


class WrongModelFile(ValueError):
    """A model file that does not say what it must: names the file, what was found, what was wanted."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One entry of a published table."""

    age_years: float
    previous_losses: int
    per_cent: float
    verified: bool


@dataclass(frozen=True, kw_only=True)
class Published:
    """A published model. A risk is always of another loss, whatever the model foretells."""

    name: str
    citation: str
    population: str
    kind: str
    foretells: str  # "success" or "loss"
    warnings: tuple[str, ...]  # codes that must stand wherever a number of the model is shown
    cells: tuple[Cell, ...] = ()
    log_odds: tuple[tuple[str, float], ...] = ()  # column, log odds ratio per unit
    intercept: float | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns the model reads."""
        if self.kind == "table":
            return ("age_years", "previous_losses")
        return tuple(column for column, _ in self.log_odds)

    @property
    def gives_risks(self) -> bool:
        """Whether a risk can be said, or only who is higher than whom."""
        return self.kind == "table" or self.intercept is not None


def published_models() -> tuple[Published, ...]:
    """Every model that comes with the package, in the order of their names."""
    return tuple(read_published(path) for path in sorted(FOLDER.glob("*.toml")))


def read_published(path: Path) -> Published:
    """One model file; WrongModelFile where a field is missing or wrong.

    kind "table": [[cell]] age_years, previous_losses, per_cent, read in the source, and [[unverified]]
    cells of the same shape. kind "odds_ratios": [[odds_ratio]] column, per_unit. kind "logistic": the
    same and `intercept`.
    """
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        return _published(data)
    except KeyError as missing:
        raise WrongModelFile(
            f"{path.name}: no {missing.args[0]!r}, which a published model must have"
        ) from missing
    except WrongModelFile as wrong:
        raise WrongModelFile(f"{path.name}: {wrong}") from wrong


def _published(data: dict[str, Any]) -> Published:
    if data["kind"] not in KINDS or data["foretells"] not in ("success", "loss"):
        raise WrongModelFile(
            f"kind {data['kind']!r} that foretells {data['foretells']!r}: wanted one of {', '.join(KINDS)}, "
            "and success or loss"
        )
    ratios = data.get("odds_ratio", [])
    if data["kind"] != "table" and (not ratios or min(ratio["per_unit"] for ratio in ratios) <= 0):
        raise WrongModelFile(f"{len(ratios)} odds ratios: wanted one or more, each above 0")
    return Published(
        name=data["id"],
        citation=data["citation"],
        population=data["population"],
        kind=data["kind"],
        foretells=data["foretells"],
        warnings=tuple(data["warnings"]),
        cells=_cells(data.get("cell", []), verified=True)
        + _cells(data.get("unverified", []), verified=False),
        log_odds=tuple((ratio["column"], float(np.log(ratio["per_unit"]))) for ratio in ratios),
        intercept=float(data["intercept"]) if data["kind"] == "logistic" else None,
    )


def _cells(entries: list[dict[str, Any]], *, verified: bool) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            age_years=float(entry["age_years"]),
            previous_losses=int(entry["previous_losses"]),
            per_cent=float(entry["per_cent"]),
            verified=verified,
        )
        for entry in entries
    )


def foretold_log_odds(
    model: Published, *, names: Sequence[str], values: FloatArray, verified_only: bool = True
) -> FloatArray:
    """Log odds of another loss for each row, NaN where the model says nothing, (rows,).

    values (rows, names), NaN where unknown; ValueError where a column of the model is not there. A table
    is interpolated between its ages on the log odds scale, within a number of losses and within its ages,
    never beyond; without an intercept the log odds are only known up to a constant.
    """
    absent = [name for name in model.columns if name not in names]
    if absent:
        raise ValueError(f"{model.name} reads {absent[0]!r}: there are {', '.join(names) or 'no columns'}")
    columns = [values[:, names.index(name)] for name in model.columns]
    if model.kind == "table":
        told = _from_table(model, columns[0], columns[1], verified_only=verified_only)
    else:
        effects = [effect for _, effect in model.log_odds]
        told = (model.intercept or 0.0) + np.column_stack(columns) @ np.array(effects)
    return np.asarray(-told if model.foretells == "success" else told, dtype=np.float64)


def _from_table(model: Published, age: FloatArray, losses: FloatArray, *, verified_only: bool) -> FloatArray:
    told = np.full(len(age), np.nan)
    cells = [cell for cell in model.cells if cell.verified or not verified_only]
    for number in {cell.previous_losses for cell in cells}:
        row = sorted((cell.age_years, cell.per_cent) for cell in cells if cell.previous_losses == number)
        ages = np.array([at for at, _ in row])
        log_odds = special.logit(np.array([value for _, value in row]) / 100)
        covered = (losses == number) & (age >= ages[0]) & (age <= ages[-1])
        told[covered] = np.interp(age[covered], ages, log_odds)
    return told
