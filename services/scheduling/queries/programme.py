"""What the programme's page reads: always the same few statements, however long the list."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import PublishedSession
from services.scheduling.queries.narrowing import (
    FREE_ENTRY,
    Narrowing,
    has_room,
    squared_km,
    titled,
)
from services.scheduling.queries.released import LISTED, SESSION_ORDER, PublicEdition, page

#: An edition that lasts longer shows its first days in the strip; the others are reached by list.
LONGEST_STRIP = 31

#: The most exhibitions that stand above the list.
MOST_EXHIBITIONS = 60


@dataclass(frozen=True)
class ProgrammeFilter:
    """What a visitor asks to see of one edition.

    `days` are local to the edition, none is every day; `not_over_at` leaves out what had ended by
    then (aware), where no day is asked for.
    """

    narrowing: Narrowing = field(default_factory=Narrowing)
    days: tuple[date, ...] = ()
    not_over_at: datetime | None = None


@dataclass(frozen=True)
class Counts:
    """How many sessions match: those listed, those of each day, and with one more condition."""

    shown: int
    by_day: dict[date, int]
    more: dict[str, int]


def chosen_edition(
    found: Sequence[PublicEdition], slug: str | None, today: date
) -> PublicEdition | None:
    """Return the edition asked for; else the current one, the next, or the latest."""
    for edition in found:
        if edition.slug == slug:
            return edition
    to_come = [edition for edition in found if edition.ends_on >= today]
    return next(iter(to_come), found[-1] if found else None)


def days_of(edition: PublicEdition) -> list[date]:
    """Return the edition's days, as many as the strip shows."""
    length = max(1, min((edition.ends_on - edition.starts_on).days + 1, LONGEST_STRIP))
    return [edition.starts_on + timedelta(days=number) for number in range(length)]


def weekend_of(edition: PublicEdition, today: date) -> tuple[date, ...]:
    """Return the days of this week-end, or of the edition's first while that is to come."""
    first = max(today, edition.starts_on)
    days = [first + timedelta(days=number) for number in range(7)]
    weekend = [day for day in days if day.isoweekday() > 5]
    # From a Sunday on, next Saturday is another week-end.
    together = [day for day in weekend if (day - weekend[0]).days < 2]
    return tuple(day for day in together if day <= edition.ends_on)


def count(
    db: DbSession,
    edition: PublicEdition,
    wanted: ProgrammeFilter,
    days: Sequence[date],
    now: datetime,
) -> Counts:
    """Count the sessions that match: all that the list shows, and those of each day, in order.

    The days that are wanted do not narrow the counts of the other days. Exhibitions are not
    counted: they are not of one day. `more` counts what the list would show if it were narrowed
    further: to sessions with `places` left, or of `free` entry. The sessions are looked through
    once, however many days.
    """
    first = _bounds(days[0], edition.time_zone)[0]
    ends = [_bounds(day, edition.time_zone)[1] for day in days]
    number_of_day = sa.case(
        (PublishedSession.starts_at < first, -1),
        *((PublishedSession.starts_at < end, number) for number, end in enumerate(ends)),
        else_=-1,
    )
    shown = sa.and_(sa.true(), *_shown(edition, wanted))
    rows = db.execute(
        sa.select(
            number_of_day.label("number"),
            sa.func.count().label("all"),
            sa.func.count().filter(shown).label("shown"),
            sa.func.count().filter(shown, has_room(now)).label("places"),
            sa.func.count().filter(shown, FREE_ENTRY).label("free"),
        )
        .where(PublishedSession.kind != "exhibition", *_conditions(edition, wanted))
        .group_by("number")
    ).all()
    counts = {row.number: row.all for row in rows}
    return Counts(
        shown=sum(row.shown for row in rows),
        by_day={day: counts.get(number, 0) for number, day in enumerate(days)},
        more={name: sum(getattr(row, name) for row in rows) for name in ("places", "free")},
    )


def programme_page(
    db: DbSession,
    edition: PublicEdition,
    wanted: ProgrammeFilter,
    position: Sequence[Any] | None,
    limit: int,
) -> Sequence[Any]:
    """Return up to `limit` + 1 dated sessions after a position (start, id), in that order."""
    return page(db, _listed(edition, wanted), SESSION_ORDER, position, limit)


def nearest_page(
    db: DbSession, edition: PublicEdition, wanted: ProgrammeFilter, offset: int, limit: int
) -> Sequence[Any]:
    """Return up to `limit` + 1 dated sessions from `offset` on, the nearest first.

    What is nowhere on the map comes last.
    """
    near = wanted.narrowing.near
    if near is None:
        raise ValueError("Nearest to what?")
    distance = squared_km(near)
    order = (distance.is_(None), distance, *SESSION_ORDER)
    return _ordered(db, edition, wanted, order, offset, limit)


