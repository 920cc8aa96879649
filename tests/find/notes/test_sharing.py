"""Sharing notes: sealed, opened with link and code, counted, taken back, over in time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gravida.find.notes import actions, opening, sealing, tries
from gravida.find.notes.actions import NewShare
from gravida.find.notes.models import Ending, Owner, Share, Tries
from gravida.find.notes.opening import NothingOpens, open_share
from gravida.find.notes.reads import links_of
from gravida.find.notes.tasks import forget, purge
from gravida.web.limits import TooMany
from gravida.web.tokens import normal_code
from tests.find.notes.making import NETWORK, NOON, OWNER, share, stretched_quickly, wrong_codes

pytestmark = pytest.mark.django_db


@pytest.fixture
def stretchings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Codes that reach the slow hash; itself it is made quick."""
    seen = stretched_quickly(monkeypatch)
    # The whole site's five a second are looked at elsewhere.
    monkeypatch.setattr(actions, "OF_SITE", tries.Limit("test links", 100_000, timedelta(days=300)))
    monkeypatch.setattr(tries, "OF_SITE", tries.Limit("test", 100_000, timedelta(days=300)))
    return seen


def _open(new: NewShare, *, at: datetime, code: str = "", network: str = NETWORK) -> opening.Opened:
    return open_share(token=new.token, code=normal_code(code or new.code), network=network, at=at)


def _refused(new: NewShare, *, at: datetime, code: str = "", network: str = NETWORK) -> str:
    try:
        _open(new, at=at, code=code, network=network)
    except NothingOpens:
        return "nothing"
    except TooMany as limit:
        return f"wait {limit.retry_after_seconds}"
    return "opened"


def test_link_and_code_open_the_notes_as_they_were() -> None:
    new = share(text="Is travel paid?", quote="visits at the hospital", name="Claire")
    opened = _open(new, at=NOON)
    assert opened.snapshot.name == "Claire"
    assert [(note.quote, note.text) for note in opened.snapshot.notes] == [
        ("visits at the hospital", "Is travel paid?")
    ]
    assert opened.expires_at == NOON + timedelta(days=7)


@pytest.mark.parametrize("typed", ["lower", "spaces", "wide"])
def test_a_code_is_right_however_it_is_typed(typed: str, stretchings: list[str]) -> None:
    new = share()
    variants = {
        "lower": new.code.lower(),
        "spaces": f" {new.code.replace('-', ' ')} ",
        "wide": "".join(chr(ord(sign) + 0xFEE0) if sign != "-" else sign for sign in new.code),
    }
    assert _refused(new, at=NOON, code=variants[typed]) == "opened"


def test_tokens_hold_192_bits_and_codes_58() -> None:
    tokens = {sealing.new_link_token() for _ in range(200)}
    assert len(tokens) == 200
    assert {len(token) for token in tokens} == {32}
    assert sealing.TOKEN_BYTES * 8 == 192


def test_a_sealed_copy_opens_behind_no_other_link() -> None:
    sealed = sealing.seal_notes(b"text", token="a" * 32, code="C" * 12)
    assert sealing.open_notes(sealed, token="b" * 32, code="C" * 12) is None
    opened = sealing.open_notes(sealed, token="a" * 32, code="C" * 12)
    assert opened is not None
    assert opened.rstrip() == b"text"


def test_five_wrong_codes_are_looked_at_then_the_right_one_waits(stretchings: list[str]) -> None:
    new = share()
    stretchings.clear()
    said = [_refused(new, at=NOON, code=code) for code in wrong_codes(5)]
    assert said == ["nothing"] * 5
    # the right one too, without being looked at
    assert _refused(new, at=NOON + timedelta(minutes=5)) == "wait 600"
    assert len(stretchings) == 5
    assert _refused(new, at=NOON + timedelta(minutes=15)) == "opened"


def test_pauses_double_and_twenty_wrong_codes_delete_the_copy(stretchings: list[str]) -> None:
    new = share()
    at, waits = NOON, []
    for _ in range(4):
        for code in wrong_codes(5):
            # from other networks each, so that theirs is not the limit
            assert _refused(new, at=at, code=code, network=f"10.0.{len(waits)}.1/32") == "nothing"
        waits.append(_refused(new, at=at))
        at += timedelta(days=1)
    assert waits == ["wait 900", "wait 1800", "wait 3600", "wait 7200"]
    # for good: the right code opens nothing, though a day has passed
    assert _refused(new, at=at) == "nothing"
    row = Share.objects.get()
    assert (row.ending, row.ciphertext, row.salt, row.nonce) == (Ending.TRIES, None, None, None)
    link = links_of(OWNER, at=at)[0]
    assert (link.ending, link.wrong_tries) == (Ending.TRIES, 20)


