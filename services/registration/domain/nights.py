"""The night, in which nobody is asked for anything and no deadline falls."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

#: When the night begins and ends, in local time.
EVENING, MORNING = time(21), time(8)


def is_night(now: datetime, zone: str) -> bool:
    """Tell whether it is night in a time zone."""
    local = now.astimezone(ZoneInfo(zone)).time()
    return local >= EVENING or local < MORNING


def after_the_night(instant: datetime, zone: str) -> datetime:
    """Return the instant itself, or the morning after it where it falls in the night."""
    if not is_night(instant, zone):
        return instant
    local = instant.astimezone(ZoneInfo(zone))
    day = local.date() + timedelta(days=1 if local.time() >= EVENING else 0)
    return datetime.combine(day, MORNING, ZoneInfo(zone)).astimezone(instant.tzinfo)


def before_the_night(instant: datetime, zone: str) -> datetime:
    """Return the instant itself, or the evening before it where it falls in the night."""
    if not is_night(instant, zone):
        return instant
    local = instant.astimezone(ZoneInfo(zone))
    day = local.date() - timedelta(days=0 if local.time() >= EVENING else 1)
    return datetime.combine(day, EVENING, ZoneInfo(zone)).astimezone(instant.tzinfo)
