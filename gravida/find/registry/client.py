"""Requests to the live registry: one at a time, unhurried, patient with its faults, to no other host."""

import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import IO
from urllib.parse import urljoin, urlsplit

import httpx

ATTEMPTS = 5
LARGEST_ANSWER = 256 * 1024**2  # bytes, unpacked; a page of 500 studies has some 10 MB
LONGEST_ANSWER = 600  # seconds
LONGEST_WAIT = 300  # seconds that a Retry-After may ask for
_IN_MEMORY = 8 * 1024**2
_TIMEOUT = httpx.Timeout(connect=10, read=30, write=10, pool=10)
_REDIRECTS = 3


class RegistryFault(Exception):
    """The registry gave no usable answer. Carries what was found."""

    def __init__(self, found: str) -> None:
        super().__init__(found)
        self.found = found


class _PassingFault(Exception):
    """A fault that may be gone at the next attempt."""

    def __init__(self, found: str, *, wait_seconds: float | None = None) -> None:
        super().__init__(found)
        self.found, self.wait_seconds = found, wait_seconds


class NotFound(Exception):
    """The registry answered 404."""


class RefusedRequest(Exception):
    """The registry answered 400: it does not accept the request, or no longer accepts its page token."""


@dataclass
class RegistryClient:
    """Asks the registry at `base`, at least `pause_seconds` after the last answer."""

    base: str  # as https://clinicaltrials.gov/api/v2
    pause_seconds: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    check: Callable[[IO[bytes]], str] = field(
        default=lambda answer: ""
    )  # fault of an answer, empty when whole
    _answered_at: float | None = None

    @cached_property
    def _http(self) -> httpx.Client:
        return httpx.Client(headers={"Accept": "application/json"}, follow_redirects=False)

    def get(self, path: str, parameters: Mapping[str, str]) -> IO[bytes]:
        """The answer's bytes, as a file at its start; the caller closes it.

        NotFound, RefusedRequest, or RegistryFault once ATTEMPTS attempts have failed or more are of no use.
        """
        fault = _PassingFault("")
        for attempt in range(ATTEMPTS):
            if attempt:
                self.sleep(fault.wait_seconds if fault.wait_seconds is not None else 2.0**attempt)
            try:
                return self._whole(f"{self.base}{path}", parameters)
            except _PassingFault as passing:
                fault = passing
        raise RegistryFault(f"{fault.found}, after {ATTEMPTS} attempts")

    def _whole(self, address: str, parameters: Mapping[str, str]) -> IO[bytes]:
        answer = self._once(address, parameters)
        fault = self.check(answer)
        if fault:
            answer.close()
            raise _PassingFault(fault)
        answer.seek(0)
        return answer

    def _once(self, address: str, parameters: Mapping[str, str]) -> IO[bytes]:
        self._keep_pace()
        try:
            return self._follow(address, parameters)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise RegistryFault(f"the registry's address is wrong ({error})") from error
        except httpx.TimeoutException as error:
            raise _PassingFault("the registry does not answer in time") from error
        except httpx.HTTPError as error:
            raise _PassingFault(f"the connection broke ({type(error).__name__})") from error
        finally:
            self._answered_at = self.clock()

    def _keep_pace(self) -> None:
        if self._answered_at is not None:
            self.sleep(max(0.0, self._answered_at + self.pause_seconds - self.clock()))

    def _follow(self, address: str, parameters: Mapping[str, str]) -> IO[bytes]:
        """The answer at an address, or where it sends us on the same host."""
        target = str(httpx.URL(address, params=dict(parameters)) if parameters else address)
        for _ in range(_REDIRECTS + 1):
            with self._http.stream("GET", target, timeout=_TIMEOUT) as answer:
                if not answer.has_redirect_location:
                    return self._read(answer)
                target = _same_host(target, answer.headers["location"])
        raise RegistryFault(f"the registry redirects more than {_REDIRECTS} times")

    def _read(self, answer: httpx.Response) -> IO[bytes]:
        _check_status(answer)
        kind = answer.headers.get("content-type", "no content type").split(";")[0]
        if kind != "application/json":
            raise _PassingFault(f"the registry answers with {kind[:60]} instead of JSON")
        body: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - get() hands it out
        begun = self.clock()
        for chunk in answer.iter_bytes(1024**2):
            body.write(chunk)
            if body.tell() > LARGEST_ANSWER:
                raise RegistryFault(f"the answer is larger than {LARGEST_ANSWER // 1024**2} MB")
            if self.clock() - begun > LONGEST_ANSWER:
                raise _PassingFault(f"the answer takes more than {LONGEST_ANSWER} seconds")
        body.seek(0)
        return body


def _check_status(answer: httpx.Response) -> None:
    code = answer.status_code
    if code == 200:
        return
    if code == 404:
        raise NotFound
    if code == 400:
        raise RefusedRequest
    if code == 429 or code >= 500:
        raise _PassingFault(f"the registry answers {code}", wait_seconds=_wait_asked(answer))
    raise RegistryFault(f"the registry answers {code}")


def _wait_asked(answer: httpx.Response) -> float | None:
    """Seconds that Retry-After asks for; None where it asks for none."""
    asked = answer.headers.get("retry-after", "").strip()
    if not asked:
        return None
    if asked.isascii() and asked.isdigit():
        seconds = float(asked[:9])
    else:
        try:
            seconds = (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds()
        except (TypeError, ValueError):
            return None
    if seconds > LONGEST_WAIT:
        raise RegistryFault(f"the registry asks to come back in {seconds / 60:.0f} minutes")
    return max(0.0, seconds)


def _same_host(address: str, location: str) -> str:
    target = urljoin(address, location)
    here, there = urlsplit(address), urlsplit(target)
    if (there.scheme, there.netloc) != (here.scheme, here.netloc):
        raise RegistryFault(f"the registry redirects to another host ({there.netloc[:100]}): not followed")
    return target
