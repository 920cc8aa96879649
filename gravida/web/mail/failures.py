"""Who is told when a mail has failed for good: the part that queued its kind.

`web` knows nothing of the parts above it, so they put their functions into `on_failed` at start-up:
`on_failed["contact.team.new"] = flag_team_address`.
"""

import logging
from collections.abc import Callable

from django.db import transaction

from gravida.web.models import Mail

# Kind code -> what to do about a mail of that kind that was refused, came back, or was given up.
# Called inside the transaction that writes the failure; it may change rows and queue other mails.
on_failed: dict[str, Callable[[Mail], None]] = {}

log = logging.getLogger("gravida.mail")


def tell_failed(mail: Mail) -> None:
    """Call the function of the mail's kind; what it raises does not undo that the mail has failed."""
    function = on_failed.get(mail.kind)
    if function is None:
        return
    mail.refresh_from_db()
    try:
        with transaction.atomic():
            function(mail)
    except Exception:
        # The mail has failed, whatever another part makes of it.
        log.exception("mail %s has failed, and so has telling it to %s", mail.pk, mail.kind)
