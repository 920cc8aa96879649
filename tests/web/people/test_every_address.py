"""Every address of the site x every role: who may open it. An address that is not in the table fails."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from gravida.web.people.access import ANYONE, MARK, SIGNED_IN
from gravida.web.people.models import Person
from gravida.web.people.roles import PERMISSIONS, Permission, Role
from tests.web.people.making import browser_of, make_person, make_staff, with_second_factor

# Below /staff/, without the language: what a view's mark must say. A new page needs its line here.
STAFF = {
    "staff/": SIGNED_IN,
    "staff/sign-in/": ANYONE,
    "staff/sign-in/code/": "half-way through a sign-in",
    "staff/sign-in/set-up/": "half-way through a sign-in",
    "staff/sign-out/": ANYONE,
    "staff/still-here/": SIGNED_IN,
    "staff/password/": ANYONE,
    "staff/welcome/<str:token>/": ANYONE,
    "staff/reset/<str:token>/": ANYONE,
    "staff/kept/": SIGNED_IN,
    "staff/kept/discard/": SIGNED_IN,
    "staff/account/": SIGNED_IN,
    "staff/account/password/": SIGNED_IN,
    "staff/account/second-factor/": SIGNED_IN,
    "staff/account/recovery-codes/": SIGNED_IN,
    "staff/account/language/": SIGNED_IN,
    "staff/account/sessions/<int:number>/end/": SIGNED_IN,
    "staff/people/": Permission.MANAGE_PEOPLE,
    "staff/people/invite/": Permission.MANAGE_PEOPLE,
    "staff/people/<int:number>/": Permission.MANAGE_PEOPLE,
    "staff/people/<int:number>/roles/": Permission.MANAGE_PEOPLE,
    "staff/people/<int:number>/roles/<int:role>/end/": Permission.MANAGE_PEOPLE,
    "staff/people/<int:number>/<str:act>/": Permission.MANAGE_PEOPLE,
    "staff/audit/": Permission.READ_AUDIT,
    "staff/mail/": Permission.SEE_MAIL,
    "staff/messages/": Permission.READ_MESSAGES,
    "staff/messages/several/": Permission.ANSWER_MESSAGES,
    "staff/messages/export/": Permission.EXPORT_MESSAGES,
    "staff/messages/export/<int:number>/deleted/": Permission.EXPORT_MESSAGES,
    "staff/messages/<reference:reference>/": Permission.READ_MESSAGES,
    "staff/messages/<reference:reference>/do/<slug:act>/": Permission.ANSWER_MESSAGES,
    "staff/messages/<reference:reference>/sure/<slug:act>/": Permission.ANSWER_MESSAGES,
    "staff/messages/<reference:reference>/answer/": Permission.ANSWER_MESSAGES,
    "staff/messages/<reference:reference>/not-possible/": Permission.ANSWER_MESSAGES,
    "staff/messages/<reference:reference>/offer/": Permission.ANSWER_MESSAGES,
    "staff/centres/": SIGNED_IN,
    "staff/centres/addresses/": Permission.APPROVE_CONTACTS,
    "staff/centres/addresses/<int:number>/<slug:what>/": Permission.APPROVE_CONTACTS,
    "staff/centres/<int:number>/": SIGNED_IN,
    "staff/centres/<int:number>/close/": Permission.ANSWER_MESSAGES,
    "staff/centres/<int:number>/do/<slug:what>/": Permission.ANSWER_MESSAGES,
    "staff/texts/": Permission.EDIT_TEXTS,
    "staff/texts/new/<int:team>/": Permission.EDIT_TEXTS,
    "staff/texts/<int:number>/": Permission.EDIT_TEXTS,
    "staff/texts/<int:number>/<slug:what>/": Permission.EDIT_TEXTS,
    "staff/mail/<int:number>/<slug:what>/": Permission.SEE_MAIL,
    "staff/overviews/": Permission.EDIT_TEXTS,
    "staff/overviews/<slug:number>/": Permission.EDIT_TEXTS,
    "staff/overviews/<slug:number>/notes/<int:note>/": Permission.EDIT_TEXTS,
    "staff/overviews/<slug:number>/notes/<int:note>/<slug:what>/": Permission.EDIT_TEXTS,
    "staff/overviews/<slug:number>/<slug:language>/": Permission.EDIT_TEXTS,
    "staff/overviews/<slug:number>/<slug:language>/preview/": Permission.EDIT_TEXTS,
    "staff/overviews/<slug:number>/<slug:language>/do/<slug:act>/": Permission.EDIT_TEXTS,
    "staff/overviews/<slug:number>/<slug:language>/finding/": Permission.EDIT_TEXTS,
    "staff/overviews/<slug:number>/<slug:language>/generation/": Permission.EDIT_TEXTS,
    "staff/overviews/<slug:number>/<slug:language>/versions/": Permission.EDIT_TEXTS,
    "staff/overviews/<slug:number>/<slug:language>/versions/<int:version>/": Permission.EDIT_TEXTS,
    "staff/overviews/<slug:number>/<slug:language>/note/": Permission.EDIT_TEXTS,
}
SAMPLES = {
    "int": "1",
    "str": "disable",
    "slug": "drop",
    "reference": "G-7K2Q",
    "token": "x" * 43,
    "linktoken": "x" * 32,
    "path": "x",
}
OTHERS = {**SAMPLES, "number": "NCT05557201"}


def _routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route, pattern


STAFF_ROUTES = {
    route: pattern for route, pattern in _routes(get_resolver().url_patterns) if route.startswith("staff/")
}


def _address(route: str) -> str:
    """An address of this route, whatever stands in it."""
    return "/en/" + re.sub(r"<(\w+):\w+>", lambda part: SAMPLES[part[1]], route)


def test_every_address_of_the_staff_is_in_the_table_and_marked_as_it_says() -> None:
    assert {route: getattr(view.callback, MARK, None) for route, view in STAFF_ROUTES.items()} == STAFF


def test_every_other_address_is_public_by_its_namespace_or_name() -> None:
    for route, pattern in _routes(get_resolver().url_patterns):
        if route.startswith(("staff/", "en/staff/")):
            continue
        address = "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda part: OTHERS.get(part[1] or "", "1"), route)
        match = resolve(address)
        is_public = (
            match.namespaces[0] in settings.PUBLIC_NAMESPACES
            if match.namespaces
            else match.url_name in settings.PUBLIC_NAMES
        )
        assert is_public or getattr(pattern.callback, MARK, None) == ANYONE, route
    assert not {resolve(_address(route)).namespaces[0] for route in STAFF} & settings.PUBLIC_NAMESPACES


@pytest.fixture
def browsers(db: None) -> dict[str, Client]:
    """One browser for each role; each signed in as far as its name says."""
    half_way = make_staff(Role.NURSE, email="half@example.org")
    people: dict[str, Person] = {
        "nurse_x": make_staff(Role.NURSE, email="x@example.org", centre="x"),
        "nurse_y": make_staff(Role.NURSE, email="y@example.org", centre="y"),
        "investigator": make_staff(Role.INVESTIGATOR),
        "researcher": make_staff(Role.RESEARCHER),
        "editor": make_staff(Role.EDITOR),
        "administrator": make_staff(Role.ADMINISTRATOR),
    }
    made = {name: browser_of(person) for name, person in people.items()}
    stopped = browser_of(half_way)
    half_way.sessions.update(stage="code")
    return {"anonymous": Client(headers={"accept-language": "en"}), "half_way": stopped, **made}


ROLE_OF = {
    "nurse_x": Role.NURSE,
    "nurse_y": Role.NURSE,
    "investigator": Role.INVESTIGATOR,
    "researcher": Role.RESEARCHER,
    "editor": Role.EDITOR,
    "administrator": Role.ADMINISTRATOR,
}
ANSWERED = {200, 204, 302, 303, 400, 404, 405}


def test_each_page_opens_to_those_whom_the_table_names_alone(browsers: dict[str, Client]) -> None:
    # given every address of the staff and a browser of each role
    wrong = []
    for route, mark in STAFF.items():
        if mark == ANYONE or "half-way" in str(mark):
            continue
        for name, browser in browsers.items():
            # when each opens it
            status = browser.get(_address(route)).status_code
            # then it answers as the table says
            if name not in ROLE_OF:
                expected = {303}
            elif isinstance(mark, Permission) and ROLE_OF[name] not in PERMISSIONS[mark]:
                expected = {403}
            else:
                expected = ANSWERED
            if status not in expected:
                wrong.append((route, name, status))
    assert wrong == []


def test_forms_of_administrators_are_refused_to_all_others(browsers: dict[str, Client]) -> None:
    acts = [route for route, mark in STAFF.items() if mark == Permission.MANAGE_PEOPLE]
    before = list(Person.objects.values())
    for route in acts:
        for name, browser in browsers.items():
            if name != "administrator":
                status = browser.post(_address(route), {"role": "administrator", "place": ""}).status_code
                assert status == (303 if name in ("anonymous", "half_way") else 403), (route, name)
    assert list(Person.objects.values()) == before


def test_a_post_without_the_forms_mark_is_refused(db: None) -> None:
    person = make_staff(Role.ADMINISTRATOR)
    browser = browser_of(person, enforce_csrf_checks=True)
    for route in STAFF:
        answer = browser.post(_address(route))
        assert answer.status_code == 403, route
    assert person.sessions.open().exists()


def test_looking_at_pages_changes_nothing(browsers: dict[str, Client]) -> None:
    from gravida.web.audit.models import AuditEntry
    from gravida.web.people.models import Membership, StaffSession

    def state() -> str:
        models = (Person, Membership, AuditEntry)
        return str([list(model.objects.order_by("pk").values()) for model in models]) + str(
            list(StaffSession.objects.order_by("pk").values("digest", "stage", "ended_at"))
        )

    before = state()
    for _ in range(2):
        for route in STAFF:
            for browser in browsers.values():
                browser.get(_address(route))
    assert state() == before


def test_a_view_without_a_mark_is_refused(db: None, settings: object) -> None:
    settings.ROOT_URLCONF = "tests.web.people.forgotten_urls"  # type: ignore[attr-defined]
    browser = browser_of(make_staff(Role.ADMINISTRATOR))
    assert browser.get("/forgotten/").status_code == 403
    assert browser.get("/staff/forgotten/").status_code == 403


def test_a_role_given_since_the_sign_in_leads_through_the_set_up(db: None) -> None:
    # given an editor signed in with the password alone, who becomes a nurse without her session ending
    person = make_person("editor@example.org")
    browser = browser_of(person)
    assert browser.get("/en/staff/").status_code == 200
    from tests.web.people.making import give

    give(person, Role.NURSE, study="NCT05557201", centre="centre-1")
    # then nothing opens before the second factor is there
    assert browser.get("/en/staff/").headers["Location"] == "/en/staff/sign-in/set-up/"
    with_second_factor(person)
    assert browser.get("/en/staff/").status_code == 200
