"""The same pregnancies as the analysis holds them and as a register's Parquet."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from gravida.analysis.history import RiskTable
from gravida.analysis.input.endings import Ending
from gravida.analysis.input.pregnancies import Pregnancies
from gravida.explain.registers.lags import HISTORY
from gravida.explain.registers.risk_table import RegisterRisks


def write_register(pregnancies: Pregnancies, folder: Path, *, files: int = 2) -> Path:
    """Pregnancies as a folder of Parquet files, rows in any file."""
    folder.mkdir()
    words = np.array([Ending(code).name.lower() for code in range(len(Ending))])
    span = np.where(np.isfinite(pregnancies.weeks_most), 0.0, np.nan)
    table = pa.table(
        {
            "woman": pregnancies.woman,
            "row": np.arange(len(pregnancies)),
            "order": pregnancies.order,
            "ending": words[pregnancies.ending],
            "weeks": pregnancies.weeks,
            "weeks_span": span,
            "recognised_week": pregnancies.recognised_week,
            "began": pregnancies.began_first,
            "ended": pregnancies.ended_first,
            "included": pregnancies.included_on,
        }
    )
    part = np.arange(len(pregnancies)) % files
    for number in range(files):
        parquet.write_table(table.filter(pa.array(part == number)), folder / f"part-{number}.parquet")
    return folder


def columns_of(risk: RiskTable) -> dict[str, np.ndarray]:
    """A risk table of the analysis, columns by the register's names, ordered by source row."""
    told: dict[str, Any] = {
        "row": risk.rows,
        "woman": risk.woman,
        "number": risk.number,
        "index_number": risk.index_number,
        "ending": risk.ending,
        "entry": risk.entry,
        "exit": risk.exit,
        "is_early_loss": risk.is_early_loss,
        "may_be_early_loss": risk.may_be_early_loss,
        "loss_type": risk.loss_type,
    }
    for lag in risk.lags:
        told |= {f"{lag.name}__fewest": lag.fewest, f"{lag.name}__most": lag.most}
    order = np.argsort(risk.rows)
    return {name: np.asarray(values)[order].astype(np.float64) for name, values in told.items()}


def columns_in(risks: RegisterRisks) -> dict[str, np.ndarray]:
    """The same columns of a register's risk table."""
    lags = [f"{name}__{side}" for name in HISTORY for side in ("fewest", "most")]
    names = ["row", "woman", "number", "index_number", "ending", "entry", "exit", "is_early_loss"]
    names += ["may_be_early_loss", "loss_type", *lags]
    found = risks.register.session.execute(risks.rows.select(*names).order_by("row"))
    return {name: found[name].astype("float64").to_numpy() for name in names}


def equal(found: dict[str, np.ndarray], wanted: dict[str, np.ndarray]) -> None:
    assert set(found) == set(wanted)
    for name, values in wanted.items():
        np.testing.assert_array_equal(found[name], values, err_msg=name)
