"""Where a request comes from, coarse enough to share a limit: /32 of IPv4, /64 of IPv6."""

import ipaddress
from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest

IPV6_PREFIX = 64
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
UNKNOWN = "unknown"


def network_of(request: HttpRequest) -> str:
    """The client's network, as 203.0.113.7/32 or 2001:db8:1:2::/64; `unknown` where nobody says.

    X-Forwarded-For is read only when the request comes from a proxy that the operator named
    (GRAVIDA_PROXIES), and then from the right: each proxy writes behind what it was told.
    """
    client = _address(str(request.META.get("REMOTE_ADDR", "")))
    # A server that listens on a socket file has no address to give: its only neighbour is the proxy.
    if client is None and settings.PROXIES and not request.META.get("REMOTE_ADDR"):
        client = ipaddress.IPv4Address("127.0.0.1")
    if client is not None and _is_proxy(client):
        client = _forwarded(str(request.META.get("HTTP_X_FORWARDED_FOR", "")), otherwise=client)
    return UNKNOWN if client is None else _network(client)


def _forwarded(header: str, *, otherwise: Address) -> Address:
    """The last address that is none of our proxies; the proxy's own when the header says nothing usable."""
    for text in reversed(header.split(",")):
        address = _address(text)
        if address is None:
            return otherwise
        if not _is_proxy(address):
            return address
        otherwise = address
    return otherwise


def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def _is_proxy(address: Address) -> bool:
    proxies: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network] = settings.PROXIES
    return any(address in network for network in proxies)


def _network(address: Address) -> str:
    prefix = 32 if address.version == 4 else IPV6_PREFIX
    return str(ipaddress.ip_network((address, prefix), strict=False))
