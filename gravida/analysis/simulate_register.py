"""Registers of millions of pregnancies with categorical covariates: what speed is measured on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gravida.analysis.fit import FloatArray

# Twelve categorical covariates as a birth register holds them: name, levels' shares (the first is the
# reference), whether all pregnancies of a woman share it, and log odds ratios of an early loss.
COVARIATES: tuple[tuple[str, tuple[float, ...], bool, tuple[float, ...]], ...] = (
    ("age_band", (0.34, 0.05, 0.17, 0.28, 0.13, 0.03), False, (0.0, 0.15, 0.05, 0.1, 0.5, 1.4)),
    ("previous_losses", (0.74, 0.18, 0.06, 0.02), False, (0.0, 0.43, 0.80, 1.38)),
    ("previous_live", (0.45, 0.55), False, (0.0, -0.1)),
    ("previous_induced", (0.8, 0.2), False, (0.0, 0.05)),
    ("smoker", (0.78, 0.22), True, (0.0, 0.3)),
    ("bmi_band", (0.45, 0.1, 0.27, 0.18), True, (0.0, 0.1, 0.08, 0.25)),
    ("origin", (0.5, 0.22, 0.16, 0.12), True, (0.0, 0.2, -0.1, 0.05)),
    ("education", (0.4, 0.35, 0.25), True, (0.0, 0.05, 0.12)),
    ("diabetes", (0.94, 0.06), True, (0.0, 0.35)),
    ("thyroid_disease", (0.88, 0.12), True, (0.0, 0.2)),
    ("assisted_conception", (0.85, 0.15), False, (0.0, 0.15)),
    ("living_alone", (0.82, 0.18), False, (0.0, 0.1)),
)
INTERCEPT = -2.1


@dataclass(frozen=True, kw_only=True, eq=False)
class Register:
    """A register in woman order: (rows,) columns and covariates as level numbers, (rows, 12)."""

    names: tuple[str, ...]
    levels: tuple[int, ...]
    woman: NDArray[np.int32]
    covariates: NDArray[np.uint8]  # column-major
    early_loss: NDArray[np.uint8]
    entry_week: NDArray[np.uint8]  # recognised
    exit_week: NDArray[np.uint8]  # end, cut at 14 weeks; always after entry
    truth: tuple[tuple[float, ...], ...]  # log odds ratios by covariate and level, given the woman


def simulate_register(*, rows: int, generator: np.random.Generator, frailty_sd: float = 0.5) -> Register:
    """A register of about 2.4 pregnancies per woman.

    The log odds of an early loss are the sum of INTERCEPT, the levels' effects and a woman's normal
    frailty; losses end at a week in 4..13 after recognition, others are cut at 14.
    """
    if rows < 1:
        raise ValueError(f"{rows} rows: need at least one")
    woman = _women(rows, generator)
    women = int(woman[-1]) + 1
    covariates = np.empty((rows, len(COVARIATES)), dtype=np.uint8, order="F")
    told = np.full(rows, INTERCEPT, dtype=np.float32)
    for column, (_, shares, shared, effects) in enumerate(COVARIATES):
        drawn = _levels(women if shared else rows, shares, generator)
        covariates[:, column] = drawn[woman] if shared else drawn
        told += np.array(effects, dtype=np.float32)[covariates[:, column]]
    told += (frailty_sd * generator.standard_normal(women, dtype=np.float32))[woman]
    loss = generator.random(rows, dtype=np.float32) < 1 / (1 + np.exp(-told))
    entry = np.array([2, 3, 4, 5, 6, 7], dtype=np.uint8)[
        _levels(rows, (0.1, 0.25, 0.3, 0.2, 0.1, 0.05), generator)
    ]
    loss_week = entry + 1 + _levels(rows, (0.18, 0.2, 0.2, 0.16, 0.14, 0.12), generator)
    return Register(
        names=tuple(name for name, *_ in COVARIATES),
        levels=tuple(len(shares) for _, shares, *_ in COVARIATES),
        woman=woman,
        covariates=covariates,
        early_loss=loss.astype(np.uint8),
        entry_week=entry,
        exit_week=np.where(loss, loss_week, 14).astype(np.uint8),
        truth=tuple(effects for *_, effects in COVARIATES),
    )


def _women(rows: int, generator: np.random.Generator) -> NDArray[np.int32]:
    """Women's numbers, ascending; sizes are 1 + Poisson(1.4), the last woman's cut."""
    women = rows // 2 + 16
    sizes = 1 + generator.poisson(1.4, women)
    return np.repeat(np.arange(women, dtype=np.int32), sizes)[:rows]


def _levels(count: int, shares: tuple[float, ...], generator: np.random.Generator) -> NDArray[np.uint8]:
    # Comparing with the few borders in turn is faster and leaner than a sorted search over millions.
    uniform = generator.random(count, dtype=np.float32)
    level = np.zeros(count, dtype=np.uint8)
    for border in np.cumsum(shares)[:-1]:
        level += uniform >= np.float32(border)
    return level


def register_design(register: Register) -> tuple[tuple[str, ...], FloatArray]:
    """Names and indicator columns against the first level of every covariate, (rows, 24).

    For peers that need the full matrix; own kernels read the level numbers.
    """
    names, columns = [], []
    for column, (name, levels) in enumerate(zip(register.names, register.levels, strict=True)):
        for level in range(1, levels):
            names.append(f"{name}_{level}")
            columns.append(register.covariates[:, column] == level)
    return tuple(names), np.column_stack(columns).astype(np.float64)
