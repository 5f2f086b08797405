"""Identifiers and secrets: UUIDv7 for rows and events, random tokens for capabilities."""

import secrets
from uuid import UUID

import uuid6

#: Letters and digits that are not mistaken for one another when read out (Crockford's base 32).
READABLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> UUID:
    """Return a UUIDv7 (RFC 9562, section 5.7): unique, and in order of time."""
    return UUID(int=uuid6.uuid7().int)


def new_token() -> str:
    """Return 22 characters of base64url that carry 128 random bits."""
    return secrets.token_urlsafe(16)


def new_code(length: int = 8) -> str:
    """Return a random code of `length` readable characters, to be said over the telephone."""
    return "".join(secrets.choice(READABLE) for _ in range(length))
