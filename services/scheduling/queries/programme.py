"""What the programme's pages read: a handful of statements, however large the programme is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import Activity, Commune, Edition, Session, Venue
from services.scheduling.queries.api import SESSION_ORDER, all_words
from shared.web.cursors import after


@dataclass(frozen=True)
class ProgrammeFilter:
    """What a visitor looks for in one edition; `None` is no condition.

    `day` is local to the edition. `since` (UTC) leaves out what has ended before it.
    """

    edition_id: UUID
    time_zone: str
    commune: str | None = None
    day: date | None = None
    audience: str | None = None
    venue: UUID | None = None
    q: str | None = None
    since: datetime | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """Return what must be true of a session, its activity and its commune, but for the day."""
        found: list[sa.ColumnElement[bool]] = [Session.edition_id == self.edition_id]
        if self.commune is not None:
            found.append(Commune.insee_code == self.commune)
        if self.audience is not None:
            found.append(Activity.audience == self.audience)
        if self.venue is not None:
            found.append(Session.venue_id == self.venue)
        if self.since is not None:
            found.append(Session.ends_at >= self.since)
        return found + all_words(Session.searchable, self.q)

    def period(self) -> tuple[datetime, datetime] | None:
        """Return the instants between which `day` lies, if there is one."""
        if self.day is None:
            return None
        zone = ZoneInfo(self.time_zone)
        return (
            datetime.combine(self.day, time.min, zone),
            datetime.combine(self.day + timedelta(days=1), time.min, zone),
        )


@dataclass(frozen=True)
class Days:
    """How many dated sessions there are on each local day, in order."""

    counts: dict[date, int]

    @property
    def total(self) -> int:
        """Return how many there are on all days."""
        return sum(self.counts.values())


_ROWS = (
    sa.select(
        Session.id,
        Session.starts_at,
        Session.ends_at,
        Session.kind,
        Session.status,
        Session.weekly_hours,
        Session.registration,
        Session.registration_full,
        Session.capacity,
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
    )
    .join(Session.activity)
    .join(Session.edition)
    .join(Session.venue)
    .outerjoin(Venue.commune)
)

_IS_EXHIBITION = Session.kind == "exhibition"


def editions(db: DbSession) -> Sequence[sa.Row[Any]]:
    """Return every edition, the earliest first."""
    return db.execute(
        sa.select(
            Edition.id,
            Edition.slug,
            Edition.name_fr,
            Edition.name_en,
            Edition.starts_on,
            Edition.ends_on,
            Edition.time_zone,
            Edition.contact_email,
        ).order_by(Edition.starts_on, Edition.slug)
    ).all()


def communes(db: DbSession, edition_id: UUID) -> Sequence[sa.Row[Any]]:
    """Return the communes that an edition has sessions in, by name."""
    return db.execute(
        sa.select(Commune.insee_code, Commune.name)
        .where(Commune.insee_code.is_not(None))
        .where(
            Commune.id.in_(
                sa.select(Venue.commune_id)
                .join(Session, Session.venue_id == Venue.id)
                .where(Session.edition_id == edition_id)
            )
        )
        .order_by(Commune.name)
    ).all()


def days(db: DbSession, wanted: ProgrammeFilter) -> Days:
    """Count the dated sessions of each day, whatever day is asked for."""
    zone = ZoneInfo(wanted.time_zone)
    counted = db.execute(
        sa.select(Session.starts_at, sa.func.count())
        .join(Session.activity)
        .join(Session.venue)
        .outerjoin(Venue.commune)
        .where(sa.not_(_IS_EXHIBITION), *wanted.conditions())
        .group_by(Session.starts_at)
        .order_by(Session.starts_at)
    )
    counts: Counter[date] = Counter()
    for starts_at, number in counted:
        counts[starts_at.astimezone(zone).date()] += number
    return Days(dict(counts))


def dated_sessions(
    db: DbSession, wanted: ProgrammeFilter, position: Sequence[Any] | None, limit: int
) -> Sequence[sa.Row[Any]]:
    """Return up to `limit` + 1 timed and drop-in sessions after a position, in order of time."""
    query = _ROWS.where(sa.not_(_IS_EXHIBITION), *wanted.conditions())
    period = wanted.period()
    if period is not None:
        query = query.where(Session.starts_at >= period[0], Session.starts_at < period[1])
    if position is not None:
        query = query.where(after(SESSION_ORDER, position))
    return db.execute(query.order_by(*SESSION_ORDER).limit(limit + 1)).all()


def exhibitions(db: DbSession, wanted: ProgrammeFilter, limit: int) -> Sequence[sa.Row[Any]]:
    """Return up to `limit` exhibitions, those of the asked day alone if there is one."""
    query = _ROWS.where(_IS_EXHIBITION, *wanted.conditions())
    period = wanted.period()
    if period is not None:
        query = query.where(Session.starts_at < period[1], Session.ends_at > period[0])
    return db.execute(query.order_by(Activity.title_fr, Session.id).limit(limit)).all()


def without_past(wanted: ProgrammeFilter, now: datetime) -> ProgrammeFilter:
    """Return the same wish, without what is over."""
    return replace(wanted, since=now)


def other_dates(
    db: DbSession, activity_id: UUID, session_id: UUID, *, since: datetime, limit: int
) -> Sequence[sa.Row[Any]]:
    """Return up to `limit` other sessions of an activity that are not over, in order of time."""
    return db.execute(
        _ROWS.where(
            Session.activity_id == activity_id, Session.id != session_id, Session.ends_at >= since
        )
        .order_by(*SESSION_ORDER)
        .limit(limit)
    ).all()
