"""What takes place at a venue on one day, as it was released, and what is brought and fetched."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import joinedload

from services.scheduling.domain.logistics.hosting import contacts_of, moves_for
from services.scheduling.domain.logistics.moves import Move
from services.scheduling.domain.touring.states import zone_of
from services.scheduling.models import Activity, Organisation, PublishedSession, Venue

#: By how much a day begins earlier or later elsewhere: a session's clocks are its edition's, where
#: its venue has none of its own.
_ANY_ZONE = timedelta(days=1)


@dataclass(frozen=True)
class DaySession:
    """A session that is on, or would have been: from and until when on this day (local clocks).

    An exhibition is told by its hours of the day; it has several where it closes at noon.
    """

    session: PublishedSession
    hours: tuple[tuple[str, str], ...]
    contacts: tuple[str, ...]


@dataclass(frozen=True)
class DaySheet:
    """A venue's day: its sessions in order, what is brought and fetched; days are local."""

    venue: Venue
    day: date
    time_zone: str
    sessions: Sequence[DaySession]
    moves: Sequence[Move]


def day_sheet(db: DbSession, venue_id: UUID, day: date, now: datetime) -> DaySheet | None:
    """Return a venue's day; None where there is no such venue."""
    venue = db.get(Venue, venue_id, options=[joinedload(Venue.commune), joinedload(Venue.spaces)])
    if venue is None:
        return None
    begins, ends = _bounds(day, zone_of(venue))
    rows = db.execute(
        sa.select(PublishedSession, Activity, Organisation)
        .join(Activity, Activity.id == PublishedSession.activity_id)
        .outerjoin(Organisation, Organisation.id == PublishedSession.organisation_id)
        .where(
            PublishedSession.venue_id == venue_id,
            PublishedSession.starts_at < ends + _ANY_ZONE,
            PublishedSession.ends_at >= begins - _ANY_ZONE,
        )
    )
    found = [
        DaySession(session, hours, contacts_of(activity, organisation))
        for session, activity, organisation in rows
        if (hours := _hours(session, day))
    ]
    moves = [
        move
        for move in moves_for(db, "venue_id", venue_id, now)
        if move.status != "cancelled" and _is_on(move, day)
    ]
    found.sort(key=lambda one: (one.hours[0], one.session.title_fr, str(one.session.id)))
    zones = (*(one.session.time_zone for one in found), *(move.time_zone for move in moves))
    return DaySheet(venue, day, next(iter(zones), zone_of(venue)), found, moves)


def first_day_from(db: DbSession, venue_id: UUID, today: date, time_zone: str) -> date:
    """Return the next day, from today on, on which a session begins at a venue, else today.

    Exhibitions are open on many days, and count where there is nothing else.
    """
    begins, _ends = _bounds(today, time_zone)
    first = db.execute(
        sa.select(PublishedSession.starts_at, PublishedSession.time_zone)
        .where(
            PublishedSession.venue_id == venue_id,
            PublishedSession.starts_at >= begins,
            PublishedSession.status == "confirmed",
        )
        .order_by(PublishedSession.kind == "exhibition", PublishedSession.starts_at)
        .limit(1)
    ).first()
    return first.starts_at.astimezone(ZoneInfo(first.time_zone)).date() if first else today


def _bounds(day: date, time_zone: str) -> tuple[datetime, datetime]:
    zone = ZoneInfo(time_zone)
    return (
        datetime.combine(day, time(), zone),
        datetime.combine(day + timedelta(days=1), time(), zone),
    )


def _is_on(move: Move, day: date) -> bool:
    begins, ends = _bounds(day, move.time_zone)
    return move.starts_at < ends and move.ends_at >= begins


def _hours(session: PublishedSession, day: date) -> tuple[tuple[str, str], ...]:
    """Return from and until when a session is on that day; nothing on another."""
    zone = ZoneInfo(session.time_zone)
    starts, ends = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    if session.kind == "exhibition":
        return _exhibition_hours(session, day, starts, ends)
    begins, after = _bounds(day, session.time_zone)
    is_on = starts < after and (ends > begins or starts == ends >= begins)
    if not is_on:
        return ()
    opens = f"{starts:%H:%M}" if starts.date() == day else "00:00"
    return ((opens, f"{ends:%H:%M}" if ends.date() == day else "24:00"),)


def _exhibition_hours(
    session: PublishedSession, day: date, starts: datetime, ends: datetime
) -> tuple[tuple[str, str], ...]:
    closed: list[Any] = session.closures
    if not starts.date() <= day <= ends.date() or day.isoformat() in closed:
        return ()
    openings = [
        (str(hours["opens"]), str(hours["closes"]))
        for hours in session.weekly_hours
        if hours["weekday"] == day.isoweekday()
    ]
    if not session.weekly_hours:
        openings = [("00:00", "24:00")]
    return tuple(sorted(openings))
