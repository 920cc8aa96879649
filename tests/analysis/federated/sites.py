"""Registers of four sites, whose women do not cross, and plans over them."""

from typing import Any

import numpy as np

from gravida.analysis.federated.plan import FederatedPlan, plan_of
from gravida.analysis.simulate_register import simulate_register

SITES = ("north", "east", "south", "west")
TERMS = [
    {"name": "smoker", "column": "smoker", "equals": 1},
    {"name": "education 1", "column": "education", "equals": 1},
    {"name": "education 2", "column": "education", "equals": 2},
    {"name": "age", "column": "age_years"},
]


def four_sites_of(*, rows: int, seed: int) -> list[dict[str, np.ndarray]]:
    generator = np.random.default_rng(seed)
    register = simulate_register(rows=rows, generator=generator)
    columns = {name: register.covariates[:, at] for at, name in enumerate(register.names)}
    columns |= {
        "woman": register.woman,
        "early_loss": register.early_loss,
        "entry_week": register.entry_week.astype(np.float64),
        "exit_week": register.exit_week.astype(np.float64),
        "age_years": 30 + 5 * generator.standard_normal(rows),
    }
    site = np.searchsorted([0.4, 0.6, 0.8], (register.woman % 97) / 97)
    return [{name: values[site == at] for name, values in columns.items()} for at in range(4)]


def plan(model: str = "logistic", **other: Any) -> FederatedPlan:
    told: dict[str, Any] = {
        "name": "earlier losses over four sites",
        "model": model,
        "sites": list(SITES),
        "smallest_cell": 5,
        "terms": TERMS,
        "columns": {"woman": "woman", "outcome": "early_loss"},
    }
    if model != "logistic":
        told["columns"] = told["columns"] | {"entry": "entry_week", "exit": "exit_week"}
        told["weeks"] = [1, 4, 6, 8, 10, 14]
    return plan_of(told | other)


def pooled(sites: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    return {name: np.concatenate([site[name] for site in sites]) for name in sites[0]}


def design(columns: dict[str, np.ndarray]) -> np.ndarray:
    return np.column_stack(
        [columns["smoker"], columns["education"] == 1, columns["education"] == 2, columns["age_years"]]
    ).astype(np.float64)
