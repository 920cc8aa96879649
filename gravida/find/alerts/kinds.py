"""What happened to a study between two versions of its record, as far as alerts tell of it."""

from collections.abc import Iterator

from gravida.find.alerts.topics import Kind
from gravida.find.models import RecordVersion
from gravida.find.record import StudyRecord
from gravida.find.registry.changes import Change, changes_between
from gravida.find.words import CLOSED_STATUSES, OPEN_STATUSES

_PLACES = {"sites_added", "sites_removed", "site_status"}


def kinds_between(before: RecordVersion | None, after: RecordVersion) -> tuple[Kind, ...]:
    """What happened from one version to the next; a study listed for the first time has only begun.

    A bundled version lacks fields, and its sentences are ours: only what both versions give is compared.
    """
    if before is None:
        return ()
    was, record = before.record, after.record
    changes = changes_between(was, record)
    if RecordVersion.Source.BUNDLED in (before.source, after.source):
        changes = [change for change in changes if change.before and change.after]
    return tuple(dict.fromkeys(_kinds(changes, was, record)))


def _kinds(changes: list[Change], was: StudyRecord, record: StudyRecord) -> Iterator[Kind]:
    codes = {change.code for change in changes}
    if "status" in codes:
        yield from _of_status(was.status, record.status)
    if codes & _PLACES:
        yield Kind.PLACES
    if "has_results" in codes and record.has_results and not was.has_results:
        yield Kind.RESULTS


def _of_status(was: str, status: str) -> Iterator[Kind]:
    if status in OPEN_STATUSES and was not in OPEN_STATUSES:
        yield Kind.OPENED
    has_closed = was in OPEN_STATUSES and status not in OPEN_STATUSES
    if has_closed or (status in CLOSED_STATUSES and was not in CLOSED_STATUSES):
        yield Kind.CLOSED
