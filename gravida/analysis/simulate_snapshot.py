"""A made cohort of women with recurrent losses as a snapshot folder, its truth known, for rehearsals.

The tables and columns are those of studies/falco. What is measured after a pregnancy ended is made to betray
how it ended, and so is what is measured in it: an analysis that lets either in is seen at once.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gravida.analysis.input.snapshot import Manifest, write_snapshot
from gravida.analysis.input.table import Kind, Table
from gravida.analysis.simulate_rows import FormRows
from gravida.analysis.simulate_woman import Life, live

# Each grain's columns, in the order of its table.
COLUMNS: dict[str, dict[str, Kind]] = {
    "woman": {
        "woman": Kind.CODE,
        "inc_date": Kind.DATE,
        "dem_age_inc": Kind.NUMBER,
        "gyn_endometriosis": Kind.CODE,
        "aet_class": Kind.CODE,
    },
    "pregnancy": {
        "woman": Kind.CODE,
        "preg_no": Kind.NUMBER,
        "preg_start": Kind.DATE,
        "preg_pos_test_date": Kind.DATE,
        "preg_dx_date": Kind.DATE,
        "preg_end": Kind.DATE,
        "preg_outcome": Kind.CODE,
        "preg_ga_end": Kind.NUMBER,
        "preg_ga_arrest": Kind.NUMBER,
        "preg_partner_no": Kind.NUMBER,
        "preg_conception": Kind.CODE,
    },
    "conceptus": {"woman": Kind.CODE, "preg_no": Kind.NUMBER, "con_no": Kind.NUMBER, "con_fate": Kind.CODE},
    "poc": {"woman": Kind.CODE, "preg_no": Kind.NUMBER, "con_no": Kind.NUMBER, "poc_result": Kind.CODE},
    "transfer": {
        "woman": Kind.CODE,
        "trf_id": Kind.NUMBER,
        "trf_date": Kind.DATE,
        "trf_fresh": Kind.CODE,
        "trf_hcg_result": Kind.CODE,
    },
    "contact": {
        "woman": Kind.CODE,
        "fup_date": Kind.DATE,
        "fup_status": Kind.CODE,
        "fup_trying": Kind.CODE,
        "fup_trying_since": Kind.DATE,
        "fup_vital_last": Kind.DATE,
    },
    "lifestyle": {
        "woman": Kind.CODE,
        "lif_date": Kind.DATE,
        "lif_bmi": Kind.NUMBER,
        "lif_smoke": Kind.CODE,
        "lif_alcohol": Kind.CODE,
    },
    "sample": {"woman": Kind.CODE, "smp_id": Kind.NUMBER, "smp_date": Kind.DATE, "smp_state": Kind.CODE},
    "lab_value": {
        "woman": Kind.CODE,
        "smp_id": Kind.NUMBER,
        "variable": Kind.CODE,
        "value": Kind.NUMBER,
    },
}


@dataclass(frozen=True, kw_only=True)
class SnapshotTruth:
    """What is true. Log odds ratios per year, loss, kg/m2, per cent of NK cells; hazards per month.

    `loss_*`: of an early loss among conceptions, `transfer_*`: of no pregnancy after a transfer, both at 33
    years; `conceive_*`: of conceiving without transfers. `explained`: the hazard ratio of women whose losses
    are explained. `loses_sight`, `stops`: chance of each at a contact every six months.
    """

    loss_intercept: float = -0.75
    loss_age: float = 0.08
    loss_earlier: float = 0.30  # per loss above three
    loss_bmi: float = 0.05  # from 24 kg/m2
    loss_nk: float = 0.08  # from 11 %
    transfer_intercept: float = 0.5
    transfer_age: float = 0.06
    conceive: float = 0.07
    conceive_age: float = -0.05
    explained: float = 1.5
    art: float = 0.45
    pregnant_at_inclusion: float = 0.05
    loses_sight: float = 0.04
    stops: float = 0.04


@dataclass(frozen=True, kw_only=True, eq=False)
class MadeCohort:
    """Tables by grain, the truth, and the life of each woman behind them, in the order of the table woman."""

    tables: dict[str, Table]
    truth: SnapshotTruth
    lives: tuple[Life, ...] = field(repr=False)


def simulate_snapshot(
    *, women: int, generator: np.random.Generator, truth: SnapshotTruth | None = None
) -> MadeCohort:
    """A cohort of so many women, included from 24 October 2022 on and followed for up to four years.

    The same generator gives the same tables. ValueError without women.
    """
    if women < 1:
        raise ValueError(f"{women} women: need at least one")
    truth = truth or SnapshotTruth()
    forms = {grain: FormRows(kinds=kinds) for grain, kinds in COLUMNS.items()}
    width = len(str(women))
    lives = tuple(live(f"P{at:0{width}d}", forms, truth, generator) for at in range(women))
    return MadeCohort(tables={grain: rows.table() for grain, rows in forms.items()}, truth=truth, lives=lives)


def write_simulated(folder: Path, cohort: MadeCohort) -> Manifest:
    """The cohort as a snapshot folder. FileExistsError where the folder holds anything."""
    return write_snapshot(
        folder,
        cohort.tables,
        study="falco",
        dictionary_version="simulated",
        frozen_at="2026-11-22T10:00:00+00:00",
    )
