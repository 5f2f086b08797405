"""A registration's sessions as entries of a calendar (DESIGN: the calendar promise)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.calendar import CalendarEntry, Person, Status
from shared.markdown import to_text


def booking_entry(
    details: Mapping[str, Any],
    *,
    status: str,
    revision: int,
    changed_at: datetime,
    locale: str,
    session_url: str,
    organizer: Person,
) -> CalendarEntry:
    """Return the entry of one booking, from its session as scheduling last published it.

    The UID is the session's; SEQUENCE is the session's and the booking's together, so it rises with
    either. What is cancelled stays, as CANCELLED; who waits is TENTATIVE.
    """
    venue = details["venue"]
    return CalendarEntry(
        uid=details["uid"],
        sequence=details["sequence"] + revision,
        summary=_translated(details["title"], locale),
        description=to_text(_translated(details["description"], locale)),
        location=location(details),
        url=session_url,
        starts_at=datetime.fromisoformat(details["starts_at"]),
        ends_at=datetime.fromisoformat(details["ends_at"]),
        time_zone=details["time_zone"],
        status=_status(details["status"], status),
        changed_at=max(datetime.fromisoformat(details["changed_at"]), changed_at),
        latitude=venue["latitude"] if venue["longitude"] is not None else None,
        longitude=venue["longitude"] if venue["latitude"] is not None else None,
        all_day=details["kind"] == "exhibition",
        transparent=details["kind"] == "drop_in",
        organizer=organizer,
    )


def location(details: Mapping[str, Any]) -> str:
    """Return where a session is, on one line: space, venue, address, postcode and commune."""
    venue, space = details["venue"], details["space"]
    commune = venue["commune"]["name"] if venue["commune"] else None
    town = " ".join(part for part in (venue["postcode"], commune) if part)
    parts = (space["name"] if space else None, venue["name"], venue["address"], town)
    return ", ".join(part for part in parts if part)


def _translated(text: Mapping[str, str | None], locale: str) -> str:
    return text.get(locale) or text["fr"] or ""


def _status(session: str, booking: str) -> Status:
    if "cancelled" in (session, booking):
        return "CANCELLED"
    return "CONFIRMED" if booking == "confirmed" else "TENTATIVE"
