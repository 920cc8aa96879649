"""Two hundred codes at the same moment, processes that are killed: the limits hold exactly."""

import os
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from gravida.find.notes import actions, opening, sealing, tries
from gravida.find.notes.models import Ending, Share, Tries
from gravida.find.notes.opening import NothingOpens, open_share
from gravida.web.limits import Limit, TooMany
from gravida.web.tokens import normal_code
from tests.find.notes.making import NOON, OWNER, share, stretched_quickly, wrong_codes
from tests.processes import start
from tests.web.test_limits import in_parallel

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

GUESSES, THREADS = 200, 20


@pytest.fixture
def stretchings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Codes that reach the slow hash; itself it is made quick, and the site's own limits wide."""
    seen = stretched_quickly(monkeypatch)
    monkeypatch.setattr(tries, "OF_SITE", Limit("test", 100_000, timedelta(days=300)))
    for name in ("OF_NETWORK_HOUR", "OF_NETWORK_DAY", "OF_SITE"):
        monkeypatch.setattr(actions, name, Limit(f"test {name}", 500, timedelta(days=300)))
    monkeypatch.setattr(tries, "SEATS", tuple(f"test seat {number}" for number in range(THREADS)))
    return seen


def _guess(token: str) -> Callable[[int], str]:
    def guess(number: int) -> str:
        try:
            code = normal_code(wrong_codes(30)[number % 30])
            open_share(token=token, code=code, network=f"10.1.{number}.7/32", at=NOON)
        except NothingOpens:
            return "looked at"
        except TooMany:
            return "waits"
        return "opened"

    return guess


def test_of_two_hundred_wrong_codes_at_once_five_are_looked_at(stretchings: list[str]) -> None:
    new = share()
    stretchings.clear()
    said = Counter(in_parallel(_guess(new.token), calls=GUESSES, threads=THREADS))
    assert said == {"looked at": 5, "waits": GUESSES - 5}
    assert len(stretchings) == 5
    # and the right one afterwards is refused, without being looked at
    with pytest.raises(TooMany):
        open_share(token=new.token, code=normal_code(new.code), network="10.2.0.7/32", at=NOON)
    assert len(stretchings) == 5
    assert Tries.objects.get().in_life == 5


def test_over_its_life_twenty_of_five_hundred_are_looked_at(stretchings: list[str]) -> None:
    new = share()
    digest = sealing.digest_of(new.token)
    for round_ in range(5):
        stretchings.clear()
        # pauses over, as after days
        Tries.objects.filter(digest=digest).update(paused_until=None)
        in_parallel(_guess(new.token), calls=GUESSES // 2, threads=THREADS)
        # after its life the same work is done for nothing, so that nobody can tell
        assert len(stretchings) == (GUESSES // 2 if round_ == 4 else 5)
    assert Tries.objects.get(digest=digest).in_life == 20
    assert Share.objects.get().ending == Ending.TRIES


def test_never_more_than_two_codes_are_looked_at_at_once(
    stretchings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "SEATS", ("notes check 1", "notes check 2"))
    inside, most, lock = [0], [0], threading.Lock()
    looked = sealing.open_notes

    def watched(*args: object, **named: object) -> bytes | None:
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        try:
            return looked(*args, **named)  # type: ignore[arg-type]
        finally:
            with lock:
                inside[0] -= 1

    monkeypatch.setattr(opening, "open_notes", watched)
    in_parallel(lambda number: _guess(f"{number:032}")(number), calls=60, threads=THREADS)
    assert 1 <= most[0] <= 2


def test_a_device_never_has_more_than_twenty_live_links(stretchings: list[str]) -> None:
    def make(number: int) -> str:
        try:
            share(form=f"{number:043}")
        except actions.TooManyLinks:
            return "too many"
        return "made"

    assert Counter(in_parallel(make, calls=40, threads=THREADS)) == {"made": 20, "too many": 20}


def test_one_form_sent_twenty_times_at_once_makes_one_link(stretchings: list[str]) -> None:
    def make(_: int) -> str:
        try:
            share()
        except actions.MadeBefore:
            return "before"
        return "made"

    assert Counter(in_parallel(make, calls=20, threads=THREADS)) == {"made": 1, "before": 19}


def test_a_process_killed_while_it_looks_has_used_its_try_and_frees_its_seat() -> None:
    # given a process that dies inside the slow hash
    new = share(at=timezone.now())

    def die() -> None:
        opening.open_notes = lambda *_args, **_named: os._exit(9)  # type: ignore[assignment]
        open_share(token=new.token, code="2" * 12, network="10.0.0.1/32", at=timezone.now())

    process = start(die)
    process.join(30)
    assert process.exitcode == 9
    # then the try is counted, and the link still opens
    assert Tries.objects.get().in_life == 1
    opened = open_share(token=new.token, code=normal_code(new.code), network="10.0.0.2/32", at=timezone.now())
    assert opened.snapshot.notes


@pytest.mark.parametrize("point", ["before the row", "after the row"])
def test_a_process_killed_while_it_makes_a_link_leaves_all_of_it_or_nothing(point: str) -> None:
    def die() -> None:
        create = Share.objects.create

        def killed(**values: object) -> None:
            if point == "after the row":
                create(**values)
            os._exit(9)

        Share.objects.create = killed  # type: ignore[method-assign,assignment]
        share(at=timezone.now())

    process = start(die)
    process.join(30)
    assert process.exitcode == 9
    # nothing was committed; the same form makes the link anew
    assert not Share.objects.exists()
    assert share(at=timezone.now()).code
    assert actions.revoke_all(owner_key=OWNER, at=timezone.now()) == 1
