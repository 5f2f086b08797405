"""Who comes: registrations, their bookings, and what the staff keeps about them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.registration.models.base import Base
from services.registration.models.rules import Allotment
from services.registration.models.sessions import SessionCopy
from shared.identifiers import new_id


class Registration(Base):
    """One act by one contact; `token` opens it, `code` is said over the telephone.

    `email` is in small letters, and null for somebody without one, entered at the desk by the
    account `entered_by`; the telephone is for late changes only. `cancelled_at` is when its last
    booking ended (`ending.end_registration`). Once it was erased (`erased_at`), nothing in it tells
    who it was: the name is empty, address and telephone are null, the token opens nothing.
    """

    __tablename__ = "registrations"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token: Mapped[str] = mapped_column(sa.String(32), unique=True)
    code: Mapped[str] = mapped_column(sa.String(12), unique=True)
    ticket: Mapped[str]
    email: Mapped[str | None] = mapped_column(index=True)
    name: Mapped[str]
    telephone: Mapped[str | None]
    locale: Mapped[str] = mapped_column(sa.String(5))
    status: Mapped[str] = mapped_column(sa.String(10), default="active")
    version: Mapped[int] = mapped_column(sa.BigInteger, default=1)
    registered_at: Mapped[datetime]
    entered_by: Mapped[UUID | None]
    cancelled_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    bookings: Mapped[list["Booking"]] = relationship(
        back_populates="registration", order_by="Booking.id"
    )
    __table_args__ = (
        sa.CheckConstraint(
            "(status = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_with_time"
        ),
        sa.Index(
            "ix_registrations_cancelled_at",
            "cancelled_at",
            "id",
            postgresql_where=sa.text("cancelled_at IS NOT NULL"),
            sqlite_where=sa.text("cancelled_at IS NOT NULL"),
        ),
        sa.Index(
            "ix_registrations_erased_at",
            "erased_at",
            "id",
            postgresql_where=sa.text("erased_at IS NOT NULL"),
            sqlite_where=sa.text("erased_at IS NOT NULL"),
        ),
    )


class Booking(Base):
    """Seats of one registration in one session; `party` counts heads by category.

    `wheelchairs` of them take a place for a wheelchair, and no seat; `sign_language` asks for an
    interpreter. Both are forgotten after the session. `answers` are to the session's questions, by
    their ids. `allotment_id` is null where the seats are the public's. An offered booking holds its
    seats until `offer_expires_at`. `replaces_id`: the organiser proposed it in place of that
    booking of the same registration, which ends when this is accepted; `offer_note` is what the
    organiser says to it, until it is answered. `answer_by`: asked whether they still come, they
    have until then to say so; `still_coming_at`: they did. `ended_for` says why a cancelled one
    ended: `contact` (they cancelled), `organiser` (the session was cancelled, or the organiser
    cancelled it), `declined` (the offer), `expired` (the offer), `unanswered` (they did not say
    that they come), `moved` (they accepted another session in its place).
    """

    __tablename__ = "bookings"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    registration_id: Mapped[UUID] = mapped_column(sa.ForeignKey("registrations.id"), index=True)
    session_id: Mapped[UUID] = mapped_column(sa.ForeignKey("session_copies.id"))
    allotment_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("allotments.id"))
    party: Mapped[dict[str, Any]]
    seats: Mapped[int]
    wheelchairs: Mapped[int] = mapped_column(default=0, server_default="0")
    sign_language: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    status: Mapped[str] = mapped_column(sa.String(10))
    revision: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    offer_expires_at: Mapped[datetime | None]
    offer_note: Mapped[str | None]
    replaces_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("bookings.id"))
    answer_by: Mapped[datetime | None]
    still_coming_at: Mapped[datetime | None]
    ended_for: Mapped[str | None] = mapped_column(sa.String(10))
    registration: Mapped[Registration] = relationship(back_populates="bookings")
    session: Mapped[SessionCopy] = relationship()
    allotment: Mapped[Allotment | None] = relationship()
    __table_args__ = (
        sa.CheckConstraint(
            "status IN ('confirmed', 'waitlisted', 'offered', 'cancelled')", name="known_status"
        ),
        sa.CheckConstraint(
            "(status = 'offered') = (offer_expires_at IS NOT NULL)", name="offer_with_deadline"
        ),
        sa.CheckConstraint("wheelchairs >= 0", name="wheelchairs_not_negative"),
        sa.Index("ix_bookings_session_status", "session_id", "status", "id"),
        sa.Index(
            "ix_bookings_offer_expires_at",
            "offer_expires_at",
            postgresql_where=sa.text("offer_expires_at IS NOT NULL"),
            sqlite_where=sa.text("offer_expires_at IS NOT NULL"),
        ),
        sa.Index(
            "ix_bookings_answer_by",
            "answer_by",
            postgresql_where=sa.text("answer_by IS NOT NULL"),
            sqlite_where=sa.text("answer_by IS NOT NULL"),
        ),
        sa.Index(
            "ix_bookings_needs",
            "session_id",
            postgresql_where=sa.text("wheelchairs > 0 OR sign_language"),
            sqlite_where=sa.text("wheelchairs > 0 OR sign_language"),
        ),
    )


#: The kind of a `RegistrationNote` that somebody wrote.
NOTE = "note"


class RegistrationNote(Base):
    """What somebody of the staff noted about a registration, for the others of the staff.

    `kind` is `NOTE`, or a code of what was done: a message that went out is history, and no note;
    `text` is what was said then.
    """

    __tablename__ = "registration_notes"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    registration_id: Mapped[UUID] = mapped_column(sa.ForeignKey("registrations.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(20), default=NOTE)
    text: Mapped[str]
    written_at: Mapped[datetime]
    account_id: Mapped[UUID]
    account_name: Mapped[str]


class Call(Base):
    """Somebody without a working address to be called, since something changed for them.

    `reason` is a code; `details` says what changed, as the event that was not mailed did. `done_at`
    is when somebody of the staff said that they called.
    """

    __tablename__ = "calls"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    registration_id: Mapped[UUID] = mapped_column(sa.ForeignKey("registrations.id"), index=True)
    session_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("session_copies.id"), index=True)
    reason: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    noted_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]
