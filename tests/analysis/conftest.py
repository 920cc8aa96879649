"""Rows that regression tests share: a table made by arithmetic, which R was given too, and the survey's."""

import csv
import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

HISTORY = ("pl1", "pl2", "pl3", "plive", "pind")
BACKGROUND = (
    "age_lt20",
    "age_20_24",
    "age_30_34",
    "age_35_39",
    "age_ge40",
    "hisp",
    "black",
    "othrace",
    "college",
    "poor",
)
FACTORS = (*BACKGROUND[:5], *HISTORY, *BACKGROUND[5:])


@dataclass(frozen=True)
class PeerRows:
    """180 rows of 28 women, four of them with one row; the constants of the tests are R's answers on it."""

    woman: np.ndarray
    factors: np.ndarray
    outcome: np.ndarray
    weight: np.ndarray
    offset: np.ndarray
    copies: np.ndarray

    @property
    def model(self) -> dict[str, Any]:
        """What most kernels take."""
        return {
            "outcome": self.outcome,
            "factors": self.factors,
            "names": ("a", "b"),
            "clusters": self.woman,
        }


@pytest.fixture(scope="session")
def peer() -> PeerRows:
    """The table made by arithmetic."""
    i = np.arange(180)
    woman = np.where(i < 4, 100 + i, 2 * ((i * i + 3 * i) % 23) + (i // 46) % 2)
    a = ((i * 37) % 101) / 50 - 1
    b = ((i * 11) % 3 == 0).astype(float)
    draw = ((i * 7919 + ((i * i) % 1009) * 31) % 997) / 997
    risk = 1 / (1 + np.exp(-(-0.6 + 0.8 * a + 0.5 * b + 0.9 * np.sin(woman))))
    return PeerRows(
        woman=woman,
        factors=np.column_stack([a, b]),
        outcome=(draw < risk).astype(int),
        weight=0.5 + ((i * 13) % 17) / 10,
        offset=((i * 3) % 5) / 10,
        copies=1 + i % 3,
    )


@dataclass(frozen=True)
class SurveyRows:
    """Pregnancies of one survey cycle, with what R computed on them."""

    columns: dict[str, np.ndarray]
    r: dict[str, Any]
    background: tuple[str, ...] = BACKGROUND
    history: tuple[str, ...] = HISTORY

    def model(self, factors: tuple[str, ...] = FACTORS) -> dict[str, Any]:
        """Early loss on the factors, clustered by woman."""
        return {
            "outcome": self.columns["eloss"],
            "factors": np.column_stack([self.columns[name] for name in factors]),
            "names": factors,
            "clusters": self.columns["wid"],
        }

    def stored(self, key: str, what: str) -> np.ndarray:
        """One column of R's results, in the order of its terms."""
        values = self.r[key][what]
        return np.array(list(values.values()) if isinstance(values, dict) else values)


@pytest.fixture(scope="session")
def survey(shared_data: Path) -> SurveyRows:
    """The set S1 of the stored results."""
    numeric = ("eloss", "wid", "age", *FACTORS)
    with gzip.open(shared_data / "oracles/S1_2002.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    return SurveyRows(
        columns={name: np.array([float(row[name]) for row in rows]) for name in numeric},
        r=json.loads((shared_data / "oracles/r_results.json").read_text()),
    )
