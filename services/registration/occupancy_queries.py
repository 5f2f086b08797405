"""How full the sessions of a whole edition are: one reading of the counters, no name among it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.names import Viewer, sessions_open_to
from services.registration.models import SessionCopy, SessionSeats
from shared.text import fold


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition with sessions that take registrations."""

    id: UUID
    slug: str
    name_fr: str
    name_en: str | None
    last_start: datetime


@dataclass(frozen=True, slots=True)
class SessionFill:
    """One session's counters, with where and when it is, and by whom."""

    id: UUID
    starts_at: datetime
    day: date
    title_fr: str
    title_en: str | None
    time_zone: str
    commune: str
    venue: str
    theme: str | None
    organisation_id: UUID | None
    organisation: str | None
    capacity: int | None
    taken: int
    waiting: int

    @property
    def rate(self) -> float | None:
        """Return which part of the seats is taken; None where they are not limited."""
        return self.taken / self.capacity if self.capacity else None


@dataclass(frozen=True, slots=True)
class Fill:
    """Sessions together; `capacity` and `taken` are of those alone whose seats are limited."""

    sessions: int = 0
    capacity: int = 0
    taken: int = 0
    people: int = 0
    waiting: int = 0

    def with_session(self, one: SessionFill) -> "Fill":
        """Return the same with one session more."""
        limited = one.capacity is not None
        return Fill(
            self.sessions + 1,
            self.capacity + (one.capacity or 0),
            self.taken + (one.taken if limited else 0),
            self.people + one.taken,
            self.waiting + one.waiting,
        )

    @property
    def percent(self) -> int | None:
        """Return how full they are in whole percent; None where no seats are limited.

        What is not quite full is never called 100, and what is not quite empty never 0.
        """
        if not self.capacity:
            return None
        exact = 100 * self.taken / self.capacity
        if exact < 100:
            return min(99, max(1, round(exact))) if self.taken else 0
        return round(exact)

    @property
    def step(self) -> str:
        """Return the step of the scale: `none`, `empty`, `low`, `half`, `high`, `full`, `over`."""
        percent = self.percent
        if percent is None:
            return "none"
        if percent > 100:
            return "over"
        edges = ((100, "full"), (75, "high"), (40, "half"), (1, "low"))
        return next((name for least, name in edges if percent >= least), "empty")


@dataclass(frozen=True)
class Occupancy:
    """How full an edition is: rows by commune, columns by day, and the sessions to look at."""

    days: tuple[date, ...]
    rows: tuple[tuple[str, Fill, dict[date, Fill]], ...]
    by_day: dict[date, Fill]
    total: Fill
    wanted: tuple[SessionFill, ...]
    empty: tuple[SessionFill, ...]
    full: int


def editions_with_registration(db: Session, viewer: Viewer) -> Sequence[Edition]:
    """Return the editions of which somebody sees sessions, the latest first."""
    rows = db.execute(
        sa.select(SessionCopy.edition_id, sa.func.max(SessionCopy.starts_at).label("last_start"))
        .where(SessionCopy.registration == "here", sessions_open_to(viewer))
        .group_by(SessionCopy.edition_id)
    ).all()
    found = []
    for edition_id, last_start in rows:
        told = db.scalars(
            sa.select(SessionCopy.details["edition"])
            .where(SessionCopy.edition_id == edition_id)
            .order_by(SessionCopy.version.desc())
            .limit(1)
        ).one()
        found.append(
            Edition(edition_id, told["slug"], told["name"]["fr"], told["name"]["en"], last_start)
        )
    return sorted(found, key=lambda one: one.last_start, reverse=True)


def fills_version(db: Session, viewer: Viewer) -> str:
    """Return what changes whenever a counter or a session does that somebody sees."""
    row = db.execute(
        sa.select(
            sa.func.count(), sa.func.sum(SessionSeats.version), sa.func.sum(SessionCopy.version)
        )
        .join(SessionSeats, SessionSeats.session_id == SessionCopy.id)
        .where(SessionCopy.registration == "here", sessions_open_to(viewer))
    ).one()
    return "-".join(str(number or 0) for number in row)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is told of a session and seldom changes."""

    starts_at: datetime
    day: date
    title_fr: str
    title_en: str | None
    time_zone: str
    commune: str
    venue: str
    theme: str | None
    organisation_id: UUID | None
    organisation: str | None

    @property
    def told(self) -> tuple[Any, ...]:
        """Return all of it in the order of `SessionFill`."""
        return tuple(getattr(self, name) for name in self.__slots__)


class SessionFacts:
    """What is told of an edition's sessions, kept in memory until one of them changes.

    Counters change with every registration, titles and places with a release: reading those out of
    10,000 documents takes a hundred times as long as reading the counters. The last edition that
    was asked for is kept.
    """

    def __init__(self) -> None:
        self._kept: tuple[tuple[UUID, int, int], dict[UUID, _Facts]] | None = None

    def of(self, db: Session, edition_id: UUID) -> Mapping[UUID, _Facts]:
        """Return the facts of an edition's sessions by their ids."""
        state = db.execute(
            sa.select(sa.func.count(), sa.func.sum(SessionCopy.version)).where(
                SessionCopy.edition_id == edition_id
            )
        ).one()
        key = (edition_id, state[0], int(state[1] or 0))
        kept = self._kept
        if kept is not None and kept[0] == key:
            return kept[1]
        facts = _read_facts(db, edition_id)
        self._kept = (key, facts)
        return facts