def best_page(
    db: DbSession, edition: PublicEdition, wanted: ProgrammeFilter, offset: int, limit: int
) -> Sequence[Any]:
    """Return up to `limit` + 1 dated sessions from `offset` on, first those named by the words."""
    found = wanted.narrowing.found
    says = titled(found) if found is not None else sa.false()
    order = (sa.case((says, 0), else_=1), *SESSION_ORDER)
    return _ordered(db, edition, wanted, order, offset, limit)


def exhibitions(db: DbSession, edition: PublicEdition, wanted: ProgrammeFilter) -> list[Any]:
    """Return the exhibitions that match; on wanted days, those that are open on one of them."""
    conditions = [PublishedSession.kind == "exhibition", *_conditions(edition, wanted)]
    if wanted.days:
        opens = _bounds(wanted.days[0], edition.time_zone)[0]
        closes = _bounds(wanted.days[-1], edition.time_zone)[1]
        conditions += [PublishedSession.starts_at < closes, PublishedSession.ends_at > opens]
    elif wanted.not_over_at is not None:
        conditions.append(PublishedSession.ends_at > wanted.not_over_at)
    rows = db.execute(
        _with_distance(LISTED, wanted.narrowing)
        .where(*conditions)
        .order_by(PublishedSession.ends_at, PublishedSession.id)
        .limit(MOST_EXHIBITIONS)
    ).all()
    if not wanted.days:
        return list(rows)
    return [row for row in rows if any(_is_open(row, day) for day in wanted.days)]


def in_edition(edition: PublicEdition, wanted: ProgrammeFilter) -> list[sa.ColumnElement[bool]]:
    """Return what is true of everything that a list shows, the exhibitions among it."""
    day_or_open = sa.or_(
        PublishedSession.kind == "exhibition", sa.and_(sa.true(), *_shown(edition, wanted))
    )
    return [*_conditions(edition, wanted), day_or_open, *_not_over(wanted)]


def _listed(edition: PublicEdition, wanted: ProgrammeFilter) -> sa.Select[*tuple[Any, ...]]:
    return _with_distance(LISTED, wanted.narrowing).where(
        PublishedSession.kind != "exhibition",
        *_conditions(edition, wanted),
        *_shown(edition, wanted),
    )


def _ordered(
    db: DbSession,
    edition: PublicEdition,
    wanted: ProgrammeFilter,
    order: Sequence[Any],
    offset: int,
    limit: int,
) -> Sequence[Any]:
    """Return a page in another order than the index's: ids are sorted, and few rows are read."""
    numbered = (
        sa.select(PublishedSession.id, sa.func.row_number().over(order_by=order).label("place"))
        .where(
            PublishedSession.kind != "exhibition",
            *_conditions(edition, wanted),
            *_shown(edition, wanted),
        )
        .order_by("place")
        .offset(offset)
        .limit(limit + 1)
        .subquery()
    )
    query = _with_distance(LISTED, wanted.narrowing).join(
        numbered, numbered.c.id == PublishedSession.id
    )
    return db.execute(query.order_by(numbered.c.place)).all()


def _with_distance(
    query: sa.Select[*tuple[Any, ...]], narrowing: Narrowing
) -> sa.Select[*tuple[Any, ...]]:
    squared = sa.null() if narrowing.near is None else squared_km(narrowing.near)
    return query.add_columns(squared.label("squared_km"))


def _conditions(edition: PublicEdition, wanted: ProgrammeFilter) -> list[sa.ColumnElement[bool]]:
    return [PublishedSession.edition_id == edition.id, *wanted.narrowing.conditions()]


def _shown(edition: PublicEdition, wanted: ProgrammeFilter) -> list[sa.ColumnElement[bool]]:
    if not wanted.days:
        return _not_over(wanted)
    on_days = [sa.and_(*_on(day, edition.time_zone)) for day in wanted.days]
    return [sa.or_(*on_days)]


def _not_over(wanted: ProgrammeFilter) -> list[sa.ColumnElement[bool]]:
    if wanted.days or wanted.not_over_at is None:
        return []
    return [PublishedSession.ends_at > wanted.not_over_at]


def _on(day: date, time_zone: str) -> list[sa.ColumnElement[bool]]:
    opens, closes = _bounds(day, time_zone)
    return [PublishedSession.starts_at >= opens, PublishedSession.starts_at < closes]


def _bounds(day: date, time_zone: str) -> tuple[datetime, datetime]:
    zone = ZoneInfo(time_zone)
    return (
        datetime.combine(day, time.min, zone),
        datetime.combine(day + timedelta(days=1), time.min, zone),
    )


def _is_open(row: Any, day: date) -> bool:
    if day.isoformat() in row.closures:
        return False
    weekdays = {hours["weekday"] for hours in row.weekly_hours}
    return not weekdays or day.isoweekday() in weekdays
