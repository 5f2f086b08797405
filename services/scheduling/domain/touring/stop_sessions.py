"""The session that a confirmed stop is: made with it, moved with it, cancelled with it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.revisions import Invalid
from services.scheduling.domain.editing.sessions import (
    cancel_session,
    create_session,
    delete_session,
    reinstate_session,
    save_session,
)
from services.scheduling.domain.owners import vouching
from services.scheduling.models import Activity, PublishedSession, Session, Stop

#: The fields of a stop in which a fault of its session is told.
_FIELD_OF = {"starts_at": "opens_at", "ends_at": "closes_at", "kind": "activity_id"}


def keep_session(
    db: DbSession, stop: Stop, *, account_id: UUID | None, now: datetime, anew: bool = False
) -> None:
    """Bring a stop's session in step with the stop, in the stop's own transaction.

    A confirmed stop of an activity is a session of it, in the working copy, to be released like any
    other. A stop that is no longer confirmed has none: a session that was released is cancelled,
    one that was not is deleted. `anew` says that the stop was confirmed just now, which takes the
    cancellation of its session back. Raises `Invalid`, by the stop's fields.

    Whoever may confirm a stop may confirm its session: who chose the activity may change that, and
    the place agreed (`consent.py`).
    """
    with vouching(db):
        _keep_session(db, stop, account_id=account_id, now=now, anew=anew)


def _keep_session(
    db: DbSession, stop: Stop, *, account_id: UUID | None, now: datetime, anew: bool
) -> None:
    by: dict[str, Any] = {"account_id": account_id, "now": now}
    session = db.get(Session, stop.session_id) if stop.session_id else None
    if session is not None and not _is_wanted(db, stop, session):
        _part_with(db, stop, session, by)
        session = None if stop.session_id is None or stop.state == "confirmed" else session
    if stop.state != "confirmed" or stop.activity_id is None:
        return
    try:
        if session is None:
            session = create_session(db, {**_values(stop), "registration": "none"}, **by)
            stop.session_id = session.id
        else:
            save_session(db, session.id, None, _values(stop), **by)
            if anew:
                reinstate_session(db, session.id, None, **by)
    except Invalid as invalid:
        raise Invalid(
            {_FIELD_OF.get(name, name): sentence for name, sentence in invalid.faults.items()}
        ) from None
    db.flush()


def _values(stop: Stop) -> dict[str, Any]:
    return {
        "activity_id": stop.activity_id,
        "venue_id": stop.venue_id,
        "space_id": stop.space_id,
        "kind": "exhibition",
        "starts_at": stop.opens_at,
        "ends_at": stop.closes_at,
        "weekly_hours": stop.weekly_hours,
    }


def _is_wanted(db: DbSession, stop: Stop, session: Session) -> bool:
    """Tell whether the stop's session can go on being it: it stays in its edition."""
    if stop.state != "confirmed" or stop.activity_id is None:
        return False
    return db.get_one(Activity, stop.activity_id).edition_id == session.edition_id


def _part_with(db: DbSession, stop: Stop, session: Session, by: dict[str, Any]) -> None:
    if db.get(PublishedSession, session.id) is not None:
        cancel_session(db, session.id, None, **by)
        if stop.state == "confirmed":  # it goes on in another edition, as another session
            stop.session_id = None
    else:
        stop.session_id = None
        db.flush()
        delete_session(db, session.id, None)
    db.flush()
