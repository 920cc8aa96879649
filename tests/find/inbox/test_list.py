"""The list: what is late first, narrowed and counted, the same few queries however many messages."""

import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gravida.find.contact import actions_team
from gravida.find.contact.models import Request, Team
from gravida.find.inbox.asked import Asked, asked_of, reference_in
from gravida.web.people.models import Person
from gravida.web.people.roles import Role
from tests.find.contact.making import fresh, send
from tests.find.inbox.conftest import post
from tests.web.people.making import browser_of, give

pytestmark = pytest.mark.django_db
LIST = "/en/staff/messages/"
Make = Callable[..., Request]


def references(desk: Client, query: str = "") -> list[str]:
    """References of the list's rows, in its order."""
    page = desk.get(f"{LIST}?{query}").content.decode()
    return re.findall(r"data-row>([^<]+)<", page)


def counts(desk: Client) -> dict[str, int]:
    page = desk.get(LIST).content.decode()
    found = re.findall(r'<span>([^<]+)</span> <span class="number">(\d+)</span>', page)
    return {label: int(count) for label, count in found}


def test_what_is_most_overdue_comes_first(desk: Client, message: Make) -> None:
    young = message(email="young@example.org")
    old = message(days=20, email="old@example.org")
    middle = message(days=9, email="middle@example.org")
    assert references(desk) == [old.reference, middle.reference, young.reference]
    assert references(desk, "status=overdue") == [old.reference, middle.reference]


def test_a_row_says_in_words_how_late_it_is_and_nothing_of_who_wrote(desk: Client, message: Make) -> None:
    message(days=20)
    page = desk.get(LIST).content.decode()
    assert "overdue for" in page
    assert "Tell her that you have her message" in page
    for secret in ("Ondine", "Exemplaire", "ondine@", "99 00 12 34", "zanzibar", "Wolof"):
        assert secret not in page


def test_each_state_stands_with_its_count(desk: Client, message: Make) -> None:
    message(days=20, email="a@example.org")
    message(email="b@example.org", confirmed=False)
    spam = message(email="c@example.org", suspicion="too_quick", confirmed=False)
    counted = counts(desk)
    assert counted["All open"] == 2
    assert counted["To answer"] == 2
    assert counted["Overdue"] == 1
    assert counted["address not confirmed"] == 1
    assert counted["Spam"] == 1
    assert references(desk, "status=spam") == [spam.reference]
    assert spam.reference not in references(desk)


def test_the_list_is_narrowed_by_each_choice(desk: Client, ann: Person, message: Make, now: datetime) -> None:
    french = message(email="a@example.org", language="fr")
    mine = message(email="b@example.org")
    unconfirmed = message(email="c@example.org", confirmed=False)
    late = message(days=16, email="d@example.org")
    Request.objects.filter(pk=late.pk).update(late_at=now)
    actions_team.assign(request=mine, version=mine.version, to=ann, by=ann, at=now)
    assert references(desk, "language=fr") == [french.reference]
    assert references(desk, "whose=me") == [mine.reference]
    assert set(references(desk, "whose=nobody")) == {
        french.reference, unconfirmed.reference, late.reference
    }  # fmt: skip
    assert references(desk, "unverified=1") == [unconfirmed.reference]
    assert references(desk, "late=1") == [late.reference]
    assert references(desk, "status=verified&language=fr&whose=nobody") == [french.reference]


def test_what_is_on_no_list_is_as_if_it_were_not_there() -> None:
    asked = asked_of(
        {
            "status": "x' or 1",
            "whose": "__in",
            "language": "xx",
            "centre": "1e9",
            "page": "-4",
            "team__id": "3",
        }
    )
    assert asked == Asked()


def test_a_centre_narrows_the_list_of_somebody_who_has_two(
    desk: Client, ann: Person, message: Make, other_team: Team
) -> None:
    here = message()
    give(ann, Role.NURSE, study=other_team.study, centre=other_team.centre)
    there = send(other_team, at=timezone.now(), email="there@example.org").request
    assert set(references(desk)) == {here.reference, there.reference}
    assert references(desk, f"centre={other_team.pk}") == [there.reference]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("g-7k2q", "G-7K2Q"),
        (" 7K2Q ", "G-7K2Q"),
        ("G 7k2q", "G-7K2Q"),
        ("", ""),
        ("G-7K2Q-9FHM", "G-7K2Q-9FHM"),
    ],
)
def test_a_reference_is_found_however_it_is_typed(typed: str, read: str) -> None:
    assert reference_in(typed) == read


def test_a_whole_reference_leads_to_its_message_and_a_part_to_a_list(desk: Client, message: Make) -> None:
    made = message()
    typed = made.reference.replace("-", "").lower()
    answer = desk.get(f"{LIST}?reference={typed}")
    assert answer.headers["Location"].endswith(f"/messages/{made.reference}/")
    assert references(desk, f"reference={made.reference[:4]}") == [made.reference]
    assert references(desk, "reference=%25") == references(desk)


def test_something_new_from_her_is_marked_until_it_is_opened(desk: Client, message: Make) -> None:
    made = message(telephone="+33199001234")
    post(desk, made, "acknowledge")
    desk.get(f"{LIST}{made.reference}/")
    assert "something new from her" not in desk.get(LIST).content.decode()
    send(made.team, at=timezone.now(), text="Once more")
    assert "something new from her" in desk.get(LIST).content.decode()


def many(team: Team, number: int, *, at: datetime) -> None:
    """So many open messages, each a little older than the one before."""
    Request.objects.bulk_create(
        Request(
            reference=f"G-{index:04d}-XXXX", study=team.study, team=team, state="verified", state_since=at,
            language="fr" if index % 2 else "en", sent_at=at - timedelta(minutes=index), counted_from=at,
            due_at=at + timedelta(hours=index % 97 - 48), idempotency_digest=secrets.token_hex(16),
        )
        for index in range(number)
    )  # fmt: skip


def queries(desk: Client, query: str = "") -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert desk.get(f"{LIST}?{query}").status_code == 200
    return len(caught)


@pytest.mark.slow
def test_five_thousand_messages_take_as_few_queries_as_three(desk: Client, team: Team, now: datetime) -> None:
    many(team, 3, at=now)
    few = queries(desk)
    Request.objects.all().delete()
    many(team, 5000, at=now)
    assert queries(desk) == few <= 8
    for query in ("status=overdue&page=7", "language=fr&whose=nobody", "reference=G-00"):
        assert queries(desk, query) <= 8
    page = desk.get(f"{LIST}?page=3").content.decode()
    assert "101 to 150 of 5000" in page


def test_a_page_beyond_the_last_is_empty_and_leads_back(desk: Client, message: Make) -> None:
    message()
    page = desk.get(f"{LIST}?page=99").content.decode()
    assert "Nothing waits here." in page


def test_a_french_nurse_reads_french_where_the_address_names_no_language(ann: Person, message: Make) -> None:
    made = message()
    Person.objects.filter(pk=ann.pk).update(language="fr")
    page = browser_of(ann, language="en").get(f"/staff/messages/{made.reference}/").content.decode()
    assert "Ce qui s’est passé" in page
    assert fresh(made).state == "opened"
