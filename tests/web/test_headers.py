"""What every answer carries, and what it must not."""

import pytest
from django.test import Client

ADDRESSES = [
    "/", "/en/", "/fr/", "/studies/", "/en/studies/?q=miscarriage&near=Lyon", "/studies/NCT05557201/",
    "/fr/studies/NCT05557201/", "/studies/NCT05557201/picture.svg", "/studies.atom", "/studies.json",
    "/en/notes/", "/fr/notes/", f"/n/{'a' * 32}", "/n/owner", "/n/short",
    "/en/studies/NCT05557201/how-easy/?section=overview", "/studies/NCT05557201/how-easy/thanks/",
    "/en/glossary/?q=cohort", "/compare/?study=NCT05557201&study=x",
    "/fr/studies/NCT05557201/page/?show=neutral",
    "/en/studies/NCT05557201/self-check/", "/studies/NCT05557201/faq/?q=a", "/faq/", "/fr/faq/cohort/",
    "/robots.txt", "/sitemap.xml", "/no/such/page", "/studies/NCT00000000/", "/studies/?page=abc&age=900",
]  # fmt: skip


@pytest.fixture
def visitor(bundled: None) -> Client:
    return Client(headers={"accept-language": "en"}, raise_request_exception=False)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_is_locked_down(visitor: Client, address: str) -> None:
    answer = visitor.get(address)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "script-src 'unsafe-inline'" not in policy
    assert "http" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("address", ADDRESSES)
def test_reading_leaves_no_cookie(visitor: Client, address: str) -> None:
    assert not visitor.get(address).cookies


@pytest.mark.parametrize("host", ["evil.example.org", "127.0.0.1.example.org", "a b"])
def test_a_wrong_host_is_refused_with_the_same_headers(bundled: None, host: str) -> None:
    answer = Client(raise_request_exception=False).get("/", headers={"host": host})
    assert answer.status_code == 400
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_reading_pages_take_no_writes(visitor: Client, method: str) -> None:
    assert getattr(visitor, method)("/studies/").status_code == 405


@pytest.mark.parametrize(
    "address",
    ["/%2561dmin/", "/admin/", "//studies/", "/studies/..;/", "/studies/%2e%2e/settings.py",
     "/static/../settings.py", "/studies/NCT05557201/../../secret-key", "/?next=//example.org",
     "/studies/?__route=x"],
)  # fmt: skip
def test_no_trick_in_an_address_reaches_anything(visitor: Client, address: str) -> None:
    answer = visitor.get(address)
    assert answer.status_code in (200, 301, 302, 404)
    assert b"SECRET" not in answer.content
    assert "example.org" not in answer.headers.get("Location", "")


def test_an_error_of_ours_tells_nothing_of_the_inside(bundled: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr("gravida.find.views.ask", break_down)
    answer = Client(raise_request_exception=False).get("/en/studies/")
    assert answer.status_code == 500
    assert b"the secret inside" not in answer.content
    assert b"Something went wrong on our side" in answer.content
