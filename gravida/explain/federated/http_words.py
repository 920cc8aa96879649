"""What both ends of the HTTP transport agree on: paths, and who may call.

GET /SITE/next?after=N gives the earliest unanswered request after round N (200, its number in
Gravida-Round), nothing yet (204) or the last word (200, Gravida-Round: 0). POST /SITE/N takes the sealed
answer. A call carries the time in Gravida-At and, in Gravida-Call, an HMAC by the site's key over method,
path, time and body.
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from gravida.explain.federated.sealed import Seal

ROUND, AT, CALL = "Gravida-Round", "Gravida-At", "Gravida-Call"
CLOCKS_DIFFER = timedelta(minutes=5)
LARGEST_BODY = 256 * 1024 * 1024


def call_headers(seal: Seal, *, method: str, path: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers that show a call comes from the site."""
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    return {AT: at, CALL: _mac(seal, method, path, at, body)}


def is_from_site(
    seal: Seal, *, method: str, path: str, body: bytes, at: str, call: str, now: datetime
) -> bool:
    """Whether a call comes from the site, and lately."""
    try:
        told = datetime.fromisoformat(at)
    except ValueError:
        return False
    if told.tzinfo is None or abs(now - told) > CLOCKS_DIFFER:
        return False
    return hmac.compare_digest(call.encode("utf-8", "replace"), _mac(seal, method, path, at, body).encode())


def _mac(seal: Seal, method: str, path: str, at: str, body: bytes) -> str:
    told = "\n".join(["gravida federated call 1", method, path, at, hashlib.sha256(body).hexdigest()])
    return hmac.new(seal.key, told.encode(), hashlib.sha256).hexdigest()
