"""What the index reads of a record is what the pages read of it."""

import gzip
from pathlib import Path

import orjson
import pytest

from gravida.find.gazetteer import place_of_location
from gravida.find.record import read_record
from gravida.find.search.documents import entry, texts_of


@pytest.mark.needs_shared
@pytest.mark.slow
@pytest.mark.parametrize("file", ["ctgov_2023_6786.jsonl.gz", "real_v2_240.jsonl.gz"])
def test_the_index_reads_the_same_of_every_real_record_as_the_pages_do(shared_data: Path, file: str) -> None:
    with gzip.open(shared_data / "registry" / file) as lines:
        for line in lines:
            raw = orjson.loads(line)
            if not raw.get("protocolSection", {}).get("identificationModule", {}).get("nctId"):
                continue
            record, facts, texts = read_record(raw), entry(raw, study=1, version=2), texts_of(raw)

            assert facts.number == record.number
            assert (facts.status, facts.study_type, facts.sex) == (
                record.status,
                record.study_type,
                record.sex,
            )
            bounds = [
                -1 if age is None else age for age in (record.minimum_age_months, record.maximum_age_months)
            ]
            assert [facts.minimum_months, facts.maximum_months] == bounds
            assert bool(facts.updated) == bool(record.updated)
            assert texts.summary == record.brief_summary
            assert set(texts.numbers) >= {record.number, *record.other_numbers}
            assert {record.brief_title, record.official_title, *record.conditions} <= set(texts.head)
            assert {record.eligibility, record.detailed_description, record.sponsor} <= set(texts.body)
            placed = {
                index: place
                for index, location in enumerate(record.locations)
                if (
                    place := (location.latitude, location.longitude)
                    if location.latitude is not None
                    else place_of_location(
                        city=location.city,
                        state=location.state,
                        postcode=location.postcode,
                        country=location.country,
                    )
                )
            }
            assert [site.location for site in facts.sites] == list(placed)
