"""Simulated cohorts and registers as Arrow tables, one row per pregnancy, as files and peers read them."""

import numpy as np
import pyarrow as pa

from gravida.analysis.simulate import OUTCOMES, Cohort
from gravida.analysis.simulate_register import Register


def cohort_table(cohort: Cohort) -> pa.Table:
    """One row per pregnancy: woman, order, outcome by name, weeks, recognition, history and exposures."""
    return pa.table(
        {
            "woman": cohort.woman,
            "order": cohort.order,
            "age_years": cohort.age_years,
            "conceived_month": cohort.conceived_month,
            "outcome": np.array(OUTCOMES)[cohort.outcome],
            "weeks": cohort.weeks,
            "recognised_week": cohort.recognised_week,
            "early_loss": cohort.early_loss.astype(np.int8),
            "previous_early_losses": cohort.previous_early_losses,
            "consecutive_early_losses": cohort.consecutive_early_losses,
            "previous_live_births": cohort.previous_live_births,
            "smoker": cohort.smoker.astype(np.int8),
            "bmi": cohort.bmi,
        }
    )


def register_table(register: Register) -> pa.Table:
    """One row per pregnancy in woman order: the covariates as level numbers, loss, entry and exit week."""
    covariates = {name: register.covariates[:, at] for at, name in enumerate(register.names)}
    return pa.table(
        {
            "woman": register.woman,
            **covariates,
            "early_loss": register.early_loss,
            "entry_week": register.entry_week,
            "exit_week": register.exit_week,
        }
    )
