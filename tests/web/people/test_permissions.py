"""Who may do what, and where: read from one table."""

from datetime import timedelta

import pytest

from gravida.web.people import words
from gravida.web.people.models import Membership
from gravida.web.people.permissions import (
    centres_of,
    forget_memberships,
    may,
    may_somewhere,
    needs_second_factor,
    within,
)
from gravida.web.people.roles import PERMISSIONS, Permission, Role
from tests.web.people.making import WHEN, give, make_person

READ = Permission.READ_MESSAGES
FALCO, OTHER = "NCT05557201", "NCT00000001"


@pytest.mark.parametrize(
    ("held", "asked", "answer"),
    [
        ((FALCO, "a"), (FALCO, "a"), True),
        ((FALCO, "a"), (FALCO, "b"), False),
        ((FALCO, "a"), (FALCO, ""), False),
        ((FALCO, ""), (FALCO, "a"), True),
        ((FALCO, ""), (FALCO, ""), True),
        ((FALCO, ""), (OTHER, "a"), False),
        ((FALCO, "a"), (OTHER, "a"), False),
    ],
)
def test_a_role_holds_where_it_was_given(
    db: None, held: tuple[str, str], asked: tuple[str, str], answer: bool
) -> None:
    person = make_person()
    give(person, Role.NURSE, study=held[0], centre=held[1])
    assert may(person, READ, study=asked[0], centre=asked[1]) is answer


def test_nobody_and_somebody_without_a_role_may_nothing(db: None) -> None:
    person = make_person()
    for permission in Permission:
        assert not may_somewhere(None, permission)
        assert not may_somewhere(person, permission)


def test_an_ended_role_and_a_disabled_person_may_nothing(db: None) -> None:
    person = make_person()
    role = give(person, Role.NURSE, study=FALCO, centre="a")
    assert centres_of(person, READ) == {(FALCO, "a")}
    # when the role ends
    Membership.objects.filter(pk=role.pk).update(ended_at=WHEN + timedelta(days=1))
    forget_memberships(person)
    assert centres_of(person, READ) == set()
    # and when a person who holds one is disabled
    give(person, Role.NURSE, study=FALCO, centre="b")
    person.disabled_at = WHEN
    assert centres_of(person, READ) == set()


def test_an_administrator_runs_the_site_and_reads_no_message(db: None) -> None:
    person = make_person()
    give(person, Role.ADMINISTRATOR)
    assert may(person, Permission.MANAGE_PEOPLE, study="", centre="")
    assert may(person, Permission.APPROVE_CONTACTS, study=FALCO, centre="a")
    assert not may_somewhere(person, READ)


def test_a_query_is_kept_to_the_centres_of_a_person(db: None) -> None:
    # given rows at three places (memberships themselves have a study and a centre)
    others = make_person("others@example.org")
    for study, centre in ((FALCO, "a"), (FALCO, "b"), (OTHER, "a")):
        give(others, Role.NURSE, study=study, centre=centre)
    rows = Membership.objects.filter(person=others)

    def seen(person: object) -> set[tuple[str, str]]:
        return set(rows.filter(within(person, READ)).values_list("study", "centre"))  # type: ignore[arg-type]

    # then each sees what is theirs
    one, whole, none = (make_person(f"{name}@example.org") for name in ("one", "whole", "none"))
    give(one, Role.NURSE, study=FALCO, centre="a")
    give(whole, Role.INVESTIGATOR, study=FALCO)
    assert seen(one) == {(FALCO, "a")}
    assert seen(whole) == {(FALCO, "a"), (FALCO, "b")}
    assert seen(none) == set()
    assert seen(None) == set()


def test_every_permission_has_its_line_in_the_table() -> None:
    assert set(PERMISSIONS) == set(Permission)
    assert all(PERMISSIONS.values())


@pytest.mark.parametrize(
    ("role", "wanted"),
    [
        (Role.ADMINISTRATOR, True),
        (Role.INVESTIGATOR, True),
        (Role.NURSE, True),
        (Role.RESEARCHER, True),
        (Role.EDITOR, False),
    ],
)
def test_who_sees_messages_or_cohort_data_needs_a_second_factor(db: None, role: Role, wanted: bool) -> None:
    person = make_person()
    give(person, role, study="" if role == Role.ADMINISTRATOR else FALCO)
    assert needs_second_factor(person) is wanted


def test_the_manual_holds_the_table_as_it_is() -> None:
    # given the table of the manual
    from pathlib import Path

    text = (Path(__file__).resolve().parents[3] / "docs/staff.md").read_text(encoding="utf-8")
    columns = [Role.ADMINISTRATOR, Role.INVESTIGATOR, Role.NURSE, Role.EDITOR, Role.RESEARCHER]
    # then it says of each role what the code says
    for permission, roles in PERMISSIONS.items():
        marks = " | ".join("yes" if role in roles else "" for role in columns)
        assert f"| {words.PERMISSION[permission]} | {marks} |" in text
