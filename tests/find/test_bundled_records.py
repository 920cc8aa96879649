"""The records that ship with Gravida say what was read, nothing else, in words that hurt nobody."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gravida.find.gazetteer import place_of_location
from gravida.find.record import read_record

STUDIES = Path(__file__).resolve().parents[2] / "studies"
FALCO = STUDIES / "falco" / "record.json"
FALCO_2022 = STUDIES / "falco" / "records" / "2022-09.json"


def load(path: Path) -> Any:
    """A bundled file."""
    return json.loads(path.read_text(encoding="utf-8"))


RELATED = load(STUDIES / "related.json")["studies"]
ALL = [load(FALCO), load(FALCO_2022), *RELATED]


def number_of(record: dict[str, Any]) -> str:
    """A record's registry number."""
    return str(record["protocolSection"]["identificationModule"]["nctId"])


def fields_of(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every plain value of a record, with its dotted path."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from fields_of(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from fields_of(inner, path)
    else:
        yield path, value


# --- FALCO ------------------------------------------------------------------------------------------------

FACTS = [  # field | now | September 2022; None: not read, hence absent
    ("identificationModule.nctId", "NCT05557201", "NCT05557201"),
    ("identificationModule.acronym", "FALCO", "FALCO"),
    ("identificationModule.orgStudyIdInfo.id", "APHP220747", "APHP220747"),
    ("statusModule.overallStatus", "RECRUITING", "NOT_YET_RECRUITING"),
    ("statusModule.statusVerifiedDate", None, "2022-09"),
    ("statusModule.startDateStruct.date", "2022-10-24", "2022-10"),
    ("statusModule.completionDateStruct.date", "2029-10-31", "2025-10"),
    ("statusModule.lastUpdatePostDateStruct.date", "2025-12-19", None),
    ("sponsorCollaboratorsModule.leadSponsor.name", *["Assistance Publique - Hôpitaux de Paris"] * 2),
    ("sponsorCollaboratorsModule.leadSponsor.class", "OTHER", "OTHER"),
    ("conditionsModule.conditions", ["Miscarriage", "Early Pregnancy Loss"], ["Miscarriage"]),
    ("designModule.studyType", "OBSERVATIONAL", "OBSERVATIONAL"),
    ("designModule.enrollmentInfo.count", 700, 500),
    (
        "armsInterventionsModule.interventions",
        None,
        [{"type": "BIOLOGICAL", "name": "Lymphocyte immunophenotyping"}],
    ),
    ("eligibilityModule.sex", "FEMALE", None),
    ("eligibilityModule.minimumAge", "18 Years", None),
    ("eligibilityModule.maximumAge", "50 Years", None),
    ("descriptionModule.detailedDescription", ..., None),
    ("outcomesModule", None, None),
    ("contactsLocationsModule", None, None),
    ("conditionsModule.keywords", None, None),
    ("designModule.designInfo", None, None),
]


def found(record: dict[str, Any], path: str) -> Any:
    """The value at a dotted path of a record's protocol; None where it is absent."""
    value: Any = record["protocolSection"]
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


@pytest.mark.parametrize(("path", "now", "in_2022"), FACTS)
def test_falco_says_what_was_read_then_and_now(path: str, now: Any, in_2022: Any) -> None:
    for record, expected in ((load(FALCO), now), (load(FALCO_2022), in_2022)):
        value = found(record, path)
        assert value if expected is ... else value == expected


def criteria() -> tuple[list[str], list[str]]:
    """FALCO's inclusion and exclusion criteria, a line each."""
    inclusion, exclusion = found(load(FALCO), "eligibilityModule.eligibilityCriteria").split(
        "Exclusion Criteria:"
    )
    return tuple(
        [line[2:] for line in part.splitlines() if line.startswith("* ")] for part in (inclusion, exclusion)
    )  # type: ignore[return-value]


def test_falco_keeps_its_four_inclusion_and_three_exclusion_criteria() -> None:
    inclusion, exclusion = criteria()

    assert [len(inclusion), len(exclusion)] == [4, 3]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (0, ["18 to 50 years"]),
        (
            1,
            [
                "3 or more",
                "early",
                "before 14 weeks of amenorrhoea",
                "and/or at least 3 implantation failures",
            ],
        ),
        (2, ["information", "not objected"]),
        (3, ["social security"]),
    ],
)
def test_no_condition_of_the_inclusion_criteria_is_lost(line: int, words: list[str]) -> None:
    for word in words:
        assert word in criteria()[0][line]


@pytest.mark.parametrize(("line", "word"), [(0, "use of her data"), (1, "AME"), (2, "legal protection")])
def test_no_condition_of_the_exclusion_criteria_is_lost(line: int, word: str) -> None:
    assert word in criteria()[1][line]


def test_implantation_failure_is_told_now_and_was_not_seen_in_2022() -> None:
    assert "mplantation failure" in found(load(FALCO), "descriptionModule.briefSummary")
    assert "mplantation" not in found(load(FALCO_2022), "descriptionModule.briefSummary")


