"""Invitations and resets: single-use links, pages that change nothing until a POST, equal answers."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from gravida.web.models import Mail, OneTimeLink
from gravida.web.people import actions_people
from gravida.web.people.actions_people import Place
from gravida.web.people.models import Person, StaffSession
from gravida.web.people.roles import Role
from tests.cpu import cpu_seconds
from tests.web.people.making import browser_of, make_person, make_staff

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
NEW = "une girafe au plafond"


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def _invite(**fields: object) -> str:
    invited = actions_people.invite(
        **{"email": "new@example.org", "name": "New Person", "language": "en", "role": Role.NURSE,
           "place": Place("NCT05557201", "centre-1"), "by": None, "at": NOW, **fields},  # type: ignore[arg-type]
    )  # fmt: skip
    return "/" + invited.link.split("/", 3)[3]


def _ask(email: str = "nurse@example.org", **more: str):
    return Client(**more).post("/en/staff/password/", {"email": email})


def _path_in(mail: Mail) -> str:
    link = re.search(r"https?://[^/]+(/\S+)", mail.text)
    assert link
    return link[1]


def _set(path: str, password: str = NEW):
    return Client().post(path, {"new_password": password, "again": password})


def test_a_look_at_a_link_changes_nothing(db: None, clock: object) -> None:
    # given an invitation that a mail scanner opens three times
    path = _invite()
    for _ in range(3):
        assert Client().get(path).status_code == 200
    # then it still works, once
    assert _set(path).headers["Location"] == "/en/staff/sign-in/?notice=password"
    assert Person.objects.get().has_usable_password()
    assert "does not work any more" in _set(path).content.decode()


@pytest.mark.parametrize(("hours", "works"), [(71.9, True), (72, False)])
def test_an_invitation_lives_three_days(db: None, clock: object, hours: float, works: bool) -> None:
    path = _invite()
    clock.shift(timedelta(hours=hours))  # type: ignore[attr-defined]
    assert (_set(path).status_code == 303) is works


@pytest.mark.parametrize(("minutes", "works"), [(59, True), (60, False)])
def test_a_reset_lives_an_hour(db: None, clock: object, minutes: int, works: bool) -> None:
    make_staff(Role.NURSE, password="the old password it was")
    _ask()
    clock.shift(timedelta(minutes=minutes))  # type: ignore[attr-defined]
    assert (_set(_path_in(Mail.objects.get())).status_code == 303) is works


def test_a_link_for_one_purpose_opens_no_other_and_a_newer_one_voids_it(db: None, clock: object) -> None:
    make_staff(Role.NURSE, password="the old password it was")
    _ask()
    first = _path_in(Mail.objects.get())
    assert "does not work" in Client().get(first.replace("/reset/", "/welcome/")).content.decode()
    clock.shift(timedelta(minutes=5))  # type: ignore[attr-defined]
    _ask()
    assert "does not work" in Client().get(first).content.decode()
    assert OneTimeLink.objects.count() == 1


def test_a_weak_password_leaves_the_link_as_it_was(db: None, clock: object) -> None:
    path = _invite()
    assert "among the first" in _set(path, "motdepasse12345").content.decode()
    assert "At least 15" in Client().get(path).content.decode()
    assert _set(path).status_code == 303


def test_a_reset_ends_every_session_and_does_not_pass_by_the_second_step(db: None, clock: object) -> None:
    # given a nurse signed in in two browsers
    person = make_staff(Role.NURSE, password="the old password it was")
    browsers = [browser_of(person), browser_of(person)]
    _ask()
    # when she sets a new password by the link
    _set(_path_in(Mail.objects.get()))
    # then both are signed out, and the new password alone opens nothing
    assert [browser.get("/en/staff/").status_code for browser in browsers] == [303, 303]
    browser = Client()
    answer = browser.post("/en/staff/sign-in/", {"email": person.email, "password": NEW})
    assert answer.headers["Location"].startswith("/en/staff/sign-in/code/")
    assert StaffSession.objects.open().get().stage == StaffSession.Stage.CODE
    # and she is told by mail
    assert Mail.objects.filter(kind="staff.changed").count() == 1


def test_asking_is_answered_alike_for_known_and_unknown(db: None, clock: object) -> None:
    make_staff(Role.NURSE, password="the old password it was")
    make_person("disabled@example.org", disabled_at=NOW)
    answers = [_ask(email) for email in ("nurse@example.org", "disabled@example.org", "nobody@example.org")]
    plain = {re.sub(rb'value="[A-Za-z0-9]{64}"', b"", answer.content) for answer in answers}
    assert len(plain) == 1
    assert {answer.status_code for answer in answers} == {200}
    assert Mail.objects.count() == 1
    assert OneTimeLink.objects.count() == 1


@pytest.mark.slow
def test_asking_costs_the_same_for_known_and_unknown(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from gravida.web.people import actions_account
    from gravida.web.people.throttle import Origin

    monkeypatch.setattr(actions_account, "spend_link", lambda **_: None)
    make_staff(Role.NURSE, password="the old password it was")
    spent: dict[str, list[float]] = {"nurse@example.org": [], "nobody@example.org": []}
    for turn in range(80):
        for email, times in spent.items():
            at = NOW + timedelta(seconds=turn)
            origin = Origin(network="x")
            times.append(
                cpu_seconds(lambda: actions_account.ask_for_reset(email=email, origin=origin, at=at))  # noqa: B023
            )
    known, unknown = (sorted(times[5:])[37] for times in spent.values())
    assert abs(known - unknown) <= 0.1 * max(known, unknown), (known, unknown)


def test_links_take_their_host_from_the_settings(db: None, clock: object, settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    make_staff(Role.NURSE, password="the old password it was")
    Client(headers={"host": "evil.example.org"}).post("/en/staff/password/", {"email": "nurse@example.org"})
    assert "evil" not in Mail.objects.get().text


def test_a_disabled_person_opens_nothing_with_an_older_link(db: None, clock: object) -> None:
    path = _invite()
    make_staff(Role.ADMINISTRATOR)
    actions_people.disable(person=Person.objects.get(email="new@example.org"), by=None, at=NOW)
    assert "does not work" in Client().get(path).content.decode()
    assert _set(path).status_code == 200


def test_no_token_and_no_password_stands_in_the_database_or_the_trail(db: None, clock: object) -> None:
    from gravida.web.audit.models import AuditEntry

    path = _invite()
    _set(path)
    token = path.rstrip("/").rpartition("/")[2]
    stored = str([list(model.objects.values()) for model in (OneTimeLink, AuditEntry, Person)])
    assert token not in stored
    assert NEW not in stored
