"""What the console's page on suppressed addresses reads."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.models import OutgoingMail, SuppressedAddress


@dataclass(frozen=True)
class Suppression:
    """One suppressed address; `subject` is that of the mail that came back. Times are UTC.

    `address` is None once its person was erased.
    """

    id: UUID
    address: str | None
    reason: str
    suppressed_at: datetime
    mail_id: UUID | None
    words: str | None
    lifted_at: datetime | None
    lifted_by: str | None
    note: str | None
    subject: str | None


_COLUMNS = [
    getattr(SuppressedAddress, name)
    for name in Suppression.__dataclass_fields__
    if name != "subject"
]


def suppressions(
    db: Session, *, is_lifted: bool = False, words: str = "", offset: int = 0, most: int = 50
) -> tuple[list[Suppression], int]:
    """Return the addresses that stand, or were lifted, the latest first; and how many there are."""
    lifted = SuppressedAddress.lifted_at
    conditions: list[sa.ColumnElement[bool]] = [
        lifted.is_not(None) if is_lifted else lifted.is_(None)
    ]
    if words:
        conditions.append(SuppressedAddress.address.icontains(words, autoescape=True))
    total = db.scalar(sa.select(sa.func.count(SuppressedAddress.id)).where(*conditions)) or 0
    order = lifted if is_lifted else SuppressedAddress.suppressed_at
    query = (
        sa.select(*_COLUMNS, OutgoingMail.subject)
        .outerjoin(OutgoingMail, OutgoingMail.id == SuppressedAddress.mail_id)
        .where(*conditions)
        .order_by(order.desc(), SuppressedAddress.id.desc())
        .offset(offset)
        .limit(most)
    )
    return [Suppression(**row) for row in db.execute(query).mappings()], total


def suppression_by_id(db: Session, suppression_id: UUID) -> Suppression | None:
    """Return one suppressed address."""
    query = (
        sa.select(*_COLUMNS, OutgoingMail.subject)
        .outerjoin(OutgoingMail, OutgoingMail.id == SuppressedAddress.mail_id)
        .where(SuppressedAddress.id == suppression_id)
    )
    row = db.execute(query).mappings().first()
    return Suppression(**row) if row else None
