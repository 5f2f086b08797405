"""iCalendar: the one place where a VEVENT is written, for feeds, mails and downloads alike."""

from shared.calendar.entry import CalendarEntry, Method, Person, Status
from shared.calendar.rendering import CalendarWriter, etag, render_calendar

__all__ = [
    "CalendarEntry",
    "CalendarWriter",
    "Method",
    "Person",
    "Status",
    "etag",
    "render_calendar",
]
