"""A site whose messages travel over HTTP: it calls the coordinator, never the other way."""

import ssl
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from gravida.explain.federated.by_files import NothingCame
from gravida.explain.federated.http_server import NotPrivate, is_this_machine
from gravida.explain.federated.http_words import ROUND, call_headers
from gravida.explain.federated.site import Ended, SiteSession, ended

TIMEOUT = httpx.Timeout(30.0, connect=10.0)


class CoordinatorRefused(Exception):
    """The coordinator's server says no: another key, another plan, clocks far apart."""

    def __init__(self, *, status: int, path: str) -> None:
        self.status = status
        hints = {403: "is the key the same, the clock right?", 404: "does its plan name this site?"}
        super().__init__(
            f"the coordinator answered {status} to {path}: {hints.get(status, 'see its output')}"
        )


def answer_by_http(
    session: SiteSession, *, url: str, patience: float, pause: float = 0.5, ca: Path | None = None
) -> Ended:
    """Answer what is asked until the coordinator's last word. patience: seconds without anything new.

    NotPrivate where the URL is not https and not this machine; a coordinator that cannot be reached is tried
    again until patience ends.
    """
    told = urlsplit(url)
    if told.scheme != "https" and not is_this_machine(told.hostname or ""):
        raise NotPrivate(url)
    site = session.seal.site
    last = time.monotonic()
    trusted = ssl.create_default_context(cafile=ca)
    with httpx.Client(base_url=url, timeout=TIMEOUT, verify=trusted, trust_env=False) as client:
        while True:
            try:
                asked = _call(client, session, "GET", f"/{site}/next?after=0")
                if asked.status_code == httpx.codes.OK:
                    round_ = int(asked.headers[ROUND])
                    if round_ == 0:
                        return ended(asked.content, session.seal)
                    _call(client, session, "POST", f"/{site}/{round_}", session.handle(round_, asked.content))
                    last = time.monotonic()
                    continue
            except httpx.TransportError:
                pass  # the coordinator is restarting, or the network is: the next look finds out
            if time.monotonic() - last > patience:
                raise NothingCame(seconds=patience)
            time.sleep(pause)


def _call(
    client: httpx.Client, session: SiteSession, method: str, path: str, body: bytes = b""
) -> httpx.Response:
    headers = call_headers(session.seal, method=method, path=path, body=body, now=datetime.now(UTC))
    answer = client.request(method, path, content=body, headers=headers)
    if answer.status_code >= 400:
        raise CoordinatorRefused(status=answer.status_code, path=path)
    return answer