def _read_facts(db: Session, edition_id: UUID) -> dict[UUID, _Facts]:
    details = SessionCopy.details
    rows = db.execute(
        sa.select(
            SessionCopy.id,
            SessionCopy.starts_at,
            details["time_zone"].as_string(),
            details["title"]["fr"].as_string(),
            details["title"]["en"].as_string(),
            details["venue"]["commune"]["name"].as_string(),
            details["venue"]["name"].as_string(),
            details["theme"].as_string(),
            SessionCopy.organisation_id,
            details["organisation"]["name"].as_string(),
        ).where(SessionCopy.edition_id == edition_id)
    )
    found = {}
    for session, starts_at, zone, fr, en, commune, *rest in rows:
        day = starts_at.astimezone(ZoneInfo(zone)).date()
        found[session] = _Facts(starts_at, day, fr, en, zone, commune or "", *rest)
    return found


def fills(db: Session, viewer: Viewer, edition_id: UUID, facts: SessionFacts) -> list[SessionFill]:
    """Return the sessions of an edition that somebody sees and that take place, by their starts."""
    known = facts.of(db, edition_id)
    rows = db.execute(
        sa.select(SessionCopy.id, SessionSeats.capacity, SessionSeats.taken, SessionSeats.waiting)
        .join(SessionSeats, SessionSeats.session_id == SessionCopy.id)
        .where(
            SessionCopy.edition_id == edition_id,
            SessionCopy.registration == "here",
            SessionCopy.status == "confirmed",
            sessions_open_to(viewer),
        )
        .order_by(SessionCopy.starts_at, SessionCopy.id)
    )
    found = []
    for session, *counters in rows:
        if session in known:
            values: tuple[Any, ...] = (session, *known[session].told, *counters)
            found.append(SessionFill(*values))
    return found


def occupancy(sessions: Iterable[SessionFill], *, now: datetime, most: int) -> Occupancy:
    """Put sessions together: communes by name, days in order, and `most` of the extremes.

    Most wanted are those with the longest waitlists, then the fullest; emptiest those to come with
    the most free seats of all. A session in no commune counts in the row "".
    """
    total, full = Fill(), 0
    by_day: dict[date, Fill] = {}
    by_commune: dict[str, Fill] = {}
    cells: dict[str, dict[date, Fill]] = {}
    known = list(sessions)
    for one in known:
        total = total.with_session(one)
        full += one.rate is not None and one.rate >= 1
        by_day[one.day] = by_day.get(one.day, Fill()).with_session(one)
        by_commune[one.commune] = by_commune.get(one.commune, Fill()).with_session(one)
        row = cells.setdefault(one.commune, {})
        row[one.day] = row.get(one.day, Fill()).with_session(one)
    limited = [(one, one.rate) for one in known if one.rate is not None and one.starts_at > now]
    wanted = sorted(
        (pair for pair in limited if pair[1] >= 1 or pair[0].waiting),
        key=lambda pair: (-pair[0].waiting, -pair[1], pair[0].starts_at, pair[0].id),
    )
    empty = sorted(
        (pair for pair in limited if pair[1] < 0.5),
        key=lambda pair: (pair[1], pair[0].starts_at, pair[0].id),
    )
    return Occupancy(
        days=tuple(sorted(by_day)),
        rows=tuple(
            (name, by_commune[name], cells[name])
            for name in sorted(by_commune, key=lambda name: (not name, fold(name)))
        ),
        by_day=by_day,
        total=total,
        wanted=tuple(one for one, _rate in wanted[:most]),
        empty=tuple(one for one, _rate in empty[:most]),
        full=full,
    )
