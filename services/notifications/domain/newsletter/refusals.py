"""Addresses that are left in peace for ever: they complained, or said that they never want it.

Only a hash is kept of them: it outlives the erasure of everything else, and tells nobody who.
"""

import hashlib
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.models import RefusedAddress
from shared.database import insert_ignoring


def is_refused(db: Session, address: str) -> bool:
    """Tell whether nothing that one subscribes to may be sent to an address.

    The one place that is asked before a subscriber, or whoever wants to be one, is written to.
    """
    return db.get(RefusedAddress, _hash_of(address)) is not None


def refused_among(db: Session, addresses: list[str]) -> set[str]:
    """Return which of the addresses are left in peace."""
    by_hash = {_hash_of(address): address for address in addresses}
    found = db.scalars(
        sa.select(RefusedAddress.address_hash).where(RefusedAddress.address_hash.in_(by_hash))
    )
    return {by_hash[one] for one in found}


def refuse(db: Session, address: str, *, now: datetime) -> None:
    """Never write to an address again about what one subscribes to."""
    table = RefusedAddress.metadata.tables[RefusedAddress.__tablename__]
    values = {"address_hash": _hash_of(address), "refused_at": now}
    db.execute(insert_ignoring(db, table).values(values))


def _hash_of(address: str) -> str:
    return hashlib.sha256(f"parvis:refused:{address.strip().lower()}".encode()).hexdigest()
