"""What administrators do with access, and what becomes of sessions and the trail."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from gravida.web.audit import trail
from gravida.web.audit.models import AuditEntry
from gravida.web.audit.reading import Asked, entries_for
from gravida.web.models import Mail
from gravida.web.people import actions_people
from gravida.web.people.actions_people import LastAdministrator, OwnAccess, Place, WrongPlace
from gravida.web.people.models import Membership, Person, StaffSession
from gravida.web.people.roles import Role
from tests.web.people.making import browser_of, give, make_person, make_staff

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
FALCO, HERE = "NCT05557201", Place("NCT05557201", "centre-1")


def _acts() -> list[str]:
    return list(AuditEntry.objects.order_by("number").values_list("action", flat=True))


def _give(person: Person, by: Person) -> None:
    actions_people.give_role(person=person, role=Role.EDITOR, place=Place(FALCO), by=by, at=NOW)


def _end(person: Person, by: Person) -> None:
    actions_people.end_role(membership=person.memberships.get(), by=by, at=NOW)


def _disable(person: Person, by: Person) -> None:
    actions_people.disable(person=person, by=by, at=NOW)


def _reset(person: Person, by: Person) -> None:
    actions_people.reset_second_factor(person=person, by=by, at=NOW)


@pytest.mark.parametrize(
    ("act", "recorded"),
    [
        (_give, "role.given"),
        (_end, "role.ended"),
        (_disable, "person.disabled"),
        (_reset, "second_factor.reset"),
    ],
)
def test_a_change_of_access_ends_every_session_and_is_recorded(
    db: None, act: Callable[[Person, Person], object], recorded: str
) -> None:
    # given a nurse signed in in two browsers
    nurse, administrator = make_staff(Role.NURSE), make_staff(Role.ADMINISTRATOR)
    browsers = [browser_of(nurse), browser_of(nurse)]
    # when her access is changed
    act(nurse, administrator)
    # then both are signed out at their next request, and the trail says by whom
    assert [browser.get("/en/staff/").status_code for browser in browsers] == [303, 303]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by, entry.about) == (recorded, administrator, f"people.person:{nurse.pk}")


def test_a_changed_password_ends_the_other_sessions_and_renews_this_one(db: None) -> None:
    nurse = make_staff(Role.NURSE, password="tulip camion nuage 42")
    here, there = browser_of(nurse), browser_of(nurse)
    before = here.cookies["gravida-staff"].value
    new = "une girafe au plafond"
    here.post(
        "/en/staff/account/password/",
        {"current_password": "tulip camion nuage 42", "new_password": new, "again": new},
    )
    assert here.get("/en/staff/").status_code == 200
    assert here.cookies["gravida-staff"].value != before
    assert there.get("/en/staff/").status_code == 303
    assert _acts() == ["password.set"]
    assert Mail.objects.get().kind == "staff.changed"


def test_a_role_given_twice_is_held_once(db: None) -> None:
    nurse = make_staff(Role.NURSE)
    for _ in range(2):
        actions_people.give_role(person=nurse, role=Role.NURSE, place=Place(FALCO, "b"), by=None, at=NOW)
    assert nurse.memberships.count() == 2
    assert _acts() == ["role.given"]


def test_the_last_administrator_stays(db: None) -> None:
    first, second = make_staff(Role.ADMINISTRATOR), make_staff(Role.ADMINISTRATOR, email="b@example.org")
    actions_people.disable(person=second, by=first, at=NOW)
    with pytest.raises(LastAdministrator):
        actions_people.disable(person=first, by=None, at=NOW)
    with pytest.raises(LastAdministrator):
        actions_people.end_role(membership=first.memberships.get(), by=None, at=NOW)
    assert Person.objects.active().get() == first
    assert _acts() == ["person.disabled"]


def test_nobody_changes_their_own_access(db: None) -> None:
    person = make_staff(Role.ADMINISTRATOR)
    with pytest.raises(OwnAccess):
        actions_people.give_role(person=person, role=Role.NURSE, place=HERE, by=person, at=NOW)
    with pytest.raises(OwnAccess):
        actions_people.disable(person=person, by=person, at=NOW)
    # nor by a page
    browser = browser_of(person)
    answer = browser.post(f"/en/staff/people/{person.pk}/disable/")
    assert "another administrator" in answer.content.decode()
    assert browser.get("/en/staff/").status_code == 200


@pytest.mark.parametrize(
    ("role", "place"),
    [(Role.ADMINISTRATOR, HERE), (Role.NURSE, Place()), (Role.NURSE, Place("", "centre-1"))],
)
def test_a_role_has_its_place(db: None, role: Role, place: Place) -> None:
    with pytest.raises(WrongPlace):
        actions_people.give_role(person=make_person(), role=role, place=place, by=None, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(
            person=make_person("b@example.org"), role="nurse", study="", centre="", given_at=NOW
        )


def test_extra_fields_of_a_form_change_nothing(db: None) -> None:
    # given the form of the language, filled with every field of a person
    nurse = make_staff(Role.NURSE)
    before = {name: getattr(nurse, name) for name in ("email", "name", "password", "disabled_at")}
    fields = {
        "language": "fr", "email": "x@example.org", "name": "X", "password": "x", "role": "administrator",
        "is_active": "1", "disabled_at": "2026-01-01", "id": "1", "person": "1",
    }  # fmt: skip
    browser_of(nurse).post("/en/staff/account/language/", fields)
    # then the language alone is changed
    nurse.refresh_from_db()
    assert nurse.language == "fr"
    assert {name: getattr(nurse, name) for name in before} == before
    assert nurse.memberships.get().role == Role.NURSE


def test_somebody_elses_session_is_not_found(db: None) -> None:
    browser, other = browser_of(make_staff(Role.NURSE)), make_staff(Role.INVESTIGATOR)
    browser_of(other)
    theirs = StaffSession.objects.get(person=other)
    assert browser.post(f"/en/staff/account/sessions/{theirs.pk}/end/").status_code == 404
    assert not theirs.is_over(at=timezone.now())


def test_ones_own_other_browser_can_be_signed_out(db: None) -> None:
    nurse = make_staff(Role.NURSE)
    here = browser_of(nurse)
    there = browser_of(nurse)
    number = StaffSession.objects.order_by("-pk").values_list("pk", flat=True)[0]
    assert here.post(f"/en/staff/account/sessions/{number}/end/").status_code == 302
    assert there.get("/en/staff/").status_code == 303
    assert here.get("/en/staff/").status_code == 200


def test_addresses_are_unique_however_they_are_typed(db: None) -> None:
    make_person("Nurse@Example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_person(" nurse@example.ORG")


def test_investigators_read_the_trail_of_their_own_study_and_centre(db: None) -> None:
    # given acts of three places
    for study, centre in ((FALCO, "a"), (FALCO, "b"), ("", "")):
        trail.record(action="thing.done", by=None, at=NOW, about="x", study=study, centre=centre)
    here = make_person("a@example.org")
    give(here, Role.INVESTIGATOR, study=FALCO, centre="a")
    # then each reads what is theirs
    assert [entry.centre for entry in entries_for(here, Asked())] == ["a"]
    assert entries_for(make_staff(Role.ADMINISTRATOR), Asked()).count() == 3
    assert entries_for(make_staff(Role.NURSE), Asked()).count() == 0


def test_the_trails_page_narrows_by_person_act_and_days_and_has_pages(db: None) -> None:
    administrator, nurse = make_staff(Role.ADMINISTRATOR), make_staff(Role.NURSE, name="Nora Example")
    for number in range(60):
        trail.record(
            action="thing.done", by=nurse if number % 2 else None, at=NOW, about="x", reason="said so"
        )
    trail.record(action="role.given", by=administrator, at=NOW, about=nurse)
    browser = browser_of(administrator)

    def rows(query: str) -> int:
        return len(browser.get(f"/en/staff/audit/?{query}").context["rows"])

    assert rows("") == 50
    assert rows("page=2") == 11
    assert rows(f"by={nurse.pk}") == 30
    assert rows("action=role") == 1
    assert rows("since=2026-11-03&until=2026-11-03&page=2") == 11
    assert rows("since=2026-11-04") == 0
    assert rows("since=nonsense&by=999&page=x") == 50
    assert "said so" in browser.get("/en/staff/audit/").content.decode()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_end_each_other_at_once() -> None:
    # given two administrators
    for turn in range(10):
        pair = [make_staff(Role.ADMINISTRATOR, email=f"{turn}-{side}@example.org") for side in "ab"]
        Membership.objects.exclude(person__in=pair).filter(ended_at=None).update(ended_at=timezone.now())

        def end(person: Person) -> bool:
            try:
                return actions_people.disable(person=person, by=None, at=NOW)
            except LastAdministrator:
                return False
            finally:
                connections.close_all()

        # when each is disabled at the same moment
        with ThreadPoolExecutor(2) as pool:
            ended = list(pool.map(end, pair))
        # then one is left
        assert sorted(ended) == [False, True]
        assert Membership.objects.current().filter(role=Role.ADMINISTRATOR).count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_code_sent_twenty_times_at_once_is_taken_once() -> None:
    import pyotp

    from gravida.web.people import second_factor
    from tests.web.people.making import SECRET

    nurse = make_staff(Role.NURSE)
    codes = second_factor.new_recovery_codes(nurse)
    for code in (pyotp.TOTP(SECRET).at(NOW), codes[0]):

        def use(typed: str) -> bool:
            try:
                second_factor.check(nurse, typed, at=NOW)
            except second_factor.WrongCode:
                return False
            finally:
                connections.close_all()
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(use, [code] * 20)) == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_hundred_guesses_at_once_reach_the_hash_ten_times(monkeypatch: pytest.MonkeyPatch) -> None:
    from gravida.web.limits import TooMany
    from gravida.web.people import actions_sign_in, passwords
    from gravida.web.people.throttle import Origin

    make_staff(Role.NURSE)
    reached: list[int] = []
    monkeypatch.setattr(passwords, "check_password", lambda *_: reached.append(1) or False)

    def guess(number: int) -> None:
        try:
            actions_sign_in.give_password(
                email="nurse@example.org", password="wrong", origin=Origin(network=f"n{number}"), at=NOW
            )
        except (TooMany, actions_sign_in.WrongPassword):
            pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(guess, range(200)))
    assert len(reached) == 10
