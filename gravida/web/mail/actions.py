"""What staff do about mails that failed or are unsure: send them again, or put them aside."""

from datetime import datetime

from django.db import transaction

from gravida.web.audit.trail import record
from gravida.web.models import Mail, MailState, Trouble
from gravida.web.people.models import Person


class NothingToDo(Exception):
    """The mail no longer needs staff: somebody else has dealt with it, or its texts are erased."""


@transaction.atomic
def send_again(*, mail: Mail, by: Person, at: datetime) -> None:
    """Put a failed or unsure mail back into the queue; NothingToDo when it is neither any more, or erased."""
    was = mail.state
    waiting = Mail.objects.needing_staff().filter(id=mail.pk, state=was, erased_at=None)
    if was == MailState.UNSURE:
        waiting.update(may_be_repeat=True)
    queued = waiting.update(
        state=MailState.QUEUED, ended_at=None, tries=0, crashes=0, next_try_at=None, trouble=Trouble.NONE,
        reply_code=None,
    )  # fmt: skip
    if not queued:
        raise NothingToDo
    record(action="mail.send_again", by=by, at=at, about=mail, changes={"state": (was, MailState.QUEUED)})


@transaction.atomic
def drop(*, mail: Mail, by: Person, at: datetime) -> None:
    """Put a failed or unsure mail aside for good; NothingToDo when somebody has dealt with it."""
    if not Mail.objects.needing_staff().filter(id=mail.pk).update(dropped_at=at):
        raise NothingToDo
    record(action="mail.drop", by=by, at=at, about=mail, changes={"dropped_at": ("", at.isoformat())})
