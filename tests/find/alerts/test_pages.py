"""The pages of alerts: signing up from a study, a search or a message, the links of mails, news, settings."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from gravida.find.alerts.models import Alert, Change, Look, Notice, Search, SignUp, Subscriber
from gravida.find.alerts.stored_search import from_text
from gravida.find.contact import teams
from gravida.find.contact.anti_abuse import sign_form
from gravida.find.models import Study
from gravida.web.models import Mail
from gravida.web.tokens import new_token
from tests.find.alerts.conftest import token_of
from tests.mails import every_mail_is_neutral

FALCO = "NCT05557201"
OF_STUDY = f"/en/studies/{FALCO}/alerts/"


@pytest.fixture(autouse=True)
def index_folder(own_index: Any) -> None:
    """The site's own study folders here."""


@pytest.fixture
def visitor(bundled: None) -> Client:
    """Somebody before a site with the bundled studies; forms without their mark are refused."""
    return Client(headers={"accept-language": "en"}, enforce_csrf_checks=True)


def make_form(*, is_search: bool = False, seconds_ago: int = 60, **changed: Any) -> dict[str, Any]:
    """A whole form as the browser sends it."""
    shown_at = datetime.now(UTC) - timedelta(seconds=seconds_ago)
    mark = sign_form(key=new_token(), made_at=shown_at, secret=django_settings.SECRET_KEY)
    topics = ["tells_opening", "tells_changes", "tells_results", *(["tells_new"] if is_search else [])]
    values = {"form": mark, "email": "zoe@example.org", "frequency": "weekly", "topics": topics}
    return values | changed


def _subscribed(visitor: Client, address: str = OF_STUDY, **changed: Any) -> Subscriber:
    """Signed up and confirmed, all by the pages."""
    assert visitor.post(address, make_form(is_search="?" in address, **changed)).status_code == 302
    token = token_of(Mail.objects.filter(kind="alerts.confirm").latest("id"), "confirm")
    assert visitor.post(f"/en/alerts/{token}/confirm/").status_code == 200
    return Subscriber.objects.get()


def _news_of(subscriber: Subscriber, kinds: str, *, number: str = FALCO) -> None:
    look = Look.objects.create(made_at=timezone.now(), ended_at=timezone.now())
    change = Change.objects.create(look=look, study=Study.objects.get(number=number), kinds=kinds)
    Notice.objects.create(
        alert=subscriber.alerts.latest("id"), change=change, kinds=kinds, found_at=timezone.now()
    )


@pytest.mark.django_db
def test_a_study_page_leads_to_its_alert_and_a_search_to_its_own(visitor: Client) -> None:
    teams.refresh(FALCO, at=timezone.now())
    assert f'href="{OF_STUDY}"' in visitor.get(f"/en/studies/{FALCO}/").content.decode()
    page = visitor.get("/en/studies/?q=miscarriage&near=Lyon&km=any").content.decode()
    assert 'href="/en/alerts/?q=miscarriage&amp;near=Lyon&amp;km=any"' in page
    # the start page asks for nothing, so there is nothing to hear of
    assert "/alerts/" not in visitor.get("/en/").content.decode()


@pytest.mark.django_db
def test_a_search_is_kept_as_its_page_asks_it(visitor: Client) -> None:
    query = "q=fausse+couche&near=Lyon&age=34&km=100&sex=FEMALE&status=STOPPED&x=miscarriage&exact=1"
    address = f"/en/alerts/?{query}&sort=newest&page=3"
    page = visitor.get(address).content.decode()
    for part in (
        "“fausse couche”",
        "within 100 km of Lyon",
        "age 34",
        "Women",
        "Stopped, paused or withdrawn",
    ):
        assert part in page
    visitor.post(address, make_form(is_search=True))
    stored = from_text(Search.objects.get().asked)
    asked = stored.request
    assert (asked.words, asked.age_years, asked.sex) == ("fausse couche", 34, "FEMALE")
    assert set(asked.statuses) == {"TERMINATED", "SUSPENDED", "WITHDRAWN"}
    assert asked.near is not None
    assert asked.near.radius_km == 100
    assert (asked.without_synonyms, asked.as_typed) == (frozenset({"miscarriage"}), True)
    assert "sort" not in stored.query
    assert "page" not in stored.query


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?status=ANY", "?near=Xyzzyville&q=loss", "?age=900", "?sort=newest"])
def test_a_search_for_nothing_or_with_a_mistake_is_no_alert(visitor: Client, query: str) -> None:
    page = visitor.post(f"/en/alerts/{query}", make_form(is_search=True))
    assert "Search first" in page.content.decode()
    assert not SignUp.objects.exists()


