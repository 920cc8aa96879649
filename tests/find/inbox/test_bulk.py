"""Several messages at once: asked for once more, done where it can be, and said why not where it cannot."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gravida.find.contact.models import Request, Team
from gravida.find.contact.states import State
from gravida.find.inbox.bulk import versions_in
from gravida.web.audit.models import AuditEntry
from tests.find.contact.making import fresh, nurse, send
from tests.find.inbox.conftest import post

pytestmark = pytest.mark.django_db
Make = Callable[..., Request]
SEVERAL = "/en/staff/messages/several/"


def choose(*requests: Request) -> list[str]:
    return [f"{request.pk}:{fresh(request).version}" for request in requests]


def several(desk: Client, act: str, chosen: list[str], *, do: str = "really", **typed: Any) -> Any:
    return desk.post(SEVERAL, {"act": act, "chosen": chosen, "do": do, **typed})


def test_nothing_is_done_before_it_has_been_asked_for_once_more(desk: Client, message: Make) -> None:
    made = message()
    asked = several(desk, "spam", choose(made), do="")
    assert "deleted after seven days" in asked.content.decode()
    assert fresh(made).where is State.VERIFIED
    assert several(desk, "spam", choose(made)).status_code == 200
    assert fresh(made).where is State.SPAM


def test_all_are_given_to_a_colleague(desk: Client, message: Make) -> None:
    ben = nurse("ben@example.org")
    some = [message(email="a@example.org"), message(email="b@example.org")]
    answer = several(desk, "assign", choose(*some), to=ben.pk)
    assert "Done with 2 messages." in answer.content.decode()
    assert [fresh(one).assigned_to for one in some] == [ben, ben]


def test_what_cannot_be_done_is_told_one_by_one(desk: Client, message: Make) -> None:
    # given one that can be spam, one that has been answered, one that somebody changed meanwhile
    can, answered, changed = (message(email=f"{name}@example.org") for name in "abc")
    post(desk, answered, "acknowledge")
    chosen = choose(can, answered, changed)
    post(desk, changed, "note", text="Look here")
    # when all three are marked
    told = several(desk, "spam", chosen).content.decode()
    # then one is, and the other two say why not
    assert "Done with 1 message." in told
    assert "Not done with 2" in told
    assert "not possible at this point" in told
    assert "somebody has changed it meanwhile" in told
    assert [fresh(one).where for one in (can, answered, changed)] == [
        State.SPAM, State.ACKNOWLEDGED, State.VERIFIED,
    ]  # fmt: skip


def test_repeats_are_joined_to_the_one_that_counts_but_not_itself(desk: Client, message: Make) -> None:
    kept, repeat = message(email="a@example.org"), message(email="b@example.org")
    assert several(desk, "duplicate", choose(kept, repeat), of="G-ZZZZ").status_code == 400
    told = several(desk, "duplicate", choose(kept, repeat), of=kept.reference).content.decode()
    assert "Done with 1 message." in told
    assert fresh(repeat).duplicate_of == kept
    assert fresh(kept).where is State.VERIFIED


def test_only_those_called_three_times_two_weeks_ago_are_closed(desk: Client, message: Make) -> None:
    old, young, new = (message(email=f"{name}@example.org") for name in "abc")
    for one in (old, young):
        for _ in range(3):
            post(desk, one, "call", outcome="no_answer")
    Request.objects.filter(pk=old.pk).update(state_since=timezone.now() - timedelta(days=15))
    told = several(desk, "unreachable", choose(old, young, new)).content.decode()
    assert "Done with 1 message." in told
    assert fresh(old).where is State.UNREACHABLE
    assert fresh(young).where is State.ATTEMPT_3


def test_messages_of_another_centre_are_not_even_named(desk: Client, message: Make, other_team: Team) -> None:
    mine, there = message(), send(other_team, at=timezone.now(), email="there@example.org").request
    told = several(desk, "spam", choose(mine, there)).content.decode()
    assert there.reference not in told
    assert fresh(there).where is State.UNVERIFIED
    assert several(desk, "spam", choose(there), do="").status_code == 404


def test_nothing_chosen_and_unknown_acts_do_nothing(desk: Client, message: Make) -> None:
    made = message()
    entries = AuditEntry.objects.count()
    assert several(desk, "spam", []).status_code == 303
    assert several(desk, "erase", choose(made)).status_code == 404
    assert AuditEntry.objects.count() == entries


def test_what_is_no_number_and_version_is_left_out() -> None:
    assert versions_in(["12:3", "x:1", "4", "", "9:²", "5:1; drop", "٣:1"]) == {12: 3}
    assert len(versions_in([f"{number}:1" for number in range(200)])) == 50
