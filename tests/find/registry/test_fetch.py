"""The live registry, played by a local server that has every fault the real one may have."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpx
import pytest

from gravida.find.models import ImportRun, QuarantinedRecord, RecordVersion, Study
from gravida.find.registry import client as client_module
from gravida.find.registry.client import RegistryClient
from gravida.find.registry.fetch import Query, fetch
from gravida.find.registry.verdict import Ending, Report
from tests.find.registry.played import PlayedRegistry, answers, cut_short, hangs_up, sleeps

pytestmark = pytest.mark.django_db

Make = Callable[..., Any]
CONDITION = Query(condition="recurrent miscarriage", country="France")


@pytest.fixture
def registry(dull_record: Make) -> Iterator[PlayedRegistry]:
    played = PlayedRegistry([[dull_record(10 * page + row) for row in range(4)] for page in range(3)])
    thread = threading.Thread(target=played.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield played
    played.server.shutdown()
    played.server.server_close()


class Clock:
    """A clock that sleeping moves on."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ask(registry: PlayedRegistry, clock: Clock, now: datetime) -> Callable[..., Report]:
    def asked(query: Query = CONDITION, **options: Any) -> Report:
        client = RegistryClient(base=registry.base, pause_seconds=1.3, clock=clock.now, sleep=clock.sleep)
        return fetch(query, client=client, now=now, **options)

    return asked


def test_every_page_of_a_query_comes_in(ask: Make, registry: PlayedRegistry) -> None:
    report = ask()

    assert (report.ending, report.tally.new) == (Ending.DONE, 12)
    assert registry.pages_asked == ["", "token-1", "token-2"]
    assert registry.asked[1][1] == {
        "query.cond": "recurrent miscarriage",
        "filter.advanced": 'AREA[LocationCountry]"France"',
        "pageSize": "500",
        "format": "json",
    }
    run = ImportRun.objects.get()
    assert (run.outcome, run.data_timestamp, run.new) == ("done", "2026-11-20T09:00:05", 12)
    assert set(RecordVersion.objects.values_list("source", flat=True)) == {"registry"}


def test_one_study_comes_in_by_its_number(ask: Make) -> None:
    report = ask(Query(number="NCT00000012"))

    assert (report.ending, report.tally.new) == (Ending.DONE, 1)
    assert Study.objects.get().number == "NCT00000012"


def test_an_unknown_number_is_said_plainly(ask: Make, registry: PlayedRegistry) -> None:
    report = ask(Query(number="NCT99999999"))

    assert report.ending is Ending.UNKNOWN_NUMBER
    assert report.sentence.startswith("The registry knows no study NCT99999999.")
    assert len(registry.asked) == 2


def test_requests_are_at_least_the_pause_apart(ask: Make, clock: Clock) -> None:
    ask()

    assert len(clock.slept) == 3
    assert all(seconds >= 1.3 for seconds in clock.slept)


@pytest.mark.parametrize(
    "fault",
    [
        answers(b"busy", status=429, kind="text/plain"),
        answers(b"", status=500),
        answers(b"<html>Bad gateway</html>", status=502, kind="text/html"),
        answers(b"<html>Maintenance</html>", kind="text/html"),
        answers(b'{"studies": [{"protocolSection": {"a": 1}}, {"protocolSec'),
        answers(b""),
        cut_short,
        hangs_up,
    ],
)
def test_a_passing_fault_is_tried_again_and_leaves_no_trace(
    fault: Callable[[BaseHTTPRequestHandler], None], ask: Make, registry: PlayedRegistry
) -> None:
    registry.faults = [fault, fault]

    report = ask()

    assert (report.ending, report.tally.new, report.tally.quarantined) == (Ending.DONE, 12, 0)
    assert QuarantinedRecord.objects.count() == 0


