"""What the planner draws: the sessions of some days, the tray, the places, in few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import (
    Account,
    Activity,
    Commune,
    Edition,
    Organisation,
    PublishedSession,
    Release,
    Session,
    Space,
    UnplacedSession,
    Venue,
)
from services.scheduling.models.beside_published import BESIDE_PUBLISHED, WAS_EDITED

#: Beyond so many days around the one that is shown, days are not counted.
MOST_DAYS = 35


@dataclass(frozen=True)
class Window:
    """Some days of an edition, `first` and the next ones, on the clocks of its zone."""

    first: date
    days: int
    time_zone: str

    @property
    def begins_at(self) -> datetime:
        """Return the first day's midnight (UTC)."""
        return _midnight(self.first, self.time_zone)

    @property
    def ends_at(self) -> datetime:
        """Return the midnight that ends the last day (UTC)."""
        return _midnight(self.first + timedelta(days=self.days), self.time_zone)

    def holds(self) -> tuple[sa.ColumnElement[bool], ...]:
        """Return what is true of a session that takes place in these days."""
        return Session.ends_at > self.begins_at, Session.starts_at < self.ends_at


def planned_sessions(db: DbSession, edition_id: UUID, window: Window) -> Sequence[sa.Row[Any]]:
    """Return the sessions of some days, in order of time."""
    of_window = (Session.edition_id == edition_id, *window.holds())
    return db.execute(_SESSIONS.where(*of_window).order_by(Session.starts_at, Session.id)).all()


def planned_session(db: DbSession, session_id: UUID) -> sa.Row[Any] | None:
    """Return one session as `planned_sessions` does."""
    return db.execute(_SESSIONS.where(Session.id == session_id)).one_or_none()


def tray(db: DbSession, edition_id: UUID) -> Sequence[sa.Row[Any]]:
    """Return the sessions of an edition that have no place yet, by title."""
    wanted = _TRAY.where(UnplacedSession.edition_id == edition_id)
    return db.execute(wanted.order_by(Activity.title_fr, UnplacedSession.id)).all()


def tray_session(db: DbSession, unplaced_id: UUID) -> sa.Row[Any] | None:
    """Return one session as `tray` does."""
    return db.execute(_TRAY.where(UnplacedSession.id == unplaced_id)).one_or_none()


def places(db: DbSession) -> Sequence[sa.Row[Any]]:
    """Return every venue with each of its spaces: a row for a space, one where there is none."""
    rows: Sequence[sa.Row[Any]] = db.execute(_PLACES).all()
    return rows


def used_venues(db: DbSession, edition_id: UUID) -> set[UUID]:
    """Return the venues where an edition has sessions."""
    used = sa.select(Session.venue_id).where(Session.edition_id == edition_id).distinct()
    return set(db.scalars(used))


