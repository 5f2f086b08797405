"""What the console's pages of registrations share: who asks, of which session, and the log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import abort, request
from sqlalchemy.orm import Session

from services.registration.console_queries import session_line
from services.registration.domain.names import (
    log_access,
    may_act,
    may_enter,
    may_see_names,
    may_see_numbers,
)
from services.registration.models import SessionCopy, SessionSeats
from shared.i18n import current_locale, format_session_time, unbroken
from shared.web import current_context
from shared.web.sign_in import SignedInAccount, current_account

#: Who sees numbers, of all sessions or of their own.
VIEWERS = ("coordinator", "organiser", "venue", "reader")

#: Who registers people at the desk and acts on registrations.
ACTORS = ("coordinator", "organiser", "venue")

#: What a view needs of a session, each with who may.
_RIGHTS = {
    "numbers": may_see_numbers,
    "names": may_see_names,
    "desk": may_enter,
    "act": may_act,
}


def viewer() -> SignedInAccount:
    """Return who is signed in; nobody is 403."""
    return current_account() or abort(403)


def open_session(
    db: Session, session_id: UUID, right: str = "numbers"
) -> tuple[SessionCopy, SessionSeats]:
    """Return a session with its counters: 404 where there is none, 403 without the right to it."""
    found = session_line(db, session_id)
    if found is None:
        abort(404)
    if not _RIGHTS[right](viewer(), found[0].organisation_id, found[0].venue_id):
        abort(403)
    return found


def log_names(copy: SessionCopy, kind: str, names: int, purpose: str | None = None) -> None:
    """Keep that whoever is signed in is shown so many names of a session."""
    context, who = current_context(), viewer()
    with context.database.write() as db:
        log_access(
            db,
            copy,
            account_id=who.id,
            account_name=who.name,
            kind=kind,
            names=names,
            now=context.clock(),
            purpose=purpose,
        )


def when_of(details: dict[str, Any], starts_at: datetime, ends_at: datetime) -> str:
    """Return when a session is, with the year."""
    return unbroken(
        format_session_time(
            starts_at,
            ends_at,
            str(details["time_zone"]),
            str(details["kind"]),
            current_locale(),
            weekly_hours=details["weekly_hours"],
            year=True,
        )
    )


def identifier(name: str) -> UUID | None:
    """Return the id in an argument of the address; None if it holds none."""
    return as_id(request.args.get(name, ""))


def as_id(text: str) -> UUID | None:
    """Return the id that a text is, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None
