"""What the programme's page reads: always the same few statements, however long the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import (
    Activity,
    Commune,
    Edition,
    Festival,
    Session,
    Space,
    Venue,
)
from services.scheduling.queries.api import SESSION_ORDER, all_words
from shared.web.cursors import after

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


def editions(db: DbSession) -> Sequence[Any]:
    """Return every edition with its festival's names, the earliest first."""
    query = sa.select(
        Edition.id,
        Edition.slug,
        Edition.name_fr,
        Edition.name_en,
        Edition.starts_on,
        Edition.ends_on,
        Edition.time_zone,
        Festival.name_fr.label("festival_fr"),
        Festival.name_en.label("festival_en"),
    ).join(Edition.festival)
    return db.execute(query.order_by(Edition.starts_on, Edition.id)).all()


def chosen_edition(found: Sequence[Any], slug: str | None, today: date) -> Any | None:
    """Return the edition asked for; else the current one, the next, or the latest."""
    for edition in found:
        if edition.slug == slug:
            return edition
    to_come = [edition for edition in found if edition.ends_on >= today]
    return next(iter(to_come), found[-1] if found else None)


def communes_of(db: DbSession, edition_id: UUID) -> list[CommuneChoice]:
    """Return the communes where the edition has sessions, by name."""
    has_sessions = (
        sa.select(sa.literal(1))
        .select_from(Venue)
        .join(Session, Session.venue_id == Venue.id)
        .where(Venue.commune_id == Commune.id, Session.edition_id == edition_id)
        .exists()
    )
    rows = db.execute(
        sa.select(Commune.insee_code, Commune.name)
        .where(has_sessions, Commune.insee_code.is_not(None))
        .order_by(Commune.name)
    )
    return [CommuneChoice(str(row.insee_code), row.name) for row in rows]


def venue_name(db: DbSession, venue_id: UUID) -> str | None:
    """Return a venue's name, if there is such a venue."""
    return db.scalar(sa.select(Venue.name).where(Venue.id == venue_id))


def days_of(edition: Any) -> list[date]:
    """Return the edition's days, as many as the strip shows."""
    length = min((edition.ends_on - edition.starts_on).days + 1, LONGEST_STRIP)
    return [edition.starts_on + timedelta(days=number) for number in range(length)]


def count_by_day(
    db: DbSession, edition: Any, wanted: ProgrammeFilter, days: Sequence[date]
) -> tuple[int, dict[date, int]]:
    """Count the sessions that match: all that the list shows, and those of each day.

    The day that is wanted does not narrow the counts of the other days. Exhibitions are not
    counted: they are not of one day.
    """
    conditions = [Session.kind != "exhibition", *_conditions(edition, wanted)]
    number = sa.select(sa.func.count()).select_from(Session).where(*conditions)
    shown = number.where(*_shown(edition, wanted)).scalar_subquery()
    columns = [shown.label("shown")]
    for index, day in enumerate(days):
        of_day = number.where(*_on(day, edition.time_zone))
        columns.append(of_day.scalar_subquery().label(f"day_{index}"))
    row = db.execute(sa.select(*columns)).one()
    return row[0], dict(zip(days, row[1:], strict=True))


def programme_page(
    db: DbSession,
    edition: Any,
    wanted: ProgrammeFilter,
    position: Sequence[Any] | None,
    limit: int,
) -> Sequence[Any]:
    """Return up to `limit` + 1 dated sessions after a position (start, id), in that order."""
    query = _ROWS.where(
        Session.kind != "exhibition", *_conditions(edition, wanted), *_shown(edition, wanted)
    )
    if position is not None:
        query = query.where(after(SESSION_ORDER, position))
    return db.execute(query.order_by(*SESSION_ORDER).limit(limit + 1)).all()


def exhibitions(db: DbSession, edition: Any, wanted: ProgrammeFilter) -> list[Any]:
    """Return the exhibitions that match; on a wanted day, those that are open on it."""
    conditions = [Session.kind == "exhibition", *_conditions(edition, wanted)]
    if wanted.day is not None:
        opens, closes = _bounds(wanted.day, edition.time_zone)
        conditions += [Session.starts_at < closes, Session.ends_at > opens]
    elif wanted.not_over_at is not None:
        conditions.append(Session.ends_at > wanted.not_over_at)
    rows = db.execute(
        _ROWS.where(*conditions).order_by(Session.ends_at, Session.id).limit(MOST_EXHIBITIONS)
    ).all()
    return [row for row in rows if wanted.day is None or _is_open(row, wanted.day)]


_ROWS = (
    sa.select(
        Session.id,
        Session.starts_at,
        Session.ends_at,
        Session.kind,
        Session.status,
        Session.weekly_hours,
        Session.closures,
        Session.registration,
        Session.registration_link,
        Session.registration_telephone,
        Session.registration_email,
        Session.registration_full,
        Session.registration_closes_at,
        Session.seats_left,
        sa.func.coalesce(Venue.time_zone, Edition.time_zone).label("time_zone"),
        Activity.title_fr,
        Activity.title_en,
        Activity.audience,
        Activity.age_min,
        Activity.age_max,
        Activity.format,
        Venue.name.label("venue_name"),
        Commune.name.label("commune_name"),
        Space.name.label("space_name"),
    )
    .select_from(Session)
    .join(Session.activity)
    .join(Session.edition)
    .join(Session.venue)
    .outerjoin(Venue.commune)
    .outerjoin(Session.space)
)


def _conditions(edition: Any, wanted: ProgrammeFilter) -> list[sa.ColumnElement[bool]]:
    """Return conditions on the sessions' own table, so that counting needs no join."""
    conditions: list[sa.ColumnElement[bool]] = [Session.edition_id == edition.id]
    if wanted.commune:
        places = sa.select(Venue.id).join(Venue.commune)
        conditions.append(Session.venue_id.in_(places.where(Commune.insee_code == wanted.commune)))
    if wanted.venue:
        conditions.append(Session.venue_id == wanted.venue)
    if wanted.audience:
        content = sa.select(Activity.id).where(
            Activity.edition_id == edition.id, Activity.audience == wanted.audience
        )
        conditions.append(Session.activity_id.in_(content))
    return conditions + all_words(Session.searchable, wanted.text)


def _shown(edition: Any, wanted: ProgrammeFilter) -> list[sa.ColumnElement[bool]]:
    if wanted.day is not None:
        return _on(wanted.day, edition.time_zone)
    return [Session.ends_at > wanted.not_over_at] if wanted.not_over_at is not None else []


def _on(day: date, time_zone: str) -> list[sa.ColumnElement[bool]]:
    opens, closes = _bounds(day, time_zone)
    return [Session.starts_at >= opens, Session.starts_at < closes]


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
