"""Files imported: versions kept, bad records put aside, nothing removed by a bad file."""

import gzip
import json
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gravida.find.models import ImportRun, QuarantinedRecord, RecordVersion, Study
from gravida.find.registry import intake
from gravida.find.registry.export import raw_records
from gravida.find.registry.importer import import_files
from gravida.find.registry.verdict import Ending, Report

pytestmark = pytest.mark.django_db

Make = Callable[..., Any]


def imported(*paths: Path, now: datetime, **options: Any) -> Report:
    """The last report of an import."""
    return import_files(paths, now=now, **options)[-1]


def test_each_version_of_a_record_is_kept_and_the_newest_is_shown(
    jsonl: Make, dull_record: Make, now: datetime
) -> None:
    imported(jsonl(dull_record(1), dull_record(2)), now=now)

    report = imported(
        jsonl(dull_record(1), dull_record(2, statusModule__overallStatus="COMPLETED"), dull_record(3)),
        now=now,
    )

    assert (report.tally.new, report.tally.changed, report.tally.unchanged) == (1, 1, 1)
    study = Study.objects.with_record().get(number="NCT00000002")
    assert (study.status, study.record.status, study.versions.count()) == ("COMPLETED", "COMPLETED", 2)
    assert (study.title, study.updated_on) == ("Study 2", date(2024, 5, 1))


