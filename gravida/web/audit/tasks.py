"""What the worker does for the audit trail: reading it through once a day."""

import logging
from datetime import datetime, timedelta

from gravida.web.audit.commands import in_words
from gravida.web.audit.verify import verify
from gravida.web.periodic import Task

log = logging.getLogger("gravida.audit")


def check_trail(at: datetime) -> None:
    """Tell the operator's log when the trail is not whole."""
    verdict = verify()
    if not verdict.is_whole:
        log.error("audit trail: %s", in_words(verdict))


TASKS = (Task("audit.check", timedelta(days=1), check_trail),)
