"""The page of a search: addresses short and honest, wrong values told, few queries."""

import json
from xml.etree import ElementTree

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gravida.find import words

pytestmark = pytest.mark.usefixtures("bundled")


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.mark.parametrize(
    ("sent", "led_to"),
    [
        ("?q=miscarriage&near=&age=", "?q=miscarriage"),
        ("?q=&near=&age=&km=50&sex=&sort=best", "?status=ANY"),
        ("?age=34&q=miscarriage", "?q=miscarriage&age=34"),
        ("?q=miscarriage&utm_source=mail&fbclid=1", "?q=miscarriage"),
        ("?status=ANY&q=miscarriage", "?q=miscarriage"),
        ("?page=1&q=miscarriage", "?q=miscarriage"),
    ],
)
def test_a_form_leads_to_the_short_address_that_says_the_same(
    visitor: Client, sent: str, led_to: str
) -> None:
    answer = visitor.get(f"/en/studies/{sent}")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/en/studies/{led_to}"
    assert visitor.get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("age=900", "Please type an age between 0 and 120."),
        ("age=-1", "Please type an age between 0 and 120."),
        ("age=abc", "Please type your age in whole years."),
        ("near=Xyzzyville", "We do not know this place."),
        ("near=99.9,2.0", "We do not know this place."),
        ("q=" + "a" * 201, "Please use fewer words"),
    ],
)
def test_a_wrong_value_is_told_kept_and_left_out(visitor: Client, query: str, said: str) -> None:
    page = visitor.get(f"/en/studies/?{query}").content.decode()
    assert said in page
    assert f'value="{query.partition("=")[2]}"' in page


@pytest.mark.parametrize(
    "query",
    ["sort=id;drop", "sex=NONE", "type=__class__", "status=X", "km=7", "speaks=xx", "page=-3",
     "page=99999999", "page=1e9", "_connector=OR&q=a", "x=%00&q=a", "q=%22%27%3C%3E%26",
     "q=AND+OR+NOT+(", "near=%00", "q=%F0%9F%98%80"],
)  # fmt: skip
def test_a_value_that_no_form_offers_breaks_nothing(visitor: Client, query: str) -> None:
    assert visitor.get(f"/en/studies/?{query}", follow=True).status_code == 200


