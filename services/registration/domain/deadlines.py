"""Until when an offered place is kept: shorter as the session nears, and the night does not count.

A quarter of the waking time that is left until the last moment, half an hour at least, a waking day
at most. So whoever is offered a place long before has until the same hour of the next day; whoever
is offered one on the last evening has the evening; and nobody loses a place while asleep.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.registration.domain.nights import EVENING, MORNING, after_the_night

#: The share of the time that is left which one party may take to answer: one in so many.
SHARE = 4

#: The longest and the shortest time to answer, in hours awake.
LONGEST, SHORTEST = timedelta(hours=EVENING.hour - MORNING.hour), timedelta(minutes=30)

#: A deadline is a round time of the clock.
ROUND = timedelta(minutes=5)


def offer_deadline(
    now: datetime, *, starts_at: datetime, closes_at: datetime, zone: str
) -> datetime:
    """Return until when a place that is offered now is kept; all instants in UTC.

    Later than `now`, which is before `closes_at`; never in the local night of `zone`, unless the
    last moment comes before the morning: then it is the last moment. That is the start of the
    session, or the end of registration if that is earlier or the session has begun.
    """
    latest = last_moment(now, starts_at=starts_at, closes_at=closes_at)
    awake = _awake_between(now, latest, zone, most=SHARE * LONGEST)
    deadline = _awake_after(now, min(LONGEST, max(SHORTEST, awake / SHARE)), zone)
    return min(after_the_night(_rounded_up(deadline), zone), latest)


def last_moment(now: datetime, *, starts_at: datetime, closes_at: datetime) -> datetime:
    """Return until when a place is kept at the latest, as `offer_deadline` says."""
    return min(starts_at, closes_at) if now < starts_at else closes_at


def _days(instant: datetime, zone: str) -> Iterator[tuple[datetime, datetime]]:
    """Yield from when to when people are awake, day by day, what is left of the first one first."""
    local = ZoneInfo(zone)
    day = instant.astimezone(local).date()
    while True:
        begins, ends = (
            datetime.combine(day, hour, local).astimezone(instant.tzinfo)
            for hour in (MORNING, EVENING)
        )
        if instant < ends:
            yield max(instant, begins), ends
        day += timedelta(days=1)


def _awake_between(start: datetime, end: datetime, zone: str, *, most: timedelta) -> timedelta:
    awake = timedelta()
    for begins, ends in _days(start, zone):
        if begins >= end or awake >= most:
            break
        awake += min(ends, end) - begins
    return min(awake, most)


def _awake_after(start: datetime, span: timedelta, zone: str) -> datetime:
    """Return the first instant before which people were awake for so long, since `start`."""
    for begins, ends in _days(start, zone):
        if span <= ends - begins:
            return begins + span
        span -= ends - begins
    raise AssertionError("there is always another day")


def _rounded_up(instant: datetime) -> datetime:
    beyond = timedelta(minutes=instant.minute, seconds=instant.second) % ROUND + timedelta(
        microseconds=instant.microsecond
    )
    return instant if not beyond else instant - beyond + ROUND
