"""What a mail server may do wrong, and what becomes of the mail: nothing lost, nothing sent twice unsaid."""

import ssl
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from gravida.web.mail.attempt import Verdict
from gravida.web.mail.outbox import MailKind, cancel, erase
from gravida.web.mail.reading import state_in_words
from gravida.web.mail.sending import BACK_OFF_MINUTES
from gravida.web.mail.server import Encryption
from gravida.web.models import Mail, MailState, Trouble
from tests.web.mail.conftest import NOON, try_once
from tests.web.mail.servers import Day, free_port, mail_server_on

Queued = Callable[..., Mail]
PARKED = MailKind("test.copy", when_unsure="park")
pytestmark = pytest.mark.django_db


def _again(mail: Mail) -> Mail:
    return Mail.objects.get(pk=mail.pk)


def _minutes_to_next_try(mail: Mail) -> float:
    moment = _again(mail).next_try_at
    assert moment is not None
    return (moment - timezone.now()).total_seconds() / 60


def test_a_server_that_takes_it_is_given_one_plain_mail(queued: Queued) -> None:
    mail, day = queued(), Day()
    with mail_server_on(day) as port:
        outcome = try_once(port)
    assert outcome is not None
    assert outcome.verdict is Verdict.ACCEPTED
    assert (_again(mail).state, _again(mail).sent_at) == (MailState.SENT, NOON)
    [(sender, recipient)] = day.envelopes
    assert sender.upper().startswith("MAIL FROM:<>")
    assert recipient.upper() == "RCPT TO:<ZOE@EXAMPLE.ORG>"
    assert try_once(free_port()) is None


@pytest.mark.parametrize("step", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("fault", ["silent", "cut"])
def test_silence_or_a_cut_before_the_last_line_is_tried_again_in_a_minute(
    queued: Queued, step: str, fault: str
) -> None:
    # given a server that falls silent, or cuts the line, before it has the whole text
    mail = queued(kind=PARKED)
    day = Day(silent_at=step) if fault == "silent" else Day(cut_at=step)
    # when a mail is tried
    began = time.monotonic()
    with mail_server_on(day) as port:
        outcome = try_once(port, seconds=0.6)
    # then the attempt ends in its time, and the mail certainly did not arrive: it waits for the next try
    assert time.monotonic() - began < 2
    assert outcome is not None
    assert outcome.verdict is Verdict.LATER
    waiting = _again(mail)
    assert (waiting.state, waiting.tries, waiting.may_be_repeat) == (MailState.QUEUED, 1, False)
    assert waiting.trouble == (Trouble.SILENT if fault == "silent" else Trouble.CUT)
    assert 0.9 < _minutes_to_next_try(mail) < 1.1
    assert try_once(free_port()) is None


def test_a_server_that_is_not_there_is_tried_again_later(queued: Queued) -> None:
    mail = queued()
    outcome = try_once(free_port())
    assert outcome is not None
    assert outcome.concerns_every_mail
    assert (_again(mail).state, _again(mail).trouble) == (MailState.QUEUED, Trouble.REFUSED)


def test_two_seconds_a_line_do_not_outlast_the_deadline(queued: Queued) -> None:
    # given a server that needs two seconds for each line, which a socket's own time-out never notices
    mail = queued()
    with mail_server_on(Day(seconds_a_line=0.3)) as port:
        began = time.monotonic()
        try_once(port, seconds=1.0)
    assert time.monotonic() - began < 2
    assert (_again(mail).state, _again(mail).trouble) == (MailState.QUEUED, Trouble.SILENT)


def test_a_server_whose_answers_trickle_byte_by_byte_does_not_outlast_it_either(queued: Queued) -> None:
    mail = queued()
    with mail_server_on(Day(bytes_a_tick=1)) as port:
        began = time.monotonic()
        try_once(port, seconds=1.0)
    assert time.monotonic() - began < 2
    assert _again(mail).trouble == Trouble.SILENT


def test_a_slow_server_that_ends_in_time_has_the_mail(queued: Queued) -> None:
    mail, day = queued(), Day(seconds_a_line=0.1)
    with mail_server_on(day) as port:
        try_once(port, seconds=5.0)
    assert _again(mail).state == MailState.SENT
    assert len(day.accepted) == 1


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "END"])
def test_451_is_tried_again(queued: Queued, step: str) -> None:
    mail = queued()
    with mail_server_on(Day(answers={step: "451 later please"})) as port:
        try_once(port)
    waiting = _again(mail)
    assert (waiting.state, waiting.trouble, waiting.reply_code) == (MailState.QUEUED, Trouble.LATER, 451)


