"""A centre: open or closed, addresses decided side by side, figures without small counts, the digest."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gravida.find.contact.letters import Openness
from gravida.find.contact.models import Request, Tally, Team, TeamAddress
from gravida.find.contact.openness import openness
from gravida.find.inbox.digest import news_of_centres, news_of_messages
from gravida.find.inbox.figures import figures
from gravida.web.people.models import Person
from gravida.web.people.roles import Role
from tests.find.contact.making import investigator, kinds_of_mails, send
from tests.web.people.making import browser_of, make_staff

pytestmark = pytest.mark.django_db
Make = Callable[..., Request]


def hold(team: Team, email: str = "new@example.org") -> TeamAddress:
    """An address that a record brought."""
    return TeamAddress.objects.create(
        team=team, kind="main", rank=0, email=email, source="record", state="held", name={"en": "New Name"},
        seen_at=timezone.now(),
    )  # fmt: skip


def page(desk: Client, team: Team) -> str:
    answer = desk.get(f"/en/staff/centres/{team.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def act(desk: Client, team: Team, what: str) -> Any:
    return desk.post(f"/en/staff/centres/{team.pk}/do/{what}/")


def test_a_centre_closes_after_it_was_asked_once_more_and_opens_again(
    desk: Client, team: Team, message: Make
) -> None:
    message()
    asked = desk.get(f"/en/staff/centres/{team.pk}/close/").content.decode()
    assert "the mails cannot be taken back" in asked
    assert act(desk, team, "close").status_code == 303
    team.refresh_from_db()
    assert openness(team) is Openness.TEAM_CLOSED
    assert kinds_of_mails()[-1] == "contact.person.team_closed"
    assert "Ann Example" in page(desk, team)
    act(desk, team, "open")
    team.refresh_from_db()
    assert openness(team) is Openness.OPEN


def test_still_right_confirms_today(desk: Client, team: Team) -> None:
    act(desk, team, "still-right")
    team.refresh_from_db()
    assert team.confirmed_on == timezone.localdate()
    assert f"{timezone.localdate():%Y}" in page(desk, team)


def test_the_next_public_holidays_are_named(desk: Client, team: Team) -> None:
    shown = page(desk, team)
    assert "without the public holidays of FR" in shown
    assert "Next days without work:" in shown


def test_a_held_address_stands_beside_the_one_in_use_and_is_approved(team: Team) -> None:
    head = investigator()
    desk, held = browser_of(head), hold(team)
    shown = page(desk, team)
    assert "falco-team@example.org" in shown
    assert "new@example.org" in shown
    assert desk.post(f"/en/staff/centres/addresses/{held.pk}/approve/").status_code == 303
    held.refresh_from_db()
    assert (held.state, held.decided_by) == ("approved", head)
    # and a decision can be changed
    desk.post(f"/en/staff/centres/addresses/{held.pk}/refuse/")
    held.refresh_from_db()
    assert held.state == "refused"


def test_administrators_decide_addresses_and_read_no_message(team: Team, message: Make) -> None:
    made, desk, held = message(), browser_of(make_staff(Role.ADMINISTRATOR)), hold(team)
    assert "new@example.org" in desk.get("/en/staff/centres/addresses/").content.decode()
    assert desk.post(f"/en/staff/centres/addresses/{held.pk}/refuse/").status_code == 303
    assert desk.get(f"/en/staff/messages/{made.reference}/").status_code == 403
    assert act(desk, team, "close").status_code == 403
    assert "Not recruiting any more" not in page(desk, team)


def test_nurses_see_that_an_address_waits_and_cannot_decide(desk: Client, team: Team) -> None:
    held = hold(team)
    shown = page(desk, team)
    assert "An address waits for a decision" in shown
    assert "new@example.org" not in shown
    assert desk.post(f"/en/staff/centres/addresses/{held.pk}/approve/").status_code == 403


def test_an_address_of_the_study_folder_is_not_decided_here(team: Team) -> None:
    own = team.addresses.filter(source="folder").first()
    desk = browser_of(investigator())
    assert desk.post(f"/en/staff/centres/addresses/{own.pk}/refuse/").status_code == 404


def test_a_centre_of_somebody_else_is_not_found(desk: Client, other_team: Team) -> None:
    assert desk.get(f"/en/staff/centres/{other_team.pk}/").status_code == 404
    assert act(desk, other_team, "close").status_code == 404
    assert desk.get(f"/en/staff/centres/{other_team.pk}/close/").status_code == 404


AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def count(team: Team, month: date, what: str, number: int) -> None:
    Tally.objects.create(study=team.study, centre=team.centre, month=month, what=what, count=number)


def test_the_funnel_of_twelve_months_newest_first_without_small_counts(team: Team) -> None:
    for month, viewed, sent in (
        (date(2026, 11, 1), 40, 3),
        (date(2026, 10, 1), 30, 9),
        (date(2025, 12, 1), 8, 20),
    ):
        count(team, month, "viewed", viewed)
        count(team, month, "sent", sent)
    count(team, date(2025, 11, 1), "viewed", 999)  # thirteen months ago
    found = figures(team, at=AT)
    assert [month.name for month in found.months[:2]] == ["November 2026", "October 2026"]
    assert len(found.months) == 12
    assert [stage.cell.value for stage in found.stages][:3] == [78, 0, 32]
    sent = {month.name: month.cells[2].value for month in found.months}
    # three is hidden, and nine with it, for 32 less the rest would tell the three
    assert (sent["November 2026"], sent["October 2026"], sent["December 2025"]) == (None, None, 20)


def test_reasons_and_languages_in_words(team: Team) -> None:
    count(team, date(2026, 11, 1), "not_possible:other", 6)
    count(team, date(2026, 11, 1), "sent:fr", 12)
    count(team, date(2026, 11, 1), "sent:en", 2)
    found = figures(team, at=AT)
    assert [(reason.name, reason.cell.value) for reason in found.reasons] == [("another reason", 6)]
    assert [(one.name, one.cell.value) for one in found.languages] == [("français", None), ("English", None)]


def test_median_times_count_those_who_wait_still(team: Team) -> None:
    # given six messages of a Tuesday: three answered after a day, three never
    tuesday = datetime(2026, 11, 3, 9, tzinfo=UTC)
    for number in range(6):
        made = send(
            team, at=tuesday, email=f"p{number}@example.org", network=f"203.0.113.{number}/32"
        ).request
        answered = tuesday + timedelta(days=1) if number < 3 else None
        Request.objects.filter(pk=made.pk).update(acknowledged_at=answered, late_at=None)
    [to_answer, to_talk] = figures(team, at=AT).medians
    assert (to_answer.working_days, to_answer.n.value) == (1.0, 6)
    assert to_talk.working_days is None
    assert figures(team, at=AT).unanswered is None  # three of six: too few to say


def test_figures_stand_as_words_and_numbers_on_the_page(desk: Client, team: Team) -> None:
    today = timezone.localdate().replace(day=1)
    count(team, today, "viewed", 40)
    count(team, today, "sent", 2)
    shown = page(desk, team)
    assert re.search(r"<td>\s*40\s*</td>", shown)
    assert "fewer than 5" in shown
    assert 'role="img"' in shown


def test_the_digest_tells_what_is_late_and_what_is_new(
    desk: Client, ann: Person, message: Make, now: datetime
) -> None:
    assert news_of_messages(ann, now) == ""
    message(days=9, email="a@example.org")
    message(email="b@example.org")
    message(email="c@example.org")
    assert news_of_messages(ann, now) == "1 overdue, 2 new"
    assert "1 overdue, 2 new" in desk.get("/en/staff/").content.decode()


def test_the_digest_counts_addresses_for_those_who_decide(team: Team, ann: Person, now: datetime) -> None:
    hold(team)
    assert news_of_centres(investigator(), now) == "1 address to approve"
    assert news_of_centres(ann, now) == ""
