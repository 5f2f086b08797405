"""Where a visitor comes from, as far as proxies of ours say; and how often he may do a thing."""

import threading
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

from flask import Request

#: How much of an address is one network: a house or a school has one of these at least.
_PREFIXES = {4: 24, 6: 64}


def visitor_address(request: Request) -> str:
    """Return the visitor's network address.

    What a proxy says of it is believed when the proxy is a neighbour: on this machine, or in a
    private network. So is what the neighbour was told by another neighbour.
    """
    return address_of(request.environ)


def address_of(environ: dict[str, Any]) -> str:
    """Return the visitor's network address by what WSGI says of a request."""
    address: str = environ.get("REMOTE_ADDR") or ""
    for told in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        if not told.strip() or not _is_neighbour(address):
            break
        address = told.strip()
    return address


def network_of(address: str) -> str | None:
    """Return the network that an address is counted with; None for this very machine.

    That is /24 of IPv4, /64 of IPv6 (RFC 6177: the least that a site is given). IPv4 written as
    IPv6 is IPv4.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address or None
    mapped = None if isinstance(found, IPv4Address) else found.ipv4_mapped
    found = mapped or found
    if found.is_loopback:
        return None
    return str(ip_network(f"{found}/{_PREFIXES[found.version]}", strict=False))


class Allowance:
    """So many times at once, and as many again over `seconds`, for each key (GCRA, in memory).

    One number is kept for each key that was counted lately, so a rush of strangers costs little
    and is soon forgotten. Each process counts for itself: the true limits are these times their
    number. Instants are seconds on any one clock; any thread may ask.
    """

    #: How many keys are kept before those are looked for that may be forgotten.
    _MANY = 10_000

    def __init__(self, times: int, seconds: float) -> None:
        self._each = seconds / times
        self._seconds = seconds
        self._lock = threading.Lock()
        self._full_at: dict[str, float] = {}
        self._many = self._MANY

    def wait(self, key: str, now: float) -> float:
        """Return after how many seconds the key may be counted again; 0 for now."""
        until = self._full_at.get(key, now) - (self._seconds - self._each)
        return max(0.0, until - now)

    def count(self, key: str, now: float) -> None:
        """Count the key once."""
        with self._lock:
            self._full_at[key] = max(self._full_at.get(key, now), now) + self._each
            if len(self._full_at) > self._many:
                self._full_at = {k: at for k, at in self._full_at.items() if at > now}
                self._many = max(self._MANY, 2 * len(self._full_at))

    def give_back(self, key: str) -> None:
        """Take back that the key was counted once: what it was counted for did not happen."""
        with self._lock:
            if key in self._full_at:
                self._full_at[key] -= self._each


def _is_neighbour(address: str) -> bool:
    try:
        return ip_address(address).is_private
    except ValueError:
        return not address  # a Unix socket has none
