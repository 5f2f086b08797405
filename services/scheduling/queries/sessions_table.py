"""What the console's table of sessions reads: the working copy beside what is published of it."""

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
    Organisation,
    PublishedSession,
    Session,
    Space,
    Venue,
)
from services.scheduling.models.beside_published import BESIDE_PUBLISHED, WAS_EDITED
from services.scheduling.queries.released import all_words

_SOURCE = BESIDE_PUBLISHED.outerjoin(Commune, Venue.commune_id == Commune.id)

#: Nobody knows better than registration how many seats are taken.
_TAKEN = sa.func.coalesce(PublishedSession.seats_taken, 0)

#: In which state a session may be looked for, and what is true of it then.
STATES: dict[str, sa.ColumnElement[bool]] = {
    "waiting": WAS_EDITED,
    "draft": PublishedSession.id.is_(None),
    "released": sa.and_(PublishedSession.id.is_not(None), sa.not_(WAS_EDITED)),
    "held_back": Session.held_back.is_(True),
    "cancelled": Session.status == "cancelled",
    "full": sa.and_(PublishedSession.seats_left <= 0, Session.status == "confirmed"),
    "overbooked": sa.and_(Session.capacity < _TAKEN, Session.status == "confirmed"),
    "empty": sa.and_(Session.registration == "here", _TAKEN == 0, PublishedSession.id.is_not(None)),
}

_TITLE = Activity.title_fr
_PLACE = sa.func.coalesce(Commune.name, "")

#: By what the table can be sorted.
ORDERS: dict[str, tuple[Any, ...]] = {
    "when": (Session.starts_at,),
    "title": (_TITLE,),
    "place": (_PLACE, Venue.name),
    "seats": (_TAKEN,),
    "capacity": (sa.func.coalesce(Session.capacity, -1),),
    "edited": (Session.edited_at,),
}


@dataclass(frozen=True)
class TableFilter:
    """Which sessions are looked for; `None` and an empty text ask for everything.

    The days are local to the edition, both included.
    """

    words: str = ""
    first_day: date | None = None
    last_day: date | None = None
    commune: str | None = None
    venue: UUID | None = None
    organisation: UUID | None = None
    audience: str | None = None
    way_in: str | None = None
    kind: str | None = None
    state: str | None = None

    def conditions(self, edition: Edition) -> list[sa.ColumnElement[bool]]:
        """Return what must be true of a session."""
        zone = ZoneInfo(edition.time_zone)
        conditions: list[sa.ColumnElement[bool]] = [Session.edition_id == edition.id]
        if self.first_day is not None:
            conditions.append(Session.ends_at > datetime.combine(self.first_day, time.min, zone))
        if self.last_day is not None:
            end = datetime.combine(self.last_day + timedelta(days=1), time.min, zone)
            conditions.append(Session.starts_at < end)
        if self.commune:
            conditions.append(Commune.insee_code == self.commune)
        if self.venue is not None:
            conditions.append(Session.venue_id == self.venue)
        if self.organisation is not None:
            conditions.append(Activity.organisation_id == self.organisation)
        if self.audience:
            conditions.append(Activity.audience == self.audience)
        if self.way_in:
            conditions.append(Session.registration == self.way_in)
        if self.kind:
            conditions.append(Session.kind == self.kind)
        if self.state in STATES:
            conditions.append(STATES[self.state])
        return conditions + all_words(Session.searchable, self.words)


def count_sessions(db: DbSession, edition: Edition, wanted: TableFilter) -> int:
    """Return how many sessions match."""
    number = sa.select(sa.func.count()).select_from(_SOURCE)
    return db.scalar(number.where(*wanted.conditions(edition))) or 0


def sessions_shown(
    db: DbSession, edition: Edition, wanted: TableFilter, sort: str, offset: int, limit: int
) -> Sequence[sa.Row[Any]]:
    """Return a page of the sessions that match; `sort` is one of `ORDERS`, after `-` downwards."""
    columns = ORDERS.get(sort.removeprefix("-"), ORDERS["when"])
    order = [column.desc() if sort.startswith("-") else column.asc() for column in columns]
    return db.execute(
        _ROWS.where(*wanted.conditions(edition))
        .order_by(*order, Session.starts_at, Session.id)
        .offset(offset)
        .limit(limit)
    ).all()


def session_ids(db: DbSession, edition: Edition, wanted: TableFilter) -> Sequence[UUID]:
    """Return the ids of all sessions that match."""
    found = sa.select(Session.id).select_from(_SOURCE).where(*wanted.conditions(edition))
    return db.scalars(found).all()


def fingerprint(db: DbSession, edition_id: UUID) -> str:
    """Return a word that is another one after any edit or release of the edition's sessions."""
    row = db.execute(
        sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(Session.revision), 0),
            sa.func.coalesce(sa.func.sum(PublishedSession.version), 0),
        )
        .select_from(sa.outerjoin(Session, PublishedSession, PublishedSession.id == Session.id))
        .where(Session.edition_id == edition_id)
    ).one()
    return "-".join(str(number) for number in row)


@dataclass(frozen=True)
class Choices:
    """What the filters offer: the places and organisations that the edition has sessions of."""

    communes: Sequence[sa.Row[Any]]
    venues: Sequence[sa.Row[Any]]
    organisations: Sequence[sa.Row[Any]]


def choices_of(db: DbSession, edition_id: UUID) -> Choices:
    """Return what the edition's sessions can be filtered by, by name."""

    def found(value: Any, name: Any) -> Sequence[sa.Row[Any]]:
        return db.execute(
            sa.select(value.label("value"), name.label("name"))
            .select_from(_SOURCE)
            .where(Session.edition_id == edition_id, value.is_not(None))
            .distinct()
            .order_by(name)
        ).all()

    return Choices(
        found(Commune.insee_code, Commune.name),
        found(Venue.id, Venue.name),
        found(Organisation.id, Organisation.name),
    )


_ROWS = sa.select(
    Session.id,
    Session.starts_at,
    Session.ends_at,
    Session.kind,
    Session.status,
    Session.weekly_hours,
    Session.registration,
    Session.registration_link,
    Session.registration_telephone,
    Session.registration_email,
    Session.registration_full,
    Session.capacity,
    Session.held_back,
    sa.func.coalesce(Venue.time_zone, Edition.time_zone).label("time_zone"),
    Activity.title_fr,
    Activity.title_en,
    Venue.name.label("venue_name"),
    Commune.name.label("commune_name"),
    Space.name.label("space_name"),
    Activity.organisation_id,
    Organisation.name.label("organisation_name"),
    WAS_EDITED.label("was_edited"),
    PublishedSession.id.label("published_id"),
    PublishedSession.seats_left,
    _TAKEN.label("seats_taken"),
    sa.func.coalesce(PublishedSession.bookings, 0).label("bookings"),
    sa.func.coalesce(PublishedSession.waiting, 0).label("waiting"),
).select_from(_SOURCE)