def test_an_unchanged_record_costs_no_write(jsonl: Make, dull_record: Make, now: datetime) -> None:
    path = jsonl(*(dull_record(serial) for serial in range(1, 1_201)))
    imported(path, now=now)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        report = imported(path, now=now)

    writes = [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert report.tally.unchanged == 1_200
    assert [sql for sql in writes if '"find_study"' in sql or '"find_recordversion"' in sql] == []
    assert len(writes) <= 4  # the run's own row, and what was put aside before


def test_a_record_laid_out_differently_is_unchanged(
    jsonl: Make, dull_record: Make, now: datetime, tmp_path: Path
) -> None:
    imported(jsonl(dull_record(1)), now=now)
    other = tmp_path / "other.json"
    other.write_text(json.dumps([dull_record(1)], indent=3, sort_keys=True))

    assert imported(other, now=now).tally.unchanged == 1


def test_a_batch_takes_few_statements(jsonl: Make, dull_record: Make, now: datetime) -> None:
    with CaptureQueriesContext(connection) as queries:
        imported(jsonl(*(dull_record(serial) for serial in range(1, 501))), now=now)

    assert len(queries) < 40


def test_an_older_file_replaces_nothing_newer(jsonl: Make, dull_record: Make, now: datetime) -> None:
    older = dull_record(1, statusModule__lastUpdatePostDateStruct__date="2020-01-01")
    imported(jsonl(dull_record(1), name="new.jsonl"), now=now)

    report = imported(jsonl(older, name="old.jsonl"), now=now)

    assert (report.tally.changed, report.tally.unchanged) == (0, 1)
    assert RecordVersion.objects.count() == 1


def test_two_files_read_again_and_again_add_no_version(jsonl: Make, dull_record: Make, now: datetime) -> None:
    one = jsonl(dull_record(1), name="one.jsonl")
    other = jsonl(dull_record(1, statusModule__overallStatus="COMPLETED"), name="other.jsonl")

    for _ in range(3):
        import_files([one, other], now=now)

    assert RecordVersion.objects.count() == 2
    assert Study.objects.get().status == "COMPLETED"


def test_a_study_given_twice_by_one_list(jsonl: Make, dull_record: Make, now: datetime) -> None:
    newer = dull_record(1, statusModule__lastUpdatePostDateStruct__date="2025-01-01")
    rival = dull_record(1, statusModule__overallStatus="WITHDRAWN")

    report = imported(jsonl(dull_record(1), dull_record(1), newer, rival), now=now)

    assert (report.tally.new, report.tally.changed, report.tally.unchanged, report.tally.quarantined) == (
        1,
        1,
        1,
        1,
    )
    assert Study.objects.get().updated_on == date(2025, 1, 1)


@pytest.mark.parametrize("shape", ["list", "page", "lines", "pages", "one"])
@pytest.mark.parametrize("packing", ["plain", "gzip"])
def test_every_shape_plain_or_packed_comes_in(
    shape: str, packing: str, dull_record: Make, now: datetime, tmp_path: Path
) -> None:
    records = [dull_record(serial) for serial in range(1, 2 if shape == "one" else 6)]
    text = {
        "one": json.dumps(records[0]),
        "list": json.dumps(records),
        "page": json.dumps({"studies": records, "nextPageToken": "x"}),
        "lines": "\n".join(json.dumps(one) for one in records),
        "pages": "\n".join(json.dumps({"studies": [one]}) for one in records),
    }[shape]
    path = tmp_path / "feed"
    path.write_bytes(gzip.compress(text.encode()) if packing == "gzip" else text.encode())

    report = imported(path, now=now)

    assert (report.ending, report.tally.new) == (Ending.DONE, len(records))


def test_what_came_in_goes_out_equal(jsonl: Make, dull_record: Make, now: datetime, tmp_path: Path) -> None:
    records = [dull_record(serial, x__y=[1.5, None, "é\u2028\x00", {}]) for serial in (1, 2)]
    path = tmp_path / "laid-out.json"
    path.write_text(json.dumps(records, indent=2))

    imported(path, now=now)

    lines = list(raw_records())
    assert [json.loads(line) for line in lines] == records
    assert not any(b"\n" in line for line in lines)
    assert len(list(raw_records(number="NCT00000002"))) == 1


def test_a_bad_record_is_put_aside_with_its_place_and_comes_once(
    jsonl: Make, dull_record: Make, now: datetime
) -> None:
    path = jsonl(dull_record(1), b'{"protocolSection": {"a": NaN}}', dull_record(2))

    for _ in range(2):
        report = imported(path, now=now)

    row = QuarantinedRecord.objects.get()
    assert (row.file, row.position) == (
        "studies.jsonl",
        f"record 2, byte {len(json.dumps(dull_record(1))) + 1}",
    )
    assert row.reason == "NaN is not JSON"
    assert bytes(row.excerpt) == b'{"protocolSection": {"a": NaN}}'
    assert (report.ending, report.tally.quarantined) == (Ending.DONE, 1)


def test_what_was_put_aside_goes_when_the_file_is_mended(
    jsonl: Make, dull_record: Make, now: datetime
) -> None:
    imported(jsonl(dull_record(1), b"oops", dull_record(2)), now=now)

    imported(jsonl(dull_record(1), dull_record(2)), now=now)

    assert QuarantinedRecord.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "ending", "words"),
    [
        (b"", Ending.EMPTY, "holds no record at all"),
        (b" \n\n", Ending.EMPTY, "holds no record at all"),
        (b"[]", Ending.EMPTY, "holds no record at all"),
        (b'{"studies": [], "totalCount": 0}', Ending.EMPTY, "holds no record at all"),
        (b"<!DOCTYPE html><html><body>Maintenance</body></html>", Ending.NOT_RECORDS, "an HTML page"),
        (b"<?xml version='1.0'?><clinical_study/>", Ending.NOT_RECORDS, "XML instead of JSON"),
        ('{"a": 1}'.encode("utf-16"), Ending.NOT_RECORDS, "UTF-16"),
        (
            b'{"FullStudiesResponse": {"FullStudies": []}}',
            Ending.NOT_RECORDS,
            "none of its 1 records is a study",
        ),
        (b"nct_id,title\nNCT00000001,x\n", Ending.NOT_RECORDS, "put aside|none of its|ends in the middle"),
        (b"\x1f\x8b\x08broken", Ending.NOT_RECORDS, "damaged"),
        (b"PK\x03\x04broken", Ending.NOT_RECORDS, "cut or damaged"),
    ],
)
def test_a_feed_that_is_none_removes_nothing_and_says_what_it_is(
    content: bytes, ending: Ending, words: str, jsonl: Make, dull_record: Make, now: datetime, tmp_path: Path
) -> None:
    imported(jsonl(dull_record(1)), now=now)
    feed = tmp_path / "feed.json"
    feed.write_bytes(content)

    report = imported(feed, now=now, is_complete=True)

    assert report.ending is ending
    assert re.search(words, report.sentence)
    assert report.sentence.startswith("feed.json")
    assert Study.objects.listed().count() == 1
    assert ImportRun.objects.get(origin="feed.json").outcome == ImportRun.Outcome.REFUSED


