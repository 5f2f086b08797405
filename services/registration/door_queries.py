"""What a door has to know to admit people without a network: which tickets admit nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.models import BOOKINGS, REGISTRATIONS, SESSION_COPIES
from shared.web.cursors import after as rows_after

#: For so long after its sessions a ticket is still told of: doors do not close on the minute.
AFTERWARDS = timedelta(days=1)


@dataclass(frozen=True)
class Revocation:
    """A registration whose ticket admits nobody any more: why, `cancelled` or `erased`, and when.

    One that was cancelled and erased is two of them.
    """

    id: UUID
    reason: str
    at: datetime


def revocations(
    db: Session, *, now: datetime, after: Sequence[Any] | None = None, most: int
) -> list[Revocation]:
    """Return what ended after a position (time, id), in that order.

    Left out is what nobody would show at a door: all of its sessions are over.
    """
    found = [
        *_ended(db, REGISTRATIONS.c.cancelled_at, "cancelled", now, after, most),
        *_ended(db, REGISTRATIONS.c.erased_at, "erased", now, after, most),
    ]
    return sorted(found, key=lambda one: (one.at, one.id))[:most]


def _ended(
    db: Session,
    ended_at: sa.ColumnElement[datetime | None],
    reason: str,
    now: datetime,
    after: Sequence[Any] | None,
    most: int,
) -> list[Revocation]:
    to_come = (
        sa.select(sa.literal(1))
        .select_from(BOOKINGS.join(SESSION_COPIES))
        .where(
            BOOKINGS.c.registration_id == REGISTRATIONS.c.id,
            SESSION_COPIES.c.ends_at > now - AFTERWARDS,
        )
    )
    order = (ended_at, REGISTRATIONS.c.id)
    query = sa.select(REGISTRATIONS.c.id, ended_at).where(ended_at.is_not(None), to_come.exists())
    if after is not None:
        query = query.where(rows_after(order, after))
    rows = db.execute(query.order_by(*order).limit(most))
    return [Revocation(row[0], reason, row[1]) for row in rows]
