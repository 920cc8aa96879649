"""Stored tables and what R computed on them."""

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

Table = dict[str, np.ndarray]

FACTORS = [
    "age_lt20",
    "age_20_24",
    "age_30_34",
    "age_35_39",
    "age_ge40",
    "pl1",
    "pl2",
    "pl3",
    "plive",
    "pind",
    "hisp",
    "black",
    "othrace",
    "college",
    "poor",
]


@pytest.fixture(scope="session")
def r_results(shared_data: Path) -> dict[str, Any]:
    """What R computed, by model."""
    return json.loads((shared_data / "oracles" / "r_results.json").read_text())


@pytest.fixture(scope="session")
def stored(shared_data: Path) -> Callable[[str], Table]:
    """Reads a stored table into columns of numbers; what is no number becomes NaN."""

    def read(name: str) -> Table:
        path = shared_data / "oracles" / name
        text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        rows = list(csv.DictReader(text.decode().splitlines()))
        return {column: np.array([_number(row[column]) for row in rows]) for column in rows[0]}

    return read


@pytest.fixture(scope="session")
def delayed(stored: Callable[[str], Table]) -> Table:
    """S4: pregnancies with the week of recognition as entry."""
    return stored("S4_delayed.csv.gz")


@pytest.fixture(scope="session")
def competing(stored: Callable[[str], Table]) -> Table:
    """S5: pregnancies with four competing outcomes and no censoring."""
    return stored("S5_compet2002.csv.gz")


@pytest.fixture(scope="session")
def recurrent(stored: Callable[[str], Table]) -> Table:
    """S6: intervals between early losses."""
    return stored("S6_recurrent2002.csv.gz")


@pytest.fixture(scope="session")
def abortion(stored: Callable[[str], Table]) -> Table:
    """Pregnancies with delayed entry, three outcomes and exposure to coumarin."""
    return stored("etm_abortion.csv")


@pytest.fixture(scope="session")
def columns() -> Callable[..., np.ndarray]:
    """Columns of a table side by side, the fifteen factors of S1 to S5 where none are named."""

    def side_by_side(table: Table, names: list[str] | None = None) -> np.ndarray:
        return np.column_stack([table[name] for name in names or FACTORS])

    return side_by_side


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


HERE = Path(__file__).parent / "r"


@pytest.fixture(scope="session")
def figures() -> dict[str, Any]:
    """What R computes on the small tables; r/figures.R says how."""
    return json.loads((HERE / "figures.json").read_text())


@pytest.fixture(scope="session")
def small_table() -> Callable[[str], Table]:
    """Reads a small table of the folder r into columns."""

    def read(name: str) -> Table:
        rows = list(csv.DictReader((HERE / name).read_text().splitlines()))
        return {column: np.array([_number(row[column]) for row in rows]) for column in rows[0]}

    return read


@pytest.fixture(scope="session")
def small(small_table: Callable[[str], Table]) -> Table:
    """Forty rows: ties, entries at others' event times, noise in equal times, women with one row and more,
    weights, four causes, a stratum without events of the first."""
    return small_table("small.csv")
