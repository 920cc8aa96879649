"""Pages of shared notes: one answer for every link, nothing kept, no way round the key."""

import json
import logging
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from gravida.find.notes import actions
from gravida.find.notes.models import Share, Tries
from gravida.find.notes.pages import views_open, views_owner
from gravida.find.notes.pages.guarded import SEALED_POLICY
from gravida.find.notes.reads import links_of
from gravida.find.notes.sealing import new_link_token
from gravida.web.tasks import fold_log_into_file
from tests.find.notes.making import OWNER, share, wrong_codes

FORM = {
    "study": "NCT05557201",
    "notes": json.dumps([{"section": "Who", "quote": "early miscarriage", "text": "Does this mean me?"}]),
    "name": "Claire",
    "life": "week",
    "owner": OWNER,
    "form": "f" * 43,
}


@pytest.fixture
def visitor(db: None) -> Client:
    return Client(headers={"accept-language": "en"}, enforce_csrf_checks=True)


def _made(visitor: Client, **fields: str) -> tuple[str, str]:
    """Path of the link, and the code, as the page after making shows them."""
    answer = visitor.post("/en/notes/share/", FORM | fields)
    text = answer.content.decode()
    link = re.search(r'id="share-link">http://testserver(/n/[\w-]{32})<', text)
    code = re.search(r'id="share-code">([A-Z2-9-]{14})<', text)
    assert link is not None, text
    assert code is not None, text
    return link[1], code[1]


def test_a_link_is_made_and_opened_without_cookie_or_session(visitor: Client) -> None:
    link, code = _made(visitor)
    opened = Client(enforce_csrf_checks=True).post(link, {"passcode": code})
    assert "Does this mean me?" in opened.content.decode()
    assert "Claire" in opened.content.decode()
    assert not opened.cookies
    assert not visitor.cookies
    # reloading asks again
    assert b"Does this mean me?" not in visitor.get(link).content


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_link_there_is_or_is_not_looks_the_same(visitor: Client, language: str) -> None:
    at = timezone.now()
    live = share(form="a" * 43, at=at).token
    expired = share(form="b" * 43, life="hour", at=at - timedelta(hours=2)).token
    revoked = share(form="c" * 43, owner="o" * 43, at=at).token
    actions.revoke_all(owner_key="o" * 43, at=at)
    before = list(Tries.objects.values()), list(Share.objects.values())
    answers = [
        visitor.get(f"/n/{token}", headers={"accept-language": language})
        for token in (live, expired, revoked, new_link_token())
    ]
    assert len({answer.content for answer in answers}) == 1
    assert {answer.status_code for answer in answers} == {200}
    assert len({json.dumps(dict(answer.headers)) for answer in answers}) == 1
    assert not any(answer.cookies for answer in answers)
    # looking, as programs do that follow links, changes nothing
    assert (list(Tries.objects.values()), list(Share.objects.values())) == before


