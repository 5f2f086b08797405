"""The tables of registration: its copy of the sessions, their seats, and who comes."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from shared.api_tokens import add_token_copies
from shared.database import NAMING_CONVENTION, Json, UtcDateTime
from shared.identifiers import new_id
from shared.messaging.tables import add_messaging_tables
from shared.site import add_site_copy


class Base(DeclarativeBase):
    """Where registration's tables are declared."""

    metadata = sa.MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: Json,
        list[Any]: Json,
        str: sa.Text(),
    }


add_messaging_tables(Base.metadata)
add_token_copies(Base.metadata)
add_site_copy(Base.metadata)


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

    `capacity` is null where seats are not limited. `ceiling` is the capacity, or what was taken
    when the capacity fell below it (overbooked): the CHECK is the last line against overselling.
    `closes_at` is scheduling's `registration_closes_at`, else the start of a timed session and the
    end of any other. `version` counts the changes; `counted_version` is the last one that was
    published. `bookings` counts the parties that have seats. `session_version` is the copy's:
    whoever holds the lock knows what the copy says of the session, and nothing newer. No index
    names what changes with every registration, and pages are half full, so that PostgreSQL updates
    rows in place.
    """

    __tablename__ = "session_seats"
    session_id: Mapped[UUID] = mapped_column(sa.ForeignKey("session_copies.id"), primary_key=True)
    capacity: Mapped[int | None]
    ceiling: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    bookings: Mapped[int] = mapped_column(default=0, server_default="0")
    waiting: Mapped[int] = mapped_column(default=0)
    bookable: Mapped[bool] = mapped_column(default=False)
    seat_categories: Mapped[list[Any]] = mapped_column(default=list)
    closes_at: Mapped[datetime]
    session_version: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    version: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    counted_version: Mapped[int] = mapped_column(sa.BigInteger, default=-1)
    __table_args__ = (
        sa.CheckConstraint("taken >= 0", name="taken_not_negative"),
        sa.CheckConstraint("bookings >= 0", name="bookings_not_negative"),
        sa.CheckConstraint("waiting >= 0", name="waiting_not_negative"),
        sa.CheckConstraint("ceiling IS NULL OR taken <= ceiling", name="not_oversold"),
        sa.CheckConstraint("(capacity IS NULL) = (ceiling IS NULL)", name="ceiling_with_capacity"),
        {"postgresql_with": {"fillfactor": 50}},
    )


class Registration(Base):
    """One act by one contact; `token` opens it, `code` is said over the telephone."""

    __tablename__ = "registrations"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token: Mapped[str] = mapped_column(sa.String(32), unique=True)
    code: Mapped[str] = mapped_column(sa.String(12), unique=True)
    ticket: Mapped[str]
    email: Mapped[str]
    name: Mapped[str]
    locale: Mapped[str] = mapped_column(sa.String(5))
    status: Mapped[str] = mapped_column(sa.String(10), default="active")
    version: Mapped[int] = mapped_column(sa.BigInteger, default=1)
    registered_at: Mapped[datetime]
    bookings: Mapped[list["Booking"]] = relationship(
        back_populates="registration", order_by="Booking.id"
    )


class Booking(Base):
    """Seats of one registration in one session; `party` counts heads by category.

    `ended_by_organiser`: cancelled with its session, not by the contact.
    """

    __tablename__ = "bookings"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    registration_id: Mapped[UUID] = mapped_column(sa.ForeignKey("registrations.id"), index=True)
    session_id: Mapped[UUID] = mapped_column(sa.ForeignKey("session_copies.id"))
    party: Mapped[dict[str, Any]]
    seats: Mapped[int]
    status: Mapped[str] = mapped_column(sa.String(10))
    revision: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    ended_by_organiser: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    registration: Mapped[Registration] = relationship(back_populates="bookings")
    session: Mapped[SessionCopy] = relationship()
    __table_args__ = (
        sa.CheckConstraint(
            "status IN ('confirmed', 'waitlisted', 'offered', 'cancelled')", name="known_status"
        ),
        sa.Index("ix_bookings_session_status", "session_id", "status", "id"),
    )


class ReleaseArrival(Base):
    """A session of a release came; kept until the whole release has."""

    __tablename__ = "release_arrivals"
    release_id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(primary_key=True)


class Release(Base):
    """A release that has come whole; `told_at` is when the last person concerned was told of it."""

    __tablename__ = "releases"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    edition_id: Mapped[UUID]
    closed_at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class ToldSession(Base):
    """What people were told of a session at a version, kept until they know what became of it."""

    __tablename__ = "told_sessions"
    session_id: Mapped[UUID] = mapped_column(sa.ForeignKey("session_copies.id"), primary_key=True)
    version: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    state: Mapped[dict[str, Any]]


class UntoldChange(Base):
    """What a release changed for one registration in one session, and nobody told it yet.

    `told_version` is the version of the session that it was told last, null where nothing changed
    that people are told; `gained`: it was given seats that it waited for. `release_id` is the last
    release that did so, null for a session that was published by itself.
    """

    __tablename__ = "untold_changes"
    registration_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("registrations.id"), primary_key=True
    )
    session_id: Mapped[UUID] = mapped_column(sa.ForeignKey("session_copies.id"), primary_key=True)
    release_id: Mapped[UUID | None]
    told_version: Mapped[int | None] = mapped_column(sa.BigInteger)
    gained: Mapped[bool]
    __table_args__ = (sa.Index("ix_untold_changes_release", "release_id", "registration_id"),)


class IdempotencyKey(Base):
    """A key that was used: the hash of the body that it came with, and its answer."""

    __tablename__ = "idempotency_keys"
    key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    body_hash: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[int]
    answer: Mapped[dict[str, Any]]
    used_at: Mapped[datetime]


class NameAccess(Base):
    """Somebody was shown the names of a session's registrations, or took them away in a file.

    `kind` is `page`, `csv`, `xlsx` or `api`; `names` counts the registrations shown. Names and the
    session's title are kept as they were: what they name may be forgotten before the log is.
    """

    __tablename__ = "name_accesses"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(index=True)
    account_name: Mapped[str]
    token_name: Mapped[str | None]
    session_id: Mapped[UUID] = mapped_column(index=True)
    title: Mapped[str]
    kind: Mapped[str]
    purpose: Mapped[str | None]
    names: Mapped[int]
    seen_at: Mapped[datetime]
    __table_args__ = (
        sa.CheckConstraint("kind IN ('page', 'csv', 'xlsx', 'api')", name="known_kind"),
    )


class RevokedSignIn(Base):
    """A sign-in that scheduling ended before its cookies expired."""

    __tablename__ = "revoked_sign_ins"
    sign_in_id: Mapped[UUID] = mapped_column(primary_key=True)
    revoked_at: Mapped[datetime]


#: The tables themselves, for statements about many rows at once.
SESSION_COPIES = Base.metadata.tables["session_copies"]
SESSION_SEATS = Base.metadata.tables["session_seats"]
REGISTRATIONS = Base.metadata.tables["registrations"]
BOOKINGS = Base.metadata.tables["bookings"]
RELEASE_ARRIVALS = Base.metadata.tables["release_arrivals"]
RELEASES = Base.metadata.tables["releases"]
TOLD_SESSIONS = Base.metadata.tables["told_sessions"]
UNTOLD_CHANGES = Base.metadata.tables["untold_changes"]
IDEMPOTENCY_KEYS = Base.metadata.tables["idempotency_keys"]
REVOKED_SIGN_INS = Base.metadata.tables["revoked_sign_ins"]
