"""Limits: exactly so many pass, one after another and two hundred at once, on both engines."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from gravida.web.limits import Limit, TooMany, give_back, give_back_one, spend
from gravida.web.models import Spending
from tests.processes import FORK, start

THREE_A_DAY = Limit("test three", times=3, within=timedelta(days=1))
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _passed(limit: Limit, *, key: str, at: datetime) -> bool:
    try:
        spend(limit, key=key, at=at)
    except TooMany:
        return False
    return True


@pytest.mark.django_db
def test_the_fourth_of_three_is_refused_and_told_when_it_opens_again() -> None:
    for minute in range(3):
        spend(THREE_A_DAY, key="zoe@example.org", at=NOON + timedelta(minutes=minute))
    with pytest.raises(TooMany) as refused:
        spend(THREE_A_DAY, key="zoe@example.org", at=NOON + timedelta(hours=1))
    assert refused.value.retry_after_seconds == 23 * 3600


@pytest.mark.django_db
def test_a_refused_use_does_not_lengthen_the_wait() -> None:
    for hour in (0, 1, 2, 20, 23):
        _passed(THREE_A_DAY, key="a", at=NOON + timedelta(hours=hour))
    assert _passed(THREE_A_DAY, key="a", at=NOON + timedelta(days=1))


@pytest.mark.django_db
def test_other_keys_and_other_limits_have_their_own_count() -> None:
    other = Limit("test other", times=1, within=timedelta(hours=1))
    for _ in range(3):
        spend(THREE_A_DAY, key="a", at=NOON)
    assert _passed(THREE_A_DAY, key="b", at=NOON)
    assert _passed(other, key="a", at=NOON)


@pytest.mark.django_db
def test_a_clock_that_was_two_days_ahead_locks_nobody_out_for_longer_than_a_span() -> None:
    # given a count made while the clock stood two days ahead
    for _ in range(3):
        spend(THREE_A_DAY, key="a", at=NOON + timedelta(days=2))
    # when the clock is right again, then the count begins anew
    assert _passed(THREE_A_DAY, key="a", at=NOON)


@pytest.mark.django_db
def test_the_key_is_not_kept_in_clear() -> None:
    spend(THREE_A_DAY, key="zoe@example.org", at=NOON)
    assert "zoe" not in str(Spending.objects.values().get())


@pytest.mark.django_db
def test_uses_can_be_given_back() -> None:
    for _ in range(3):
        spend(THREE_A_DAY, key="a", at=NOON)
    give_back(THREE_A_DAY, key="a")
    assert _passed(THREE_A_DAY, key="a", at=NOON)


@pytest.mark.django_db
def test_one_use_can_be_given_back_and_no_more_than_there_were() -> None:
    for _ in range(3):
        spend(THREE_A_DAY, key="a", at=NOON)
    give_back_one(THREE_A_DAY, key="a")
    assert _passed(THREE_A_DAY, key="a", at=NOON)
    assert not _passed(THREE_A_DAY, key="a", at=NOON)
    give_back_one(THREE_A_DAY, key="never used")
    for _ in range(5):
        give_back_one(THREE_A_DAY, key="a")
    assert Spending.objects.get().times == 0


@pytest.mark.parametrize(("times", "hours"), [(0, 1), (1, 0)])
def test_a_limit_of_nothing_is_a_mistake(times: int, hours: int) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Limit("wrong", times=times, within=timedelta(hours=hours))


def in_parallel(work: Callable[[int], object], *, calls: int, threads: int) -> list[object]:
    """Results of `calls` calls over so many threads that start together, each with its own connection."""
    barrier, results, numbers = threading.Barrier(threads), [], iter(range(calls))
    lock = threading.Lock()

    def run() -> None:
        barrier.wait()
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                break
            results.append(work(number))
        connection.close()

    workers = [threading.Thread(target=run) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return results


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_limit_holds_over_processes_too() -> None:
    # given four processes that each make fifty uses at once
    ten = Limit("test processes", times=10, within=timedelta(minutes=15))
    passed: Any = FORK.Queue()

    def run() -> None:
        passed.put(in_parallel(lambda _: _passed(ten, key="a", at=NOON), calls=50, threads=10).count(True))

    processes = [start(run) for _ in range(4)]
    # then ten of all two hundred pass
    assert sum(passed.get(timeout=60) for _ in processes) == 10
    for process in processes:
        process.join()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", ["no row yet", "an expired row"])
def test_of_two_hundred_parallel_uses_exactly_the_limit_passes(state: str) -> None:
    # given a limit of ten, untouched or last used up the day before
    ten = Limit("test ten", times=10, within=timedelta(minutes=15))
    if state == "an expired row":
        for _ in range(10):
            spend(ten, key="a", at=NOON - timedelta(days=1))
    # when two hundred come at once
    passed = in_parallel(lambda _: _passed(ten, key="a", at=NOON), calls=200, threads=40)
    # then ten pass
    assert (passed.count(True), passed.count(False)) == (10, 190)
