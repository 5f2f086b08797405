"""When registration for a session closes, for the pages; registration decides by the same rule."""

from datetime import datetime
from typing import Any


def closes_at(session: Any) -> datetime:
    """Return when registration closes (UTC) for a session or a row of its columns.

    That is its `registration_closes_at`; where it has none, the start of a timed session and the
    end of any other.
    """
    stated: datetime | None = session.registration_closes_at
    if stated is not None:
        return stated
    usual: datetime = session.starts_at if session.kind == "timed" else session.ends_at
    return usual


def takes_registrations(session: Any, now: datetime) -> bool:
    """Tell whether one registers here, and still can at this instant, be it for the waitlist."""
    return (
        session.status == "confirmed"
        and session.registration == "here"
        and now < closes_at(session)
    )
