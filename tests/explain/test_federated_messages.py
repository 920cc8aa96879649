"""Sealed messages, what a site does with those that were changed, and its log of everything that left."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from gravida.analysis.federated.messages import (
    Kind,
    Malformed,
    Refusal,
    answer_in,
    request,
    request_in,
    to_json,
)
from gravida.analysis.federated.rows import site_rows
from gravida.explain.federated.coordinate import Coordinator, NoAnswer, OtherRounds
from gravida.explain.federated.left_log import LeftLog, LogUnusable
from gravida.explain.federated.mailbox import Mailbox
from gravida.explain.federated.sealed import ChangedOnTheWay, KeyUnusable, Seal, digest, read_seal, write_key
from gravida.explain.federated.site import CHANGED, SiteSession
from tests.analysis.federated.sites import four_sites_of, plan

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SEAL = Seal(site="north", key=bytes(range(32)))


@pytest.fixture(scope="module")
def rows():
    return site_rows(plan(), four_sites_of(rows=8_000, seed=2)[0])


@pytest.fixture
def session(rows, tmp_path: Path) -> SiteSession:
    log = LeftLog(path=tmp_path / "left", plan_hash=rows.plan.hash, site="north", now=lambda: NOON)
    return SiteSession(rows=rows, seal=SEAL, log=log)


def asked(round_: int = 1, kind: Kind = Kind.COUNTS, **told: object) -> bytes:
    return to_json(request(plan_hash=plan().hash, round_=round_, kind=kind, **told))


def opened(session: SiteSession, sealed: bytes, body: bytes, round_: int = 1):
    return answer_in(session.seal.open(sealed, way="answer", round_=round_, answers=digest(body)))


def test_a_sealed_request_is_answered_and_written_down_first(session: SiteSession) -> None:
    # when
    sealed = session.handle(1, SEAL.close(asked(), way="request", round_=1))
    # then
    told = opened(session, sealed, asked())
    assert told.counts[0] == session.rows.women
    entry = json.loads(session.log.path.read_text())
    assert entry["at"] == "2026-03-01T12:00:00+00:00"
    assert answer_in(entry["answer"].encode()).counts.tolist() == told.counts.tolist()


@pytest.mark.parametrize("at", range(0, 400, 13))
def test_a_request_with_any_changed_byte_is_refused(session: SiteSession, at: int) -> None:
    # given
    sealed = bytearray(SEAL.close(asked(), way="request", round_=1))
    sealed[at % len(sealed)] ^= 1
    # when
    answer = session.handle(1, bytes(sealed))
    # then
    told = answer_in(answer.partition(b"\n")[2])
    assert isinstance(told, Refusal)
    assert told.reason == CHANGED
    assert session.log.answers == {}


@pytest.mark.parametrize(
    ("site", "way", "round_"), [("south", "request", 1), ("north", "answer", 1), ("north", "request", 2)]
)
def test_a_message_moved_to_another_place_does_not_fit(site: str, way: str, round_: int) -> None:
    sealed = SEAL.close(asked(), way="request", round_=1)
    with pytest.raises(ChangedOnTheWay):
        Seal(site=site, key=SEAL.key).open(sealed, way=way, round_=round_)


def test_an_answer_fits_only_the_request_it_answers() -> None:
    sealed = SEAL.close(b"{}", way="answer", round_=1, answers=digest(b"one"))
    assert SEAL.open(sealed, way="answer", round_=1, answers=digest(b"one")) == b"{}"
    with pytest.raises(ChangedOnTheWay):
        SEAL.open(sealed, way="answer", round_=1, answers=digest(b"other"))


def test_asked_the_same_again_a_site_answers_the_same_and_writes_nothing(session: SiteSession, rows) -> None:
    # given
    sealed = SEAL.close(asked(), way="request", round_=1)
    first = session.handle(1, sealed)
    log = LeftLog(path=session.log.path, plan_hash=rows.plan.hash, site="north", now=lambda: NOON)
    # when
    again = SiteSession(rows=rows, seal=SEAL, log=log).handle(1, sealed)
    # then
    assert again == first
    assert len(session.log.path.read_text().splitlines()) == 1


def test_asked_otherwise_in_the_same_round_a_site_refuses(session: SiteSession) -> None:
    # given
    ask = asked(2, Kind.DERIVATIVES, estimates=np.array([-2.0, 0, 0, 0, 0]))
    session.handle(2, SEAL.close(ask, way="request", round_=2))
    # when
    other = asked(2, Kind.DERIVATIVES, estimates=np.array([-2.0, 0.1, 0, 0, 0]))
    told = opened(session, session.handle(2, SEAL.close(other, way="request", round_=2)), other, 2)
    # then
    assert isinstance(told, Refusal)
    assert "asked otherwise before" in told.reason


def test_a_sealed_message_that_is_no_request_is_refused(session: SiteSession) -> None:
    for body in (
        b"{}",
        b"[1]",
        b"not json",
        asked(2),
        b'{"message":"request"}',
        asked().replace(b'"round":1', b'"round":NaN'),
    ):
        told = opened(session, session.handle(1, SEAL.close(body, way="request", round_=1)), body)
        assert isinstance(told, Refusal)
    assert len([line for line in session.log.path.read_text().splitlines() if "refusal" in line]) == 6


def test_a_log_of_another_plan_is_not_added_to(session: SiteSession) -> None:
    session.handle(1, SEAL.close(asked(), way="request", round_=1))
    with pytest.raises(LogUnusable, match="another plan"):
        LeftLog(path=session.log.path, plan_hash="0" * 64, site="north", now=lambda: NOON)


def test_a_log_changed_by_hand_is_named_with_its_line(session: SiteSession) -> None:
    session.handle(1, SEAL.close(asked(), way="request", round_=1))
    session.log.path.write_bytes(session.log.path.read_bytes() + b"nothing\n")
    with pytest.raises(LogUnusable, match="line 2"):
        LeftLog(path=session.log.path, plan_hash=plan().hash, site="north", now=lambda: NOON)


def coordinator(folder: Path, **other: object) -> Coordinator:
    seals = {site: Seal(site=site, key=SEAL.key) for site in plan().sites}
    return Coordinator(plan=plan(), folder=folder, seals=seals, patience=0.05, pause=0.01, **other)


def test_a_tampered_answer_ends_the_run_and_the_sites_are_told(tmp_path: Path, session: SiteSession) -> None:
    # given
    with pytest.raises(NoAnswer, match="north, east, south, west"):
        coordinator(tmp_path / "messages").run()
    box = Mailbox(folder=tmp_path / "messages", site="north")
    answer = session.handle(1, box.request(1) or b"")
    box.reply(1, answer.replace(b'"round":1', b'"round":2'))
    # when, then
    with pytest.raises(ChangedOnTheWay, match="the answer of round 1 of north"):
        coordinator(tmp_path / "messages").run()
    assert b"it was changed" in (box.end() or b"")


def test_a_folder_of_another_plan_is_not_mixed_in(tmp_path: Path) -> None:
    # given
    with pytest.raises(NoAnswer):
        coordinator(tmp_path).run()
    # when, then
    seals = {site: Seal(site=site, key=SEAL.key) for site in plan().sites}
    other = Coordinator(plan=plan(name="another"), folder=tmp_path, seals=seals, patience=0.05, pause=0.01)
    with pytest.raises(OtherRounds, match="use a new folder"):
        other.run()


def test_keys_are_made_for_their_owner_alone(tmp_path: Path) -> None:
    # given
    write_key(tmp_path / "north.key")
    # when, then
    assert (tmp_path / "north.key").stat().st_mode & 0o777 == 0o600
    seal = read_seal(tmp_path / "north.key", site="north")
    assert seal.key.hex() not in repr(seal)
    with pytest.raises(FileExistsError):
        write_key(tmp_path / "north.key")
    (tmp_path / "north.key").chmod(0o644)
    with pytest.raises(KeyUnusable, match="chmod 600"):
        read_seal(tmp_path / "north.key", site="north")


@pytest.mark.parametrize("text", ["", "abc", "zz" * 32, "00" * 31])
def test_a_key_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_text(text)
    (tmp_path / "key").chmod(0o600)
    with pytest.raises(KeyUnusable, match="hexadecimal"):
        read_seal(tmp_path / "key", site="north")


def test_messages_come_back_with_every_bit() -> None:
    # given
    values = np.random.default_rng(0).standard_normal(50) * 10.0 ** np.arange(-25, 25)
    # when
    again = request_in(asked(3, Kind.MEAT, estimates=values, at_risk1=values.reshape(5, 10)))
    # then
    assert np.array_equal(again.estimates, values)
    assert np.array_equal(again.at_risk1, values.reshape(5, 10))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("round", "1"),
        ("round", True),
        ("kind", "rows"),
        ("estimates", [[1.0]]),
        ("estimates", ["a"]),
        ("moments", [1.5]),
        ("tied1", [[1.0], [1.0, 2.0]]),
    ],
)
def test_a_field_of_another_form_is_named(field: str, value: object) -> None:
    told = json.loads(asked()) | {field: value}
    with pytest.raises(Malformed, match=field):
        request_in(json.dumps(told).encode())
