"""A registry record read into typed, cleaned fields."""

import copy
import gzip
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gravida.find.clean import LINE_LIMIT, TEXT_LIMIT
from gravida.find.record import PartialDate, StudyRecord, UnreadableRecord, read_record

BASE: dict[str, Any] = {"protocolSection": {"identificationModule": {"nctId": "NCT00000001"}}}


def record_with(module: str, **fields: Any) -> StudyRecord:
    raw = copy.deepcopy(BASE)
    raw["protocolSection"].setdefault(module, {}).update(fields)
    return read_record(raw)


def problems_of(record: StudyRecord) -> list[tuple[str, str]]:
    return [(problem.field.removeprefix("protocolSection."), problem.reason) for problem in record.problems]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, "null"),
        ([], "a list"),
        ("NCT00000001", "a text"),
        (3, "a number"),
        ({}, "no protocolSection"),
        ({"protocolSection": []}, "no protocolSection"),
        ({"protocolSection": {"identificationModule": {}}}, "registry number none"),
        ({"protocolSection": {"identificationModule": {"nctId": "NCT1"}}}, "registry number 'NCT1'"),
        ({"protocolSection": {"identificationModule": {"nctId": 7}}}, "registry number 7"),
        ({"protocolSection": {"identificationModule": {"nctId": "NCT00000001\x00"}}}, "registry number"),
        ({"FullStudiesResponse": {}}, "no protocolSection"),
    ],
)
def test_what_is_no_study_is_refused_with_what_was_found(raw: Any, reason: str) -> None:
    with pytest.raises(UnreadableRecord, match=reason.replace("(", r"\(")):
        read_record(raw)


@pytest.mark.parametrize(
    ("written", "read", "reason"),
    [
        ("Plain", "Plain", None),
        ("a\x00b", "ab", "control characters removed"),
        ("a\x1b[31mb", "a[31mb", "control characters removed"),
        ("a\x9bb", "ab", "control characters removed"),
        ("a\ud800b", "ab", "lone surrogates removed"),
        ("a\u202eb\u2066", "ab", "direction marks removed"),
        ("a\u200bb\ufeff\u00ad", "ab", "invisible characters removed"),
        ("e\u0301te\u0301", "été", None),
        (r"BMI \> 18 and \< 30, \*all\*", "BMI > 18 and < 30, *all*", None),
        (r"and\or", r"and\or", None),
        ("a &lt; b &amp; c &gte; d &#233;", "a < b & c ≥ d é", None),
        ("&#0;&#x202e;a", "a", "control characters removed"),
        ("two  spaces\r\nand lines ", "two spaces and lines", None),
        ("\uf062-hCG \uf0b3 25", "β-hCG ≥ 25", None),
        ("\u200b\u202e", "", "invisible characters removed"),
    ],
)
def test_a_line_is_cleaned_and_what_was_removed_is_named(written: str, read: str, reason: str | None) -> None:
    record = record_with("identificationModule", briefTitle=written)

    assert record.brief_title == read
    reasons = [found for _, found in problems_of(record)]
    assert reason in reasons if reason else reasons == []


def test_a_text_keeps_its_lines_and_their_indentation() -> None:
    record = record_with("eligibilityModule", eligibilityCriteria="Inclusion:\r\n  * a\r    - b\x0bc\u2028d")

    assert record.eligibility == "Inclusion:\n  * a\n    - b\nc\nd"


def test_texts_too_long_are_cut_and_named() -> None:
    record = record_with("descriptionModule", briefSummary="x" * 1_000_000)
    title = record_with("identificationModule", briefTitle="x" * 2_000)

    assert len(record.brief_summary) == TEXT_LIMIT
    assert problems_of(record) == [("descriptionModule.briefSummary", f"cut to {TEXT_LIMIT} characters")]
    assert len(title.brief_title) == LINE_LIMIT


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2022-10-24", True),
        ("2022-10", True),
        ("2024-02-29", True),
        ("2023-02-29", False),
        ("2022-02-30", False),
        ("2022-13", False),
        ("2022-00", False),
        ("0001-01-01", False),
        ("9999-12-31", False),
        ("2022", False),
        ("October 2022", False),
        ("2022-10-24T10:00", False),
        ("٢٠٢٢-10", False),
    ],
)
def test_only_dates_of_the_calendar_are_kept(written: str, kept: bool) -> None:
    record = record_with("statusModule", startDateStruct={"date": written, "type": "ESTIMATED"})

    assert record.started == (PartialDate(text=written, is_estimated=True) if kept else None)
    expected = [] if kept else [("statusModule.startDateStruct.date", "impossible date")]
    assert problems_of(record) == expected


@pytest.mark.parametrize(
    ("age", "minimum", "maximum"),
    [
        ("18 Years", 216, 227),
        ("1 Year", 12, 23),
        ("50 Years", 600, 611),
        ("6 Months", 6, 6),
        ("2 Weeks", 0, 0),
        ("8 Weeks", 1, 2),
        ("30 Days", 0, 0),
        ("31 Days", 1, 1),
        ("12 Hours", 0, 0),
        ("N/A", None, None),
    ],
)
def test_ages_become_inclusive_months(age: str, minimum: int | None, maximum: int | None) -> None:
    record = record_with("eligibilityModule", minimumAge=age, maximumAge=age)

    assert (record.minimum_age_months, record.maximum_age_months) == (minimum, maximum)
    assert record.problems == ()


@pytest.mark.parametrize(
    "age", ["eighteen", "-1 Years", "999 Years", "18", "18 Years and more", "18.5 Years"]
)
def test_an_impossible_age_is_no_limit_and_named(age: str) -> None:
    record = record_with("eligibilityModule", minimumAge=age)

    assert record.minimum_age_months is None
    assert problems_of(record) == [("eligibilityModule.minimumAge", "impossible age")]


