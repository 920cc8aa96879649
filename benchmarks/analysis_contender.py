"""One model by one program on one file, in a process of its own; prints its figures as one line of JSON.

`python -m benchmarks.analysis_contender PROGRAM TASK FOLDER`; `analysis_peers` calls it. The clock runs from
columns in memory to estimates and standard errors; imports and reading the file are not counted, for anybody.
"""

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from pyarrow import parquet

from gravida.analysis.simulate_register import COVARIATES

# Covariates of the random-intercept model: 15 columns, as many as the survey's model has.
NO_HISTORY = (
    "age_band",
    "previous_live",
    "previous_induced",
    "smoker",
    "origin",
    "education",
    "diabetes",
    "thyroid_disease",
)


def main() -> None:
    """Read the file, run one model once, print what it cost and what it found."""
    program, task, folder = sys.argv[1:]
    columns = _read(Path(folder))
    model = CONTENDERS[program, task](columns)
    began = time.process_time()
    found = model()
    seconds = time.process_time() - began
    print(json.dumps({"seconds": seconds} | found))


def _read(folder: Path) -> dict[str, Any]:
    table = parquet.read_table(folder / "register.parquet")
    return {name: table.column(name).to_numpy() for name in table.column_names}


def _design(columns: dict[str, Any], wanted: tuple[str, ...] | None = None) -> tuple[list[str], Any]:
    names, made = [], []
    for name, shares, *_ in COVARIATES:
        if wanted is not None and name not in wanted:
            continue
        for level in range(1, len(shares)):
            names.append(f"{name}={level}")
            made.append(columns[name] == level)
    return names, np.column_stack(made).astype(np.float64)


def _found(estimates: Any, errors: Any, **more: float) -> dict[str, Any]:
    return {
        "estimates": [float(each) for each in estimates],
        "errors": [float(each) for each in errors],
    } | more


def _own_rows(columns: dict[str, Any], wanted: tuple[str, ...] | None = None) -> Any:
    from gravida.analysis.compression import Covariate, compress  # noqa: PLC0415 - each its own imports

    covariates = [
        Covariate(name=name, levels=tuple(str(level) for level in range(len(shares))))
        for name, shares, *_ in COVARIATES
        if wanted is None or name in wanted
    ]
    return compress(
        codes=columns, covariates=covariates, outcome=columns["early_loss"], woman=columns["woman"]
    )


def own_logistic(columns: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    from gravida.analysis.compression import treatment_design  # noqa: PLC0415
    from gravida.analysis.logistic import logistic_by_pattern  # noqa: PLC0415

    def model() -> dict[str, Any]:
        rows = _own_rows(columns)
        design, names = treatment_design(rows.table)
        fit = logistic_by_pattern(rows=rows, design=design, names=names)
        return _found(fit.estimates, fit.standard_errors, patterns=float(len(design)))

    return model


def own_cox(columns: dict[str, Any], *, ties: Any = "efron") -> Callable[[], dict[str, Any]]:
    from gravida.analysis.compression import treatment_design  # noqa: PLC0415
    from gravida.analysis.survival.cox import fit_cox  # noqa: PLC0415
    from gravida.analysis.survival.rows import risk_rows  # noqa: PLC0415

    def model() -> dict[str, Any]:
        rows = _own_rows(columns)
        design, names = treatment_design(rows.table)
        at_risk = risk_rows(
            x=design,
            names=names,
            pattern=rows.pattern,
            entry=columns["entry_week"],
            exit_time=columns["exit_week"],
        )
        fit = fit_cox(at_risk, event=columns["early_loss"], cluster=columns["woman"], ties=ties).fit
        return _found(fit.estimates, fit.standard_errors)

    return model


def own_random_intercept(columns: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    from gravida.analysis.compression import treatment_design  # noqa: PLC0415
    from gravida.analysis.compression_women import woman_signatures  # noqa: PLC0415
    from gravida.analysis.mixed import random_intercept_by_signature  # noqa: PLC0415

    def model() -> dict[str, Any]:
        rows = _own_rows(columns, NO_HISTORY)
        design, names = treatment_design(rows.table)
        found = random_intercept_by_signature(
            signatures=woman_signatures(rows), design=design, names=names, lagged_outcome_columns=()
        )
        return _found(
            found.fit.estimates,
            found.fit.standard_errors,
            log_likelihood=found.fit.log_likelihood,
            deviation=found.standard_deviation,
        )

    return model


def statsmodels_logistic(columns: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    import statsmodels.api as sm  # noqa: PLC0415

    _, design = _design(columns)
    with_constant, y, woman = sm.add_constant(design), columns["early_loss"].astype(float), columns["woman"]

    def model() -> dict[str, Any]:
        clustered = {"groups": woman, "use_correction": False}
        fit = sm.Logit(y, with_constant).fit(disp=0, cov_type="cluster", cov_kwds=clustered)
        women = len(np.unique(woman))
        return _found(fit.params, fit.bse * np.sqrt(women / (women - 1)))

    return model


def statsmodels_cox_breslow(columns: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    from statsmodels.duration.hazard_regression import PHReg  # noqa: PLC0415

    _, design = _design(columns)
    exit_week, entry, event = (
        columns[name].astype(float) for name in ("exit_week", "entry_week", "early_loss")
    )

    def model() -> dict[str, Any]:
        fit = PHReg(exit_week, design, status=event, entry=entry, ties="breslow").fit(
            groups=columns["woman"], disp=0
        )
        return _found(fit.params, fit.bse)

    return model


def lifelines_cox(columns: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    from lifelines import CoxPHFitter  # noqa: PLC0415

    names, design = _design(columns)
    frame = import_module("pandas").DataFrame(design, columns=names)
    for name in ("entry_week", "exit_week", "early_loss", "woman"):
        frame[name] = columns[name]

    def model() -> dict[str, Any]:
        fit = CoxPHFitter().fit(
            frame, "exit_week", "early_loss", entry_col="entry_week", cluster_col="woman", robust=True
        )
        return _found(fit.params_[names], fit.standard_errors_[names])

    return model


CONTENDERS: dict[tuple[str, str], Callable[[dict[str, Any]], Callable[[], dict[str, Any]]]] = {
    ("gravida", "logistic"): own_logistic,
    ("gravida", "cox"): own_cox,
    ("gravida", "cox_breslow"): partial(own_cox, ties="breslow"),
    ("gravida", "random_intercept"): own_random_intercept,
    ("statsmodels", "logistic"): statsmodels_logistic,
    ("statsmodels", "cox_breslow"): statsmodels_cox_breslow,
    ("lifelines", "cox"): lifelines_cox,
}

if __name__ == "__main__":
    main()
