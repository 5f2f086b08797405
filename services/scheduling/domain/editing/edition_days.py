"""An edition's days, and how near to them a session has to be."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.i18n import format_period

#: A session may be a few days before or after its edition: a preview for schools, a last visit.
NEARBY = timedelta(days=7)


def span_of(starts_on: date, ends_on: date, time_zone: str) -> tuple[datetime, datetime]:
    """Return from when to when (UTC) the sessions of an edition may be; days are local."""
    zone = ZoneInfo(time_zone)
    midnight = time(tzinfo=zone)
    earliest = datetime.combine(starts_on - NEARBY, midnight)
    latest = datetime.combine(ends_on + NEARBY + timedelta(days=1), midnight)
    return earliest.astimezone(UTC), latest.astimezone(UTC)


def days_words(first: datetime, last: datetime, time_zone: str) -> str:
    """Return « du 3 au 10 octobre 2026 » for two instants, in the reader's language."""
    zone = ZoneInfo(time_zone)
    return format_period(first.astimezone(zone).date(), last.astimezone(zone).date(), year=True)
