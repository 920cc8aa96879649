"""How easy was this? One answer for a browser and day, nobody known by it, figures of five and more."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gravida.find.models import Study
from gravida.find.overviews.actions_ratings import FROM_A_NETWORK, Answer, forget, mark_of, rate
from gravida.find.overviews.figures import figures_of, hard_studies
from gravida.find.overviews.list_page import study_rows
from gravida.find.overviews.models import Rating
from gravida.web.people.models import Person
from tests.find.overviews.making import NUMBER

PAGE = f"/en/studies/{NUMBER}/how-easy/"


@pytest.fixture
def visitor(study: Study) -> Client:
    """A browser that keeps no cookie of ours."""
    return Client(headers={"user-agent": "Browser 1", "accept-language": "en"})


def sent(visitor: Client, **changed: Any) -> Any:
    typed = {"mark": mark_of(NUMBER, timezone.localdate()), "section": "overview", "step": "4", "comment": ""}
    return visitor.post(PAGE, typed | changed)


def test_an_answer_is_kept_without_a_cookie_and_thanked_for(visitor: Client) -> None:
    answer = sent(visitor, comment="A hard word")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{PAGE}thanks/?section=overview")
    assert not answer.cookies
    thanks = visitor.get(answer.headers["Location"])
    assert "Thank you" in thanks.content.decode() and not thanks.cookies
    rating = Rating.objects.get()
    assert (rating.step, rating.comment, rating.language, rating.section) == (
        4,
        "A hard word",
        "en",
        "overview",
    )


def test_a_browser_counts_once_a_day_for_each_section(visitor: Client) -> None:
    for step in ("1", "5"):
        sent(visitor, step=step)
    assert [rating.step for rating in Rating.objects.all()] == [5]
    sent(visitor, section="eligibility")
    other = Client(headers={"user-agent": "Browser 2"})
    sent(other)
    assert Rating.objects.count() == 3


def test_nothing_of_a_visitor_is_kept_and_the_day_is_forgotten(visitor: Client, now: datetime) -> None:
    sent(visitor, comment="said in confidence")
    row = Rating.objects.values().get()
    assert not any(text in str(row) for text in ("127.0.0", "Browser"))
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT comment FROM overviews_rating")
        assert b"confidence" not in bytes(cursor.fetchone()[0])
    forget(now + timedelta(days=1))
    assert Rating.objects.get().day_digest is None
    assert forget(now + timedelta(days=364)) == 0
    assert forget(now + timedelta(days=367)) == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"step": ""}, "Please choose one of the five steps."),
        ({"step": "6"}, "Please choose one of the five steps."),
        ({"comment": "a" * 501}, "shorten it to 500"),
        ({"mark": "of nobody"}, "from another day"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    visitor: Client, changed: dict[str, str], said: str
) -> None:
    page = sent(visitor, **({"comment": "my words"} | changed)).content.decode()
    assert said in page and (changed.get("comment") or "my words") in page
    assert not Rating.objects.exists()


def test_a_section_that_does_not_exist_and_a_machine_are_kept_out(visitor: Client) -> None:
    assert sent(visitor, section="admin").status_code == 400
    assert visitor.get(f"{PAGE}?section=admin").status_code == 404
    assert visitor.get(f"{PAGE}?section=overview").status_code == 200
    assert Client().get("/en/studies/NCT99999999/how-easy/?section=what").status_code == 404
    assert sent(visitor, website="http://example.org").status_code == 302
    assert not Rating.objects.exists()
    with pytest.raises(ValueError, match="wanted a section"):
        Answer(section="admin", step=1)


def test_yesterdays_page_is_good_and_an_older_one_is_not(visitor: Client) -> None:
    today = timezone.localdate()
    assert sent(visitor, mark=mark_of(NUMBER, today - timedelta(days=1))).status_code == 302
    assert sent(visitor, mark=mark_of(NUMBER, today - timedelta(days=2))).status_code == 200
    assert sent(visitor, mark=mark_of("NCT00000001", today)).status_code == 200


def test_a_network_has_a_limit(visitor: Client) -> None:
    for _ in range(FROM_A_NETWORK.times):
        sent(visitor)
    answer = sent(visitor, comment="my words")
    assert (answer.status_code, "my words" in answer.content.decode()) == (429, True)
    assert int(answer.headers["Retry-After"]) > 0


def _answers(now: datetime, steps: list[int], section: str = "overview") -> None:
    for number, step in enumerate(steps):
        answer = Answer(section=section, step=step, comment="" if number else "why")
        network = f"network {number}"
        rate(study=NUMBER, language="en", answer=answer, network=network, browser="b", at=now)


def test_fewer_than_five_answers_give_no_figure(study: Study, now: datetime) -> None:
    _answers(now, [1, 1, 1, 1])
    (row,) = figures_of(NUMBER, "en")
    assert (row.n, row.mean, row.is_hard, row.comments) == (None, None, False, ("why",))
    assert hard_studies() == set()


@pytest.mark.parametrize(
    ("steps", "is_hard"), [([3, 3, 3, 3, 2], True), ([3, 3, 3, 3, 3], False), ([1] * 4, False)]
)
def test_a_mean_below_three_of_five_or_more_is_a_task(
    study: Study, editor: Person, now: datetime, steps: list[int], is_hard: bool
) -> None:
    _answers(now, steps)
    row = next(row for row in study_rows(editor) if row.number == NUMBER)
    assert any("hard" in language.to_do for language in row.languages) is is_hard


def test_the_question_stands_under_sections_of_the_page(visitor: Client) -> None:
    page = visitor.get(f"/en/studies/{NUMBER}/").content.decode()
    for section in ("overview", "eligibility"):
        assert f'id="how-easy-{section}"' in page
    # The same page for everybody, so that it can be kept by browsers.
    assert page.count(mark_of(NUMBER, timezone.localdate())) >= 2
