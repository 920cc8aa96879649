"""The coordinator's mailboxes over HTTP, so that sites need only call out and nothing calls in to them."""

import re
import ssl
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from gravida.explain.federated.coordinate import Coordinator
from gravida.explain.federated.http_words import AT, CALL, LARGEST_BODY, ROUND, is_from_site
from gravida.explain.federated.sealed import ChangedOnTheWay, Seal, digest

PATH = re.compile(r"/(?P<site>[A-Za-z0-9-]+)/(?P<what>next|\d{1,4})")


class NotPrivate(ValueError):
    """HTTP without TLS that would leave this machine."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"{where} would be readable on the way: give --certificate and --private-key, or listen on "
            "127.0.0.1 behind a web server that speaks TLS"
        )


def serve(
    coordinator: Coordinator,
    *,
    host: str,
    port: int,
    certificate: Path | None = None,
    private_key: Path | None = None,
) -> ThreadingHTTPServer:
    """A server in a thread of its own, already listening; `shutdown()` ends it. NotPrivate without TLS."""
    if certificate is None and not is_this_machine(host):
        raise NotPrivate(f"http://{host}:{port}")
    handler = type("Handler", (_Handler,), {"coordinator": coordinator})
    server = ThreadingHTTPServer((host, port), handler)
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(certificate, private_key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def let_sites_hear(coordinator: Coordinator, *, at_most: float) -> None:
    """Wait, so many seconds at most, until every site has fetched the last word, if it was said."""
    if any(box.end() is None for box in coordinator.boxes.values()):
        return
    until = time.monotonic() + at_most
    while coordinator.told_end < set(coordinator.boxes) and time.monotonic() < until:
        time.sleep(coordinator.pause)


def is_this_machine(host: str) -> bool:
    """Whether a name or address is the loopback of this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class _Handler(BaseHTTPRequestHandler):
    coordinator: Coordinator
    timeout = 60
    server_version, sys_version = "Gravida", ""

    def do_GET(self) -> None:
        found = self._site(b"")
        if found is None:
            return
        seal, what = found
        box = self.coordinator.boxes[seal.site]
        after = parse_qs(urlsplit(self.path).query).get("after", ["0"])[0]
        if what != "next" or not after.isdecimal():
            self._say(404)
            return
        waiting = box.next_request(int(after))
        end = box.end() if waiting is None else None
        if waiting is not None:
            self._say(200, body=waiting[1], round_=waiting[0])
        elif end is not None:
            self._say(200, body=end, round_=0)
            self.coordinator.told_end.add(seal.site)
        else:
            self._say(204)

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            self._say(413)
            return
        body = self.rfile.read(int(length))
        found = self._site(body)
        if found is None:
            return
        seal, what = found
        if not what.isdecimal():
            self._say(404)
            return
        self._say(self._kept(seal, int(what), body))

    def _kept(self, seal: Seal, round_: int, body: bytes) -> int:
        """Keep an answer: 204, also where the same is there already; 403, 404 or 409 where it is none."""
        box = self.coordinator.boxes[seal.site]
        asked, before = box.request(round_), box.answer(round_)
        if asked is None:
            return 404
        if before is not None:
            return 204 if before == body else 409
        try:
            question = seal.open(asked, way="request", round_=round_)
            seal.open(body, way="answer", round_=round_, answers=digest(question))
        except ChangedOnTheWay:
            return 403
        box.reply(round_, body)
        return 204

    def _site(self, body: bytes) -> tuple[Seal, str] | None:
        """Whose call this is and for what; answers 403 or 404 itself where it is nobody's."""
        place = PATH.fullmatch(urlsplit(self.path).path)
        seal = None if place is None else self.coordinator.seals.get(place["site"])
        if place is None or seal is None or seal.site not in self.coordinator.boxes:
            self._say(404)
            return None
        told = {"at": self.headers.get(AT, ""), "call": self.headers.get(CALL, "")}
        now = datetime.now(UTC)
        if not is_from_site(seal, method=self.command, path=self.path, body=body, now=now, **told):
            self._say(403)
            return None
        return seal, place["what"]

    def _say(self, status: int, *, body: bytes = b"", round_: int | None = None) -> None:
        self.send_response(status)
        if round_ is not None:
            self.send_header(ROUND, str(round_))
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Cache-Control", "no-store")
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """The coordinator tells which answers came; addresses of callers are kept nowhere."""
