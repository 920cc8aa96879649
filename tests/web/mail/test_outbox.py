"""Queueing a mail: in the transaction of its cause, once, neutral, sealed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from gravida.web.mail.address import WrongAddress
from gravida.web.mail.attempt import Deadline, Outcome, Verdict
from gravida.web.mail.neutral import NotNeutral, forbid
from gravida.web.mail.outbox import MailKind, OutsideTransaction, cancel, erase, queue
from gravida.web.mail.sending import attempt, finish, take
from gravida.web.mail.server import MailFolder
from gravida.web.mail.texts import IncompleteText
from gravida.web.models import Mail, MailState
from tests.mails import NOTICE, every_mail_is_neutral, watched_mails
from tests.web.mail.conftest import NOON
from tests.web.test_limits import in_parallel

Queued = Callable[..., Mail]
VISITORS = MailKind("test.copy", when_unsure="park", carries_visitor_text=True)


@pytest.mark.django_db
def test_a_mail_is_rendered_once_it_is_queued(queued: Queued) -> None:
    mail = queued(context={"name": "<Zoé> & co"})
    assert mail.subject == "Ref. G-7K2Q"
    assert mail.text == "Good day <Zoé> & co.\nhttps://example.org/r/1/\n"
    assert mail.state == MailState.QUEUED


@pytest.mark.django_db(transaction=True)
def test_a_mail_outside_a_transaction_is_refused() -> None:
    with pytest.raises(OutsideTransaction, match="atomic"):
        queue(kind=NOTICE, about="request:1", to="zoe@example.org", language="en", template="notice",
              context={}, at=NOON)  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_mail_goes_with_the_transaction_that_caused_it(queued: Queued) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queued()
        raise ZeroDivisionError
    assert not Mail.objects.exists()


@pytest.mark.django_db
def test_the_same_mail_is_queued_once_a_period(queued: Queued) -> None:
    # given a mail in the queue
    queued(period="2026-W45")
    with transaction.atomic():
        # when it is queued again, the address typed in another way
        again = queue(kind=NOTICE, about="request:1", to=" Zoe@EXAMPLE.org", language="en", template="notice",
                      context={}, period="2026-W45", at=NOON)  # fmt: skip
    # then nothing is added; another period, object or recipient is another mail
    assert again is None
    queued(period="2026-W46")
    queued(about="request:2", period="2026-W45")
    queued(to="lea@example.org", period="2026-W45")
    assert Mail.objects.count() == 4


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_twenty_parallel_queueings_one_becomes_a_mail() -> None:
    def put(_: int) -> bool:
        with transaction.atomic():
            context = {"reference": "G-7K2Q", "name": "you", "link": ""}
            mail = queue(kind=NOTICE, about="request:1", to="zoe@example.org", language="en",
                         template="notice", context=context, at=NOON)  # fmt: skip
            return mail is not None

    assert in_parallel(put, calls=20, threads=20).count(True) == 1
    assert Mail.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given",
    [
        {"context": {"reference": "miscarriage"}},
        {"context": {"name": "from the pregnancy study"}},
        {"context": {"link": "https://example.org/fausse-couche/1/"}},
        {"context": {"link": "https://example.org/studies/NCT05557201/"}},
        {"reply_to": "fiv@example.org"},
        {"unsubscribe_url": "https://example.org/alerts/infertility/x"},
    ],
)
def test_a_mail_that_tells_about_health_is_refused(queued: Queued, given: dict[str, Any]) -> None:
    with pytest.raises(NotNeutral):
        queued(**given)


@pytest.mark.django_db
def test_a_senders_name_that_tells_about_health_is_refused(queued: Queued, settings: Any) -> None:
    settings.MAIL_FROM = "Miscarriage study <no-reply@example.org>"
    with pytest.raises(NotNeutral, match="sender: miscarriage"):
        queued()


@pytest.mark.django_db
def test_a_title_of_this_site_is_refused(queued: Queued) -> None:
    forbid(["Étoile du Matin"])
    with pytest.raises(NotNeutral, match="etoile du matin"):
        queued(context={"name": "the ETOILE du matin study"})


@pytest.mark.django_db
def test_a_visitors_own_words_go_only_in_kinds_that_carry_them(queued: Queued, own_templates: Path) -> None:
    # given words of her own
    hers = {"name": "j’ai fait une fausse couche"}
    # then a kind that carries them takes them, unless our own words tell something too
    assert "fausse couche" in queued(kind=VISITORS, context=hers, reply_to="fiv@example.org").text
    with pytest.raises(NotNeutral):
        queued(context=hers)
    with pytest.raises(NotNeutral):
        queued(kind=VISITORS, about="request:2", context=hers | {"link": "https://example.org/fiv/1/"})
    (own_templates / "telling.txt").write_text(
        "Ref.\n\nYour pregnancy study. {{ name }} {{ link }} {{ reference }}\n"
    )
    with pytest.raises(NotNeutral, match="text: pregnancy"):
        queued(kind=VISITORS, about="request:3", template="telling", context=hers)


@pytest.mark.django_db
def test_a_text_with_a_hole_is_refused_and_the_hole_named(own_templates: Path) -> None:
    with pytest.raises(IncompleteText, match="reference"), transaction.atomic():
        queue(kind=NOTICE, about="request:1", to="zoe@example.org", language="en", template="notice",
              context={"name": "you", "link": ""}, at=NOON)  # fmt: skip


@pytest.mark.django_db
def test_a_mail_is_written_in_the_readers_language(queued: Queued, own_templates: Path) -> None:
    mail = queued(language="fr", template="operator/mail_troubles", context={"failed": "1", "unsure": "0"})
    assert mail.subject == "Messages qui n’ont pas pu être envoyés"


@pytest.mark.django_db
def test_an_address_that_cannot_be_used_is_refused(queued: Queued) -> None:
    with pytest.raises(WrongAddress):
        queued(to="zoe@localhost")


@pytest.mark.django_db
def test_what_is_not_sent_can_be_taken_back(queued: Queued) -> None:
    queued()
    queued(to="lea@example.org")
    other = queued(about="request:2")
    assert cancel(about="request:1", at=NOON) == 2
    assert set(Mail.objects.about("request:1").values_list("state", flat=True)) == {MailState.CANCELLED}
    other.refresh_from_db()
    assert other.state == MailState.QUEUED


@pytest.mark.django_db
def test_erasing_leaves_states_and_dates_and_nothing_of_the_person(queued: Queued) -> None:
    # given two mails about one object
    mail = queued(reply_to="lea@example.org", unsubscribe_url="https://example.org/u/1")
    queued(to="lea@example.org")
    hashed = mail.recipient_blind
    # when they are erased, twice
    assert erase(about="request:1") == 2
    assert erase(about="request:1") == 0
    # then nothing of a person is left in the rows, and they will not be sent
    with connection.cursor() as cursor:
        cursor.execute("SELECT recipient, subject, text, reply_to, unsubscribe_url, message_id FROM web_mail")
        assert {
            bytes(value) if not isinstance(value, str) else value.encode() for row in cursor for value in row
        } == {b""}
    mail.refresh_from_db()
    assert mail.recipient_blind != hashed
    assert (mail.state, mail.queued_at) == (MailState.CANCELLED, NOON)
    assert mail.erased_at is not None


@pytest.mark.django_db
def test_every_mail_of_a_test_can_be_looked_at(queued: Queued) -> None:
    queued()
    assert every_mail_is_neutral() == 1
    Mail.objects.update(subject="Miscarriage")
    with pytest.raises(AssertionError, match="miscarriage"):
        every_mail_is_neutral()


@pytest.mark.django_db
def test_mails_that_are_watched_are_seen_before_they_are_erased(
    queued: Queued, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a mail that tells, which our own check lets through, and its erasure
    monkeypatch.setattr("gravida.web.mail.outbox.refuse_telling_words", lambda texts: None)
    with pytest.raises(AssertionError, match="miscarriage"), watched_mails() as seen:
        queued(context={"reference": "about a miscarriage"})
        erase(about="request:1")
    # then it was seen all the same, as its reader would get it
    assert "miscarriage" in seen[0]["Subject"]
    assert every_mail_is_neutral() == 0


@pytest.mark.django_db(transaction=True)
def test_what_lies_in_a_folder_goes_with_the_erased_mail(
    queued: Queued, settings: Any, tmp_path: Path
) -> None:
    # given a site without a mail server, and a mail of each of two people in its folder
    settings.MAIL_FOLDER = tmp_path / "letters"
    for about, address in (("request:1", "zoe@example.org"), ("request:2", "ann@example.org")):
        mail = queued(about=about, to=address)
        leased = take(holder="worker", at=NOON)
        attempt(leased, server=MailFolder(path=settings.MAIL_FOLDER), deadline=Deadline())
        finish(leased, Outcome(verdict=Verdict.ACCEPTED), at=NOON)
        assert mail.pk == leased.pk
    # when one takes everything back
    with transaction.atomic():
        erase(about="request:1")
    # then hers is gone from the folder, too
    (left,) = settings.MAIL_FOLDER.glob("*.eml")
    assert "ann@example.org" in left.read_text()
