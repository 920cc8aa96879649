"""Every check of one woman's record, and one call that runs them."""

from collections.abc import Mapping

from gravida.protocol import (
    consistency_participation,
    consistency_pregnancies,
    consistency_samples,
    consistency_treatments,
    consistency_ultrasound,
)
from gravida.protocol.consistency import Check, Finding, findings
from gravida.protocol.consistency_units import Plausible, unit_check
from gravida.protocol.record import WomanRecord

CHECKS: tuple[Check, ...] = tuple(
    sorted(
        consistency_participation.CHECKS
        + consistency_pregnancies.CHECKS
        + consistency_samples.CHECKS
        + consistency_treatments.CHECKS
        + consistency_ultrasound.CHECKS,
        key=lambda check: check.code,
    )
)


def contradictions(record: WomanRecord, *, ranges: Mapping[str, Plausible] | None = None) -> list[Finding]:
    """Everything that contradicts itself in one woman's record, by code.

    `ranges` by variable are those of the study's dictionary; without them units (K25) are not checked.
    """
    checks = CHECKS if ranges is None else (*CHECKS, unit_check(ranges))
    return sorted(findings(record, checks), key=lambda finding: finding.code)
