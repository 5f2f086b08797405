"""A receiver's check of a message, written from the Standard Webhooks specification alone."""

import base64
import hashlib
import hmac
from collections.abc import Mapping


def is_genuine(headers: Mapping[str, str], body: bytes, secret: str, *, now: int) -> bool:
    """Tell whether the message was signed under the secret, less than five minutes ago."""
    identifier, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
    if abs(now - int(timestamp)) > 300:
        return False
    key = base64.b64decode(secret[len("whsec_") :], validate=True)
    signed = b".".join([identifier.encode("ascii"), timestamp.encode("ascii"), body])
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode("ascii")
    for signature in headers["webhook-signature"].split(" "):
        version, _comma, value = signature.partition(",")
        if version == "v1" and hmac.compare_digest(value, expected):
            return True
    return False
