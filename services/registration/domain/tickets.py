"""Tickets: a registration's id signed with Ed25519 (RFC 8032), short enough for a small QR code.

`P1.` and 112 characters of base64url (RFC 4648, section 5): 4 bytes that name the key, 16 of the
registration's id, 64 of the signature over all that comes before it. That is a QR code of version
10 with the strongest error correction. Whoever has the public key admits people without a network.

A key is derived from `SECRET_KEY` and the number of its generation (HKDF, RFC 5869), so that every
process signs alike and no file has to be shared. Which generations there are, and which are
revoked, `ticket_keys.py` knows: their public keys are kept, so that tickets outlive a change of
`SECRET_KEY`.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_VERSION = "P1."
_PURPOSE = b"parvis registration ticket v1"
_KEY_ID_LENGTH = 4
_ID_LENGTH = 16
_LENGTH = _KEY_ID_LENGTH + _ID_LENGTH + 64


class InvalidTicket(Exception):
    """The text is not a ticket that one of the known keys signed."""


class Signs(Protocol):
    """Whatever makes tickets."""

    def sign(self, registration_id: UUID) -> str:
        """Return the ticket of a registration."""


class TicketSigner:
    """Signs and verifies tickets with the key of one generation of one `SECRET_KEY`.

    Who comes to know one generation's key learns nothing of the others'.
    """

    def __init__(self, secret_key: str, generation: int = 1) -> None:
        purpose = _PURPOSE if generation == 1 else _PURPOSE + b", generation %d" % generation
        seed = HKDF(SHA256(), 32, salt=None, info=purpose).derive(secret_key.encode())
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._private.public_key()
        self.key_id = key_id(self.public_key)

    def sign(self, registration_id: UUID) -> str:
        """Return the ticket of a registration."""
        signed = self.key_id + registration_id.bytes
        signature = self._private.sign(_VERSION.encode() + signed)
        return _VERSION + base64.urlsafe_b64encode(signed + signature).decode()

    def verify(self, ticket: str) -> UUID:
        """Return the id that the ticket was signed for; raises `InvalidTicket`."""
        return verify(ticket, {self.key_id: self.public_key})


def key_id(key: Ed25519PublicKey) -> bytes:
    """Return the four bytes by which a ticket names its key."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(raw).digest()[:_KEY_ID_LENGTH]


def key_named(ticket: str) -> bytes | None:
    """Return the four bytes by which a ticket names its key; None for what is no ticket."""
    text = ticket[len(_VERSION) : len(_VERSION) + 8]
    if not ticket.startswith(_VERSION) or len(text) != 8:
        return None
    try:
        return base64.urlsafe_b64decode(text)[:_KEY_ID_LENGTH]
    except binascii.Error:
        return None


def prefix_of(key_id: bytes) -> str:
    """Return how every ticket of a key begins: the part that a database finds them by.

    It holds 30 of the key id's 32 bits; `key_named` tells what is left.
    """
    return _VERSION + base64.urlsafe_b64encode(key_id).decode()[:5]


def verify(ticket: str, keys: Mapping[bytes, Ed25519PublicKey]) -> UUID:
    """Return the id that the ticket was signed for by one of `keys`; raises `InvalidTicket`.

    Only the exact text that was signed is accepted, not another spelling of the same bytes.
    """
    if not ticket.startswith(_VERSION):
        raise InvalidTicket
    try:
        content = base64.b64decode(ticket[len(_VERSION) :], altchars=b"-_", validate=True)
    except ValueError as error:
        raise InvalidTicket from error
    if len(content) != _LENGTH or _VERSION + base64.urlsafe_b64encode(content).decode() != ticket:
        raise InvalidTicket
    signed, signature = content[:-64], content[-64:]
    key = keys.get(signed[:_KEY_ID_LENGTH])
    if key is None:
        raise InvalidTicket
    try:
        key.verify(signature, _VERSION.encode() + signed)
    except InvalidSignature as error:
        raise InvalidTicket from error
    return UUID(bytes=signed[_KEY_ID_LENGTH:])
