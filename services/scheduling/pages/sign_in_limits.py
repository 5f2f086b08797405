"""How often somebody may ask for a way in, or try a code.

Each web process counts for itself, in memory: the true limits are these times their number.
"""

from flask import Flask, Request, abort, current_app
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from shared.web.visitors import visitor_address

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


def _hit(limit: RateLimitItem, key: str) -> bool:
    limiter: MovingWindowRateLimiter = current_app.extensions[_EXTENSION]
    return limiter.hit(limit, key)