def test_every_wrong_answer_looks_the_same(visitor: Client) -> None:
    at = timezone.now()
    live = share(form="a" * 43, at=at)
    expired = share(form="b" * 43, life="hour", at=at - timedelta(hours=2))
    wrong = wrong_codes(1)[0]
    answers = [
        visitor.post(f"/n/{live.token}", {"passcode": wrong}),
        visitor.post(f"/n/{expired.token}", {"passcode": expired.code}),
        visitor.post(f"/n/{new_link_token()}", {"passcode": wrong}),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_the_headers_of_a_link_are_the_strict_ones(visitor: Client) -> None:
    link, code = _made(visitor)
    pages = [
        visitor.get(link),
        visitor.head(link),
        visitor.post(link, {"passcode": code}),
        visitor.post(link, {"passcode": wrong_codes(1)[0]}),
        visitor.post(link, {"passcode": "x"}),
        visitor.get("/n/owner"),
        visitor.post("/n/owner", {"owner": OWNER}),
    ]
    for page in pages:
        assert page["Content-Security-Policy"] == SEALED_POLICY
        assert page["Cache-Control"] == "no-store"
        assert page["Referrer-Policy"] == "no-referrer"
        assert page["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert page["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "ETag" not in page
        text = page.content.decode()
        assert "<script" not in text
        assert "<img" not in text
        assert link.removeprefix("/n/") not in text
    assert "/n/" not in visitor.get("/robots.txt").content.decode()
    made = visitor.post("/en/notes/share/", FORM | {"form": "g" * 43})
    assert made["Cache-Control"] == "no-store"
    assert made["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("address", ["link", "/n/owner", "/n/report"])
def test_below_n_a_database_that_is_away_is_said_under_the_same_strict_headers(
    visitor: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    # given a database that answers no more
    link, code = _made(visitor)

    def away(*_args: object, **_named: object) -> None:
        raise OperationalError("database is locked, and some words of hers")

    for module, name in ((views_open, "open_share"), (views_owner, "links_of"), (actions, "report")):
        monkeypatch.setattr(module, name, away)
    monkeypatch.setattr(views_open, "constant_time_compare", lambda *_: True)
    # when somebody opens, lists or reports
    page = visitor.post(link if address == "link" else address, {"passcode": code, "owner": OWNER})
    # then it is said, and neither link nor code stands anywhere
    assert (page.status_code, page["Retry-After"]) == (503, "10")
    assert page["Content-Security-Policy"] == SEALED_POLICY
    assert page["Referrer-Policy"] == "no-referrer"
    assert "not your doing" in page.content.decode()
    told = page.content.decode() + caplog.text
    assert "<script" not in told
    assert not any(secret in told for secret in (link.removeprefix("/n/"), code, OWNER, "some words"))


def test_what_cannot_be_a_code_is_not_counted(visitor: Client) -> None:
    link, _code = _made(visitor)
    for typed in ("", "1234", "ABCD-EFGH-JKL0", "x" * 5000):
        assert visitor.post(link, {"passcode": typed}).status_code == 400
    assert not Tries.objects.exists()


def test_after_five_wrong_codes_the_page_says_how_long_to_wait(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gravida.find.notes.sealing.MEMORY_KIB", 8)
    link, code = _made(visitor)
    at = timezone.now()
    for number, wrong in enumerate(wrong_codes(5)):
        monkeypatch.setattr(
            "gravida.find.notes.pages.views_open.timezone.now", lambda n=number: at + timedelta(seconds=n)
        )
        assert visitor.post(link, {"passcode": wrong}).status_code == 404
    answer = visitor.post(link, {"passcode": code})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) == 900
    assert b"15 minutes" in answer.content
    assert b"Does this mean me?" not in answer.content


@pytest.mark.parametrize("address", ["/en/notes/share/", "/n/owner", "/n/report", f"/n/{'a' * 32}"])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_from_another_site_is_refused(visitor: Client, address: str, site: str) -> None:
    assert visitor.post(address, FORM, headers={"sec-fetch-site": site}).status_code == 403
    assert not Share.objects.exists()
    assert not Tries.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"notes": ""},
        {"notes": "[]"},
        {"notes": "{}"},
        {"notes": "[1]"},
        {"notes": '[{"text": 1}]'},
        {"notes": '[{"text": "\\u200b "}]'},
        {"notes": json.dumps([{"text": "a"}] * 101)},
        {"notes": "[" * 100_000},
        {"notes": json.dumps([{"text": "a" * 20_001}])},
        {"life": "year"},
        {"owner": "short"},
        {"form": ""},
    ],
)
def test_what_our_page_does_not_send_makes_no_link(visitor: Client, fields: dict[str, str]) -> None:
    answer = visitor.post("/en/notes/share/", FORM | fields)
    assert answer.status_code == 400
    assert b"still on your device" in answer.content
    assert not Share.objects.exists()


def test_a_form_sent_twice_makes_one_link_and_shows_its_code_once(visitor: Client) -> None:
    _link, code = _made(visitor)
    again = visitor.post("/en/notes/share/", FORM)
    assert again.status_code == 409
    assert code.encode() not in again.content
    assert Share.objects.count() == 1


def test_the_owner_lists_extends_and_takes_back_with_her_key_only(visitor: Client) -> None:
    link, code = _made(visitor)
    visitor.post(link, {"passcode": code})
    digest = links_of(OWNER, at=timezone.now())[0].digest
    listed = visitor.post("/n/owner", {"owner": OWNER}).content.decode()
    assert "Opened 1 time" in listed
    assert "Does this mean me?" not in listed
    assert "Claire" not in listed
    assert digest not in visitor.post("/n/owner", {"owner": "o" * 43}).content.decode()
    assert digest not in visitor.get("/n/owner", {"owner": OWNER}).content.decode()
    stolen = visitor.post("/n/owner", {"owner": "o" * 43, "act": "revoke", "link": digest})
    assert stolen.status_code == 409
    before = Share.objects.get().expires_at
    visitor.post("/n/owner", {"owner": OWNER, "act": "extend", "link": digest, "life": "month"})
    assert Share.objects.get().expires_at > before
    assert visitor.post("/n/owner", {"owner": OWNER, "act": "revoke", "link": digest}).status_code == 200
    assert visitor.post(link, {"passcode": code}).status_code == 404


def test_whoever_opened_a_link_can_report_and_close_it(visitor: Client) -> None:
    link, code = _made(visitor)
    opened = visitor.post(link, {"passcode": code}).content.decode()
    fields = dict(re.findall(r'name="(link|mark)" value="(\w+)"', opened))
    # not without having opened it
    visitor.post("/n/report", {"link": fields["link"], "mark": "0" * 64})
    assert Share.objects.get().ended_at is None
    visitor.post("/n/report", fields)
    assert Share.objects.get().ending == "reported"
    assert visitor.post(link, {"passcode": code}).status_code == 404
    assert "reported it" in visitor.post("/n/owner", {"owner": OWNER}).content.decode()


def test_addresses_in_notes_are_text_nobody_can_press(visitor: Client) -> None:
    text = "see https://example.org/ and <a href='https://example.org'>here</a>"
    link, code = _made(
        visitor, notes=json.dumps([{"text": text, "quote": "<b>q</b>", "section": "<i>s</i>"}])
    )
    page = visitor.post(link, {"passcode": code}).content.decode()
    assert "<a " not in page
    assert "<b>" not in page
    assert "<i>" not in page
    assert "https://example.org/" in page


@pytest.mark.django_db(transaction=True)
def test_after_a_share_no_table_file_cache_or_log_holds_anything_of_it(
    settings: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    visitor = Client(headers={"accept-language": "en"})
    keys: list[bytes] = []
    made_key = "gravida.find.notes.sealing._key"
    from gravida.find.notes import sealing

    original = sealing._key
    monkeypatch.setattr(made_key, lambda **named: keys.append(original(**named)) or keys[-1])
    text, name = "a canary that sings nowhere", "Zenobie-Canari"
    link, code = _made(visitor, notes=json.dumps([{"text": text, "quote": "canary quote"}]), name=name)
    assert text.encode() in visitor.post(link, {"passcode": code}).content
    visitor.post(link, {"passcode": wrong_codes(1)[0]})
    visitor.post("/n/owner", {"owner": OWNER})
    token = link.removeprefix("/n/")
    kept = _everything_kept() + repr(cache.__dict__).encode() + _logged(caplog).encode()
    plain = code.replace("-", "")
    secrets = [text, name, "canary quote", token, code, plain, OWNER]
    assert keys
    assert [secret for secret in secrets if secret.encode() in kept] == []
    assert [key for key in keys if key in kept or key.hex().encode() in kept] == []


@pytest.mark.django_db(transaction=True)
def test_a_copy_that_was_taken_back_is_not_even_in_the_bytes_of_the_file(visitor: Client) -> None:
    _made(visitor)
    copy = bytes(Share.objects.get().ciphertext or b"")
    assert copy[:64] in _everything_kept()
    actions.revoke_all(owner_key=OWNER, at=timezone.now())
    fold_log_into_file(timezone.now())
    assert copy[:64] not in _everything_kept()


def _everything_kept() -> bytes:
    """Every row, and every byte of an SQLite file and its log."""
    rows = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names of our own tables
            rows += [
                b"".join(
                    bytes(one) if isinstance(one, bytes | memoryview) else repr(one).encode() for one in row
                )
                for row in cursor.fetchall()
            ]
    if connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        rows += [path.read_bytes() for path in file.parent.glob(f"{file.name}*")]
    return b"\n".join(rows)


def _logged(caplog: pytest.LogCaptureFixture) -> str:
    """What the console would write: every record through its filter."""
    from gravida.web.masked import MaskSecretParts

    lines = []
    for record in caplog.records:
        MaskSecretParts().filter(record)
        lines.append(logging.Formatter("{asctime} {levelname} {name} {message}", style="{").format(record))
    # SQL with its values is written in debugging only, where nothing is masked.
    return "\n".join(line for line in lines if "django.db.backends" not in line)


def test_a_page_of_ours_that_breaks_writes_no_token_into_the_log(
    visitor: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(**_: object) -> None:
        raise RuntimeError("broken")

    visitor.raise_request_exception = False
    link, code = _made(visitor)
    monkeypatch.setattr("gravida.find.notes.pages.views_open.open_share", break_down)
    assert visitor.post(link, {"passcode": code}).status_code == 500
    written = _logged(caplog)
    assert "/n/-" in written
    assert link.removeprefix("/n/") not in written
    assert code not in written
