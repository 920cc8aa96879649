"""The 7,026 real records: valid, none lost, given back as they came."""

import gzip
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest

from gravida.find.models import QuarantinedRecord, Study
from gravida.find.registry.export import raw_records
from gravida.find.registry.importer import import_files
from gravida.find.registry.verdict import Ending

pytestmark = [pytest.mark.slow, pytest.mark.needs_shared]
NAMES = ("ctgov_2023_6786.jsonl.gz", "real_v2_240.jsonl.gz")
# In both files, with different contents: the newer one of the two is kept as the newest.
IN_BOTH = "NCT00000410"
# Cut down by whoever made them into test fixtures: valid, but with hardly a module.
PARTIAL = {
    "NCT00465816": {"identificationModule", "referencesModule"},
    "NCT03453554": {"identificationModule"},
}


def records(shared_data: Path, name: str) -> list[dict[str, Any]]:
    text = gzip.decompress((shared_data / "registry" / name).read_bytes())
    return [orjson.loads(line) for line in text.splitlines()]


def number(record: dict[str, Any]) -> str:
    found: str = record["protocolSection"]["identificationModule"]["nctId"]
    return found


def test_every_real_record_keeps_to_the_registrys_schema(shared_data: Path) -> None:
    schema = json.loads((shared_data / "registry" / "api" / "study.schema.json").read_bytes())
    validator = jsonschema.validators.validator_for(schema)(schema)
    everything = [record for name in NAMES for record in records(shared_data, name)]

    wrong = [number(record) for record in everything if not validator.is_valid(record)]
    partial = {
        number(one): set(one["protocolSection"]) for one in everything if len(one["protocolSection"]) <= 2
    }

    print(f"{len(everything)} records, {len(wrong)} against the schema, partial: {sorted(partial)}")
    assert (len(everything), wrong, partial) == (7_026, [], PARTIAL)


@pytest.mark.django_db
def test_every_real_record_comes_in_and_goes_out_equal(shared_data: Path, now: datetime) -> None:
    everything = {number(record): record for name in NAMES for record in records(shared_data, name)}

    reports = import_files([shared_data / "registry" / name for name in NAMES], now=now)

    assert [report.ending for report in reports] == [Ending.DONE, Ending.DONE]
    assert QuarantinedRecord.objects.count() == 0
    out = {number(record): record for record in map(orjson.loads, raw_records())}
    assert len(out) == len(everything) == Study.objects.count() == 7_025
    differing = {one for one, record in out.items() if record != everything[one]}
    print(f"{len(out)} studies given back, differing from what came in: {sorted(differing)}")
    assert differing <= {IN_BOTH}
    if differing:
        assert out[IN_BOTH] in records(shared_data, NAMES[0])
