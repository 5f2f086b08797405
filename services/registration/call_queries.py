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
_OF_COMERS = ("offer", "session_changed", "still_coming")


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
    conditions: list[sa.ColumnElement[bool]] = [
        names_open_to(viewer),
        _is_of_use(),
        Registration.erased_at.is_(None),
    ]
    if call_id is not None:
        conditions.append(Call.id == call_id)
    else:
        conditions.append(Call.done_at.is_not(None) if is_done else Call.done_at.is_(None))
    query = (
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
        .where(*conditions)
    )
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
        .where(
            Call.done_at.is_(None),
            Registration.erased_at.is_(None),
            names_open_to(viewer),
            _is_of_use(),
        )
    )
    return db.scalar(query) or 0


def _is_of_use() -> sa.ColumnElement[bool]:
    """Tell whether a call was made, or says what is still so: nobody asks who cancelled."""
    alive = sa.exists().where(
        Booking.registration_id == Call.registration_id,
        Booking.session_id == Call.session_id,
        Booking.status != "cancelled",
    )
    return Call.done_at.is_not(None) | Call.reason.not_in(_OF_COMERS) | alive
