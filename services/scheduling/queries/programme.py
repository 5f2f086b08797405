"""What the programme's page reads: always the same few statements, however long the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import PublishedSession
from services.scheduling.queries.released import (
    LISTED,
    SESSION_ORDER,
    PublicEdition,
    all_words,
    page,
)

#: An edition that lasts longer shows its first days in the strip; the others are reached by list.
LONGEST_STRIP = 31

#: The most exhibitions that stand above the list.
MOST_EXHIBITIONS = 60


@dataclass(frozen=True)
class ProgrammeFilter:
    """What a visitor asks to see of one edition; `None` and an empty text ask for everything.

    `day` is local to the edition; `not_over_at` leaves out what had ended by then (aware).
    """

    day: date | None = None
    commune: str | None = None
    audience: str | None = None
    venue: UUID | None = None
    text: str = ""
    not_over_at: datetime | None = None


@dataclass(frozen=True)
class CommuneChoice:
    """A commune where the edition has sessions."""

    insee_code: str
    name: str


def chosen_edition(
    found: Sequence[PublicEdition], slug: str | None, today: date
) -> PublicEdition | None:
    """Return the edition asked for; else the current one, the next, or the latest."""
    for edition in found:
        if edition.slug == slug:
            return edition
    to_come = [edition for edition in found if edition.ends_on >= today]
    return next(iter(to_come), found[-1] if found else None)


def communes_of(db: DbSession, edition_id: UUID) -> list[CommuneChoice]:
    """Return the communes where the edition has sessions, by name."""
    name = sa.func.max(PublishedSession.commune_name).label("name")
    rows = db.execute(
        sa.select(PublishedSession.insee_code, name)
        .where(
            PublishedSession.edition_id == edition_id,
            PublishedSession.insee_code.is_not(None),
        )
        .group_by(PublishedSession.insee_code)
        .order_by(name)
    )
    return [CommuneChoice(row.insee_code, row.name) for row in rows]


def venue_name(db: DbSession, venue_id: UUID) -> str | None:
    """Return the name of a venue with sessions, as it was released last."""
    return db.scalar(
        sa.select(PublishedSession.venue_name)
        .where(PublishedSession.venue_id == venue_id)
        .order_by(PublishedSession.changed_at.desc(), PublishedSession.id.desc())
        .limit(1)
    )


def days_of(edition: PublicEdition) -> list[date]:
    """Return the edition's days, as many as the strip shows."""
    length = max(1, min((edition.ends_on - edition.starts_on).days + 1, LONGEST_STRIP))
    return [edition.starts_on + timedelta(days=number) for number in range(length)]


def count_by_day(
    db: DbSession, edition: PublicEdition, wanted: ProgrammeFilter, days: Sequence[date]
) -> tuple[int, dict[date, int]]:
    """Count the sessions that match: all that the list shows, and those of each day, in order.

    The day that is wanted does not narrow the counts of the other days. Exhibitions are not
    counted: they are not of one day. The sessions are looked through once, however many days.
    """
    first = _bounds(days[0], edition.time_zone)[0]
    ends = [_bounds(day, edition.time_zone)[1] for day in days]
    number_of_day = sa.case(
        (PublishedSession.starts_at < first, -1),
        *((PublishedSession.starts_at < end, number) for number, end in enumerate(ends)),
        else_=-1,
    )
    shown = sa.func.count().filter(sa.and_(sa.true(), *_shown(edition, wanted)))
    rows = db.execute(
        sa.select(number_of_day.label("number"), sa.func.count().label("all"), shown.label("shown"))
        .where(PublishedSession.kind != "exhibition", *_conditions(edition, wanted))
        .group_by("number")
    ).all()
    counts = {row.number: row.all for row in rows}
    by_day = {day: counts.get(number, 0) for number, day in enumerate(days)}
    return sum(row.shown for row in rows), by_day


def programme_page(
    db: DbSession,
    edition: PublicEdition,
    wanted: ProgrammeFilter,
    position: Sequence[Any] | None,
    limit: int,
) -> Sequence[Any]:
    """Return up to `limit` + 1 dated sessions after a position (start, id), in that order."""
    query = LISTED.where(
        PublishedSession.kind != "exhibition",
        *_conditions(edition, wanted),
        *_shown(edition, wanted),
    )
    return page(db, query, SESSION_ORDER, position, limit)


def exhibitions(db: DbSession, edition: PublicEdition, wanted: ProgrammeFilter) -> list[Any]:
    """Return the exhibitions that match; on a wanted day, those that are open on it."""
    conditions = [PublishedSession.kind == "exhibition", *_conditions(edition, wanted)]
    if wanted.day is not None:
        opens, closes = _bounds(wanted.day, edition.time_zone)
        conditions += [PublishedSession.starts_at < closes, PublishedSession.ends_at > opens]
    elif wanted.not_over_at is not None:
        conditions.append(PublishedSession.ends_at > wanted.not_over_at)
    rows = db.execute(
        LISTED.where(*conditions)
        .order_by(PublishedSession.ends_at, PublishedSession.id)
        .limit(MOST_EXHIBITIONS)
    ).all()
    return [row for row in rows if wanted.day is None or _is_open(row, wanted.day)]


def _conditions(edition: PublicEdition, wanted: ProgrammeFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [PublishedSession.edition_id == edition.id]
    if wanted.commune:
        conditions.append(PublishedSession.insee_code == wanted.commune)
    if wanted.venue:
        conditions.append(PublishedSession.venue_id == wanted.venue)
    if wanted.audience:
        conditions.append(PublishedSession.audience == wanted.audience)
    return conditions + all_words(PublishedSession.searchable, wanted.text)


def _shown(edition: PublicEdition, wanted: ProgrammeFilter) -> list[sa.ColumnElement[bool]]:
    if wanted.day is not None:
        return _on(wanted.day, edition.time_zone)
    return [PublishedSession.ends_at > wanted.not_over_at] if wanted.not_over_at is not None else []


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
