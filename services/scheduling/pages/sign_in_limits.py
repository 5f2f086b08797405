"""How often somebody may ask for a way in, or try a code.

Each web process counts for itself, in memory: the true limits are these times their number.
"""

from ipaddress import ip_address

from flask import Flask, Request, abort, current_app
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

#: Mails to one address; those asked for beyond it are not sent, and nothing else shows it.
PER_EMAIL = parse("5 per 15 minutes")

#: Requests and tries from one visitor; beyond it they are refused.
PER_VISITOR = parse("30 per 15 minutes")

_EXTENSION = "parvis_sign_in_limits"


def install_limits(app: Flask) -> None:
    """Begin to count, for one application."""
    app.extensions[_EXTENSION] = MovingWindowRateLimiter(MemoryStorage())


def check_visitor(request: Request) -> None:
    """Answer 429 when this visitor asks or tries too often."""
    if not _hit(PER_VISITOR, visitor_address(request)):
        abort(429)


def may_mail(email: str) -> bool:
    """Tell whether one more mail may go to this address, and count it."""
    return _hit(PER_EMAIL, email)


def visitor_address(request: Request) -> str:
    """Return the visitor's network address.

    What a proxy says of it is believed when the proxy is a neighbour: on this machine, or in a
    private network. So is what the neighbour was told by another neighbour.
    """
    address = request.remote_addr or ""
    for told in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        if not told.strip() or not _is_neighbour(address):
            break
        address = told.strip()
    return address


def _is_neighbour(address: str) -> bool:
    try:
        return ip_address(address).is_private
    except ValueError:
        return not address  # a Unix socket has none


def _hit(limit: RateLimitItem, key: str) -> bool:
    limiter: MovingWindowRateLimiter = current_app.extensions[_EXTENSION]
    return limiter.hit(limit, key)