def sessions_by_day(
    db: DbSession, edition: Edition, shown: date, near: timedelta
) -> dict[date, int]:
    """Return how many sessions begin on each day of an edition, or so near it, in one statement.

    A long edition's days are those around the one that is shown.
    """
    first, last = edition.starts_on - near, edition.ends_on + near
    if (last - first).days > MOST_DAYS:
        first = max(first, shown - timedelta(days=MOST_DAYS // 2))
        last = min(last, first + timedelta(days=MOST_DAYS))
    days = [first + timedelta(days=number) for number in range(max(1, (last - first).days + 1))]
    starts = [_midnight(day, edition.time_zone) for day in (*days, days[-1] + timedelta(days=1))]
    of_edition = Session.edition_id == edition.id
    counted = [
        sa.select(sa.func.count())
        .where(of_edition, Session.starts_at >= begin, Session.starts_at < end)
        .scalar_subquery()
        for begin, end in pairwise(starts)
    ]
    return dict(zip(days, db.execute(sa.select(*counted)).one(), strict=True))


def activities_shown(db: DbSession, *conditions: Any) -> Sequence[sa.Row[Any]]:
    """Return the activities that match, with whose they are."""
    rows: Sequence[sa.Row[Any]] = db.execute(_ACTIVITIES.where(*conditions)).all()
    return rows


def themes_of(db: DbSession, edition_id: UUID) -> Sequence[str]:
    """Return the themes of an edition's activities, in order."""
    theme: Any = Activity.theme
    wanted = sa.select(theme).where(Activity.edition_id == edition_id, theme.is_not(None))
    return db.scalars(wanted.distinct().order_by(theme)).all()


def planner_tag(db: DbSession, edition_id: UUID, window: Window) -> str:
    """Return a word that is another one after any change of what is drawn, in one statement.

    A session that leaves is counted no more; one that comes was edited later than all others.
    """
    parts = [
        _changes(Session, Session.edition_id == edition_id, *window.holds()),
        _changes(UnplacedSession, UnplacedSession.edition_id == edition_id),
        _changes(Activity, Activity.edition_id == edition_id),
        sa.select(sa.func.count()).where(Release.edition_id == edition_id).subquery(),
        *_changes_of_places(),
    ]
    return _word_of(db, parts)


def places_tag(db: DbSession) -> str:
    """Return a word that is another one after any change of a venue or a space."""
    return _word_of(db, _changes_of_places())


def _changes_of_places() -> list[Any]:
    return [_changes(Venue), _changes(Space), _changes(Organisation)]


def _word_of(db: DbSession, parts: list[Any]) -> str:
    """Return what one row of each part says, read together."""
    joined = parts[0]
    for part in parts[1:]:
        joined = joined.join(part, sa.true())
    columns = [column for part in parts for column in part.c]
    row = db.execute(sa.select(*columns).select_from(joined)).one()
    return "-".join(map(_word, row))


def _changes(model: Any, *conditions: Any) -> Any:
    return (
        sa.select(
            sa.func.count().label("n"),
            sa.func.coalesce(sa.func.sum(model.revision), 0).label("revisions"),
            sa.func.max(model.edited_at).label("edited"),
        )
        .select_from(model)
        .where(*conditions)
        .subquery()
    )


def _word(value: Any) -> str:
    return f"{value.timestamp():.6f}" if isinstance(value, datetime) else str(value)


def _midnight(day: date, time_zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(time_zone)).astimezone(UTC)


def _of_exhibition(column: Any) -> Any:
    return sa.case((Session.kind == "exhibition", column))


_SESSIONS = sa.select(
    Session.id,
    Session.revision,
    Session.starts_at,
    Session.ends_at,
    Session.kind,
    Session.status,
    _of_exhibition(Session.weekly_hours).label("weekly_hours"),
    _of_exhibition(Session.closures).label("closures"),
    Session.capacity,
    Session.held_back,
    Session.note,
    Session.activity_id,
    Session.venue_id,
    Session.space_id,
    sa.func.coalesce(Venue.time_zone, Edition.time_zone).label("time_zone"),
    WAS_EDITED.label("was_edited"),
    PublishedSession.id.is_(None).label("is_new"),
    Account.name.label("edited_by"),
).select_from(BESIDE_PUBLISHED.outerjoin(Account, Account.id == Session.edited_by_id))

_TRAY = (
    sa.select(
        UnplacedSession.id,
        UnplacedSession.revision,
        UnplacedSession.activity_id,
        UnplacedSession.venue_id,
        UnplacedSession.space_id,
        UnplacedSession.minutes,
        UnplacedSession.note,
        UnplacedSession.rest,
        Account.name.label("edited_by"),
    )
    .join(Activity, UnplacedSession.activity_id == Activity.id)
    .outerjoin(Account, Account.id == UnplacedSession.edited_by_id)
)

_ACTIVITIES: Any = sa.select(
    Activity.id,
    Activity.title_fr,
    Activity.title_en,
    Activity.theme,
    Activity.audience,
    Organisation.id.label("organisation_id"),
    Organisation.name.label("organisation_name"),
).outerjoin(Organisation, Activity.organisation_id == Organisation.id)

_PLACES: Any = (
    sa.select(
        Venue.id,
        Venue.name,
        Venue.time_zone,
        Commune.insee_code,
        Commune.id.label("commune_id"),
        Commune.name.label("commune_name"),
        Space.id.label("space_id"),
        Space.name.label("space_name"),
        Space.capacity,
        Space.sessions_at_once,
    )
    .select_from(Venue)
    .outerjoin(Commune, Venue.commune_id == Commune.id)
    .outerjoin(Space, Space.venue_id == Venue.id)
)