def test_an_unknown_link_says_and_counts_the_same_as_a_real_one(stretchings: list[str]) -> None:
    real = share()
    unknown = NewShare(token=sealing.new_link_token(), code=real.code, expires_at=NOON)

    def told(new: NewShare, network: str) -> tuple[list[str], int]:
        stretchings.clear()
        said: list[str] = []
        at = NOON
        for _ in range(7):
            said += [_refused(new, at=at, code=code, network=network) for code in wrong_codes(6)]
            at += timedelta(hours=3)
        return said, len(stretchings)

    assert told(real, "10.0.0.1/32") == told(unknown, "10.0.0.2/32")


@pytest.mark.parametrize("state", ["wrong code", "expired", "revoked", "unknown", "spent"])
def test_each_refusal_costs_one_stretching(state: str, stretchings: list[str]) -> None:
    new, at, code = share(), NOON, ""
    if state == "wrong code":
        code = wrong_codes(1)[0]
    elif state == "expired":
        at = NOON + timedelta(days=7)
    elif state == "revoked":
        actions.revoke_all(owner_key=OWNER, at=NOON)
    elif state == "unknown":
        new = NewShare(token=sealing.new_link_token(), code=new.code, expires_at=NOON)
    else:
        Tries.objects.create(digest=sealing.digest_of(new.token), in_life=20, last_at=NOON)
    stretchings.clear()
    assert _refused(new, at=at, code=code) == "nothing"
    assert len(stretchings) == 1


def test_a_right_code_gives_its_try_back(stretchings: list[str]) -> None:
    new = share()
    for _ in range(30):
        assert _refused(new, at=NOON) == "opened"
    assert Tries.objects.get().in_life == 0
    assert links_of(OWNER, at=NOON)[0].openings == 30


def test_twenty_wrong_codes_an_hour_from_one_network_over_all_links(stretchings: list[str]) -> None:
    said = []
    for _ in range(7):
        unknown = NewShare(token=sealing.new_link_token(), code="", expires_at=NOON)
        said += [_refused(unknown, at=NOON, code=code) for code in wrong_codes(3)]
    assert said == ["nothing"] * 20 + ["wait 3600"]
    # what is refused is not counted on the link
    assert sum(Tries.objects.values_list("in_life", flat=True)) == 20


def test_the_whole_site_looks_at_five_codes_a_second_and_two_at_once(
    stretchings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "OF_SITE", tries.Limit("test second", 5, timedelta(seconds=1)))
    for number in range(6):
        network = f"10.0.0.{number}/32"
        unknown = NewShare(token=sealing.new_link_token(), code="", expires_at=NOON)
        said = _refused(unknown, at=NOON, code=wrong_codes(1)[0], network=network)
        assert said == ("nothing" if number < 5 else "wait 1")
    monkeypatch.setattr(tries, "OF_SITE", tries.Limit("test many", 500, timedelta(seconds=1)))
    with (
        tries.counted_try("a" * 64, network="1", at=NOON),
        tries.counted_try("b" * 64, network="2", at=NOON),
        pytest.raises(TooMany),
        tries.counted_try("c" * 64, network="3", at=NOON),
    ):
        pass
    with tries.counted_try("c" * 64, network="3", at=NOON) as may_look:
        assert may_look


@pytest.mark.parametrize(("life", "length"), list(actions.LIVES.items()))
def test_a_link_opens_until_its_time_is_over_and_no_longer(
    life: str, length: timedelta, stretchings: list[str]
) -> None:
    new = share(life=life)
    assert _refused(new, at=NOON + length - timedelta(seconds=1)) == "opened"
    assert _refused(new, at=NOON + length) == "nothing"
    assert links_of(OWNER, at=NOON + length)[0].ending == Ending.EXPIRED


def test_an_expired_copy_is_deleted_by_the_next_round_of_the_worker(stretchings: list[str]) -> None:
    share(life="hour")
    assert purge(NOON + timedelta(minutes=59)) == 0
    assert purge(NOON + timedelta(minutes=60)) == 1
    row = Share.objects.get()
    assert (row.ending, row.ciphertext) == (Ending.EXPIRED, None)
    # and a month later nothing is left
    forget(NOON + timedelta(days=32))
    assert not Share.objects.exists()
    assert not Owner.objects.exists()


