"""The calendar that a mail carries: the sessions of one registration."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from services.notifications.domain.text_safety import one_line
from services.notifications.domain.wording import in_locale, place
from shared.calendar import CalendarEntry, render_calendar
from shared.i18n import current_locale
from shared.i18n import gettext as _
from shared.identifiers import grouped_code

Method = Literal["PUBLISH", "CANCEL"]

#: Told in the calendar; who waits for a seat has no appointment yet.
_TOLD = ("confirmed", "cancelled")

#: What ended an offer that was never taken: nothing is to leave the calendar.
_NEVER_THERE = ("declined", "expired")


def calendar_of(
    content: Mapping[str, Any], *, sender: tuple[str, str], manage_url: str, changed_at: datetime
) -> tuple[bytes, Method] | None:
    """Return the registration's calendar and its method, or `None` if nothing is booked.

    `changed_at` is when the registration changed; `sender` is the organizer's name and address.
    A booking that was cancelled stays in as `STATUS:CANCELLED`, so that it leaves the agenda; one
    that ended while it waited never was there.
    """
    sessions = content["sessions"]
    waited = {one["session_id"] for one in content.get("changes", ()) if one["waiting"]}
    told = [
        booking
        for booking in _latest(content["registration"]["bookings"])
        if booking["status"] in _TOLD
        and not (booking["status"] == "cancelled" and booking["session_id"] in waited)
        and booking.get("ended_for") not in _NEVER_THERE
    ]
    if not told:
        return None
    entries = [
        _entry(booking, sessions[booking["session_id"]], content, manage_url, changed_at)
        for booking in told
    ]
    alone = len(entries) == 1 and entries[0].status == "CANCELLED"
    method: Method = "CANCEL" if alone else "PUBLISH"
    ics = render_calendar(
        entries, name=sender[0], organizer=sender, method=method, language=current_locale()
    )
    return ics, method


def _latest(bookings: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Keep one booking for each session: one that stands before one that was cancelled."""
    kept: dict[str, Mapping[str, Any]] = {}
    for booking in bookings:
        known = kept.get(booking["session_id"])
        if known is None or known["status"] == "cancelled":
            kept[booking["session_id"]] = booking
    return list(kept.values())


def _entry(
    booking: Mapping[str, Any],
    session: Mapping[str, Any],
    content: Mapping[str, Any],
    manage_url: str,
    changed_at: datetime,
) -> CalendarEntry:
    off = "cancelled" in (booking["status"], session["status"])
    exhibition = session["kind"] == "exhibition"
    venue = session["venue"]
    code = content["registration"]["code"]
    return CalendarEntry(
        uid=session["uid"],
        sequence=session["sequence"] + booking["revision"],
        summary=one_line(in_locale(session["title"])) or code,
        description=_("Code d’inscription : %(code)s", code=grouped_code(code))
        + "\n"
        + _("Gérer mon inscription : %(link)s", link=manage_url),
        location=", ".join(place(session)),
        url=manage_url,
        starts_at=datetime.fromisoformat(session["starts_at"]),
        ends_at=datetime.fromisoformat(session["ends_at"]),
        time_zone=session["time_zone"],
        status="CANCELLED" if off else "CONFIRMED",
        changed_at=max(changed_at, datetime.fromisoformat(session["changed_at"])),
        latitude=venue["latitude"] if venue["longitude"] is not None else None,
        longitude=venue["longitude"] if venue["latitude"] is not None else None,
        all_day=exhibition,
        transparent=session["kind"] != "timed",
        alarms=() if off or session["kind"] != "timed" else (timedelta(hours=2),),
    )
