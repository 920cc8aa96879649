"""Clients that send slowly hold no thread; whole requests are served meanwhile."""

import http.client
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from gravida.serve_slow_clients import _is_whole
from tests.web.running_site import running_site

POST = b"POST /en/nowhere/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A running site's port."""
    with running_site(Path(tmp_path_factory.mktemp("site"))) as (_, port):
        yield port


@pytest.mark.parametrize(
    ("arrived", "is_whole"),
    [
        (b"", False),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", False),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", True),
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab", False),
        (b"POST / HTTP/1.1\r\ncontent-length:3\r\n\r\nabc", True),
        (b"POST / HTTP/1.1\r\nContent-Length: 999999\r\n\r\nabc", True),
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n", True),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", True),
        (b"x" * 70_000, True),
    ],
)
def test_a_request_is_whole_with_its_head_and_a_body_of_ordinary_size(arrived: bytes, is_whole: bool) -> None:
    assert _is_whole(arrived) is is_whole


@pytest.mark.slow
@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n",
        POST + b"Content-Length: 1000\r\n\r\nmessage=",
        POST[:30],
    ],
    ids=["nothing", "half a head", "half a body", "a line"],
)
def test_fifty_slow_clients_do_not_keep_others_out(port: int, sent: bytes) -> None:
    # given fifty clients that send part of a request and then a byte now and then
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(50)]
    for connection in slow:
        connection.sendall(sent)
    took = []
    # when others read a page
    for turn in range(20):
        for connection in slow[turn::20]:
            connection.sendall(b"a" if sent else b"")
        began = time.monotonic()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/robots.txt", timeout=20) as answer:
            assert answer.status == 200
        took.append(time.monotonic() - began)
    for connection in slow:
        connection.close()
    # then nobody waits for the slow ones, who stay for thirty seconds; the rest is room for a busy machine
    assert max(took) < 5


@pytest.mark.slow
def test_a_request_that_comes_in_pieces_is_served_when_it_is_whole(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for piece in (
            b"GET /robots.txt HTTP/1.1\r\n",
            b"Host: 127.0.0.1\r\n",
            b"Connection: close\r\n",
            b"\r\n",
        ):
            connection.sendall(piece)
            time.sleep(0.1)
        assert connection.makefile("rb").readline().startswith(b"HTTP/1.1 200")


@pytest.mark.slow
def test_one_connection_serves_several_requests(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for _ in range(5):
        connection.request("GET", "/robots.txt")
        answer = connection.getresponse()
        assert answer.status == 200
        answer.read()
    connection.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("head", "length", "status"),
    [
        (b"GET /" + b"x" * 10_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n", 0, 414),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X-Many: 1\r\n" * 200, 0, 400),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"x" * 70_000 + b"\r\n", 0, 400),
    ],
    ids=["a long address", "many headers", "a long header"],
)
def test_a_head_larger_than_any_browsers_is_refused(port: int, head: bytes, length: int, status: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head + b"\r\n")
        line = connection.makefile("rb").readline()
    assert line.split()[1] in {str(status).encode(), b"400", b"431"}


@pytest.mark.slow
def test_a_large_body_is_read_as_it_comes(port: int) -> None:
    body = b"message=" + b"x" * 200_000
    request = urllib.request.Request(f"http://127.0.0.1:{port}/en/nowhere/", data=body)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=20)  # noqa: S310 - ourselves
    assert refused.value.code in {403, 404, 405}
