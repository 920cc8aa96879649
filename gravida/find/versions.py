"""What changed from one version of a study's record to the next, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from gravida.find.models import RecordVersion


@dataclass(frozen=True, kw_only=True)
class ChangeInWords:
    """One thing that changed; before and after are empty where only the fact of a change is told."""

    label: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class VersionStep:
    """What one version changed against the one before it."""

    heading: str
    changes: list[ChangeInWords]


def version_steps(versions: Sequence[RecordVersion]) -> list[VersionStep]:
    """The steps between versions, newest first; versions come newest first."""
    return []
