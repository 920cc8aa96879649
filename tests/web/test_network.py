"""The network of a client: believed from a named proxy only."""

from ipaddress import ip_network
from typing import Any

import pytest
from django.test import RequestFactory

from gravida.web.network import network_of

PROXIES = [ip_network("10.0.0.0/8"), ip_network("::1/128")]


def _network(address: str, forwarded: str | None = None) -> str:
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return network_of(RequestFactory().get("/", REMOTE_ADDR=address, **headers))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7/32"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_a_client_shares_its_limit_with_its_network(settings: Any, address: str, network: str) -> None:
    settings.PROXIES = []
    assert _network(address) == network


def test_a_forwarded_address_from_a_stranger_is_not_believed(settings: Any) -> None:
    settings.PROXIES = PROXIES
    assert _network("203.0.113.7", "198.51.100.1") == "203.0.113.7/32"


@pytest.mark.parametrize(
    ("forwarded", "network"),
    [
        ("198.51.100.1", "198.51.100.1/32"),
        ("192.0.2.66, 198.51.100.1", "198.51.100.1/32"),  # the left one is the client's own invention
        ("198.51.100.1, 10.1.1.1", "198.51.100.1/32"),
        ("10.1.1.1", "10.1.1.1/32"),
        ("not an address", "10.0.0.2/32"),
        ("198.51.100.1, not an address", "10.0.0.2/32"),
        ("", "10.0.0.2/32"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
    ],
)
def test_a_named_proxy_is_believed_about_its_neighbour(settings: Any, forwarded: str, network: str) -> None:
    settings.PROXIES = PROXIES
    assert _network("10.0.0.2", forwarded) == network


def test_a_socket_file_has_the_proxy_for_its_neighbour(settings: Any) -> None:
    settings.PROXIES = [ip_network("127.0.0.1")]
    assert _network("", "198.51.100.1") == "198.51.100.1/32"
