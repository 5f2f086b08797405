"""What the call list reads: who is to be called about what, in sessions whose names one sees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.names import Viewer, names_open_to
from services.registration.models import Booking, Call, Registration, SessionCopy

#: What there is no use in telling whoever does not come any more.
_OF_COMERS = ("offer", "move", "session_changed", "still_coming")


@dataclass(frozen=True)
class ToCall:
    """One call, to be made or made, with whom and about which session."""

    id: UUID
    reason: str
    details: Mapping[str, Any]
    noted_at: datetime
    done_at: datetime | None
    done_by: str | None
    registration_id: UUID
    name: str
    telephone: str | None
    locale: str
    code: str
    session: SessionCopy


def calls(
    db: Session,
    viewer: Viewer,
    *,
    is_done: bool = False,
    call_id: UUID | None = None,
    offset: int = 0,
    most: int = 50,
) -> tuple[Sequence[ToCall], int]:
    """Return the calls that somebody sees, and how many: to make by the sessions' starts.

    With `is_done` those that were made, the latest first; with `call_id` that one alone.
    """
    conditions = _seen_by(viewer)
    if call_id is not None:
        conditions.append(Call.id == call_id)
    else:
        conditions.append(Call.done_at.is_not(None) if is_done else Call.done_at.is_(None))
    query = _calls().where(*conditions)
    total = db.scalar(query.with_only_columns(sa.func.count())) or 0
    order = (Call.done_at.desc(), Call.id) if is_done else (SessionCopy.starts_at, Call.id)
    rows = db.execute(query.order_by(*order).offset(offset).limit(most)).all()
    return [ToCall(*row) for row in rows], total


def calls_to_make(db: Session, viewer: Viewer) -> int:
    """Return how many calls somebody could make."""
    query = (
        sa.select(sa.func.count(Call.id))
        .select_from(Call)
        .join(Registration, Registration.id == Call.registration_id)
        .join(SessionCopy, SessionCopy.id == Call.session_id)
        .where(Call.done_at.is_(None), *_seen_by(viewer))
    )
    return db.scalar(query) or 0


def calls_of(db: Session, viewer: Viewer, registration_id: UUID) -> Sequence[ToCall]:
    """Return the calls to one contact that somebody sees, to make and made."""
    query = _calls().where(Call.registration_id == registration_id, *_seen_by(viewer))
    return [ToCall(*row) for row in db.execute(query.order_by(Call.id))]


def registrations_to_call(db: Session, session_id: UUID, viewer: Viewer) -> set[UUID]:
    """Return the registrations whose contacts are to be called about a session."""
    query = _calls().where(Call.session_id == session_id, Call.done_at.is_(None), *_seen_by(viewer))
    return set(db.scalars(query.with_only_columns(Call.registration_id)))


def _calls() -> sa.Select[Any]:
    return (
        sa.select(
            Call.id,
            Call.reason,
            Call.details,
            Call.noted_at,
            Call.done_at,
            Call.done_by,
            Registration.id.label("registration_id"),
            Registration.name,
            Registration.telephone,
            Registration.locale,
            Registration.code,
            SessionCopy,
        )
        .join(Registration, Registration.id == Call.registration_id)
        .join(SessionCopy, SessionCopy.id == Call.session_id)
    )


def _seen_by(viewer: Viewer) -> list[sa.ColumnElement[bool]]:
    return [names_open_to(viewer), _is_of_use(), Registration.erased_at.is_(None)]


def _is_of_use() -> sa.ColumnElement[bool]:
    """Tell whether a call was made, or says what is still so: nobody asks who cancelled."""
    alive = sa.exists().where(
        Booking.registration_id == Call.registration_id,
        Booking.session_id == Call.session_id,
        Booking.status != "cancelled",
    )
    return Call.done_at.is_not(None) | Call.reason.not_in(_OF_COMERS) | alive
