"""Languages by address, then by the visitor's own, and never by a cookie."""

import pytest
from django.test import Client

STUDY = "studies/NCT05557201/"


@pytest.mark.parametrize(
    ("address", "accepts", "language"),
    [
        (f"/{STUDY}", "fr-FR,fr;q=0.9,en;q=0.5", "fr"),
        (f"/{STUDY}", "en-GB", "en"),
        (f"/{STUDY}", "de", "en"),
        (f"/{STUDY}", "", "en"),
        (f"/fr/{STUDY}", "en", "fr"),
        (f"/en/{STUDY}", "fr", "en"),
    ],
)
def test_the_address_decides_then_the_browser(
    bundled: None, address: str, accepts: str, language: str
) -> None:
    answer = Client(headers={"accept-language": accepts}).get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == language
    assert f'<html lang="{language}">'.encode() in answer.content


def test_an_address_without_a_language_varies_by_it(bundled: None) -> None:
    assert "Accept-Language" in Client().get(f"/{STUDY}").headers["Vary"]


def test_a_cookie_of_another_site_on_this_host_changes_nothing(bundled: None) -> None:
    visitor = Client(headers={"accept-language": "en"})
    visitor.cookies["django_language"] = "fr"
    assert visitor.get(f"/{STUDY}").headers["Content-Language"] == "en"


def test_the_switch_keeps_the_page_and_its_search(bundled: None) -> None:
    page = Client().get("/en/studies/?q=miscarriage&km=100").content.decode()
    assert 'href="/fr/studies/?q=miscarriage&amp;km=100"' in page


def test_each_page_names_its_other_languages_and_its_canonical_address(bundled: None) -> None:
    page = Client().get(f"/{STUDY}?near=Lyon", headers={"accept-language": "fr"}).content.decode()
    assert f'<link rel="canonical" href="http://testserver/fr/{STUDY}">' in page
    assert f'hreflang="en" href="http://testserver/en/{STUDY}"' in page
    assert f'hreflang="x-default" href="http://testserver/{STUDY}"' in page