@pytest.mark.parametrize("step", ["RCPT", "DATA", "END"])
def test_550_fails_at_once(queued: Queued, step: str) -> None:
    mail = queued()
    with mail_server_on(Day(answers={step: "550 no such user"})) as port:
        try_once(port)
    failed = _again(mail)
    assert (failed.state, failed.trouble, failed.reply_code) == (MailState.FAILED, Trouble.REJECTED, 550)
    assert failed.ended_at == NOON


@pytest.mark.parametrize("step", ["CONNECT", "EHLO", "MAIL"])
def test_a_server_that_does_not_take_us_at_all_loses_no_mail(queued: Queued, step: str) -> None:
    # given a server that refuses us for good before it is told for whom the mail is
    mail = queued()
    with mail_server_on(Day(answers={step: "554 go away", "HELO": "554 go away"})) as port:
        try_once(port)
    # then that is the operator's trouble, and the mail waits
    waiting = _again(mail)
    assert (waiting.state, waiting.trouble, waiting.reply_code) == (MailState.QUEUED, Trouble.SERVER, 554)


@pytest.mark.parametrize("day", [Day(cut_at="END"), Day(silent_at="END")], ids=["cut", "silent"])
def test_no_answer_after_the_last_line_is_unsure_and_sent_again_once_with_a_note(
    queued: Queued, day: Day
) -> None:
    # given a server that takes the mail and gives no answer
    mail = queued()
    with mail_server_on(day) as port:
        outcome = try_once(port, seconds=0.6)
    # then the mail waits to be sent again
    assert outcome is not None
    assert outcome.verdict is Verdict.UNSURE
    assert (_again(mail).state, _again(mail).may_be_repeat) == (MailState.QUEUED, True)
    # and when it is, it is the same mail with a note before it
    Mail.objects.update(next_try_at=None)
    well = Day()
    with mail_server_on(well) as port:
        try_once(port)
    assert _again(mail).state == MailState.SENT
    assert b"Possible repeat" in well.accepted[0]
    assert b"Possible repeat" not in day.accepted[0]
    message_id = f"Message-ID: <{mail.message_id}>".encode()
    assert message_id in day.accepted[0]
    assert message_id in well.accepted[0]


def test_a_second_unsure_ending_is_left_to_staff(queued: Queued) -> None:
    mail, day = queued(), Day(cut_at="END")
    with mail_server_on(day) as port:
        try_once(port)
        Mail.objects.update(next_try_at=None)
        try_once(port)
        Mail.objects.update(next_try_at=None)
        assert try_once(port) is None
    assert _again(mail).state == MailState.UNSURE
    assert len(day.accepted) == 2


def test_an_unsure_copy_is_parked(queued: Queued) -> None:
    mail, day = queued(kind=PARKED), Day(cut_at="END")
    with mail_server_on(day) as port:
        try_once(port)
    assert (_again(mail).state, _again(mail).trouble) == (MailState.UNSURE, Trouble.CUT)
    assert try_once(free_port()) is None


