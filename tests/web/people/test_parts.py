"""The two parts apart: a process of the public part cannot be talked into the staff's."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from gravida.web.people.roles import Role
from tests.web.people.making import browser_of, make_staff

HOME = Path(__file__).resolve().parents[3]
TRICKS = [
    "/staff/", "/en/staff/", "/fr/staff/people/", "/%73taff/", "/%2573taff/", "/sta%66f/", "//staff/",
    "/./staff/", "/en//staff/", "/en/..;/staff/", "/studies/..;/staff/", "/studies/../staff/", "/STAFF/",
    "/staff;x=1/", "/en/%2e%2e/staff/", "/staff%2f", "/staff%00/", "/\\staff/", "/en/studies/?next=/staff/",
    "/?__route=staff", "/en/studies/NCT05557201/%2e%2e/%2e%2e/staff/people/",
]  # fmt: skip


@pytest.mark.parametrize("address", TRICKS)
def test_no_trick_in_an_address_leads_from_the_public_part_to_the_staffs(
    bundled: None, settings: Any, address: str
) -> None:
    # given a process that serves the public part alone, and a browser with a good session
    settings.ROOT_URLCONF, settings.PARTS = "tests.web.people.only_public_urls", ["public"]
    browser = browser_of(make_staff(Role.ADMINISTRATOR))
    # when any of these is asked for
    answer = browser.get(address, headers={"x-original-url": "/staff/", "x-rewrite-url": "/staff/"})
    # then nothing of the staff's is shown, nor asked for
    assert answer.status_code in (200, 301, 302, 400, 404)
    text = answer.content.decode()
    assert "Staff Member" not in text
    assert 'type="password"' not in text
    assert "staff" not in answer.headers.get("Location", "").lower().replace("%73taff", "")


def test_the_staffs_part_works_alone(db: None, settings: Any) -> None:
    settings.ROOT_URLCONF, settings.PARTS = "tests.web.people.only_staff_urls", ["staff"]
    browser = browser_of(make_staff(Role.ADMINISTRATOR))
    assert browser.get("/en/staff/").status_code == 200
    assert browser.get("/en/staff/people/").status_code == 200
    assert Client().get("/en/studies/").status_code == 404
    assert Client().get("/en/staff/sign-in/").status_code == 200


@pytest.mark.parametrize(("parts", "loaded"), [("public", False), ("public,staff", True)])
def test_a_part_that_is_not_served_is_not_even_loaded(tmp_path: Path, parts: str, loaded: bool) -> None:
    code = (
        "import django, sys; django.setup(); import gravida.urls;"
        "print(any(name.startswith('gravida.web.people.views') for name in sys.modules))"
    )
    environment = {
        "GRAVIDA_PARTS": parts, "GRAVIDA_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "gravida.settings",
        "PYTHONPATH": str(HOME), "PATH": "/usr/bin:/bin",
    }  # fmt: skip
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    ).stdout
    assert said.strip() == str(loaded)


def test_an_unknown_part_is_said_in_a_sentence(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "gravida", "serve"], capture_output=True, text=True, check=False, cwd=HOME,
        env={"GRAVIDA_PARTS": "everything", "GRAVIDA_DATA": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert said.returncode == 1
    assert "GRAVIDA_PARTS names everything" in said.stderr


def test_under_https_cookies_carry_the_prefix_that_ties_them_to_this_host(tmp_path: Path) -> None:
    code = (
        "import django; django.setup(); from django.conf import settings as s;"
        "print(s.STAFF_COOKIE_NAME, s.DEVICE_COOKIE_NAME, s.CSRF_COOKIE_NAME);"
        "print(s.IS_HTTPS, s.CSRF_COOKIE_SECURE)"
    )
    environment = {
        "GRAVIDA_BASE_URL": "https://studies.example.org", "GRAVIDA_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "gravida.settings", "PYTHONPATH": str(HOME), "PATH": "/usr/bin:/bin",
    }  # fmt: skip
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    ).stdout.split()
    assert all(name.startswith("__Host-") for name in said[:3])
    assert said[3:] == ["True", "True"]
