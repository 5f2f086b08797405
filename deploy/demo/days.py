"""The days of the demo edition: a Friday and the ten that follow, about four weeks from today."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TIME_ZONE = "Europe/Paris"
#: From the first Friday to the Monday after the second weekend.
DAYS: tuple[str, ...] = (
    "fri1",
    "sat1",
    "sun1",
    "mon1",
    "tue",
    "wed",
    "thu",
    "fri2",
    "sat2",
    "sun2",
    "mon2",
)
_AHEAD = timedelta(weeks=4)
_FRIDAY = 4


def first_day(today: date) -> date:
    """Return the Friday nearest to four weeks after `today`."""
    near = today + _AHEAD
    return near + timedelta(days=(_FRIDAY - near.weekday() + 3) % 7 - 3)


def last_day(first: date) -> date:
    """Return the edition's last day, a Monday."""
    return first + timedelta(days=len(DAYS) - 1)


def day(first: date, name: str) -> date:
    """Return the date of a day by its name in `DAYS`."""
    return first + timedelta(days=DAYS.index(name))


def moment(on: date, clock: str) -> datetime:
    """Return the UTC instant of a local `HH:MM` in Isère."""
    local = datetime.combine(on, time.fromisoformat(clock), ZoneInfo(TIME_ZONE))
    return local.astimezone(UTC)
