"""docs/contact.md says what the code does: every state, timer and number."""

from pathlib import Path

import pytest

from gravida.find.contact import limits_of_sending as limits
from gravida.find.contact import retention, timers
from gravida.find.contact.anti_abuse import LEAST_SECONDS
from gravida.find.contact.states import State

TEXT = (Path(__file__).resolve().parents[3] / "docs/contact.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("state", State)
def test_a_state_is_described(state: State) -> None:
    assert f"`{state.value}`" in TEXT


@pytest.mark.parametrize("timer", timers.Timer)
def test_a_timer_is_described(timer: timers.Timer) -> None:
    assert f"| `{timer.value}` |" in TEXT


def test_the_numbers_are_those_of_the_code() -> None:
    for timer, days in timers.REMINDERS:
        assert f"| `{timer.value}` | {days} working days |" in TEXT
    assert f"| `mark_late` | {timers.LATE_DAYS} days |" in TEXT
    assert f"| `expire` | {timers.EXPIRES_DAYS} days, and {timers.CHOICE_DAYS} days after" in TEXT
    assert f"| `leave_inbox` | {timers.UNVERIFIED_DAYS} days" in TEXT
    assert f"{limits.OF_ADDRESS.times} messages of an address a day" in TEXT
    assert f"{limits.OF_NETWORK_HOUR.times} an hour and {limits.OF_NETWORK_DAY.times} a day" in TEXT
    assert f"{limits.ALL_COPIES.times} copies an hour" in TEXT
    assert (limits.CODES_OF_PAGE.times, LEAST_SECONDS) == (10, 4)
    assert (retention.KEPT_SPAM.days, retention.KEPT_AFTER_END.days) == (7, 365)
