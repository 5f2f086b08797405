"""The tables of delivery: what happened to each mail, and which addresses are not written to."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.models.base import Base
from shared.identifiers import new_id


class DeliveryStep(Base):
    """Something that happened to a mail on its way: an attempt, or a report that came back.

    `words` are those of the other side, and may hold the address.
    """

    __tablename__ = "delivery_steps"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    mail_id: Mapped[UUID] = mapped_column(index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(sa.String(12))
    words: Mapped[str | None]


class SuppressedAddress(Base):
    """An address that mails are kept back from, since it does not take them or asked us to stop.

    `fingerprint` finds it again; `address` itself is forgotten when its person is erased. `mail_id`
    is the mail that came back and `words` what was said. Once the coordination lifted it, the row
    stays as a record: `lifted_by` is who did, by name, `note` why.
    """

    __tablename__ = "suppressed_addresses"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    address: Mapped[str | None]
    reason: Mapped[str] = mapped_column(sa.String(20))
    suppressed_at: Mapped[datetime]
    mail_id: Mapped[UUID | None]
    words: Mapped[str | None]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]
    note: Mapped[str | None]
    __table_args__ = (
        sa.CheckConstraint("reason IN ('hard_bounce', 'complaint')", name="known_reason"),
        sa.Index(
            "uq_suppressed_addresses_standing",
            "fingerprint",
            "reason",
            unique=True,
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        ),
    )
