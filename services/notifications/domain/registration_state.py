"""A registration as a mail tells it: its state, its sessions, its reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.notifications.domain.offer_words import last_deadline
from services.notifications.domain.queueing import TOO_LATE, Draft, queue_mail
from services.notifications.domain.sessions import sessions_at
from services.notifications.domain.subjects import registration_subject
from services.notifications.domain.templates import OFFERED
from shared.messaging.envelope import Envelope

#: What a mail tells of a registration.
_TOLD = ("code", "token", "ticket", "name", "status", "registered_at", "bookings")


@dataclass(frozen=True)
class RegistrationState:
    """A registration's state, whom it is told to, and in which language."""

    registration: dict[str, Any]
    recipient: str
    locale: str


def state_of(data: Mapping[str, Any]) -> RegistrationState:
    """Return the state that an event carries."""
    registration = {name: data[name] for name in _TOLD}
    return RegistrationState(registration, data["email"].strip(), data["locale"])


def sessions_of(
    db: Session, data: Mapping[str, Any], state: RegistrationState
) -> dict[str, dict[str, Any]]:
    """Return the sessions of the state's bookings, none older than the event's data knew it.

    Raises `Parked` while one is: what the mail says of it would be wrong.
    """
    least = {UUID(booking["session_id"]): 0 for booking in state.registration["bookings"]}
    for booking in data["bookings"]:
        least[UUID(booking["session_id"])] = booking.get("session_version") or 0
    for change in data.get("session_changes") or ():
        session_id = UUID(change["session_id"])
        least[session_id] = max(least.get(session_id, 0), change["version"])
    return sessions_at(db, least)


def queue_state(
    db: Session,
    envelope: Envelope,
    template: str,
    state: RegistrationState,
    content: dict[str, Any],
    *,
    now: datetime,
    withheld: str | None = None,
    version: int | None = None,
    due: datetime | None = None,
) -> bool:
    """Queue the mail that tells the state; return whether one will be sent.

    One that offers a place which nobody can take any more is kept unsent. It tells the state at
    `version`, the event's unless given, and leaves at once unless it is `due` later.
    """
    expires_at = last_deadline(content) if template == OFFERED else None
    if expires_at is not None and expires_at <= now:
        withheld = withheld or TOO_LATE
    draft = Draft(
        template=template,
        recipient=state.recipient,
        locale=state.locale,
        subject=registration_subject(template, content, state.locale),
        content=content,
        expires_at=expires_at,
        withheld=withheld,
        about=(envelope.aggregate_id, version or envelope.aggregate_version),
        due=due,
    )
    return queue_mail(db, draft, envelope, now=now)