def test_a_revoked_link_opens_nothing_at_once_and_keeps_no_copy(stretchings: list[str]) -> None:
    new = share()
    link = links_of(OWNER, at=NOON)[0]
    actions.revoke(link=link.digest, owner_key=OWNER, at=NOON)
    assert _refused(new, at=NOON) == "nothing"
    assert Share.objects.get().ciphertext is None
    with pytest.raises(actions.NoSuchLink):
        actions.revoke(link=link.digest, owner_key=OWNER, at=NOON)


def test_a_link_taken_back_while_its_code_is_looked_at_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    new = share()
    looked = sealing.open_notes

    def revoked_meanwhile(*args: Any, **named: Any) -> bytes | None:
        text = looked(*args, **named)
        actions.revoke_all(owner_key=OWNER, at=NOON)
        return text

    monkeypatch.setattr(opening, "open_notes", revoked_meanwhile)
    assert _refused(new, at=NOON) == "nothing"


def test_a_link_is_given_more_time_while_it_is_live_only(stretchings: list[str]) -> None:
    new = share(life="hour")
    link = links_of(OWNER, at=NOON)[0].digest
    actions.extend(link=link, life="day", owner_key=OWNER, at=NOON + timedelta(minutes=30))
    assert _refused(new, at=NOON + timedelta(hours=24)) == "opened"
    with pytest.raises(actions.NoSuchLink):
        actions.extend(link=link, life="day", owner_key=OWNER, at=NOON + timedelta(hours=25))


def test_another_key_sees_and_ends_nothing(stretchings: list[str]) -> None:
    new, other = share(), "o" * 43
    link = links_of(OWNER, at=NOON)[0].digest
    assert links_of(other, at=NOON) == ()
    for act in (
        lambda: actions.revoke(link=link, owner_key=other, at=NOON),
        lambda: actions.extend(link=link, life="day", owner_key=other, at=NOON),
    ):
        with pytest.raises(actions.NoSuchLink):
            act()
    assert actions.revoke_all(owner_key=other, at=NOON) == 0
    assert _refused(new, at=NOON) == "opened"


def test_openings_are_told_by_their_hour_only(stretchings: list[str]) -> None:
    new = share()
    _open(new, at=datetime(2026, 11, 23, 9, 47, 12, tzinfo=UTC))
    link = links_of(OWNER, at=NOON)[0]
    assert (link.openings, link.last_opened_at) == (1, datetime(2026, 11, 23, 9, tzinfo=UTC))


def test_a_device_has_twenty_live_links_and_a_form_makes_one(stretchings: list[str]) -> None:
    for number in range(20):
        share(form=f"{number:043}", network=f"10.0.0.{number}/32")
    with pytest.raises(actions.TooManyLinks):
        share(form="x" * 43, network="10.0.1.1/32")
    with pytest.raises(actions.MadeBefore):
        share(form=f"{3:043}")
    actions.revoke_all(owner_key=OWNER, at=NOON)
    share(form="x" * 43, network="10.0.1.1/32")


def test_a_network_makes_five_links_an_hour_and_no_more_are_sealed(stretchings: list[str]) -> None:
    for number in range(5):
        share(form=f"{number:043}", owner=f"{number:043}")
    with pytest.raises(TooMany):
        share(form="x" * 43, owner="y" * 43)
    # what is refused costs nothing
    assert len(stretchings) == 5


def test_the_whole_site_makes_five_links_a_second(
    stretchings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "OF_SITE", tries.Limit("test links", 5, timedelta(seconds=1)))
    for number in range(5):
        share(form=f"{number:043}", owner=f"{number:043}", network=f"10.0.0.{number}/32")
    with pytest.raises(TooMany):
        share(form="x" * 43, owner="y" * 43, network="10.0.1.0/32")
    share(form="x" * 43, owner="y" * 43, network="10.0.1.0/32", at=NOON + timedelta(seconds=1))


def test_a_try_that_was_killed_counts_and_the_last_one_ends_the_link(stretchings: list[str]) -> None:
    # given a process killed after counting the twentieth try and before looking at it
    new = share()
    Tries.objects.create(digest=sealing.digest_of(new.token), in_life=19, last_at=NOON)
    with (
        pytest.raises(KeyboardInterrupt),
        tries.counted_try(sealing.digest_of(new.token), network=NETWORK, at=NOON),
    ):
        raise KeyboardInterrupt
    # then nothing more is looked at, and the worker deletes the copy
    assert _refused(new, at=NOON + timedelta(days=1)) == "nothing"
    assert Share.objects.get().ending == Ending.TRIES


def test_lengths_of_short_texts_are_not_told_by_what_is_kept(stretchings: list[str]) -> None:
    share(text="a", form="a" * 43)
    share(text="b" * 1500, form="b" * 43)
    assert len({len(bytes(row.ciphertext or b"")) for row in Share.objects.all()}) == 1
