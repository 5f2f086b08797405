"""What narrows a list of released sessions: the same for pages, the map, news and the JSON API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.domain.audiences import audiences_for
from services.scheduling.domain.distances import LATITUDE_KM, Point
from services.scheduling.domain.searching.index import Found
from services.scheduling.models import PublishedPresenter, PublishedSession


@dataclass(frozen=True)
class Narrowing:
    """Which sessions are wanted; what is `None`, empty or false is no condition.

    `accessibility`, `language` and `level` are codes, `theme` is the slug of one. `has_room` wants
    sessions in which, at `now` (aware), a place may still be had; `free_entry` those where nothing
    is to be reserved. `found` is what the searched text was understood as.
    """

    commune: str | None = None
    venue: UUID | None = None
    space: UUID | None = None
    organisation: UUID | None = None
    activity: UUID | None = None
    presenter: UUID | None = None
    theme: str | None = None
    audience: str | None = None
    age: int | None = None
    accessibility: str | None = None
    language: str | None = None
    level: str | None = None
    free_entry: bool = False
    has_room: bool = False
    now: datetime | None = None
    near: Point | None = None
    within_km: float | None = None
    found: Found[UUID] | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """Return what must be true of a released session."""
        equal = (
            (PublishedSession.insee_code, self.commune),
            (PublishedSession.venue_id, self.venue),
            (PublishedSession.space_id, self.space),
            (PublishedSession.organisation_id, self.organisation),
            (PublishedSession.activity_id, self.activity),
            (PublishedSession.theme_slug, self.theme),
            (PublishedSession.audience, self.audience),
        )
        coded = (
            (PublishedSession.accessibility, self.accessibility),
            (PublishedSession.languages, self.language),
            (PublishedSession.school_levels, self.level),
        )
        conditions = [column == value for column, value in equal if value is not None]
        conditions += [
            column.contains(f",{code},", autoescape=True) for column, code in coded if code
        ]
        if self.presenter is not None:
            conditions.append(_presented_by(self.presenter))
        if self.age is not None:
            conditions.append(suits_age(self.age))
        if self.free_entry:
            conditions.append(FREE_ENTRY)
        if self.has_room and self.now is not None:
            conditions.append(has_room(self.now))
        if self.near is not None and self.within_km is not None:
            conditions.append(squared_km(self.near) <= self.within_km**2)
        return conditions + (_says(self.found) if self.found is not None else [])


#: True of a session where nothing is to be reserved.
FREE_ENTRY = sa.and_(
    PublishedSession.registration == "none", PublishedSession.status == "confirmed"
)


def has_room(now: datetime) -> sa.ColumnElement[bool]:
    """Return what is true of a session that one may still come to, as far as anybody knows."""
    usual = sa.case(
        (PublishedSession.kind == "timed", PublishedSession.starts_at),
        else_=PublishedSession.ends_at,
    )
    closes_at = sa.func.coalesce(PublishedSession.registration_closes_at, usual)
    return sa.and_(
        PublishedSession.status == "confirmed",
        PublishedSession.ends_at > now,
        sa.or_(
            PublishedSession.registration == "none",
            sa.and_(
                PublishedSession.registration == "elsewhere",
                PublishedSession.registration_full.is_(sa.false()),
            ),
            sa.and_(
                PublishedSession.registration == "here",
                sa.func.coalesce(PublishedSession.seats_left, 1) > 0,
                closes_at > sa.literal(now, PublishedSession.starts_at.type),
            ),
        ),
    )


def suits_age(age: int) -> sa.ColumnElement[bool]:
    """Return what is true of a session for somebody of this age, in years."""
    youngest, oldest = PublishedSession.age_min, PublishedSession.age_max
    stated = sa.and_(
        PublishedSession.audience != "schools",
        sa.or_(youngest.is_not(None), oldest.is_not(None)),
        sa.func.coalesce(youngest, age) <= age,
        sa.func.coalesce(oldest, age) >= age,
    )
    unstated = sa.and_(
        youngest.is_(None),
        oldest.is_(None),
        PublishedSession.audience.in_(audiences_for(age)),
    )
    return sa.or_(stated, unstated)


def squared_km(here: Point) -> sa.ColumnElement[float | None]:
    """Return the square of the distance in kilometres: databases differ in everything but * and +.

    It is null for a session whose place nobody has put on the map.
    """
    north = (PublishedSession.latitude - here.latitude) * LATITUDE_KM
    east = (PublishedSession.longitude - here.longitude) * here.longitude_km
    return north * north + east * east


def titled(found: Found[UUID]) -> sa.ColumnElement[bool]:
    """Return what is true of a session that says every word in its title or its place's name."""
    return sa.and_(sa.true(), *(_belongs(term.titled) for term in found.terms))


def says_in(said: Mapping[UUID, Found[UUID] | None]) -> sa.ColumnElement[bool]:
    """Return what is true of a session that says, in its edition's words, what was looked for.

    An edition where the text means nothing has none.
    """
    each = [
        sa.and_(PublishedSession.edition_id == edition, *_says(found))
        for edition, found in said.items()
        if found is not None
    ]
    return sa.or_(sa.false(), *each)


def _says(found: Found[UUID]) -> list[sa.ColumnElement[bool]]:
    return [_belongs(term.said) for term in found.terms]


def _belongs(keys: frozenset[UUID]) -> sa.ColumnElement[bool]:
    # One list for both: the ids of activities and venues never coincide.
    listed: Sequence[Any] = sorted(keys)
    return sa.or_(PublishedSession.activity_id.in_(listed), PublishedSession.venue_id.in_(listed))


def _presented_by(presenter: UUID) -> sa.ColumnElement[bool]:
    return PublishedSession.id.in_(
        sa.select(PublishedPresenter.session_id).where(PublishedPresenter.presenter_id == presenter)
    )
