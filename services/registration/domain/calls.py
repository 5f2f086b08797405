"""Calls to make: whoever gave no address is not written to when something changes, but called."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.models import Call, Registration

#: Why somebody is called.
Reason = Literal[
    "offer",
    "offer_expired",
    "session_changed",
    "session_cancelled",
    "still_coming",
    "unanswered",
    "cancelled_by_organiser",
    "message",
    "move",
    "address",
]


def note_calls(
    db: Session,
    registration: Registration,
    reason: Reason,
    sessions: Iterable[UUID],
    *,
    now: datetime,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Note that somebody is to be called about each of these sessions, unless they have an address.

    Call it where a change that the contact did not make is recorded; `details` says what changed.
    Somebody who was erased is not called.
    """
    if registration.email is not None or registration.erased_at is not None:
        return
    db.add_all(
        Call(
            registration_id=registration.id,
            session_id=session_id,
            reason=reason,
            details=dict(details or {}),
            noted_at=now,
        )
        for session_id in sessions
    )


def drop_calls(
    db: Session, registration: Registration, reasons: Iterable[Reason], sessions: Iterable[UUID]
) -> None:
    """Forget calls that nobody has made and that would tell what is no longer true."""
    if registration.email is not None:
        return
    db.execute(
        sa.delete(Call).where(
            Call.registration_id == registration.id,
            Call.session_id.in_(list(sessions)),
            Call.reason.in_(list(reasons)),
            Call.done_at.is_(None),
        )
    )


def make_call(db: Session, call_id: UUID, *, by: str, is_done: bool, now: datetime) -> bool:
    """Keep that somebody called, and who, or that it is to be done after all.

    Whoever said first that they called stays named. Returns whether anything changed.
    """
    call = db.get(Call, call_id, with_for_update=True)
    if call is None or (call.done_at is not None) == is_done:
        return False
    call.done_at, call.done_by = (now, by) if is_done else (None, None)
    db.flush()
    return True
