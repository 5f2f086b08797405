"""Addresses to which nothing goes that one subscribes to: they said so, or are suppressed.

Of those who said it only a hash is kept: it outlives the erasure of everything else, and tells
nobody who. What mail servers and complaints say of an address is kept elsewhere, for every mail.
"""

import hashlib
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.domain.suppressions import kept_back, reasons_against
from services.notifications.domain.templates import NEWSLETTER
from services.notifications.models import RefusedAddress
from shared.database import insert_ignoring


def is_refused(db: Session, address: str) -> bool:
    """Tell whether nothing that one subscribes to may be sent to an address.

    The one place that is asked before a subscriber, or whoever wants to be one, is written to.
    """
    return bool(refused_among(db, [address]))


def refused_among(db: Session, addresses: list[str]) -> set[str]:
    """Return which of the addresses are left in peace."""
    by_hash = {_hash_of(address): address for address in addresses}
    found = db.scalars(
        sa.select(RefusedAddress.address_hash).where(RefusedAddress.address_hash.in_(by_hash))
    )
    suppressed = (
        address
        for address, reasons in reasons_against(db, addresses).items()
        if kept_back(NEWSLETTER, reasons) is not None
    )
    return {*(by_hash[one] for one in found), *suppressed}


def refused_since(db: Session, address: str) -> datetime | None:
    """Return when somebody said that nothing of the kind may be sent to an address, if they did."""
    found = db.get(RefusedAddress, _hash_of(address))
    return found.refused_at if found else None


def refuse(db: Session, address: str, *, now: datetime) -> None:
    """Never write to an address again about what one subscribes to."""
    table = RefusedAddress.metadata.tables[RefusedAddress.__tablename__]
    values = {"address_hash": _hash_of(address), "refused_at": now}
    db.execute(insert_ignoring(db, table).values(values))


def _hash_of(address: str) -> str:
    return hashlib.sha256(f"parvis:refused:{address.strip().lower()}".encode()).hexdigest()