@pytest.mark.parametrize("offers", [(), ("STARTTLS",)], ids=["not offered", "broken"])
def test_without_trusted_encryption_nothing_is_sent(queued: Queued, offers: tuple[str, ...]) -> None:
    # given a server that offers no encryption, or breaks off while agreeing on it
    mail, day = queued(), Day(offers=offers)
    with mail_server_on(day) as port:
        try_once(port, encryption=Encryption.STARTTLS, seconds=1.0)
    # then neither address nor text went over the line
    assert _again(mail).state == MailState.QUEUED
    assert _again(mail).trouble in {Trouble.TLS, Trouble.SILENT, Trouble.CUT}
    assert (day.accepted, day.envelopes) == ([], [])


def test_a_server_that_breaks_tls_from_the_first_byte_is_tried_again(queued: Queued) -> None:
    mail = queued()
    with mail_server_on(Day()) as port:
        try_once(port, encryption=Encryption.TLS, seconds=1.0)
    assert (_again(mail).state, _again(mail).trouble) == (MailState.QUEUED, Trouble.TLS)
    assert ssl.create_default_context().verify_mode == ssl.CERT_REQUIRED


def test_the_waits_grow_and_after_48_hours_it_is_given_up(queued: Queued) -> None:
    # given a server that always asks to come later
    mail, waits = queued(), []
    with mail_server_on(Day(answers={"RCPT": "451 later"})) as port:
        while _again(mail).state == MailState.QUEUED:
            try_once(port)
            if _again(mail).next_try_at:
                waits.append(round(_minutes_to_next_try(mail)))
            Mail.objects.update(next_try_at=None)
    # then the waits are those of the table, 48 hours in all, and the mail has failed
    assert waits == [1, 5, 15, 60, 120, 240, 480, 960, 960, 39] == list(BACK_OFF_MINUTES)
    assert sum(waits) == 48 * 60
    assert _again(mail).state == MailState.FAILED


def test_a_clock_set_back_by_two_days_does_not_hold_a_mail_for_longer_than_its_wait(queued: Queued) -> None:
    # given a mail whose next try was written while the clock stood two days ahead
    mail, day = queued(), Day()
    Mail.objects.update(next_try_at=timezone.now() + timedelta(days=2), tries=1, trouble=Trouble.LATER)
    with mail_server_on(day) as port:
        assert try_once(port) is not None
    assert _again(mail).state == MailState.SENT


def test_a_mail_taken_back_while_it_is_being_sent_does_not_go(queued: Queued) -> None:
    # given a mail whose server is slow
    from gravida.web.mail import sending
    from gravida.web.mail.attempt import Deadline
    from gravida.web.mail.server import MailServer

    queued()
    day = Day()
    mail = sending.take(holder="w", at=NOON)
    assert mail is not None
    # when it is taken back after a worker has taken it
    assert cancel(about="request:1", at=NOON) == 1
    with mail_server_on(day) as port:
        server = MailServer(host="127.0.0.1", port=port, encryption=Encryption.NONE)
        outcome = sending.attempt(mail, server=server, deadline=Deadline(5.0))
        sending.finish(mail, outcome, at=NOON)
    # then its last line is not sent
    assert outcome.verdict is Verdict.GIVEN_UP
    assert day.accepted == []
    assert _again(mail).state == MailState.CANCELLED


def test_an_erased_mail_is_not_tried_again(queued: Queued) -> None:
    # given a mail that waits for its next try
    mail = queued()
    try_once(free_port())
    # when its person is erased
    erase(about="request:1")
    Mail.objects.update(next_try_at=None)
    # then nothing is left to be tried
    assert try_once(free_port()) is None
    assert _again(mail).state == MailState.CANCELLED


def test_staff_read_why_a_mail_waits_and_when_it_is_tried_again(queued: Queued) -> None:
    mail = queued()
    try_once(free_port())
    Mail.objects.update(next_try_at=NOON + timedelta(minutes=15))
    assert state_in_words(_again(mail)) == (
        "waiting: the mail server could not be reached, next try Tue 3 Nov 10:27"
    )
