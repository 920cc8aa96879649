"""Requests to the operator’s OpenAI-compatible endpoint: one text, streamed, patient, bounded in all.

Only what `asking.py` makes of a public registry record is ever sent. Redirects are not followed.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from gravida.find.contact.pages.typed import typed_line

ATTEMPTS = 4
LARGEST_ANSWER = 512 * 1024  # bytes as they come
LONGEST_TEXT = 20_000  # signs; nine sections have some 4,000
LONGEST_WAIT = 60.0  # seconds that a Retry-After may ask for
LOOK_EVERY = 0.25  # seconds between two looks whether it was cancelled
MOST_TOKENS = 3000
_TIMEOUT = httpx.Timeout(connect=10, read=30, write=10, pool=10)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where texts are generated, as the operator set it."""

    base: str  # as https://models.example.org/v1
    model: str
    key: str = ""
    seconds: float = 180.0  # that one text may take in all

    @property
    def host(self) -> str:
        """The endpoint's host, as it is kept and shown."""
        return urlsplit(self.base).hostname or ""


def configured() -> Endpoint | None:
    """The operator's endpoint; None where none is set, which is the default."""
    if not settings.OVERVIEW_ENDPOINT:
        return None
    return Endpoint(
        base=settings.OVERVIEW_ENDPOINT,
        model=settings.OVERVIEW_MODEL,
        key=settings.OVERVIEW_KEY,
        seconds=settings.OVERVIEW_SECONDS,
    )


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the endpoint wrote."""

    text: str
    model: str  # as the endpoint names it, else as it was asked for


class EndpointFault(Exception):
    """No usable answer. Carries a code whose words stand in words.py, and what was found."""

    def __init__(self, code: str, found: str = "") -> None:
        super().__init__(f"{code}: {found}")
        self.code, self.found = code, found


class Cancelled(Exception):
    """Whoever asked does not want the text any more."""


class _Passing(Exception):
    """A fault that may be gone at the next attempt."""

    def __init__(self, code: str, found: str = "", *, wait_seconds: float | None = None) -> None:
        super().__init__(code, found)
        self.code, self.found, self.wait_seconds = code, found, wait_seconds


@dataclass
class EndpointClient:
    """Asks one endpoint."""

    endpoint: Endpoint
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def complete(
        self,
        messages: Sequence[dict[str, str]],
        *,
        told: Callable[[str, str], None],
        is_cancelled: Callable[[], bool],
    ) -> Answer:
        """The answer. `told` hears the text so far, and what the last trouble was, as both come.

        EndpointFault once ATTEMPTS attempts have failed, or more are of no use; Cancelled.
        """
        ends_at = self.clock() + self.endpoint.seconds
        fault = _Passing("silent")
        for attempt in range(ATTEMPTS):
            if attempt:
                told("", f"{fault.code} {fault.found}".strip())
                self._wait(fault, attempt, ends_at=ends_at, is_cancelled=is_cancelled)
            try:
                return self._once(messages, told=told, is_cancelled=is_cancelled, ends_at=ends_at)
            except _Passing as passing:
                fault = passing
        raise EndpointFault(fault.code, fault.found)

    def _wait(
        self, fault: _Passing, attempt: int, *, ends_at: float, is_cancelled: Callable[[], bool]
    ) -> None:
        wait = fault.wait_seconds if fault.wait_seconds is not None else 2.0 ** (attempt - 1)
        until = self.clock() + wait
        if until > ends_at:
            raise EndpointFault(fault.code, fault.found)
        while self.clock() < until:
            if is_cancelled():
                raise Cancelled
            self.sleep(min(LOOK_EVERY, max(until - self.clock(), 0.0)))

    def _once(
        self,
        messages: Sequence[dict[str, str]],
        *,
        told: Callable[[str, str], None],
        is_cancelled: Callable[[], bool],
        ends_at: float,
    ) -> Answer:
        headers = {"Accept": "text/event-stream, application/json", "Accept-Encoding": "identity"}
        if self.endpoint.key:
            headers["Authorization"] = f"Bearer {self.endpoint.key}"
        body = {
            "model": self.endpoint.model, "messages": list(messages), "stream": True, "temperature": 0.2,
            "max_tokens": MOST_TOKENS,
        }  # fmt: skip
        address = f"{self.endpoint.base}/chat/completions"
        try:
            with (
                httpx.Client(follow_redirects=False, trust_env=False) as http,
                http.stream("POST", address, json=body, headers=headers, timeout=_TIMEOUT) as answer,
            ):
                _check_status(answer)
                watched = self._watched(answer, is_cancelled=is_cancelled, ends_at=ends_at)
                return self._read(answer, watched, told=told)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise EndpointFault("address", str(error)[:200]) from error
        except httpx.TimeoutException as error:
            raise _Passing("silent") from error
        except httpx.HTTPError as error:
            raise _Passing("broken", type(error).__name__) from error

    def _watched(
        self, answer: httpx.Response, *, is_cancelled: Callable[[], bool], ends_at: float
    ) -> Iterator[bytes]:
        """The answer's bytes as they come; ended by a cancelling, by the clock, or by too many of them."""
        size = 0
        for chunk in answer.iter_bytes():
            size += len(chunk)
            if size > LARGEST_ANSWER:
                raise EndpointFault("too_large", f"{size // 1024} kB")
            if is_cancelled():
                raise Cancelled
            if self.clock() > ends_at:
                raise EndpointFault("too_slow", f"{self.endpoint.seconds:.0f} s")
            yield chunk

    def _read(
        self, answer: httpx.Response, chunks: Iterator[bytes], *, told: Callable[[str, str], None]
    ) -> Answer:
        kind = answer.headers.get("content-type", "").split(";")[0].strip()
        if kind == "application/json":
            value = _json(b"".join(chunks))
            return Answer(text=_whole_text(value), model=self._model(value))
        if kind != "text/event-stream":
            raise _Passing("not_json", kind[:60] or "no content type")
        text, model, is_whole = "", "", False
        for event in _events(chunks):
            if event == b"[DONE]":
                is_whole = True
                break
            value = _json(event)
            piece, ended = _piece(value)
            text, model, is_whole = text + piece, model or self._model(value), is_whole or ended
            if len(text) > LONGEST_TEXT:
                raise EndpointFault("too_large", f"{len(text)} signs")
            told(text, "")
        if not is_whole:
            raise _Passing("cut", f"{len(text)} signs")
        return Answer(text=text, model=model or self.endpoint.model)

    def _model(self, value: dict[str, Any]) -> str:
        found = value.get("model")
        named = typed_line(found)[:120] if isinstance(found, str) else ""
        return named or self.endpoint.model


