"""The generations of the keys that sign tickets: begun, followed by another, revoked.

A ticket of any generation is good until that generation is revoked. Those are kept in the database,
public keys alone; what signs is derived from `SECRET_KEY` and never stored.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.orm import Session

from services.registration.domain.tickets import TicketSigner
from services.registration.models import TICKET_KEYS
from shared.database import insert_ignoring

#: How often a generation is begun again because another process began the same one meanwhile.
_ATTEMPTS = 5


class UnknownGeneration(Exception):
    """There is no such generation of keys."""


@dataclass(frozen=True)
class Generation:
    """One generation of the ticket keys, as it is known to everybody; times are UTC."""

    number: int
    key_id: bytes
    public_key: bytes
    begun_at: datetime
    revoked_at: datetime | None

    @property
    def is_good(self) -> bool:
        """Tell whether its tickets admit."""
        return self.revoked_at is None

    @property
    def key(self) -> Ed25519PublicKey:
        """Return the key that verifies its tickets."""
        return Ed25519PublicKey.from_public_bytes(self.public_key)

    @property
    def public_text(self) -> str:
        """Return the public key as base64url without padding, as JWK writes it (RFC 8037)."""
        return _text(self.public_key)


def generations(db: Session) -> list[Generation]:
    """Return every generation, the oldest first."""
    rows = db.execute(sa.select(TICKET_KEYS).order_by(TICKET_KEYS.c.generation))
    return [
        Generation(
            row.generation,
            bytes.fromhex(row.key_id),
            _octets(row.public_key),
            row.begun_at,
            row.revoked_at,
        )
        for row in rows
    ]


def signer_among(known: Iterable[Generation], secret_key: str) -> TicketSigner | None:
    """Return what signs with the newest good generation that this secret makes; None without.

    A secret that was changed makes none of the old ones: then a new one has to begin.
    """
    for one in sorted(known, key=lambda one: one.number, reverse=True):
        if one.is_good:
            signer = TicketSigner(secret_key, one.number)
            if _raw(signer.public_key) == one.public_key:
                return signer
    return None


def ensure_signer(db: Session, secret_key: str, *, now: datetime) -> TicketSigner:
    """Return what signs, and begin a generation if there is none; inside `database.write()`."""
    return signer_among(generations(db), secret_key) or begin(db, secret_key, now=now)


def begin(db: Session, secret_key: str, *, now: datetime) -> TicketSigner:
    """Begin the next generation and return what signs with it; inside `database.write()`."""
    for _ in range(_ATTEMPTS):
        known = generations(db)
        number = max((one.number for one in known), default=0) + 1
        taken = {one.key_id for one in known}
        while (signer := TicketSigner(secret_key, number)).key_id in taken:
            number += 1
        row = {
            "generation": number,
            "key_id": signer.key_id.hex(),
            "public_key": _text(_raw(signer.public_key)),
            "begun_at": now,
            "revoked_at": None,
        }
        if db.connection().execute(insert_ignoring(db, TICKET_KEYS).values(row)).rowcount == 1:
            return signer
    raise RuntimeError("other processes begin ticket keys all the time")


def revoke(db: Session, number: int, secret_key: str, *, now: datetime) -> TicketSigner:
    """Revoke a generation, and return what signs from now on; inside `database.write()`.

    If it was the one that signs, the next one begins. To revoke it again changes nothing. Raises
    `UnknownGeneration`.
    """
    if number not in {one.number for one in generations(db)}:
        raise UnknownGeneration
    db.execute(
        sa.update(TICKET_KEYS)
        .where(TICKET_KEYS.c.generation == number, TICKET_KEYS.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return ensure_signer(db, secret_key, now=now)


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def _octets(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
