"""Which alerts hear of what a look found: distinct searches, in batches that a kill does not double."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, transaction

from gravida.find.alerts.changed_studies import Compared, Records, compared
from gravida.find.alerts.models import Alert, Change, Look, Notice, Search
from gravida.find.alerts.stored_search import from_text
from gravida.find.alerts.topics import Kind, Topics, read, written
from gravida.find.models import RecordVersion
from gravida.find.search.generation import Generation
from gravida.find.strict_json import load_kept

BATCH = 2_000
_RECORDS = 500
_ROWS = 5_000
_INSERT = (
    f"INSERT INTO {Notice._meta.db_table} (alert_id, change_id, kinds, found_at) "  # noqa: S608 - ours
    "VALUES (%s, %s, %s, %s) ON CONFLICT (alert_id, change_id) DO NOTHING"
)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A change of one study, as alerts are compared with it."""

    pk: int
    number: str
    kinds: tuple[Kind, ...]


def match(look: Look, index: Generation, *, at: datetime) -> int:
    """Tell every alert what this look found for it; how many notices. Goes on where a killed one stopped."""
    changes = list(Change.objects.filter(look=look).select_related("study").order_by("study_id"))
    found = {
        change.study_id: Found(pk=change.pk, number=change.study.number, kinds=read(change.kinds))
        for change in changes
    }
    told = 0 if look.has_told_studies else _tell_studies(look, found)
    ready: Compared | None = None
    while batch := list(
        Search.objects.filter(pk__gt=look.compared_up_to, alerts__isnull=False)
        .distinct()
        .order_by("pk")[:BATCH]
    ):
        ready = ready or _compared(changes, index)
        told += _tell_searches(look, batch, ready, found)
    Look.objects.filter(pk=look.pk, ended_at=None).update(ended_at=at)
    return told


def _compared(changes: list[Change], index: Generation) -> Compared:
    now = {change.study_id: change.study.current_version_id for change in changes}
    before = {change.study_id: change.before_id for change in changes}
    rows = index.row_of_study
    # The record that the index holds; the tables may be newer by an import that is not indexed yet.
    for study in now:
        row = int(rows[study]) if study < len(rows) else -1
        if row >= 0:
            now[study] = int(index.table.facts["version"][row])
    return compared(now, now=_records(now), before=_records(before), index=index)


def _records(versions: Mapping[int, int | None]) -> Records:
    """The records of these versions by Study.pk; read from the tables in batches."""
    wanted = sorted((version, study) for study, version in versions.items() if version)
    for start in range(0, len(wanted), _RECORDS):
        part = dict(wanted[start : start + _RECORDS])
        for version in RecordVersion.objects.filter(pk__in=part):
            yield part[version.pk], load_kept(version.raw)


def _tell_studies(look: Look, found: Mapping[int, Found]) -> int:
    """Alerts of single studies, all in one transaction."""
    of_number = {one.number: one for one in found.values() if one.kinds}
    numbers = sorted(of_number)
    told = 0
    with transaction.atomic():
        for start in range(0, len(numbers), _RECORDS):
            alerts = _alerts(look).filter(study__in=numbers[start : start + _RECORDS])
            told += _write(
                look, ((alert, [(of_number[alert.study], of_number[alert.study].kinds)]) for alert in alerts)
            )
        Look.objects.filter(pk=look.pk).update(has_told_studies=True)
    return told


def _tell_searches(look: Look, batch: list[Search], ready: Compared, found: Mapping[int, Found]) -> int:
    """The alerts of some searches, and how far the look has come, in one transaction."""
    hits: dict[int, list[tuple[Found, tuple[Kind, ...]]]] = {}
    for search in batch:
        listed, listed_before = ready.listed(from_text(search.asked).request)
        told = [(found[study], _kinds(found[study], is_new=study not in listed_before)) for study in listed]
        if any(kinds for _, kinds in told):
            hits[search.pk] = told
    with transaction.atomic():
        alerts = _alerts(look).filter(search__in=list(hits)) if hits else ()
        written_now = _write(look, ((alert, hits[alert.search_id or 0]) for alert in alerts))
        look.compared_up_to = batch[-1].pk
        look.save(update_fields=["compared_up_to"])
    return written_now


def _kinds(found: Found, *, is_new: bool) -> tuple[Kind, ...]:
    return (Kind.NEW, *found.kinds) if is_new else found.kinds


def _alerts(look: Look) -> "Any":
    # Held until the notices are written: an alert that is removed meanwhile takes its notices with it.
    held = Alert.objects.select_for_update(of=("self",), no_key=True)
    return held.filter(confirmed_at__lte=look.made_at).order_by("pk")


def _write(look: Look, told: Iterable[tuple[Alert, list[tuple[Found, tuple[Kind, ...]]]]]) -> int:
    """A notice for each alert and change that has something she wants to hear of; how many.

    One prepared statement for all: as objects, half a million notices cost more than finding them.
    """
    found_at = connection.ops.adapt_datetimefield_value(look.made_at)
    rows = []
    for alert, found in told:
        topics = alert.topics
        rows += [
            (alert.pk, one.pk, wanted, found_at) for one, kinds in found if (wanted := _wanted(topics, kinds))
        ]
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _ROWS):
            cursor.executemany(_INSERT, rows[start : start + _ROWS])
    return len(rows)


@lru_cache(maxsize=1_000)
def _wanted(topics: Topics, kinds: tuple[Kind, ...]) -> str:
    """The kinds of a change that somebody wants to hear of, as a notice keeps them."""
    return written(topics.wanted(kinds))
