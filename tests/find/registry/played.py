"""A registry played on this machine, with every fault that the real one may have."""

import json
import socket
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class PlayedRegistry:
    """Answers /version, /studies and /studies/ID; `faults` are played first, in order, on /studies."""

    def __init__(self, pages: list[list[dict[str, Any]]]) -> None:
        self.pages = pages
        self.faults: list[Callable[[BaseHTTPRequestHandler], None]] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.expired: set[str] = set()
        self.tokens = [f"token-{number}" for number in range(1, len(pages))]
        played = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                played.answer(self)

            def log_message(self, *arguments: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}/api/v2"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        address = urlsplit(request.path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        path = address.path.removeprefix("/api/v2")
        self.asked.append((path, asked))
        if path == "/version":
            send(request, {"apiVersion": "2.0.5", "dataTimestamp": "2026-11-20T09:00:05"})
        elif self.faults:
            self.faults.pop(0)(request)
        elif path == "/studies":
            self.answer_page(request, asked.get("pageToken", ""))
        else:
            self.answer_study(request, path.rsplit("/", 1)[1])

    def answer_page(self, request: BaseHTTPRequestHandler, token: str) -> None:
        if token in self.expired or (token and token not in self.tokens):
            send(request, b"pageToken is not valid", status=400, kind="text/plain")
            return
        number = self.tokens.index(token) + 1 if token else 0
        page: dict[str, Any] = {"studies": self.pages[number]}
        if number < len(self.tokens):
            page["nextPageToken"] = self.tokens[number]
        send(request, page)

    def answer_study(self, request: BaseHTTPRequestHandler, number: str) -> None:
        for page in self.pages:
            for study in page:
                if study["protocolSection"]["identificationModule"]["nctId"] == number:
                    send(request, study)
                    return
        send(request, b"NCT number not found", status=404, kind="text/plain")

    @property
    def pages_asked(self) -> list[str]:
        return [asked.get("pageToken", "") for path, asked in self.asked if path == "/studies"]


def send(
    request: BaseHTTPRequestHandler,
    body: Any,
    *,
    status: int = 200,
    kind: str = "application/json",
    **headers: str,
) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    request.send_response(status)
    request.send_header("Content-Type", kind)
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.send_header("Content-Length", str(len(raw)))
    request.end_headers()
    request.wfile.write(raw)


def answers(body: Any, **options: Any) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda request: send(request, body, **options)


def cut_short(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", "5000")
    request.end_headers()
    request.wfile.write(b'{"studies": [{"protocolSection": {')
    request.close_connection = True


def hangs_up(request: BaseHTTPRequestHandler) -> None:
    request.connection.shutdown(socket.SHUT_RDWR)
    request.close_connection = True


def sleeps(request: BaseHTTPRequestHandler) -> None:
    time.sleep(0.6)
    request.close_connection = True
