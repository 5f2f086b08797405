"""When registration for a session opens; registration decides by what is published of it."""

from datetime import datetime
from typing import Any

from services.scheduling.domain.closing import closes_at, takes_registrations
from services.scheduling.models import Edition, Session


def opens_at(session: Session, edition: Edition) -> datetime | None:
    """Return when registration opens (UTC): the session's own opening, else the edition's.

    None where it is open at once, as is a session that closes before its edition opens: otherwise
    nobody could ever register for it.
    """
    if session.registration != "here":
        return None
    if session.registration_opens_at is not None:
        return session.registration_opens_at
    usual = edition.registration_opens_at
    return usual if usual is not None and usual < closes_at(session) else None


def own_opening(released: datetime | None, of_edition: datetime | None) -> datetime | None:
    """Return what a session says itself of an opening that was released: nothing of a usual one."""
    return None if released == of_edition else released


def opens_later(session: Any, now: datetime) -> bool:
    """Tell whether one registers here, and cannot yet: of a session or of a row of its columns."""
    opening: datetime | None = session.registration_opens_at
    return opening is not None and now < opening and takes_registrations(session, now)
