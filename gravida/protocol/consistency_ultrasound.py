"""Rule R-VIAB as entry checks on early ultrasound (U01-U03): queries about what was recorded, never advice.

Source: CNGOF, Eur J Obstet Gynecol Reprod Biol 2016;201:18: one scan is not enough below 25 mm of mean sac
diameter without yolk sac or embryo (again after 14 days), nor below 7 mm of embryo without heartbeat (again
after 7 days); hCG of 3,510 IU/L or more with an empty womb excludes a viable pregnancy in it.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from gravida.protocol.consistency import Check, Hit, Severity
from gravida.protocol.record import Row, WomanRecord
from gravida.protocol.values import Answer

ARRESTED = "3"  # uss_conclusion
NO_SAC, SAC = "0", "1"  # uss_sac
EMPTY_SAC_SURE_FROM_MM, EMBRYO_SURE_FROM_MM = Decimal(25), Decimal(7)
AGAIN_AFTER_DAYS_EMPTY_SAC, AGAIN_AFTER_DAYS_EMBRYO = 14, 7
VISIBLE_FROM_HCG_IU_PER_L = Decimal(3510)


@lru_cache(maxsize=2)  # each check asks for them
def _scans(record: WomanRecord) -> tuple[tuple[Row, Row], ...]:
    return tuple(
        [(pregnancy, scan) for pregnancy in record.of("PRG") for scan in record.under(pregnancy, "USS")]
    )


def _was_scanned_apart(record: WomanRecord, pregnancy: Row, scan: Row, days: int) -> bool:
    """Whether another scan of the pregnancy lies so many days before or after, or may."""
    day = scan.day("uss_date")
    for other in record.under(pregnancy, "USS"):
        other_day = other.day("uss_date")
        if other is scan:
            continue
        if day is None or other_day is None:
            return True
        span = other_day.days_since(day)
        if max(abs(span.min_days), abs(span.max_days)) >= days:
            return True
    return False


def empty_sac_was_scanned_again(record: WomanRecord) -> Iterator[Hit]:
    """U01: an arrest is not told from one scan of an empty sac below 25 mm."""
    for pregnancy, scan in _scans(record):
        diameter = scan.number_of("uss_msd")
        if diameter is None:
            continue
        is_empty = scan.answer("uss_yolk") is Answer.NO and scan.answer("uss_embryo") is Answer.NO
        small = diameter < EMPTY_SAC_SURE_FROM_MM
        told = scan.code("uss_conclusion") == ARRESTED and scan.code("uss_sac") == SAC and is_empty and small
        if told and not _was_scanned_apart(record, pregnancy, scan, AGAIN_AFTER_DAYS_EMPTY_SAC):
            yield scan, "uss_conclusion", f"arrested, empty sac of {diameter} mm, no scan 14 days apart"


def small_embryo_was_scanned_again(record: WomanRecord) -> Iterator[Hit]:
    """U02: an arrest is not told from one scan of an embryo below 7 mm."""
    for pregnancy, scan in _scans(record):
        length = scan.number_of("uss_crl")
        small = length is not None and length < EMBRYO_SURE_FROM_MM
        told = scan.code("uss_conclusion") == ARRESTED and scan.answer("uss_cardiac") is Answer.NO and small
        if told and not _was_scanned_apart(record, pregnancy, scan, AGAIN_AFTER_DAYS_EMBRYO):
            yield scan, "uss_conclusion", f"arrested, embryo of {length} mm, no scan 7 days apart"


def empty_womb_fits_hcg(record: WomanRecord) -> Iterator[Hit]:
    """U03: with hCG of 3,510 IU/L by the day of a scan, an empty womb asks where the pregnancy is."""
    for pregnancy, scan in _scans(record):
        day = scan.day("uss_date")
        if scan.code("uss_sac") != NO_SAC or day is None:
            continue
        for test in record.under(pregnancy, "HCG"):
            taken, value = test.day("hcg_date"), test.number_of("hcg_value")
            in_time = taken is not None and (taken <= day) is Answer.YES
            if in_time and value is not None and value >= VISIBLE_FROM_HCG_IU_PER_L:
                yield scan, "uss_sac", f"nothing in the womb, hCG {value} on {taken}", test
                break


CHECKS = (
    Check(
        code="U01",
        severity=Severity.SOFT,
        rule=empty_sac_was_scanned_again,
        about="an empty sac below 25 mm was scanned twice, 14 days apart",
    ),
    Check(
        code="U02",
        severity=Severity.SOFT,
        rule=small_embryo_was_scanned_again,
        about="an embryo below 7 mm without heartbeat was scanned twice, 7 days apart",
    ),
    Check(
        code="U03",
        severity=Severity.SOFT,
        rule=empty_womb_fits_hcg,
        about="an empty womb fits the hCG",
    ),
)
