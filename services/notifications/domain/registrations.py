"""What registration's events ask for: a confirmation, a change, a cancellation."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.domain.queueing import Draft, queue_mail
from services.notifications.domain.sessions import known_sessions
from services.notifications.domain.subjects import registration_subject
from services.notifications.models import OutgoingMail
from shared.contracts.registration import (
    REGISTRATION_CANCELLED,
    REGISTRATION_CHANGED,
    REGISTRATION_MADE,
)
from shared.messaging.envelope import Envelope
from shared.messaging.handlers import Parked

CONFIRMED, CHANGED, CANCELLED = (
    "registration_confirmed",
    "registration_changed",
    "registration_cancelled",
)

#: What a mail tells of a registration.
_TOLD = ("code", "token", "ticket", "name", "status", "registered_at", "bookings")


def confirm_registration(db: Session, envelope: Envelope, *, now: datetime) -> bool:
    """Queue the confirmation of a new registration; return whether one was queued."""
    REGISTRATION_MADE.read(envelope.data)
    return _tell(db, envelope, CONFIRMED, now=now)


def tell_change(db: Session, envelope: Envelope, *, now: datetime) -> bool:
    """Queue what tells of a change; after a corrected address, the confirmation goes there."""
    REGISTRATION_CHANGED.read(envelope.data)
    if envelope.data["status"] == "cancelled":
        return _tell(db, envelope, CANCELLED, now=now)
    template = CONFIRMED if envelope.data["address_corrected"] else CHANGED
    return _tell(db, envelope, template, now=now)


def tell_cancellation(db: Session, envelope: Envelope, *, now: datetime) -> bool:
    """Queue what tells that the whole registration is cancelled."""
    REGISTRATION_CANCELLED.read(envelope.data)
    return _tell(db, envelope, CANCELLED, now=now)


def _tell(db: Session, envelope: Envelope, template: str, *, now: datetime) -> bool:
    if _is_overtaken(db, envelope):
        return False
    data = envelope.data
    wanted = {UUID(booking["session_id"]) for booking in data["bookings"]}
    sessions = known_sessions(db, wanted)
    if len(sessions) < len(wanted):
        raise Parked("a session of the registration is not known yet")
    content: dict[str, Any] = {
        "registration": {name: data[name] for name in _TOLD},
        "sessions": sessions,
        "changed": list(data.get("changed_bookings", [])),
    }
    draft = Draft(
        template=template,
        recipient=data["email"].strip(),
        locale=data["locale"],
        subject=registration_subject(template, content, data["locale"]),
        content=content,
    )
    return queue_mail(db, draft, envelope, now=now)


def _is_overtaken(db: Session, envelope: Envelope) -> bool:
    """Tell whether a newer state was mailed about already: this one would mislead."""
    newer = sa.select(OutgoingMail.id).where(
        OutgoingMail.about_id == envelope.aggregate_id,
        OutgoingMail.about_version > envelope.aggregate_version,
    )
    return db.scalar(sa.select(newer.exists())) is True
