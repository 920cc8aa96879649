"""Checks of the audit trail that are quick enough for every start."""

from gravida.web.audit.verify import has_triggers
from gravida.web.checking import Check


def trigger_faults() -> list[str]:
    """A database that no longer refuses to change the trail."""
    if has_triggers():
        return []
    return [
        "the database no longer refuses to change the audit trail: somebody removed its triggers. "
        "Restore a backup, or call whoever looks after the database."
    ]


CHECKS = (
    Check(
        "triggers", "whether the database refuses to change the audit trail", trigger_faults, at_start=True
    ),
)
