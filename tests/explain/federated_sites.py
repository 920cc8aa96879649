"""Four sites as folders on disk: plan, keys and each site's Parquet."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from gravida.explain.federated.sealed import write_key
from tests.analysis.federated.sites import SITES, TERMS, four_sites_of


def as_toml(told: dict[str, Any]) -> str:
    """A plan's file; JSON's texts, numbers and lists are TOML's."""
    tables = ("columns", "terms")
    lines = [f"{name} = {json.dumps(value)}" for name, value in told.items() if name not in tables]
    lines += ["[columns]", *(f"{name} = {json.dumps(value)}" for name, value in told["columns"].items())]
    for term in told["terms"]:
        lines += ["[[terms]]", *(f"{name} = {json.dumps(value)}" for name, value in term.items())]
    return "\n".join(lines) + "\n"


def lay_out(
    folder: Path, *, model: str = "logistic", rows: int = 16_000, **other: Any
) -> list[dict[str, np.ndarray]]:
    """plan.toml, SITE.parquet and keys/SITE.key; the columns of each site."""
    told: dict[str, Any] = {
        "name": "four sites on disk",
        "model": model,
        "sites": list(SITES),
        "smallest_cell": 5,
        "columns": {"woman": "woman", "outcome": "early_loss"},
        "terms": TERMS,
    }
    if model != "logistic":
        told["columns"] |= {"entry": "entry_week", "exit": "exit_week"}
        told["weeks"] = [1, 6, 9, 14]
    sites = four_sites_of(rows=rows, seed=5)
    (folder / "plan.toml").write_text(as_toml(told | other), encoding="utf-8")
    (folder / "keys").mkdir()
    for site, columns in zip(SITES, sites, strict=True):
        parquet.write_table(pa.table(columns), folder / f"{site}.parquet")
        write_key(folder / "keys" / f"{site}.key")
    return sites
