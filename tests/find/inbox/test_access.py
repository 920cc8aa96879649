"""Who gets in where: every address against every role; no GET changes anything; no form without its mark."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import URLPattern
from django.utils import timezone

from gravida.find.contact.models import Export, Request, Team, TeamAddress
from gravida.find.inbox.models import ReadyText
from gravida.find.inbox.urls import urlpatterns
from gravida.web.people.roles import Role
from tests.find.contact.making import fresh, nurse
from tests.web.people.making import browser_of, make_staff

pytestmark = pytest.mark.django_db
Make = Callable[..., Request]
ROLES = ("anonymous", "nurse", "investigator", "editor", "researcher", "administrator", "nurse of Lyon",
         "investigator of Lyon", "editor of Lyon")  # fmt: skip
HERE, LYON = "centre-1", "centre-2"
POSTS = {"several", "export_deleted", "do", "decide", "centre_do", "text_do"}
BOTH = {"export", "answer", "not_possible", "offer", "text_new", "text"}

# Answers to a GET (a POST for what takes only those): 303 to the sign-in, or where the page leads on.
N, HEAD, E, R, A = "nurse", "investigator", "editor", "researcher", "administrator"
READERS, EDITORS, APPROVERS = {N, HEAD}, {HEAD, E}, {HEAD, A}


def _expected(open_to: set[str], of_object: bool, granted: set[str]) -> dict[str, int]:
    """`granted` are roles with the permission anywhere; of those, `open_to` have it at centre-1."""
    return {
        role: 303
        if role == "anonymous"
        else 200
        if role in open_to
        else 404
        if role in granted and of_object
        else 200
        if role in granted
        else 403
        for role in ROLES
    }


_OF_READERS = {N, HEAD, "nurse of Lyon", "investigator of Lyon"}
_OF_EDITORS = {HEAD, E, "investigator of Lyon", "editor of Lyon"}
_OF_APPROVERS = {HEAD, A, "investigator of Lyon"}
_OF_EXPORT = {HEAD, "investigator of Lyon"}
EXPECTED: dict[str, dict[str, int]] = {
    "list": _expected(READERS, False, _OF_READERS),
    "several": _expected(READERS, True, _OF_READERS),
    "export": _expected({HEAD}, False, _OF_EXPORT),
    "export_deleted": _expected({HEAD}, True, _OF_EXPORT),
    **{
        name: _expected(READERS, True, _OF_READERS)
        for name in ("message", "do", "sure", "answer", "not_possible", "offer")
    },
    "centres": dict.fromkeys(ROLES, 303) | {E: 404, R: 404, "editor of Lyon": 404, A: 200},
    "centre": dict.fromkeys(ROLES, 404) | {"anonymous": 303, N: 200, HEAD: 200, A: 200},
    "centre_sure": _expected(READERS, True, _OF_READERS),
    "centre_do": _expected(READERS, True, _OF_READERS),
    "addresses": _expected(APPROVERS, False, _OF_APPROVERS),
    "decide": _expected(APPROVERS, True, _OF_APPROVERS),
    "texts": _expected(EDITORS, False, _OF_EDITORS),
    "text_new": _expected(EDITORS, True, _OF_EDITORS),
    "text": _expected(EDITORS, True, _OF_EDITORS),
    "text_do": _expected(EDITORS, True, _OF_EDITORS),
}


@pytest.fixture
def desks(team: Team, other_team: Team) -> dict[str, Client]:
    """Somebody of each role, signed in."""
    found = {"anonymous": Client()}
    for role in (N, HEAD, E, R, A):
        found[role] = browser_of(make_staff(Role(role), email=f"{role}@example.org"))
    for role in (N, HEAD, E):
        person = make_staff(Role(role), email=f"{role}.lyon@example.org", centre=LYON)
        found[f"{role} of Lyon"] = browser_of(person)
    return found


@pytest.fixture
def addresses(desks: dict[str, Client], team: Team, message: Make) -> dict[str, tuple[str, dict[str, Any]]]:
    """Every address of the inbox with an object of centre-1, and what a POST there carries."""
    made, author = message(), nurse("author@example.org")
    held = TeamAddress.objects.create(
        team=team, kind="main", rank=0, email="new@example.org", source="record", state="held",
        seen_at=timezone.now(),
    )  # fmt: skip
    text = ReadyText.objects.create(
        study=team.study, centre=HERE, name="Welcome", text_fr="Bonjour", changed_by=author,
        changed_at=timezone.now(),
    )  # fmt: skip
    taker = desks[HEAD].get("/en/staff/account/").wsgi_request.person
    export = Export.objects.create(by=taker, at=timezone.now(), reason="x", rows=0, sha256="0" * 64)
    values: dict[str, Any] = {
        "reference": made.reference, "act": "spam", "what": "", "team": team.pk, "number": team.pk,
    }  # fmt: skip
    of_name: dict[str, dict[str, Any]] = {
        "export_deleted": {"number": export.pk}, "decide": {"number": held.pk, "what": "refuse"},
        "centre_do": {"what": "still-right"}, "text": {"number": text.pk},
        "text_do": {"number": text.pk, "what": "retire"}, "do": {"act": "note"},
    }  # fmt: skip
    typed: dict[str, dict[str, Any]] = {
        "several": {"act": "spam", "chosen": f"{made.pk}:{made.version}"}, "do": {"text": "A note"},
    }  # fmt: skip
    found = {}
    for pattern in urlpatterns:
        path = re.sub(
            r"<\w+:(\w+)>",
            lambda part, name=pattern.name: str((values | of_name.get(name, {}))[part[1]]),
            str(pattern.pattern),
        )
        found[str(pattern.name)] = (f"/en/staff/{path}", typed.get(str(pattern.name), {}))
    return found


def test_every_address_is_in_the_matrix() -> None:
    assert {pattern.name for pattern in urlpatterns if isinstance(pattern, URLPattern)} == set(EXPECTED)


@pytest.mark.slow
def test_each_address_opens_to_each_role_as_the_matrix_says(
    desks: dict[str, Client], addresses: dict[str, tuple[str, dict[str, Any]]]
) -> None:
    found: dict[str, dict[str, int]] = {}
    for name, (address, typed) in addresses.items():
        for role, desk in desks.items():
            answer = desk.post(address, typed) if name in POSTS else desk.get(address)
            is_sign_in = "/sign-in/" in answer.headers.get("Location", "")
            status = answer.status_code
            if status == 303 and not is_sign_in and name != "centres":
                status = 200  # it was done, or leads on to the same object
            found.setdefault(name, {})[role] = status
    assert found == EXPECTED


def checksum_of(*labels: str) -> str:
    """Of all rows of all tables but these."""
    told = hashlib.sha256()
    for model in apps.get_models():
        if model._meta.label_lower not in labels:
            with connection.cursor() as cursor:
                cursor.execute(f'SELECT * FROM "{model._meta.db_table}" ORDER BY 1')  # noqa: S608
                told.update(repr((model._meta.label_lower, cursor.fetchall())).encode())
    return told.hexdigest()


SEEN = ("people.staffsession",)
AUDIT = ("audit.auditentry", "audit.auditpersonal", "audit.audithead")


@pytest.mark.slow
def test_a_look_changes_nothing_but_the_trail_of_looks(
    desks: dict[str, Client], addresses: dict[str, tuple[str, dict[str, Any]]], message: Make
) -> None:
    # given a message that the team has opened before
    reference = Request.objects.get().reference
    desks["nurse"].get(f"/en/staff/messages/{reference}/")
    before, opened = checksum_of(*SEEN, *AUDIT), ""
    # when everybody looks at every page, twice
    for _ in range(2):
        for role, desk in desks.items():
            for name, (address, _typed) in addresses.items():
                if name not in POSTS:
                    desk.get(address)
                    assert checksum_of(*SEEN, *AUDIT) == before, f"{name} as {role}"
        # then the first time their looks are noted, the second time nothing at all is written
        if opened:
            assert checksum_of(*SEEN) == opened
        opened = checksum_of(*SEEN)


def test_what_takes_forms_only_answers_no_get(
    desks: dict[str, Client], addresses: dict[str, tuple[str, dict[str, Any]]]
) -> None:
    answers = {name: desks[HEAD].get(addresses[name][0]).status_code for name in POSTS}
    # the way back from a form that was kept over the end of a session leads to a page
    assert answers == dict.fromkeys(POSTS, 405) | {"do": 303, "several": 303}


def test_a_form_without_its_mark_is_refused(
    team: Team, addresses: dict[str, tuple[str, dict[str, Any]]]
) -> None:
    strict = browser_of(make_staff(Role.INVESTIGATOR, email="strict@example.org"), enforce_csrf_checks=True)
    before = checksum_of(*SEEN)
    for name in POSTS | BOTH:
        address, typed = addresses[name]
        assert strict.post(address, typed).status_code == 403, name
    assert checksum_of(*SEEN) == before


def test_every_form_of_every_page_carries_its_mark(
    desks: dict[str, Client], addresses: dict[str, tuple[str, dict[str, Any]]]
) -> None:
    for name, (address, _typed) in addresses.items():
        for role in (HEAD, E, A):
            page = "" if name in POSTS else desks[role].get(address).content.decode()
            for form in re.findall(r'<form[^>]* method="post".*?</form>', page, re.DOTALL):
                assert "csrfmiddlewaretoken" in form, f"{name}: {form[:200]}"


def test_fields_that_no_form_asks_for_change_nothing(
    desks: dict[str, Client], message: Make, other_team: Team
) -> None:
    # given forms of every act that carry every field of a message, too
    made = message(email="mass@example.org")
    names = [field.name for field in Request._meta.concrete_fields]
    told = {name: getattr(made, name) for name in names}
    extra = {name: "1" for name in names if name != "version"} | {
        "team": other_team.pk, "study": "NCT00000001", "state": "included", "is_staff": "1", "by": "1",
        "included_at": "2020-01-01", "late_at": "2020-01-01",
    }  # fmt: skip
    desk = desks["nurse"]
    for act, typed, may_change in (
        ("note", {"text": "x"}, set()),
        ("acknowledge", {}, {"state", "acknowledged_at"}),
        ("call", {"outcome": "reached"}, {"reached_at"}),
        ("assign", {"to": ""}, set()),
        ("possible", {}, {"state"}),
    ):
        version = fresh(made).version
        answer = desk.post(
            f"/en/staff/messages/{made.reference}/do/{act}/", {**extra, **typed, "version": version}
        )
        assert answer.status_code == 303, act
        now = fresh(made)
        # then nothing has changed but what the act is about
        changed = {name for name in names if getattr(now, name) != told[name]}
        assert changed <= may_change | {"version", "state_since", "due_at"}, act
        told = {name: getattr(now, name) for name in names}