def words_of(text: str) -> list[str]:
    """The words of a text, without case or punctuation."""
    return re.findall(r"[a-z0-9]+", text.lower())


@pytest.mark.needs_shared
@pytest.mark.parametrize("path", [FALCO, FALCO_2022], ids=["now", "2022"])
def test_no_sentence_is_copied_from_the_source(path: Path, shared_data: Path) -> None:
    source = words_of((shared_data / "seed_page.txt").read_text(encoding="utf-8"))
    phrases = {tuple(source[start : start + 8]) for start in range(len(source))}
    ours = " ".join(
        str(found(load(path), f"{field}") or "")
        for field in (
            "descriptionModule.briefSummary",
            "descriptionModule.detailedDescription",
            "eligibilityModule.eligibilityCriteria",
        )
    )

    words = words_of(ours)
    copied = [
        " ".join(words[start : start + 8])
        for start in range(len(words))
        if tuple(words[start : start + 8]) in phrases
    ]

    assert copied == []


# --- Related studies --------------------------------------------------------------------------------------


def test_there_are_enough_related_studies_some_open_and_some_in_france() -> None:
    recruiting = [record for record in RELATED if found(record, "statusModule.overallStatus") == "RECRUITING"]
    in_france = [
        record
        for record in RELATED
        if any(
            place["country"] == "France" for place in found(record, "contactsLocationsModule.locations") or ()
        )
    ]

    assert len(RELATED) >= 12
    assert len(recruiting) >= 5
    assert len(in_france) >= 2


def test_each_related_study_has_its_own_number_title_and_status() -> None:
    numbers = [number_of(record) for record in RELATED]

    assert len(set(numbers)) == len(numbers)
    assert "NCT05557201" not in numbers
    for record in RELATED:
        assert re.fullmatch(r"NCT\d{8}", number_of(record))
        assert found(record, "identificationModule.briefTitle")
        assert found(record, "statusModule.overallStatus")


@pytest.mark.parametrize("record", RELATED, ids=number_of)
def test_each_related_study_names_the_source_of_its_facts(record: dict[str, Any]) -> None:
    lines = [
        line
        for line in (STUDIES / "README.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    ]
    status = (
        found(record, "statusModule.overallStatus")
        .replace("_", " ")
        .replace("ACTIVE NOT", "ACTIVE, NOT")
        .lower()
    )
    updated = found(record, "statusModule.lastUpdatePostDateStruct.date") or ""

    (line,) = [line for line in lines if line.startswith(f"| {number_of(record)} ")]

    assert f"| {status}" in line
    assert updated in line


def test_related_studies_are_facts_without_descriptions() -> None:
    for record in RELATED:
        assert "descriptionModule" not in record["protocolSection"]
        assert "eligibilityCriteria" not in record["protocolSection"].get("eligibilityModule", {})


def test_the_towns_of_related_studies_are_placed() -> None:
    towns = [
        place
        for record in RELATED
        for place in found(record, "contactsLocationsModule.locations") or ()
        if "city" in place
    ]

    assert len(towns) >= 3
    for town in towns:
        assert place_of_location(city=town["city"], state="", postcode="", country=town["country"]), town


# --- All of them ------------------------------------------------------------------------------------------


@pytest.mark.needs_shared
@pytest.mark.parametrize("record", ALL, ids=number_of)
def test_a_bundled_record_is_valid_against_the_registrys_schema(
    record: dict[str, Any], shared_data: Path
) -> None:
    schema = json.loads((shared_data / "registry" / "api" / "study.schema.json").read_text(encoding="utf-8"))

    assert [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(record)] == []


@pytest.mark.parametrize("record", ALL, ids=number_of)
def test_a_bundled_record_is_read_without_anything_to_clean(record: dict[str, Any]) -> None:
    assert read_record(record).problems == ()


@pytest.mark.parametrize("record", ALL, ids=number_of)
def test_a_bundled_record_names_no_person_and_carries_no_contact(record: dict[str, Any]) -> None:
    telephone = re.compile(r"(?:\+|\b0)\d[\d .()-]{7,}\d")
    for path, value in fields_of(record):
        assert not re.search(
            r"contact(?!sLocations)|official(?!Title)|responsibleParty|phone|email|investigator",
            path,
            re.IGNORECASE,
        ), path
        assert "@" not in str(value), path
        assert not re.search(r"\b(?:Dr|Prof|MD|PhD)\b", str(value)), path
        assert path.endswith(("id", "date", "Date")) or not telephone.search(str(value)), path


# Titles are the registry's: a fact, whatever its words.
OURS = [
    (number_of(record), path, value)
    for record in ALL
    for path, value in fields_of(record)
    if not path.endswith(("briefTitle", "officialTitle"))
] + [("README", "", (STUDIES / "README.md").read_text(encoding="utf-8"))]


@pytest.mark.parametrize(
    "word", ["abortion", "recidivi", "habitual", "failure of the woman", "failure of the mother"]
)
def test_words_that_hurt_are_in_no_sentence_of_ours(word: str) -> None:
    assert [(number, path) for number, path, value in OURS if word in str(value).lower()] == []
