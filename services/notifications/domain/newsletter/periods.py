"""Periods: when the letter goes out, and when mail is welcome, on the clocks of one time zone.

A weekly letter belongs to the seven days from a Thursday at nine, before the week-end that it is
read for; a monthly one to the month from its first day at nine. Clocks that change move nothing:
nine is nine on the day itself.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Frequency = Literal["weekly", "monthly"]

FREQUENCIES: tuple[Frequency, ...] = ("weekly", "monthly")

#: Subscribers have no time zone of their own: the festival's is theirs.
ZONE = "Europe/Paris"

#: When a letter goes out, by local time; the weekday counts from Monday, 0.
WEEKDAY, HOUR = 3, time(9)

#: Between these hours mail that nobody waits for may arrive: [first, last).
DECENT = (8, 20)


@dataclass(frozen=True)
class Period:
    """The time for which there is one letter; `key` names it for ever, `begins_at` is UTC."""

    key: str
    begins_at: datetime


def period_at(now: datetime, frequency: Frequency, zone: str = ZONE) -> Period:
    """Return the period that an instant is in."""
    local = now.astimezone(ZoneInfo(zone))
    if frequency == "monthly":
        first = local.date().replace(day=1)
        if _at_nine(first, zone) > now:
            first = (first - timedelta(days=1)).replace(day=1)
    else:
        first = local.date() - timedelta(days=(local.weekday() - WEEKDAY) % 7)
        if _at_nine(first, zone) > now:
            first -= timedelta(days=7)
    return Period(f"{frequency}:{first.isoformat()}", _at_nine(first, zone))


def next_period(now: datetime, frequency: Frequency, zone: str = ZONE) -> Period:
    """Return the period that begins next."""
    current = period_at(now, frequency, zone)
    later = current.begins_at + timedelta(days=8 if frequency == "weekly" else 32)
    return period_at(later, frequency, zone)


def day_of(now: datetime, zone: str = ZONE) -> str:
    """Return the name of the local day, for what is sent once a day at most."""
    return f"day:{now.astimezone(ZoneInfo(zone)).date().isoformat()}"


def is_decent(now: datetime, zone: str = ZONE) -> bool:
    """Tell whether mail may arrive now: neither at night nor late in the evening."""
    first, last = DECENT
    return first <= now.astimezone(ZoneInfo(zone)).hour < last


def _at_nine(day: date, zone: str) -> datetime:
    return datetime.combine(day, HOUR, ZoneInfo(zone)).astimezone(UTC)
