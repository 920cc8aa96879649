"""Signs that a machine sent a form: a field people do not see, too quick, no form of ours. Pure."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

LEAST_SECONDS = 4  # nobody reads and fills the form sooner
_SEPARATOR = "."


@dataclass(frozen=True, kw_only=True)
class FormToken:
    """What a form carries from rendering to sending: when it was made, and its own key."""

    made_at: datetime
    key: str


def sign_form(*, key: str, made_at: datetime, secret: str) -> str:
    """The token that a rendered form carries. `key`: tokens.new_token(), also the idempotency key."""
    stamp = str(int(made_at.timestamp()))
    return _SEPARATOR.join((stamp, key, _signature(stamp, key, secret)))


def read_form(token: str, *, secret: str) -> FormToken | None:
    """The token again; None where it is not one of ours."""
    stamp, _, rest = token.partition(_SEPARATOR)
    key, _, signature = rest.partition(_SEPARATOR)
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12 and key):
        return None
    if not hmac.compare_digest(signature.encode(), _signature(stamp, key, secret).encode()):
        return None
    return FormToken(made_at=datetime.fromtimestamp(int(stamp), UTC), key=key)


def suspicion(*, form: FormToken | None, honeypot: str, at: datetime) -> str:
    """Why a form looks like a machine's: `honeypot`, `no_form`, `too_quick`, `from_the_future`; else empty.

    A suspected message is never dropped and never said to be sent: a human looks at it, and the page says so.
    """
    if honeypot.strip():
        return "honeypot"
    if form is None:
        return "no_form"
    age = at - form.made_at
    if age < timedelta(seconds=-60):
        return "from_the_future"
    if age < timedelta(seconds=LEAST_SECONDS):
        return "too_quick"
    return ""


def _signature(stamp: str, key: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"form\0{stamp}\0{key}".encode(), sha256).hexdigest()
