"""Records that come with the studies a site runs."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gravida.find.models import RecordVersion, Study
from gravida.find.registry.bundled import WrongBundledRecord, load_bundled
from gravida.find.registry.importer import import_files

pytestmark = pytest.mark.django_db

Make = Callable[..., Any]


@pytest.fixture
def studies(tmp_path: Path, dull_record: Make) -> Path:
    folder = tmp_path / "studies"
    (folder / "one" / "records").mkdir(parents=True)
    for name, status in (("records/2022.json", "NOT_YET_RECRUITING"), ("records/2023.json", "SUSPENDED")):
        record = dull_record(
            1, statusModule={"overallStatus": status, "statusVerifiedDate": name[8:12] + "-09"}
        )
        (folder / "one" / name).write_text(json.dumps(record, indent=2))
    (folder / "one" / "record.json").write_text(json.dumps(dull_record(1)))
    (folder / "related.json").write_text(json.dumps([dull_record(2), dull_record(3)]))
    return folder


def test_older_versions_come_first_and_dates_are_the_records_own(studies: Path) -> None:
    load_bundled(studies)

    versions = RecordVersion.objects.filter(study__number="NCT00000001").order_by("id")
    assert [(version.record.status, version.fetched_at) for version in versions] == [
        ("NOT_YET_RECRUITING", datetime(2022, 9, 1, tzinfo=UTC)),
        ("SUSPENDED", datetime(2023, 9, 1, tzinfo=UTC)),
        ("RECRUITING", datetime(2024, 5, 1, tzinfo=UTC)),
    ]
    assert Study.objects.get(number="NCT00000001").status == "RECRUITING"
    assert Study.objects.count() == 3


def test_loading_twice_writes_nothing(studies: Path) -> None:
    load_bundled(studies)

    with CaptureQueriesContext(connection) as queries:
        tally = load_bundled(studies)

    assert tally.unchanged == tally.read == 5
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []


def test_nothing_is_written_over_what_a_file_has_given(
    studies: Path, jsonl: Make, dull_record: Make, now: datetime
) -> None:
    import_files([jsonl(dull_record(2, statusModule={"overallStatus": "COMPLETED"}))], now=now)

    load_bundled(studies)

    assert Study.objects.get(number="NCT00000002").status == "COMPLETED"
    assert RecordVersion.objects.filter(study__number="NCT00000002").count() == 1


def test_a_complete_list_never_takes_a_bundled_study_away(
    studies: Path, jsonl: Make, dull_record: Make, now: datetime
) -> None:
    load_bundled(studies)

    import_files([jsonl(dull_record(9))], now=now, is_complete=True)

    assert Study.objects.listed().count() == 4


def test_a_wrong_record_is_named_with_its_place(studies: Path) -> None:
    (studies / "one" / "record.json").write_text('{"protocolSection": {}}')

    with pytest.raises(WrongBundledRecord, match=r"record\.json, record 1, byte 0: registry number none"):
        load_bundled(studies)