@pytest.mark.django_db
def test_the_answer_to_a_sign_up_is_the_same_for_known_and_unknown_addresses(visitor: Client) -> None:
    _subscribed(visitor)
    answers = [
        visitor.post(OF_STUDY, make_form(email=address)) for address in ("zoe@example.org", "new@example.org")
    ]
    assert len({(one.status_code, one.headers["Location"], one.content) for one in answers}) == 1
    pages = {visitor.get(one.headers["Location"]).content for one in answers}
    assert len(pages) == 1
    assert not answers[0].cookies


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"email": ""}, "Please give the e-mail address"),
        ({"email": "zoe@localhost"}, "zoe@localhost"),
        ({"email": "a@example.org,b@example.org"}, "a@example.org,b@example.org"),
        ({"topics": []}, "Please tick at least one"),
        ({"frequency": "hourly"}, "hourly"),
        ({"topics": ["is_admin"]}, "is_admin"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(
    visitor: Client, changed: dict[str, Any], said: str
) -> None:
    page = visitor.post(OF_STUDY, make_form(**changed)).content.decode()
    assert said in page
    assert 'role="alert"' in page
    if "email" not in changed:
        assert 'value="zoe@example.org"' in page
    assert not SignUp.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("changed", [{"form": "forged"}, {"website": "x"}, {"seconds_ago": 1}])
def test_a_form_that_looks_like_a_machines_is_shown_again_with_what_was_typed(
    visitor: Client, changed: dict[str, Any]
) -> None:
    page = visitor.post(OF_STUDY, make_form(**changed)).content.decode()
    assert "looked as if a program had sent it" in page
    assert 'value="zoe@example.org"' in page
    assert not SignUp.objects.exists()


@pytest.mark.django_db
def test_a_network_that_asks_too_often_is_told_so_and_keeps_what_it_typed(visitor: Client) -> None:
    for number in range(10):
        visitor.post(OF_STUDY, make_form(email=f"n{number}@example.org"))
    answer = visitor.post(OF_STUDY, make_form(email="more@example.org"))
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 3000
    assert "more@example.org" in answer.content.decode()


@pytest.mark.django_db
def test_following_the_links_of_mails_changes_nothing(visitor: Client) -> None:
    # given
    zoe = _subscribed(visitor)
    visitor.post(OF_STUDY, make_form(email="new@example.org"))
    token = token_of(Mail.objects.filter(kind="alerts.confirm").latest("id"), "confirm")
    before = list(Subscriber.objects.values()), list(SignUp.objects.values())
    # when scanners follow every link twice
    for path in (
        f"/en/alerts/{token}/confirm/", f"/en/alerts/{zoe.page_token}/", f"/en/alerts/{zoe.stop_token}/stop/",
        f"/en/alerts/{zoe.page_token}/settings/", f"/alerts/{zoe.stop_token}/stop/",
    ):  # fmt: skip
        for method in (visitor.get, visitor.head):
            answer = method(path)
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "no-store, private"
            assert "noindex" in answer.headers["X-Robots-Tag"]
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert not answer.cookies
    # then
    assert (list(Subscriber.objects.values()), list(SignUp.objects.values())) == before


@pytest.mark.django_db
def test_one_click_stops_at_once_without_cookie_or_redirect_and_twice_is_once(visitor: Client) -> None:
    zoe = _subscribed(visitor)
    # when a mail program posts as RFC 8058 says, from nowhere, with nothing else
    program = Client(enforce_csrf_checks=True)
    for _ in range(2):
        answer = program.post(f"/en/alerts/{zoe.stop_token}/stop/", {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert not answer.cookies
        assert "You get no more mails from us" in answer.content.decode()
    # then
    assert not Subscriber.objects.exists()
    assert "You get no more mails from us" in visitor.get(f"/en/alerts/{zoe.page_token}/").content.decode()


@pytest.mark.django_db
def test_an_unknown_address_of_a_page_answers_as_an_ended_one(visitor: Client) -> None:
    zoe = _subscribed(visitor)
    visitor.post(f"/en/alerts/{zoe.stop_token}/stop/")
    for page in ("", "settings/"):
        ended = visitor.get(f"/en/alerts/{zoe.page_token}/{page}").content.decode()
        unknown = visitor.get(f"/en/alerts/{'x' * 43}/{page}").content.decode()
        assert ended.replace(zoe.page_token, "x" * 43) == unknown


@pytest.mark.django_db
def test_the_private_page_tells_what_is_new_and_what_was_before(visitor: Client) -> None:
    zoe = _subscribed(visitor, "/en/alerts/?q=miscarriage")
    page = f"/en/alerts/{zoe.page_token}/"
    assert "Nothing new just now" in visitor.get(page).content.decode()
    _news_of(zoe, "new opened")
    text = visitor.get(page).content.decode()
    for part in (
        "Why do some women lose several early pregnancies?", "It now fits your search.",
        "It is now open to new people.", "the search “miscarriage”", f"/en/studies/{FALCO}/",
    ):  # fmt: skip
        assert part in text
    title = re.search(r"<title>(.*?)</title>", text)
    assert title is not None
    assert title[1] == "What is new for you"


@pytest.mark.django_db
def test_settings_are_changed_without_a_password(visitor: Client) -> None:
    # given somebody with two alerts
    _subscribed(visitor, "/en/alerts/?q=miscarriage")
    zoe = _subscribed(visitor)
    first, second = zoe.alerts.order_by("id")
    page = f"/en/alerts/{zoe.page_token}/settings/"
    text = visitor.get(page).content.decode()
    assert "the search “miscarriage”" in text
    assert "Why do some women lose several early pregnancies?" in text
    # when she asks for less
    answer = visitor.post(
        page,
        {
            "do": "save", "frequency": "monthly", f"shown-{first.pk}": "1",
            f"topics-{first.pk}": ["tells_new"],
            "email": "thief@example.org", "subscriber": "1", "bounced_at": "2020-01-01",
        },
    )  # fmt: skip
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{page}?done=saved")
    assert "Your choice is kept." in visitor.get(f"{page}?done=saved").content.decode()
    # then that alone has changed
    zoe.refresh_from_db()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (zoe.frequency, zoe.email, zoe.bounced_at) == ("monthly", "zoe@example.org", None)
    assert (first.tells_new, first.tells_opening, second.tells_opening) == (True, False, True)
    # and one can go alone
    visitor.post(page, {"do": "save", "frequency": "monthly", "remove": str(first.pk)})
    assert list(Alert.objects.values_list("pk", flat=True)) == [second.pk]


@pytest.mark.django_db
def test_a_pause_and_a_break_are_told_and_taken_back(visitor: Client) -> None:
    zoe = _subscribed(visitor)
    page = f"/en/alerts/{zoe.page_token}/settings/"
    visitor.post(page, {"do": "pause", "months": "3"})
    assert "Our mails rest until" in visitor.get(page).content.decode()
    visitor.post(page, {"do": "resume"})
    assert "Our mails rest" not in visitor.get(page).content.decode()
    answer = visitor.post(page, {"do": "break", "until": ""})
    assert "Take all the time you need" in visitor.get(answer.headers["Location"]).content.decode()
    assert "until you say so" in visitor.get(page).content.decode()
    # a day that has gone by, or is none, is told beside its field
    for typed, said in (("2020-01-01", "still to come"), ("tomorrow", "31/12/2027")):
        text = visitor.post(page, {"do": "break", "until": typed}).content.decode()
        assert said in text
        assert f'value="{typed}"' in text
    assert visitor.post(page, {"do": "pause", "months": "99"}).status_code == 303
    assert visitor.post(page, {"do": "unknown"}).status_code == 303


@pytest.mark.django_db
def test_everything_is_erased_by_one_button(visitor: Client) -> None:
    zoe = _subscribed(visitor)
    answer = visitor.post(f"/en/alerts/{zoe.page_token}/settings/", {"do": "end"})
    assert "You get no more mails from us" in answer.content.decode()
    assert not Subscriber.objects.exists()


@pytest.mark.django_db
def test_who_has_just_written_to_a_team_does_not_type_her_address_again(
    visitor: Client, write: Callable[..., Any]
) -> None:
    page = visitor.get(write()).content.decode()
    found = re.search(rf'href="({OF_STUDY}\?receipt=[^"]+)"', page)
    assert found is not None
    form = visitor.get(found[1])
    assert 'value="claire@example.org"' in form.content.decode()
    assert form.headers["Cache-Control"] == "no-store, private"
    assert "receipt" not in form.content.decode().split("<form", 1)[1].split("</form>")[0]
    # and a receipt that is none gives nothing away
    assert "@example.org" not in visitor.get(f"{OF_STUDY}?receipt={'x' * 43}").content.decode()


@pytest.fixture
def write(visitor: Client) -> Callable[..., str]:
    """Send a message through its form; the address of the page after sending."""
    from tests.find.contact.pages.conftest import FORM, make_letter

    teams.refresh(FALCO, at=timezone.now())

    def send(**changed: Any) -> str:
        return str(visitor.post(FORM, make_letter(**changed)).headers["Location"])

    return send


@pytest.mark.django_db
def test_a_hostile_search_stays_text(visitor: Client) -> None:
    typed = "<script>alert(1)</script>"
    address = f"/en/alerts/?q={typed.replace('<', '%3C').replace('>', '%3E')}"
    zoe = _subscribed(visitor, address)
    for page in (address, f"/en/alerts/{zoe.page_token}/settings/"):
        text = visitor.get(page).content.decode()
        assert typed not in text
        assert "&lt;script&gt;" in text
    assert every_mail_is_neutral() == 0  # the confirmation was erased with its sign-up
    visitor.post(address, make_form(is_search=True, email="b@example.org"))
    assert every_mail_is_neutral() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["", "settings/", "confirm/", "still/", "stop/"])
def test_every_page_speaks_french_and_shows_no_trace_of_its_making(visitor: Client, path: str) -> None:
    zoe = _subscribed(visitor, "/en/alerts/?q=miscarriage&near=Lyon&age=34&speaks=fr")
    _news_of(zoe, "new opened closed gone places results")
    token = zoe.stop_token if path == "stop/" else zoe.page_token
    for language in ("en", "fr"):
        text = visitor.get(f"/{language}/alerts/{token}/{path}").content.decode()
        assert f'<html lang="{language}">' in text
        assert not [trace for trace in ("{{", "{%", "None", "MISSING-VARIABLE", "%(") if trace in text]
