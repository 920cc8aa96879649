"""Thirty hostile records among a thousand good ones: the good come in, the others are dealt with."""

import copy
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gravida.find.models import QuarantinedRecord, Study
from gravida.find.registry.importer import import_files
from gravida.find.registry.verdict import Ending
from tests.cpu import cpu_seconds

pytestmark = pytest.mark.django_db

Make = Callable[..., Any]
HEAD = '{"protocolSection": {"identificationModule": {"nctId": "NCT9%07d", "briefTitle": '


def broken(serial: int, rest: str) -> bytes:
    """A record with a good beginning and the given rest, starting with its title."""
    return (HEAD % serial + rest).encode("utf-8", "surrogatepass")


# Put aside: no strict JSON, or no study.
PUT_ASIDE = {
    "NaN": broken(1, '"x"}, "a": NaN}}'),
    "Infinity": broken(2, '"x"}, "a": -Infinity}}'),
    "a number of 5,000 digits": broken(3, f'"x"}}, "a": {"9" * 5_000}}}}}'),
    "a number beyond all floats": broken(4, '"x"}, "a": 1e9999}}'),
    "the number given twice": broken(5, '"x", "nctId": "NCT00000001"}}}'),
    "deep nesting": broken(6, f'"x"}}, "a": {"[" * 3_000}{"]" * 3_000}}}}}'),
    "deep nesting, not closed": broken(7, f'"x"}}, "a": {"[" * 3_000}'),
    "a quote missing": broken(8, '"x}, "a": "b"}}'),
    "a brace missing": broken(9, '"x"}'),
    "a raw control character": broken(10, '"x\x01y"}}}'),
    "bytes that are not UTF-8": broken(11, '"') + b'\xff\xfe"}}}',
    "an encoded surrogate": broken(12, '"\ud800"}}}'),
    "no number": b'{"protocolSection": {"identificationModule": {}}}',
    "a number that is none": b'{"protocolSection": {"identificationModule": {"nctId": "NCT1; DROP TABLE"}}}',
    "a number that is a list": b'{"protocolSection": {"identificationModule": {"nctId": ["NCT00000001"]}}}',
    "a list for a record": b'["NCT00000001"]',
    "an old version's shape": b'{"Study": {"ProtocolSection": {}}}',
    "null": b"null",
    "single quotes": b"{'protocolSection': {}}",
    "a comment": broken(13, '"x" /* y */}}}'),
}
# Comes in, cleaned: title -> what becomes of it.
TITLES = {
    "a null character": ("\x00Title", "Title"),
    "a lone surrogate": ("Ti\ud800tle", "Title"),
    "a text turned round": ("\u202eTitle\u202c", "Title"),
    "nothing that can be seen": ("\u200b\u200d", ""),
    "terminal commands": ("\x1b[2JTitle\x07", "[2JTitle"),
    "ten million signs": ("<" * 10_000_000, "<" * 1_000),
}
# Comes in, the field left out.
FIELDS = {
    "the year 0001": {"statusModule__startDateStruct__date": "0001-01-01"},
    "the 30th of February": {"statusModule__startDateStruct__date": "2022-02-30"},
    "a status that is a script": {"statusModule__overallStatus": "<script>alert(1)</script>"},
    "a site that is a number": {"contactsLocationsModule__locations": [7, {"geoPoint": {"lat": 1e300}}]},
}


def hostile_records(dull_record: Make) -> list[bytes]:
    titled = [
        dull_record(91_000_000 + serial, identificationModule__briefTitle=title)
        for serial, (title, _) in enumerate(TITLES.values())
    ]
    fielded = [dull_record(92_000_000 + serial, **fields) for serial, fields in enumerate(FIELDS.values())]
    return [*PUT_ASIDE.values(), *(json.dumps(one).encode() for one in [*titled, *fielded])]


@pytest.mark.parametrize("shape", ["lines", "list"])
def test_thirty_hostile_records_cost_no_good_one(
    shape: str, dull_record: Make, now: datetime, tmp_path: Path
) -> None:
    good = [json.dumps(dull_record(serial)).encode() for serial in range(1, 1_001)]
    mixed = copy.copy(good)
    for place, record in enumerate(hostile_records(dull_record)):
        mixed.insert(33 * place + 1, record)
    path = tmp_path / "feed"
    path.write_bytes(b"\n".join(mixed) if shape == "lines" else b"[" + b",".join(mixed) + b"]")

    (report,) = import_files([path], now=now)

    assert report.ending is Ending.DONE
    assert Study.objects.filter(number__lt="NCT00001001").count() == 1_000
    assert Study.objects.count() == 1_010
    assert QuarantinedRecord.objects.count() == len(PUT_ASIDE) == 20
    assert all(row.reason for row in QuarantinedRecord.objects.all())
    for serial, (_, cleaned) in enumerate(TITLES.values()):
        study = Study.objects.with_record().get(number=f"NCT{91_000_000 + serial}")
        assert (study.record.brief_title, bool(study.record.problems)) == (cleaned, True)
    for serial in range(len(FIELDS)):
        study = Study.objects.with_record().get(number=f"NCT{92_000_000 + serial}")
        assert study.record.problems
        assert study.record.started is None


@pytest.mark.slow
def test_hostile_records_take_less_time_than_the_good_ones(
    dull_record: Make, now: datetime, tmp_path: Path
) -> None:
    text = "Criteria and more words of a usual length. " * 150
    good = [
        json.dumps(dull_record(serial, eligibilityModule__eligibilityCriteria=text)).encode()
        for serial in range(1, 1_001)
    ]
    hostile = [one for one in hostile_records(dull_record) if len(one) < 1_000_000]
    seconds = []
    for name, records in (("good", good), ("mixed", good + hostile)):
        path = tmp_path / name
        path.write_bytes(b"\n".join(records).replace(b"NCT0", b"NCT7" if name == "good" else b"NCT8"))
        seconds.append(cpu_seconds(lambda: import_files([path], now=now)))  # noqa: B023

    print(f"1,000 good records {seconds[0]:.2f} s of CPU, with the hostile ones {seconds[1]:.2f} s")
    assert seconds[1] < 2 * seconds[0]