def _events(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The data of each server-sent event; lines of other kinds are passed over."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from _data_of(lines)
    yield from _data_of([rest])


def _data_of(lines: Sequence[bytes]) -> Iterator[bytes]:
    for line in lines:
        if line.startswith(b"data:"):
            yield line.removeprefix(b"data:").strip()


def _json(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _Passing("not_json", data[:60].decode(errors="replace")) from error
    if not isinstance(value, dict):
        raise _Passing("not_json", type(value).__name__)
    if value.get("error"):
        raise _Passing("says_error", str(value["error"])[:120])
    return value


def _choice(value: dict[str, Any]) -> dict[str, Any]:
    choices = value.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else {}
    if not isinstance(first, dict):
        raise _Passing("not_json", "a choice that is no object")
    if first.get("finish_reason") == "length":
        raise EndpointFault("ended_early")
    if first.get("finish_reason") == "content_filter":
        raise EndpointFault("refused")
    return first


def _piece(value: dict[str, Any]) -> tuple[str, bool]:
    """The words of one event, and whether it was the last."""
    choice = _choice(value)
    delta = choice.get("delta")
    content = delta.get("content") if isinstance(delta, dict) else None
    return (content if isinstance(content, str) else ""), choice.get("finish_reason") == "stop"


def _whole_text(value: dict[str, Any]) -> str:
    """The words of an answer that was not streamed."""
    message = _choice(value).get("message")
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(content, str):
        raise _Passing("not_json", "no message")
    if len(content) > LONGEST_TEXT:
        raise EndpointFault("too_large", f"{len(content)} signs")
    return content


def _check_status(answer: httpx.Response) -> None:
    code = answer.status_code
    if code == 200:
        return
    if code in (408, 429) or code >= 500:
        raise _Passing("status", str(code), wait_seconds=_wait_asked(answer))
    known = {401: "key", 403: "key", 404: "address"}
    raise EndpointFault("redirect" if answer.is_redirect else known.get(code, "status"), str(code))


def _wait_asked(answer: httpx.Response) -> float | None:
    """Seconds that Retry-After asks for; None where it asks for none in figures."""
    asked = answer.headers.get("retry-after", "").strip()
    if not (asked.isascii() and asked.isdigit()):
        return None
    seconds = float(asked[:9])
    if seconds > LONGEST_WAIT:
        raise EndpointFault("busy", f"{seconds:.0f} s")
    return seconds
