"""The calendars that a mail carries: one iTIP message for each session of a registration.

A REQUEST or a CANCEL concerns one UID (RFC 5546, sections 3.2.2 and 3.2.5), and calendars that are
given several take the first. So every session has a message of its own: see
docs/decisions/mails-carry-one-invitation.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from services.notifications.domain.text_safety import one_line
from services.notifications.domain.wording import in_locale, place
from shared.calendar import CalendarEntry, Person, render_calendar
from shared.i18n import current_locale
from shared.i18n import gettext as _
from shared.identifiers import grouped_code

Method = Literal["REQUEST", "CANCEL"]

#: Told in the calendar; who waits for a seat has no appointment yet.
_TOLD = ("confirmed", "cancelled")

#: What ended an offer that was never taken: nothing is to leave the calendar.
_NEVER_THERE = ("declined", "expired")

#: When a calendar calls before a session that begins at a fixed time.
ALARMS = (timedelta(days=1), timedelta(hours=1))


@dataclass(frozen=True)
class CalendarPart:
    """One session as an iCalendar object, and the iTIP method that it names."""

    ics: bytes
    method: Method


def calendars_of(
    content: Mapping[str, Any],
    *,
    organizer: Person,
    attendee: Person,
    manage_url: str,
    changed_at: datetime,
) -> list[CalendarPart]:
    """Return a calendar for each session that is booked, those that the mail is about first.

    `changed_at` is when the registration changed. `organizer` is the mail's sender, for calendars
    believe no other (RFC 6047, section 2.2.1), and `attendee` its reader, who has accepted already.
    A booking that was cancelled is a CANCEL, so that it leaves the agenda; one that ended while it
    waited never was there.
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
    news = {
        *content.get("changed", ()),
        *(one["session_id"] for one in content.get("changes", ())),
    }
    told.sort(key=lambda booking: not news & {booking["id"], booking["session_id"]})
    entries = (
        _entry(booking, sessions[booking["session_id"]], content, manage_url, changed_at, attendee)
        for booking in told
    )
    return [_part(entry, organizer) for entry in entries]


def _part(entry: CalendarEntry, organizer: Person) -> CalendarPart:
    method: Method = "CANCEL" if entry.status == "CANCELLED" else "REQUEST"
    ics = render_calendar(
        [entry],
        name=organizer[0],
        organizer=organizer,
        method=method,
        language=current_locale(),
    )
    return CalendarPart(ics, method)


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
    attendee: Person,
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
        alarms=() if off or session["kind"] != "timed" else ALARMS,
        attendee=attendee,
    )
