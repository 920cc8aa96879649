"""What tests of the outbox share: templates of their own, a mail in the queue, one attempt at it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

from gravida.web.mail import sending, texts
from gravida.web.mail.attempt import Deadline, Outcome
from gravida.web.mail.outbox import queue
from gravida.web.mail.server import Encryption, MailServer
from gravida.web.models import Mail
from tests.mails import NOTICE

NOON = datetime(2026, 11, 3, 9, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_templates(settings: Any, tmp_path: Path) -> Any:
    """A folder for templates of this test, before the site's; a sender of ours."""
    (tmp_path / "templates/mail").mkdir(parents=True)
    shared = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**shared, "DIRS": [tmp_path / "templates", *shared["DIRS"]]}]
    settings.MAIL_FROM = "Research team <no-reply@example.org>"
    settings.MAIL_FOLDER = tmp_path / "mail"
    (tmp_path / "templates/mail/notice.txt").write_text(
        "Ref. {{ reference }}\n\nGood day {{ name }}.\n{{ link }}\n"
    )
    texts._engine.cache_clear()
    # In English, whatever language an earlier page of this process left active.
    with translation.override("en"):
        yield tmp_path / "templates/mail"
    texts._engine.cache_clear()


@pytest.fixture
def queued() -> Callable[..., Mail]:
    """Queue a dull mail; named values replace its own."""

    def make(**given: Any) -> Mail:
        context = {"reference": "G-7K2Q", "name": "you", "link": "https://example.org/r/1/"} | given.pop(
            "context", {}
        )
        values = {
            "kind": NOTICE, "about": "request:1", "to": "zoe@example.org", "language": "en",
            "template": "notice", "context": context, "at": NOON,
        } | given  # fmt: skip
        with transaction.atomic():
            mail = queue(**values)
        assert mail is not None
        return mail

    return make


def try_once(port: int, *, seconds: float = 5.0, at: datetime = NOON, **server: Any) -> Outcome | None:
    """One worker's turn at the next mail, with the mail server on a port; None when no mail is due."""
    mail = sending.take(holder="test worker", at=at)
    if mail is None:
        return None
    values = {"host": "127.0.0.1", "port": port, "encryption": Encryption.NONE} | server
    outcome = sending.attempt(mail, server=MailServer(**values), deadline=Deadline(seconds))
    sending.finish(mail, outcome, at=at)
    return outcome
