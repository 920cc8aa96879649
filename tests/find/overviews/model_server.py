"""A real HTTP server on this machine that speaks chat completions, and misbehaves as it is told."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WORDS = "## in_short\n\nFALCO looks for the reasons of early losses. It tests no new treatment.\n"


class ModelServer:
    """What it answers, in turn; the last answer is given again and again."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []

    def next_answer(self) -> Any:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def streamed(
    text: str = WORDS, *, pause: float = 0.0, model: str = "small-model-1", end: str = "done"
) -> Any:
    """An answer in pieces of seven signs; `end`: done, cut, or stop (a finish reason and no [DONE])."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        _head(handler, "text/event-stream")
        for at in range(0, len(text), 7):
            _event(handler, {"model": model, "choices": [{"delta": {"content": text[at : at + 7]}}]})
            time.sleep(pause)
        if end == "stop":
            _event(handler, {"choices": [{"delta": {}, "finish_reason": "stop"}]})
        if end == "done":
            handler.wfile.write(b"data: [DONE]\n\n")

    return send


def status(code: int, **headers: str) -> Any:
    """An answer of this status."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(b"{}")

    return send


def raw(body: bytes, *, kind: str = "text/event-stream") -> Any:
    """An answer of exactly these bytes."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        _head(handler, kind)
        handler.wfile.write(body)

    return send


def endless(size: int) -> Any:
    """An answer of so many bytes without an end of line."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        _head(handler, "text/event-stream")
        for _ in range(size // 65536):
            handler.wfile.write(b"x" * 65536)

    return send


def whole(text: str = WORDS) -> Any:
    """An answer that is not streamed."""
    value = {"model": "small-model-1", "choices": [{"message": {"content": text}, "finish_reason": "stop"}]}
    return raw(json.dumps(value).encode(), kind="application/json")


def _head(handler: BaseHTTPRequestHandler, kind: str) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", kind)
    handler.end_headers()


def _event(handler: BaseHTTPRequestHandler, value: dict[str, Any]) -> None:
    handler.wfile.write(b"data: " + json.dumps(value).encode() + b"\n\n")
    handler.wfile.flush()


@contextmanager
def serving(server: ModelServer) -> Iterator[str]:
    """Its address, as the operator would set it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            server.requests.append(json.loads(self.rfile.read(length)))
            server.headers.append({name.lower(): value for name, value in self.headers.items()})
            with suppress(OSError):  # who asked has gone: a thread that went on would slow every later test
                server.next_answer()(self)

        def log_message(self, *_: Any) -> None:
            """Silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{http.server_port}/v1"
        finally:  # also after the error that a test waits for: left alone, the thread would never rest
            http.shutdown()
