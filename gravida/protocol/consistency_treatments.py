"""Checks on treatments (K29, K31, K32)."""

from collections.abc import Iterator
from decimal import Decimal

from gravida.protocol.consistency import Check, Hit, Severity
from gravida.protocol.consistency_pregnancies import Dated, dated_pregnancies
from gravida.protocol.record import Row, WomanRecord
from gravida.protocol.values import Answer

IN_PREGNANCY = "3"  # trt_context
PROGESTERONE_CLASS = "05"  # trt_class
# Highest plausible doses per day, in mg. To be confirmed by the centre.
HIGHEST_MG_PER_DAY = {
    "prednisone": Decimal(80),
    "hydroxychloroquine": Decimal(600),
    "enoxaparin": Decimal(200),
}
DRUG_OF_ATC = {"H02AB07": "prednisone", "P01BA02": "hydroxychloroquine", "B01AB05": "enoxaparin"}
TIMES_A_DAY = {  # trt_freq
    "1/d": Decimal(1),
    "2/d": Decimal(2),
    "3/d": Decimal(3),
    "1/wk": Decimal(1) / 7,
    "1/2wk": Decimal(1) / 14,
    "1/4wk": Decimal(1) / 28,
    "single": Decimal(1),
}
MG_IN_UNIT = {"mg": Decimal(1), "ug": Decimal("0.001"), "g": Decimal(1000)}  # trt_unit
ENOXAPARIN_IU_PER_MG = Decimal(100)


def _in_pregnancy(record: WomanRecord) -> Iterator[tuple[Row, Dated]]:
    """Treatments of a pregnancy, each with the pregnancy it names."""
    by_number = {pregnancy.facts.number: pregnancy for pregnancy in dated_pregnancies(record)}
    for row in record.of("TRT"):
        named = by_number.get(row.whole("trt_preg_no"))
        if row.code("trt_context") == IN_PREGNANCY and named is not None:
            yield row, named


def treatment_lies_in_its_pregnancy(record: WomanRecord) -> Iterator[Hit]:
    """K29: a treatment "in pregnancy" does not begin after its end, nor stop before day 0."""
    for row, pregnancy in _in_pregnancy(record):
        began, stopped = row.day("trt_start"), row.day("trt_stop")
        ended, day_zero = pregnancy.facts.ended_on, pregnancy.began_on
        if began is not None and ended is not None and (began > ended) is Answer.YES:
            yield row, "trt_start", f"{began}, pregnancy ended {ended}", pregnancy.row
        if stopped is not None and day_zero is not None and (stopped < day_zero) is Answer.YES:
            yield row, "trt_stop", f"{stopped}, day 0 {day_zero}", pregnancy.row


def progesterone_in_pregnancy_begins_in_it(record: WomanRecord) -> Iterator[Hit]:
    """K31: progesterone "in pregnancy" does not begin before day 0."""
    for row, pregnancy in _in_pregnancy(record):
        began, day_zero = row.day("trt_start"), pregnancy.began_on
        if row.code("trt_class") != PROGESTERONE_CLASS or began is None or day_zero is None:
            continue
        if (began < day_zero) is Answer.YES:
            yield row, "trt_start", f"{began}, day 0 {day_zero}", pregnancy.row


def dose_is_plausible(record: WomanRecord) -> Iterator[Hit]:
    """K32: prednisone, hydroxychloroquine and enoxaparin below their highest plausible dose."""
    for row in record.of("TRT"):
        drug = DRUG_OF_ATC.get(row.code("trt_atc") or "", row.code("trt_drug") or "")
        highest, dose = HIGHEST_MG_PER_DAY.get(drug), _mg_per_day(row, drug)
        if highest is not None and dose is not None and dose > highest:
            yield row, "trt_dose", f"{drug} {dose:f} mg a day"


def _mg_per_day(row: Row, drug: str) -> Decimal | None:
    dose, unit, times = row.number_of("trt_dose"), row.code("trt_unit") or "", row.code("trt_freq") or ""
    if dose is None or times not in TIMES_A_DAY:
        return None
    if drug == "enoxaparin" and unit == "[IU]":
        return dose / ENOXAPARIN_IU_PER_MG * TIMES_A_DAY[times]
    return dose * MG_IN_UNIT[unit] * TIMES_A_DAY[times] if unit in MG_IN_UNIT else None


CHECKS = (
    Check(
        code="K29",
        severity=Severity.SOFT,
        rule=treatment_lies_in_its_pregnancy,
        about="a treatment lies in the pregnancy it names",
    ),
    Check(
        code="K31",
        severity=Severity.SOFT,
        rule=progesterone_in_pregnancy_begins_in_it,
        about="progesterone in pregnancy begins in it",
    ),
    Check(
        code="K32", severity=Severity.SOFT, rule=dose_is_plausible, about="doses below the highest plausible"
    ),
)