def test_a_cut_feed_gives_its_whole_records_and_removes_nothing(
    jsonl: Make, dull_record: Make, now: datetime, tmp_path: Path
) -> None:
    imported(jsonl(dull_record(99)), now=now)
    whole = json.dumps([dull_record(serial) for serial in range(1, 11)])
    for name, content in (
        ("cut.json", whole[:-60].encode()),
        ("cut.gz", gzip.compress(whole.encode())[:-20]),
    ):
        feed = tmp_path / name
        feed.write_bytes(content)

        report = imported(feed, now=now, is_complete=True)

        assert report.ending is Ending.CUT
        assert "was not read whole" in report.sentence
    assert Study.objects.listed().filter(number="NCT00000099").exists()
    assert Study.objects.count() >= 10


def test_a_feed_less_than_half_as_long_is_refused_unless_accepted(
    jsonl: Make, dull_record: Make, now: datetime
) -> None:
    imported(jsonl(*(dull_record(serial) for serial in range(1, 11))), now=now, is_complete=True)

    shrunk = imported(jsonl(*(dull_record(serial) for serial in range(1, 5))), now=now, is_complete=True)

    assert (shrunk.ending, shrunk.before, shrunk.tally.good) == (Ending.SHRUNK, 10, 4)
    assert Study.objects.listed().count() == 10
    accepted = imported(
        jsonl(*(dull_record(serial) for serial in range(1, 5))),
        now=now,
        is_complete=True,
        accept_smaller=True,
    )
    assert (accepted.ending, accepted.absent) == (Ending.DONE, 6)


def test_a_complete_list_marks_what_it_lacks_and_a_later_one_lists_it_again(
    jsonl: Make, dull_record: Make, now: datetime
) -> None:
    imported(jsonl(*(dull_record(serial) for serial in range(1, 6))), now=now)
    shorter = jsonl(*(dull_record(serial) for serial in range(2, 6)))

    imported(shorter, now=now)
    assert Study.objects.listed().count() == 5

    assert imported(shorter, now=now, is_complete=True).absent == 1
    assert Study.objects.get(absent_since=now).number == "NCT00000001"

    imported(jsonl(*(dull_record(serial) for serial in range(1, 6))), now=now)
    assert Study.objects.listed().count() == 5
    assert RecordVersion.objects.count() == 5


def test_a_complete_list_in_several_files_counts_as_one(
    jsonl: Make, dull_record: Make, now: datetime
) -> None:
    files = [jsonl(dull_record(serial), name=f"{serial}.jsonl") for serial in (1, 2, 3)]

    report = imported(*files, now=now, is_complete=True)

    assert (report.ending, report.absent, Study.objects.listed().count()) == (Ending.DONE, 0, 3)


def test_a_complete_list_never_takes_away_most_studies_by_mistake(
    jsonl: Make, dull_record: Make, now: datetime
) -> None:
    imported(jsonl(*(dull_record(serial) for serial in range(1, 11))), now=now)

    report = imported(jsonl(dull_record(1), name="other.jsonl"), now=now, is_complete=True)

    assert report.ending is Ending.SHRUNK
    assert Study.objects.listed().count() == 10


def test_a_file_of_rubbish_does_not_fill_the_database(
    jsonl: Make, dull_record: Make, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MOST_PUT_ASIDE", 20)

    report = imported(jsonl(dull_record(1), *[b"{}"] * 50), now=now)

    assert (report.tally.quarantined, QuarantinedRecord.objects.count()) == (50, 20)