def test_what_a_visitor_types_comes_back_as_text_only(visitor: Client) -> None:
    hostile = '"><script>alert(1)</script>'
    page = visitor.get("/en/studies/", {"q": hostile}, follow=True).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize(
    "query", ["", "?q=miscarriage&near=Lyon&km=any&age=34&sex=FEMALE", "?q=zzzzqqq&age=34"]
)
def test_a_search_takes_at_most_eight_queries(
    visitor: Client, query: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    visitor.get(f"/en/studies/{query}")
    with django_assert_max_num_queries(8):
        visitor.get(f"/en/studies/{query}")


def test_a_study_takes_at_most_six_queries(
    visitor: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(6):
        visitor.get("/en/studies/NCT05557201/?near=Lyon")


@pytest.mark.parametrize("typed", ["NCT05557201", "nct05557201", " nct 05557201 ", "APHP220747"])
def test_a_number_goes_straight_to_its_study(visitor: Client, typed: str) -> None:
    answer = visitor.get("/en/studies/", {"q": typed}, follow=True)
    assert answer.redirect_chain[-1][0] == "/en/studies/NCT05557201/"


def test_the_feed_tells_the_same_studies_as_the_page(visitor: Client) -> None:
    # given a search
    query = "?q=fausse+couche&near=Lyon&km=any"
    data = json.loads(visitor.get(f"/en/studies.json{query}").content)
    # when it is asked as a feed
    feed = ElementTree.fromstring(visitor.get(f"/en/studies.atom{query}").content)  # noqa: S314 - our own
    atom = "{http://www.w3.org/2005/Atom}"
    titles = [entry.findtext(f"{atom}title") for entry in feed.iter(f"{atom}entry")]
    # then it tells the same, in the same order
    assert titles == [study["title"] for study in (*data["studies"], *data["studies_distance_unknown"])]
    assert "Why do some women lose several early pregnancies?" in titles


def test_data_say_what_was_wrong_with_a_search(visitor: Client) -> None:
    data = json.loads(visitor.get("/en/studies.json?age=900&q=miscarriage").content)
    assert data["errors"] == {"age": ["Please type an age between 0 and 120."]}


def test_the_start_page_shows_studies_that_are_open(visitor: Client) -> None:
    page = visitor.get("/en/").content.decode()
    assert "Why do some women lose several early pregnancies?" in page
    assert 'class="badge closed"' not in page


def test_a_status_on_a_card_comes_from_the_record(visitor: Client) -> None:
    page = visitor.get("/en/studies/?q=NCT05557201+FALCO").content.decode()
    assert "Recruiting · record of 19 December 2025" in page


@pytest.mark.parametrize("address", ["/sitemap.xml", "/sitemap-studies.xml", "/sitemap-start.xml"])
def test_the_sitemap_names_every_study_in_each_language(visitor: Client, address: str) -> None:
    answer = visitor.get(address)
    assert answer.status_code == 200
    if "studies" in address:
        assert b"/en/studies/NCT05557201/" in answer.content
        assert b"/fr/studies/NCT05557201/" in answer.content


def test_a_study_of_this_site_is_placed_by_its_own_centre(visitor: Client) -> None:
    # given a record without locations, and a study folder that names a centre in Paris
    near = json.loads(visitor.get("/en/studies.json?q=FALCO&near=75012&km=10").content)
    far = json.loads(visitor.get("/en/studies.json?q=FALCO&near=Lyon&km=200").content)
    # then it is found near Paris, and not near Lyon
    assert [study["number"] for study in near["studies"]] == ["NCT05557201"]
    assert near["studies"][0]["nearest_place"] == "Paris, France"
    assert "NCT05557201" not in [
        study["number"] for study in (*far["studies"], *far["studies_distance_unknown"])
    ]


@pytest.mark.parametrize("typed", ["%08", "%00", "%1F", "a%0Bb", "%EF%BF%BE"])
def test_control_characters_break_neither_page_nor_feed_nor_data(visitor: Client, typed: str) -> None:
    for address in ("/en/studies/", "/en/studies.atom", "/en/studies.json"):
        assert visitor.get(f"{address}?q={typed}", follow=True).status_code == 200


def test_a_page_beyond_the_last_leads_to_the_last(visitor: Client) -> None:
    answer = visitor.get("/en/studies/?q=miscarriage&page=400")
    assert answer.status_code == 302
    assert visitor.get(answer.headers["Location"]).status_code == 200
    assert "page=400" not in answer.headers["Location"]


def test_every_status_of_the_registry_can_be_asked_for() -> None:
    offered = [status for statuses in words.STATUS_CHOICE.values() for status in statuses]
    assert sorted(offered) == sorted(words.STATUS)


def test_a_choice_of_several_statuses_finds_them_all(visitor: Client) -> None:
    data = json.loads(visitor.get("/en/studies.json?status=STOPPED").content)
    assert data["total"] > 0
    assert {study["status"] for study in data["studies"]} <= {"TERMINATED", "SUSPENDED", "WITHDRAWN"}


def test_two_criteria_that_leave_nothing_together_are_offered_together(visitor: Client) -> None:
    page = visitor.get("/en/studies/?q=FALCO&near=Lyon&age=70&km=10").content.decode()
    assert "Leave out your age and the distance" in page or "Leave out the distance and your age" in page


def test_places_are_named_in_the_language_of_the_page(visitor: Client) -> None:
    assert "Suisse" in visitor.get("/fr/studies/?q=miscarriage&near=Gen%C3%A8ve").content.decode()
    assert "Switzerland" in visitor.get("/en/studies/?q=miscarriage&near=Geneva").content.decode()
