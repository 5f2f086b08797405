"""A small calendar that takes invitations out of mails, as RFC 5546 and 6047 tell it to."""

from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import icalendar


@dataclass(frozen=True)
class Appointment:
    """What the calendar shows of one UID; a cancelled one is kept, so that it stays away."""

    starts_at: datetime
    location: str
    is_off: bool
    newness: tuple[int, datetime]


class RefusedInvitation(AssertionError):
    """A calendar would not take this part of a mail; the text says why."""


@dataclass
class CalendarClient:
    """The calendar of one person."""

    owner: str
    kept: dict[str, Appointment] = field(default_factory=dict)

    @property
    def shown(self) -> dict[str, tuple[datetime, str]]:
        """Return what stands in the agenda: start and place, by UID."""
        return {
            uid: (one.starts_at, one.location) for uid, one in self.kept.items() if not one.is_off
        }

    def receive(self, message: EmailMessage, *, by_itself: bool = False) -> None:
        """Take the invitations of a mail: the files too, unless only what is read `by_itself`."""
        for part in message.walk():
            kind = part.get_content_type()
            if kind == "text/calendar" or (kind == "application/ics" and not by_itself):
                self._take(part, str(message["From"].addresses[0].addr_spec))

    def _take(self, part: Any, sender: str) -> None:
        calendar = icalendar.Calendar.from_ical(part.get_payload(decode=True))
        method = str(calendar["METHOD"])
        if part.get_content_type() == "text/calendar":
            self._agree(part["Content-Type"].params["method"], method, "the type's method")
        (event,) = calendar.walk("VEVENT")
        self._agree(str(event["ORGANIZER"]), f"mailto:{sender}", "the organizer")
        self._agree(str(event["ATTENDEE"]), f"mailto:{self.owner}", "the attendee")
        self._agree(event["ATTENDEE"].params["RSVP"], "FALSE", "the wish for an answer")
        answer = "ACCEPTED" if method == "REQUEST" else None
        self._agree(event["ATTENDEE"].params.get("PARTSTAT"), answer, "the answer")
        # RFC 5546, section 2.1.5: the higher SEQUENCE, then the later DTSTAMP; else it is known
        newness = (int(str(event["SEQUENCE"])), event.decoded("DTSTAMP"))
        known = self.kept.get(uid := str(event["UID"]))
        if known is None or newness > known.newness:
            start = event.decoded("DTSTART")
            place = str(event.get("LOCATION", ""))
            self.kept[uid] = Appointment(start, place, method == "CANCEL", newness)

    def _agree(self, found: Any, expected: Any, what: str) -> None:
        if found != expected:
            raise RefusedInvitation(f"{what} is {found!r}, not {expected!r}")