@pytest.mark.parametrize(
    ("module", "fields", "problem"),
    [
        ("identificationModule", {"briefTitle": ["a"]}, ("identificationModule.briefTitle", "wrong type")),
        ("statusModule", {"overallStatus": "<script>"}, ("statusModule.overallStatus", "not a code")),
        ("statusModule", {"startDateStruct": "2022"}, ("statusModule.startDateStruct", "wrong type")),
        (
            "designModule",
            {"enrollmentInfo": {"count": True}},
            ("designModule.enrollmentInfo.count", "wrong type"),
        ),
        (
            "designModule",
            {"enrollmentInfo": {"count": -1}},
            ("designModule.enrollmentInfo.count", "impossible number"),
        ),
        ("conditionsModule", {"conditions": "a"}, ("conditionsModule.conditions", "wrong type")),
        ("conditionsModule", {"conditions": ["a", 1]}, ("conditionsModule.conditions[1]", "wrong type")),
        (
            "eligibilityModule",
            {"healthyVolunteers": "yes"},
            ("eligibilityModule.healthyVolunteers", "wrong type"),
        ),
        (
            "contactsLocationsModule",
            {"locations": [{"geoPoint": {"lat": 200, "lon": 0}}]},
            ("contactsLocationsModule.locations[0].geoPoint", "impossible place"),
        ),
        (
            "contactsLocationsModule",
            {"locations": ["Paris"]},
            ("contactsLocationsModule.locations[0]", "wrong type"),
        ),
        (
            "contactsLocationsModule",
            {"centralContacts": [{"email": "a@example.org?bcc=b@example.org"}]},
            ("contactsLocationsModule.centralContacts[0].email", "not an e-mail address"),
        ),
    ],
)
def test_a_wrong_field_is_left_out_and_named(
    module: str, fields: dict[str, Any], problem: tuple[str, str]
) -> None:
    record = record_with(module, **fields)

    assert problems_of(record) == [problem]


def test_a_whole_module_of_the_wrong_type_costs_only_itself() -> None:
    raw = copy.deepcopy(BASE)
    raw["protocolSection"]["statusModule"] = "RECRUITING"
    raw["protocolSection"]["conditionsModule"] = {"conditions": ["Miscarriage"]}
    raw["derivedSection"] = 5

    record = read_record(raw)

    assert record.conditions == ("Miscarriage",)
    assert {problem.field for problem in record.problems} == {
        "protocolSection.statusModule",
        "derivedSection",
    }


def test_null_counts_as_absent_and_nothing_absent_is_made_up() -> None:
    record = record_with("eligibilityModule", sex=None, minimumAge=None, healthyVolunteers=None)

    assert record == StudyRecord(number="NCT00000001")


def test_mesh_terms_and_their_ancestors_are_read_once_each() -> None:
    raw = copy.deepcopy(BASE)
    raw["derivedSection"] = {
        "conditionBrowseModule": {
            "meshes": [{"term": "Abortion, Habitual"}],
            "ancestors": [{"term": "Pregnancy Complications"}, {"term": "Abortion, Habitual"}],
        }
    }

    assert read_record(raw).condition_ancestors == ("Abortion, Habitual", "Pregnancy Complications")


def test_sites_keep_their_own_contacts_and_places() -> None:
    location = {
        "facility": "Hospital", "city": "Lyon", "zip": "69003", "country": "France", "status": "RECRUITING",
        "geoPoint": {"lat": 45.75, "lon": 4.85},
        "contacts": [{"name": "Research team", "role": "CONTACT", "phone": "0000", "phoneExt": "12"}],
    }  # fmt: skip

    (site,) = record_with("contactsLocationsModule", locations=[location]).locations

    assert (site.postcode, site.latitude, site.contacts[0].phone_extension) == ("69003", 45.75, "12")


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
_keys = st.sampled_from(
    [
        "nctId", "briefTitle", "overallStatus", "startDateStruct", "date", "type", "conditions",
        "locations", "geoPoint", "lat", "lon", "contacts", "email", "minimumAge", "enrollmentInfo", "count",
        "interventions", "primaryOutcomes", "measure",
        "orgStudyIdInfo", "id", "secondaryIdInfos", "leadSponsor", "name",
    ]
)  # fmt: skip
_modules = st.sampled_from(
    ["statusModule", "designModule", "conditionsModule", "contactsLocationsModule", "eligibilityModule",
     "outcomesModule", "armsInterventionsModule", "sponsorCollaboratorsModule", "descriptionModule"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(_modules, st.dictionaries(_keys, _json | st.lists(st.dictionaries(_keys, _json)))))
def test_no_value_anywhere_stops_a_record_that_has_its_number(modules: dict[str, Any]) -> None:
    raw = {"protocolSection": {"identificationModule": {"nctId": "NCT00000001"}, **modules}}

    record = read_record(raw)

    assert record.number == "NCT00000001"
    text = repr(record)
    assert "\\x00" not in text and "\\ud8" not in text and "\\u202e" not in text


@pytest.mark.slow
@pytest.mark.needs_shared
def test_real_records_hardly_need_cleaning(shared_data: Path) -> None:
    names = ("ctgov_2023_6786.jsonl.gz", "real_v2_240.jsonl.gz")
    texts = [gzip.decompress((shared_data / "registry" / name).read_bytes()) for name in names]
    raws = [orjson.loads(line) for text in texts for line in text.splitlines()]

    problems = sum(len(read_record(raw).problems) for raw in raws)

    print(f"{len(raws)} records, {problems} fields cleaned")
    assert problems <= 5
