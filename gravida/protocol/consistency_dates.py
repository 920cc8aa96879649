"""The dates that each form carries, for the checks that compare rows in time."""

from calendar import monthrange
from datetime import date

from gravida.protocol.record import Row
from gravida.protocol.values import PartialDate

DATES_OF_FORM = {
    "SCR": ("scr_date",),
    "INC": ("inc_date",),
    "LIF": ("lif_date",),
    "PRG": ("preg_lmp", "preg_pos_test_date", "preg_dx_date", "preg_end"),
    "CON": ("con_fate_date",),
    "HCG": ("hcg_date",),
    "USS": ("uss_date",),
    "POC": ("poc_date",),
    "ART": ("art_start", "art_retrieval_date"),
    "TRF": ("trf_date", "trf_hcg_date"),
    "SMP": ("smp_date",),
    "KAR": ("kar_date",),
    "IMG": ("img_date",),
    "END": ("end_date",),
    "SPM": ("spm_date",),
    "TRT": ("trt_start", "trt_stop"),
    "FUP": ("fup_date",),
    "EVT": ("evt_date",),
    "QST": ("qst_date",),
    "BIO": ("bio_date",),
}


def last_day(row: Row) -> tuple[str, PartialDate | None]:
    """The latest date of a row and its variable; no date where the row carries none."""
    dated = [(name, day) for name in DATES_OF_FORM.get(row.form, ()) if (day := row.day(name)) is not None]
    if not dated:
        return "", None
    return max(dated, key=lambda pair: pair[1].earliest)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
