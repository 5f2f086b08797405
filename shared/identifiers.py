"""Identifiers and secrets: UUIDv7 for rows and events, random tokens, codes that are read out."""

import os
import time
from base64 import urlsafe_b64encode
from collections import deque
from uuid import UUID

from shared.text import NBSP

#: Letters and digits that are not mistaken for one another when read out (Crockford's base 32).
READABLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

# The version and the variant of a UUIDv7, where they stand in its 128 bits.
_VERSION_AND_VARIANT = (7 << 76) | (2 << 62)
_last_tick = 0

#: Random bytes are drawn from the system many at a time, and handed out in pieces of so many: with
#: every draw a thread lets the others go first, and a registration needs seven.
_DRAWN, _PIECE = 4096, 16
_pieces: deque[bytes] = deque()
os.register_at_fork(after_in_child=_pieces.clear)


def new_id() -> UUID:
    """Return a UUIDv7 (RFC 9562, sections 5.7 and 6.2, method 3): unique, and in order of time.

    The time is kept to 1/4096 of a millisecond, so that ids made in a rush, in one process or in
    several, are still in the order in which they were made: the waitlist is served by it.
    """
    global _last_tick
    tick = time.time_ns() * 4096 // 1_000_000
    if tick <= _last_tick:
        tick = _last_tick + 1
    _last_tick = tick
    chance = int.from_bytes(_piece()[:8]) >> 2
    return UUID(int=(tick >> 12) << 80 | (tick & 0xFFF) << 64 | _VERSION_AND_VARIANT | chance)


def new_token() -> str:
    """Return 22 characters of base64url that carry 128 random bits."""
    return urlsafe_b64encode(_piece()).rstrip(b"=").decode()


def new_code(length: int = 8) -> str:
    """Return a random code of `length` readable characters, to be said over the telephone."""
    return "".join(READABLE[byte & 31] for byte in _chance(length))


def code_groups(code: str) -> list[str]:
    """Return a short code in groups of four, as it is read out."""
    return [code[start : start + 4] for start in range(0, len(code), 4)]


def grouped_code(code: str) -> str:
    """Return a short code as people read it, « 7KQ2 M4XD », on one line."""
    return NBSP.join(code_groups(code))


def read_code(typed: str) -> str:
    """Return a short code that somebody typed or copied, however it was spaced and written."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())


def _chance(length: int) -> bytes:
    return _piece()[:length] if length <= _PIECE else os.urandom(length)


def _piece() -> bytes:
    """Return 16 random bytes that nobody else is given, in this process or in a fork of it."""
    try:
        return _pieces.pop()
    except IndexError:
        drawn = os.urandom(_DRAWN)
        _pieces.extend(drawn[start : start + _PIECE] for start in range(_PIECE, _DRAWN, _PIECE))
        return drawn[:_PIECE]
