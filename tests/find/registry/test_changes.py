"""What changed between two versions of a record."""

from collections.abc import Callable
from typing import Any

import pytest

from gravida.find.record import StudyRecord, read_record
from gravida.find.registry.changes import CODES, changes_between

Make = Callable[..., Any]
SITE = {"facility": "Hospital", "city": "Lyon", "country": "France"}


def changed(dull_record: Make, **changes: Any) -> list[tuple[str, str, str]]:
    before, after = read_record(dull_record(1)), read_record(dull_record(1, **changes))
    return [(change.code, change.before, change.after) for change in changes_between(before, after)]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, []),
        ({"statusModule__overallStatus": "COMPLETED"}, [("status", "RECRUITING", "COMPLETED")]),
        ({"statusModule__startDateStruct": {"date": "2022-10"}}, [("started", "", "2022-10")]),
        ({"designModule__enrollmentInfo": {"count": 700}}, [("enrolment", "", "700")]),
        ({"designModule__enrollmentInfo": {"count": 0}}, [("enrolment", "", "0")]),
        ({"identificationModule__briefTitle": "Other"}, [("brief_title", "Study 1", "Other")]),
        ({"identificationModule__briefTitle": "Study\r\n1"}, []),
        ({"conditionsModule__conditions": ["A", "B"]}, [("conditions", "", "A\nB")]),
        ({"eligibilityModule__eligibilityCriteria": "Age 18"}, [("eligibility", "", "Age 18")]),
        (
            {"outcomesModule__primaryOutcomes": [{"measure": "Birth", "timeFrame": "2 years"}]},
            [("primary_outcomes", "", "Birth (2 years)")],
        ),
        ({"contactsLocationsModule__locations": []}, [("sites_removed", "Hospital, Lyon, France", "")]),
        (
            {"contactsLocationsModule__locations": [SITE, SITE | {"city": "Paris"}]},
            [("sites_added", "", "Hospital, Paris, France")],
        ),
        (
            {"contactsLocationsModule__locations": [SITE | {"status": "RECRUITING"}]},
            [("site_status", "Hospital, Lyon, France: ", "Hospital, Lyon, France: RECRUITING")],
        ),
        (
            {"contactsLocationsModule__centralContacts": [{"name": "Office", "email": "office@example.org"}]},
            [("contacts", "", "")],
        ),
    ],
)
def test_each_field_that_differs_is_told(changes: dict[str, Any], told: list[Any], dull_record: Make) -> None:
    assert changed(dull_record, **changes) == told


def test_every_change_has_a_listed_code_in_its_order(dull_record: Make) -> None:
    told = changed(
        dull_record,
        eligibilityModule={"sex": "ALL"},
        statusModule={},
        contactsLocationsModule={},
        conditionsModule={"conditions": ["A"]},
    )

    codes = [code for code, _, _ in told]
    assert codes == sorted(codes, key=CODES.index)
    assert len(set(CODES)) == len(CODES)


def test_two_empty_records_do_not_differ() -> None:
    assert changes_between(StudyRecord(number="NCT00000001"), StudyRecord(number="NCT00000001")) == []