def test_a_slow_answer_is_given_up_and_tried_again(
    ask: Make, registry: PlayedRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_TIMEOUT", httpx.Timeout(0.2))
    registry.faults = [sleeps]

    assert ask().ending is Ending.DONE


def test_waits_grow_and_retry_after_is_honoured(ask: Make, registry: PlayedRegistry, clock: Clock) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    registry.faults = [
        answers(b"", status=500),
        answers(b"", status=500),
        answers(b"", status=429, Retry_After="42"),
        answers(b"", status=503, Retry_After=later),
    ]

    ask()

    waits = [seconds for seconds in clock.slept if seconds > 1.3]
    assert waits[:3] == [2.0, 4.0, 42.0]
    assert 80 < waits[3] <= 90


def test_after_five_attempts_a_sentence_says_what_was_found(ask: Make, registry: PlayedRegistry) -> None:
    registry.faults = [answers(b"", status=503)] * 5

    report = ask()

    assert report.ending is Ending.UNREACHABLE
    assert "the registry answers 503, after 5 attempts" in report.sentence
    assert "run the same command to go on" in report.sentence


def test_a_registry_that_is_not_there_is_said_in_a_sentence(now: datetime, clock: Clock) -> None:
    client = RegistryClient(base="http://127.0.0.1:9", pause_seconds=0, clock=clock.now, sleep=clock.sleep)

    report = fetch(CONDITION, client=client, now=now)

    assert report.ending is Ending.UNREACHABLE
    assert "the connection broke (ConnectError)" in report.sentence


def test_a_broken_fetch_goes_on_at_its_page(ask: Make, registry: PlayedRegistry) -> None:
    page = answers({"studies": registry.pages[0], "nextPageToken": "token-1"})
    registry.faults = [page, *[answers(b"", status=500)] * 5]
    assert ask().ending is Ending.UNREACHABLE
    registry.asked.clear()

    report = ask()

    assert (report.ending, report.tally.new) == (Ending.DONE, 12)
    assert registry.pages_asked == ["token-1", "token-2"]
    assert ImportRun.objects.count() == 1


def test_a_fetch_of_another_query_starts_at_its_own_beginning(ask: Make, registry: PlayedRegistry) -> None:
    page = answers({"studies": registry.pages[0], "nextPageToken": "token-1"})
    registry.faults = [page, *[answers(b"", status=500)] * 5]
    ask()
    registry.asked.clear()

    ask(Query(condition="implantation failure"))

    assert registry.pages_asked == ["", "token-1", "token-2"]


def test_an_expired_token_starts_again(ask: Make, registry: PlayedRegistry) -> None:
    page = answers({"studies": registry.pages[0], "nextPageToken": "token-old"})
    registry.faults = [page, *[answers(b"", status=500)] * 5]
    ask()
    registry.asked.clear()

    report = ask()

    assert report.ending is Ending.DONE
    assert registry.pages_asked == ["token-old", "", "token-1", "token-2"]
    assert Study.objects.count() == 12


def test_a_token_that_comes_again_ends_the_fetch(ask: Make, registry: PlayedRegistry) -> None:
    page = answers({"studies": registry.pages[1], "nextPageToken": "token-1"})
    registry.faults = [page] * 9

    report = ask()

    assert report.ending is Ending.UNREACHABLE
    assert "the same page again" in report.sentence
    assert len(registry.pages_asked) == 2


@pytest.mark.parametrize(
    "target", ["http://example.org/x", "//example.org/x", "https://127.0.0.1/x", "http://169.254.169.254/"]
)
def test_no_redirect_to_another_host_is_followed(target: str, ask: Make, registry: PlayedRegistry) -> None:
    registry.faults = [answers(b"", status=302, Location=target)]

    report = ask()

    assert report.ending is Ending.UNREACHABLE
    assert "to another host" in report.sentence
    assert len(registry.pages_asked) == 1


def test_a_redirect_on_the_same_host_is_followed_and_a_circle_left(
    ask: Make, registry: PlayedRegistry
) -> None:
    registry.faults = [answers(b"", status=301, Location="/api/v2/studies")]
    assert ask().ending is Ending.DONE

    registry.faults = [answers(b"", status=302, Location="/api/v2/studies")] * 9
    assert "redirects more than 3 times" in ask().sentence


def test_an_answer_over_the_limit_is_refused(
    ask: Make, registry: PlayedRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "LARGEST_ANSWER", 100)

    report = ask()

    assert report.ending is Ending.UNREACHABLE
    assert "the answer is larger than" in report.sentence


def test_an_answer_that_never_ends_is_given_up(
    ask: Make, registry: PlayedRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "LONGEST_ANSWER", -1)

    assert "takes more than -1 seconds, after 5 attempts" in ask().sentence


@pytest.mark.parametrize("base", ["ftp://example.org", "no address", "http://[::1"])
def test_a_wrong_address_of_the_registry_is_said(base: str, now: datetime, clock: Clock) -> None:
    client = RegistryClient(base=base, pause_seconds=0, clock=clock.now, sleep=clock.sleep)

    assert "address is wrong" in fetch(CONDITION, client=client, now=now).sentence


def test_a_query_that_finds_nothing_or_far_less_says_so(ask: Make, registry: PlayedRegistry) -> None:
    ask()
    registry.faults = [answers({"studies": registry.pages[0]})]
    assert ask().ending is Ending.SHRUNK

    registry.faults = [answers({"studies": [], "totalCount": 0})]
    assert ask().ending is Ending.EMPTY
    assert Study.objects.listed().count() == 12


def test_the_live_registry_is_believed_when_it_goes_back(
    ask: Make, registry: PlayedRegistry, dull_record: Make
) -> None:
    for status in ("RECRUITING", "SUSPENDED", "RECRUITING"):
        registry.pages[0][0] = dull_record(0, statusModule__overallStatus=status)
        ask()

    versions = RecordVersion.objects.filter(study__number="NCT00000000").order_by("id")
    assert [version.record.status for version in versions] == ["RECRUITING", "SUSPENDED", "RECRUITING"]


@pytest.mark.parametrize(
    "wrong",
    [
        {}, {"number": "NCT1"}, {"number": "NCT00000001/../../x"},
        {"number": "NCT00000001", "condition": "x"},
        {"condition": "x" * 301}, {"condition": "a\x00b"}, {"condition": "x", "country": '"] OR AREA[X]'},
    ],
)  # fmt: skip
def test_a_query_that_makes_no_sense_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"needed|signs|country"):
        Query(**wrong)
