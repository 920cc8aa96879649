"""Studies to search: dull, valid records in which a test states only what matters to it."""

import itertools
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from gravida.find.models import RecordVersion, Study
from gravida.find.record import read_record
from gravida.find.search import serving, upkeep
from gravida.find.search.engine import search
from gravida.find.search.request import SearchRequest, SearchResult

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

AddStudy = Callable[..., Study]
Find = Callable[..., SearchResult]


@pytest.fixture(autouse=True)
def index_folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """An index of its own for each test, and no study folders but those it writes."""
    settings.SEARCH_INDEX = tmp_path / "search"
    settings.STUDIES = tmp_path / "studies"
    serving.forget()
    yield settings.SEARCH_INDEX
    serving.wait_for_rebuild(30)
    serving.forget()


def raw_record(number: str, **fields: Any) -> dict[str, Any]:
    """A record of the registry. `points`: locations as (latitude, longitude); None: a town nobody knows."""
    locations = [
        {"city": "Nowhere", "country": "Atlantis"}
        if point is None
        else {"city": "Somewhere", "country": "France", "geoPoint": {"lat": point[0], "lon": point[1]}}
        for point in fields.get("points", ())
    ]
    eligibility = {
        "eligibilityCriteria": fields.get("eligibility", ""),
        "sex": fields.get("sex", "ALL"),
        "minimumAge": fields.get("minimum_age"),
        "maximumAge": fields.get("maximum_age"),
    }
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": number,
                "briefTitle": fields.get("title", "A study"),
                "orgStudyIdInfo": {"id": fields.get("sponsor_number", "")},
            },
            "statusModule": {
                "overallStatus": fields.get("status", "RECRUITING"),
                "lastUpdatePostDateStruct": {"date": fields.get("updated", "2026-01-15")},
            },
            "descriptionModule": {"briefSummary": fields.get("summary", "")},
            "conditionsModule": {
                "conditions": fields.get("conditions", []),
                "keywords": fields.get("keywords", []),
            },
            "designModule": {"studyType": fields.get("study_type", "INTERVENTIONAL")},
            "eligibilityModule": {name: value for name, value in eligibility.items() if value is not None},
            "contactsLocationsModule": {"locations": locations},
        }
    }


@pytest.fixture
def add_study(db: None) -> AddStudy:
    """Write a study, or a newer version of it, to the database; the index does not know of it yet."""
    numbers = (f"NCT{place:08d}" for place in itertools.count(10_000_001))

    def add(title: str = "A study", *, number: str = "", **fields: Any) -> Study:
        raw = raw_record(number or next(numbers), title=title, **fields)
        record = read_record(raw)
        study, _ = Study.objects.get_or_create(number=record.number)
        study.title, study.status = record.brief_title, record.status
        study.updated_on = (
            datetime.fromisoformat(f"{record.updated.text}-01"[:10]).date() if record.updated else None
        )
        study.current_version = RecordVersion.objects.create(
            study=study, sha256="0" * 64, fetched_at=NOW, source="file", body=zlib.compress(orjson.dumps(raw))
        )
        study.save()
        return study

    return add


@pytest.fixture
def find(add_study: AddStudy) -> Find:
    """Search what the database holds: the index is brought up to date first."""

    def run(words: str = "", **criteria: Any) -> SearchResult:
        upkeep.update()
        return search(SearchRequest(words=words, **criteria), now=NOW)

    return run


def numbers(result: SearchResult) -> list[str]:
    """The registry numbers of the hits, in order."""
    return [hit.number for hit in result.hits]
