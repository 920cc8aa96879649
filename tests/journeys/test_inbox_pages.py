"""Every page of the inbox, empty and full, fits its window, reads in both languages and meets WCAG 2.2 AA."""

import json
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Dialog

from gravida.find.contact import actions_calls, actions_team
from gravida.find.contact.actions_calls import Found
from gravida.find.contact.models import CallAttempt, Request, Tally, Team, TeamAddress
from gravida.find.inbox.models import ReadyText
from gravida.web.people.models import Person
from gravida.web.people.roles import Role
from tests.find.contact.making import confirm, fresh, send
from tests.journeys.conftest import problems_of_accessibility
from tests.journeys.contact import open_team
from tests.journeys.test_contact_pages import PAYLOADS
from tests.journeys.test_staff_sign_in import signed_in
from tests.web.people.making import make_staff

pytestmark = [pytest.mark.journey, pytest.mark.slow]
LONG = "Donaudampfschifffahrtsgesellschaftskapitänswitwe"


@pytest.fixture
def head(site: str) -> Person:
    """An investigator with a long name."""
    return make_staff(Role.INVESTIGATOR, name=f"{LONG} Example")


@pytest.fixture
def team(site: str) -> Team:
    """FALCO's team, with figures and an address that waits."""
    team = open_team()
    TeamAddress.objects.create(
        team=team, kind="main", rank=0, email="a-very-long-address.of-somebody@department.example.org",
        source="record", state="held", name={"en": LONG}, seen_at=timezone.now(),
    )  # fmt: skip
    today = timezone.localdate().replace(day=1)
    counted = (
        ("viewed", 900),
        ("form_opened", 90),
        ("sent", 30),
        ("sent:fr", 26),
        ("answered", 12),
        ("late", 2),
    )
    for what, count in counted:
        Tally.objects.create(study=team.study, centre=team.centre, month=today, what=what, count=count)
    return team


def full_inbox(team: Team, head: Person) -> Request:
    """Messages in many states; the one with a long history."""
    at = timezone.now() - timedelta(days=9)
    made = []
    for number in range(4):
        sent = send(team, at=at, email=f"p{number}@example.org", network=f"203.0.113.{number}/32",
                    other_language=LONG[:40], text=f"{LONG} " * 8)  # fmt: skip
        confirm(sent, at=at)
        made.append(fresh(sent.request))
    actions_team.acknowledge(request=made[0], version=made[0].version, by=head, at=at)
    actions_calls.call_attempted(
        request=made[0], version=fresh(made[0]).version, outcome=CallAttempt.Outcome.REACHED, by=head, at=at
    )
    actions_team.note(request=made[0], text=LONG * 3, by=head, at=at)
    actions_team.mark_spam(request=made[1], version=made[1].version, by=head, at=at)
    actions_calls.prescreened(
        request=made[2], version=actions_team.acknowledge(
            request=made[2], version=made[2].version, by=head, at=at
        ).version,
        found=Found.NOT_POSSIBLE, criterion="other", sentence="We are sorry.", by=head, at=at,
    )  # fmt: skip
    ReadyText.objects.create(
        study=team.study, centre=team.centre, name="Welcome", text_fr="Bonjour {first_name}",
        changed_by=head, changed_at=at,
    )  # fmt: skip
    return fresh(made[0])


def pages_of(made: Request | None, team: Team) -> list[str]:
    """Every page that a GET shows."""
    found = ["messages/", "messages/?status=spam", "messages/?status=overdue&whose=me", "messages/export/",
             f"centres/{team.pk}/", f"centres/{team.pk}/close/", "centres/addresses/", "centres/", "texts/",
             f"texts/new/{team.pk}/"]  # fmt: skip
    if made:
        one = f"messages/{made.reference}/"
        found += [one, *(one + more for more in (
            "answer/?text=thanks", "not-possible/", "not-possible/?criterion=other", "offer/",
            "sure/duplicate/", "sure/withdraw/", "sure/possible/", "?done=note",
        )), f"texts/{ReadyText.objects.get().pk}/"]  # fmt: skip
    return found


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_meets_wcag_and_fits_its_window(
    open_context: Callable[..., BrowserContext],
    site: str,
    team: Team,
    head: Person,
    theme: str,
    language: str,
) -> None:
    page = signed_in(open_context(color_scheme=theme), head, site)
    for is_full in (False, True):
        made = full_inbox(team, head) if is_full else None
        for width in (360, 768, 1280) if is_full else (360,):
            page.set_viewport_size({"width": width, "height": 800})
            for path in pages_of(made, team):
                page.goto(f"/{language}/staff/{path}")
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
                assert page.locator("h1").count() == 1, path
                assert "MISSING-VARIABLE" not in page.content(), path
                if width == 360:
                    assert problems_of_accessibility(page) == [], path


@pytest.mark.parametrize("start", range(0, 40, 10))
def test_hostile_words_are_text_on_every_page_of_the_team(
    open_context: Callable[..., BrowserContext], site: str, team: Team, head: Person, start: int
) -> None:
    # given messages, notes, answers and ready texts that hold what somebody would like to run
    page = signed_in(open_context(), head, site)
    dialogs: list[Dialog] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog), dialog.dismiss()))
    at = timezone.now() - timedelta(hours=1)
    foreign = "iframe, base, meta[http-equiv], style, object, video, math, [onload], [onerror], [onfocus]"
    for number, payload in enumerate(PAYLOADS[start : start + 10]):
        # nothing invisible reaches the acts: the public form has taken it away
        text = "".join(sign for sign in payload if sign.isprintable()) or "x"
        made = send(
            team, at=at, first_name=text[:80], last_name=text[:80], other_language=text[:60], text=text,
            answers=json.dumps({text: text}), notes=text, email=f"h{number}@example.org",
            network=f"203.0.113.{number}/32",
        ).request  # fmt: skip
        actions_team.note(request=made, text=text, by=head, at=at)
        actions_team.reply(request=made, version=fresh(made).version, text=text, by=head, at=at)
        ReadyText.objects.create(
            study=team.study, centre=team.centre, name=f"{number} {text}"[:80], text_en=text, changed_by=head,
            changed_at=at,
        )  # fmt: skip
        ready = ReadyText.objects.latest("id")
        # when the team looks at every page that shows them
        for path in (f"messages/{made.reference}/", f"messages/{made.reference}/answer/?text={ready.pk}",
                     f"messages/{made.reference}/offer/?words={quote(text)}", "texts/", f"texts/{ready.pk}/",
                     f"messages/?reference={quote(text)}"):  # fmt: skip
            page.goto(f"/en/staff/{path}")
            # then they are text and nothing else
            assert dialogs == [], path
            assert page.locator("h1").count() == 1, path
            assert page.locator(foreign).count() == 0, (path, text)
            assert page.locator("script:not([src])").count() == 0, path
            assert page.locator("form:not([method=post]):not([method=get])").count() == 0, path
