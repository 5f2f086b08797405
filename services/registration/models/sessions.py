"""The sessions as registration knows them, and their seats."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models.base import Base

#: Whom every edition counted before it could say.
_USUAL = '["adults", "children", "pupils", "accompanying"]'


class SessionCopy(Base):
    """What registration knows of a session from scheduling's events; `details` is the last one.

    `moved_at`: when it last changed when or where it is, or whether it takes place. Its
    organisation and its venue see the names of those who are registered.
    """

    __tablename__ = "session_copies"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(sa.BigInteger)
    edition_id: Mapped[UUID]
    status: Mapped[str]
    registration: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    details: Mapped[dict[str, Any]]
    moved_at: Mapped[datetime | None]
    organisation_id: Mapped[UUID | None] = mapped_column(index=True)
    venue_id: Mapped[UUID | None] = mapped_column(index=True)


class SessionSeats(Base):
    """The counter that every writer of seats locks, in the order of `session_id`.

    `capacity` is null where seats are not limited. `taken` are all seats that
    somebody has, offered ones among them; `held` are those that allotments keep and nobody has
    taken yet; `extra` may be taken beyond the capacity (overbooking). `ceiling` is the capacity
    with `extra`, or what was taken and held when that fell below it (overbooked): the CHECK is the
    last line against overselling.
    `opens_at` is null where registration is open at once. `closes_at` is scheduling's
    `registration_closes_at`, else the start of a timed session and the end of any other. `version`
    counts the changes; `counted_version` is the last one that was published. `bookings` counts the
    parties that have seats, `waiting` those that wait, without an offer. Places for wheelchairs are
    counted apart: `wheelchair_places` is null where they are not limited, `wheelchairs` are taken.
    `categories` are those that the session's edition counts people by, `seat_categories` those of
    them that take a seat.
    `has_rules`: the session has `SessionRules`, which are read for such sessions alone.
    `session_version` is the copy's: whoever holds the lock knows what the copy says of the session,
    and nothing newer. No index names what changes with every registration, and pages are half full,
    so that PostgreSQL updates rows in place.
    """

    __tablename__ = "session_seats"
    session_id: Mapped[UUID] = mapped_column(sa.ForeignKey("session_copies.id"), primary_key=True)
    capacity: Mapped[int | None]
    ceiling: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0, server_default="0")
    extra: Mapped[int] = mapped_column(default=0, server_default="0")
    bookings: Mapped[int] = mapped_column(default=0, server_default="0")
    waiting: Mapped[int] = mapped_column(default=0)
    wheelchair_places: Mapped[int | None]
    wheelchairs: Mapped[int] = mapped_column(default=0, server_default="0")
    bookable: Mapped[bool] = mapped_column(default=False)
    seat_categories: Mapped[list[Any]] = mapped_column(default=list)
    categories: Mapped[list[Any]] = mapped_column(default=list, server_default=_USUAL)
    has_rules: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime]
    session_version: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    version: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    counted_version: Mapped[int] = mapped_column(sa.BigInteger, default=-1)
    __table_args__ = (
        sa.CheckConstraint("taken >= 0", name="taken_not_negative"),
        sa.CheckConstraint("held >= 0", name="held_not_negative"),
        sa.CheckConstraint("extra >= 0", name="extra_not_negative"),
        sa.CheckConstraint("bookings >= 0", name="bookings_not_negative"),
        sa.CheckConstraint("waiting >= 0", name="waiting_not_negative"),
        sa.CheckConstraint("wheelchairs >= 0", name="wheelchairs_not_negative"),
        sa.CheckConstraint("ceiling IS NULL OR taken + held <= ceiling", name="not_oversold"),
        sa.CheckConstraint("(capacity IS NULL) = (ceiling IS NULL)", name="ceiling_with_capacity"),
        {"postgresql_with": {"fillfactor": 50}},
    )
