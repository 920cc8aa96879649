"""Whether mails can be signed with the key that the operator set."""

from datetime import UTC, datetime

import dkim

from gravida.web.mail.message import envelope
from gravida.web.mail.sender import WrongMailSettings, sender
from gravida.web.models import Mail


def signing_fault() -> list[str]:
    """A sentence when a mail could not be made and signed with the present settings."""
    sample = Mail(
        recipient=sender().address, subject="-", text="-\n", message_id=f"sample@{sender().domain}",
        language="en", queued_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    try:
        envelope(sample)
    except WrongMailSettings as error:
        return [str(error)]
    except (dkim.DKIMException, ValueError) as error:
        return [f"GRAVIDA_DKIM_KEY cannot sign: {error}; wanted a private RSA or Ed25519 key in PEM"]
    return []
