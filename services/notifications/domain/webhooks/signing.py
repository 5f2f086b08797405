"""Signatures, as the Standard Webhooks specification has them (standardwebhooks.com, version 1).

What is signed is `{webhook-id}.{webhook-timestamp}.{body}`, with HMAC-SHA256, under a secret that
is written `whsec_` and base64. The header may carry several, so that a secret can be replaced.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

PREFIX = "whsec_"

#: Octets of a secret; the specification asks for 24 to 64.
OCTETS = 32


def new_secret() -> str:
    """Return a new secret: 256 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(OCTETS)).decode()


def headers_of(
    message_id: str, timestamp: int, body: bytes, under: Sequence[str]
) -> dict[str, str]:
    """Return the headers by which a receiver knows the message, its time and its origin.

    `timestamp` is in seconds since 1970; `under` are the secrets, the current one first.
    """
    signatures = (_signature(message_id, timestamp, body, secret) for secret in under)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def _signature(message_id: str, timestamp: int, body: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
