"""Unreached: whom a mail about their registration did not reach is called instead."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.models import Booking, Call, Registration, SessionCopy
from shared.contracts.notifications import MAIL_BOUNCED
from shared.messaging.envelope import Envelope

#: Why such a call is to be made.
_REASON = "address"

#: Ended bookings that their contact may not know of.
_ENDED_BY_OTHERS = ("organiser", "expired", "unanswered")


def note_unreached(db: Session, envelope: Envelope, *, now: datetime) -> bool:
    """Note that the contact is to be called; return whether a call was noted.

    It is noted with the next session that they come to, else with one that ended without them. Not
    when there is none to come, nor when the same is to be told already.
    """
    data = MAIL_BOUNCED.read(envelope.data)
    registration = db.get(Registration, data["registration_id"], with_for_update=True)
    if registration is None or registration.erased_at is not None or not registration.email:
        return False
    if (session_id := _next_session(db, registration.id, now)) is None:
        return False
    waiting = db.scalars(_open_calls(registration.id)).all()
    if any(call.details.get("template") == data["template"] for call in waiting):
        return False
    details = {name: data[name] for name in ("template", "status", "is_hard")}
    db.add(
        Call(
            registration_id=registration.id,
            session_id=session_id,
            reason=_REASON,
            details=details,
            noted_at=now,
        )
    )
    return True


def drop_address_calls(db: Session, registration_id: UUID) -> None:
    """Forget the calls about an address that was corrected since: its mails are sent again."""
    ids = [call.id for call in db.scalars(_open_calls(registration_id))]
    if ids:
        db.execute(sa.delete(Call).where(Call.id.in_(ids)))


def _open_calls(registration_id: UUID) -> sa.Select[Call]:
    return sa.select(Call).where(
        Call.registration_id == registration_id, Call.reason == _REASON, Call.done_at.is_(None)
    )


def _next_session(db: Session, registration_id: UUID, now: datetime) -> UUID | None:
    rows: Sequence[sa.Row[UUID, str]] = db.execute(
        sa.select(Booking.session_id, Booking.status)
        .join(SessionCopy, SessionCopy.id == Booking.session_id)
        .where(Booking.registration_id == registration_id, SessionCopy.ends_at > now)
        .where((Booking.status != "cancelled") | Booking.ended_for.in_(_ENDED_BY_OTHERS))
        .order_by(SessionCopy.starts_at, Booking.id)
    ).all()
    alive = [row.session_id for row in rows if row.status != "cancelled"]
    return next(iter([*alive, *(row.session_id for row in rows)]), None)
