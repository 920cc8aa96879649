"""The contact card of a study page: each line only where there is something to say."""

from django.test import Client
from django.utils import timezone

from gravida.find.contact import answer_times
from gravida.find.contact.models import Team, TeamAddress
from gravida.find.contact.pages.card import _initials
from tests.find.contact.making import send

PAGE = "/en/studies/NCT05557201/"


def _card(visitor: Client, address: str = PAGE) -> str:
    page = visitor.get(address).content.decode()
    return page.partition('class="contact-card"')[2].partition("</aside>")[0]


def test_a_team_without_a_named_contact_is_called_by_its_centre(visitor: Client, team: Team) -> None:
    Team.objects.filter(pk=team.pk).update(name={"en": "Hospital of Peace"})
    card = _card(visitor)
    assert "The research team of Hospital of Peace" in card
    assert "Study nurse" in card
    assert 'class="portrait"' not in card
    assert "None" not in card


def test_a_named_contact_is_shown_with_initials(visitor: Client, team: Team) -> None:
    TeamAddress.objects.filter(team=team, kind="main").update(
        name={"en": "Noor van Exemplaar"}, languages=["ar"]
    )
    card = _card(visitor)
    assert "Noor van Exemplaar" in card
    assert ">NE</span>" in card
    assert "Speaks Arabic." in card


def test_initials_are_those_of_the_first_and_the_last_word() -> None:
    assert [_initials(name) for name in ("Noor van Exemplaar", "Anne-Marie", "Nurse", "")] == [
        "NE",
        "AM",
        "N",
        "",
    ]


def test_a_held_contact_is_not_shown(visitor: Client, team: Team) -> None:
    TeamAddress.objects.filter(team=team).delete()
    team.addresses.create(
        kind="main", rank=0, email="new@example.org", name={"en": "Not Yet Approved"}, source="record",
        state="held", seen_at=timezone.now(),
    )  # fmt: skip
    card = _card(visitor)
    assert "Not Yet Approved" not in card
    assert "new@example.org" not in visitor.get(PAGE).content.decode()


def test_the_answer_time_is_shown_from_five_messages_on(visitor: Client, team: Team) -> None:
    now = timezone.now()
    for number in range(4):
        send(team, email=f"p{number}@example.org", network=f"203.0.113.{number}/32", at=now)
    assert "90 days" not in _card(visitor)
    send(team, email="p5@example.org", network="203.0.113.9/32", at=now)
    answer_times.count_answer_times(now)
    assert "5 people who wrote in the last 90 days" in _card(visitor)


def test_a_closed_team_offers_what_else_can_be_done(visitor: Client, team: Team) -> None:
    Team.objects.filter(pk=team.pk).update(closed_at=timezone.now())
    card = _card(visitor, f"{PAGE}?near=Lyon")
    assert "Not open now" in card
    assert "Write to the team" not in card
    assert 'href="/en/studies/?near=Lyon"' in card


def test_a_far_visitor_is_told_honestly(visitor: Client) -> None:
    card = _card(visitor, f"{PAGE}?near=Lyon")
    assert "No open centre is near you; the nearest is 390 km away." in card
    assert 'href="/en/studies/NCT05557201/contact/?near=Lyon"' in card


def test_the_confirmed_day_and_the_languages_are_named(visitor: Client, team: Team) -> None:
    Team.objects.filter(pk=team.pk).update(confirmed_on="2026-11-03")
    page = visitor.get(PAGE).content.decode()
    assert "Confirmed by the team on 3 November 2026." in page
    assert "The team speaks French, English." in page


def test_a_study_page_stays_cheap(visitor: Client, team: Team, django_assert_max_num_queries: object) -> None:
    visitor.get(PAGE)
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        visitor.get(PAGE)
