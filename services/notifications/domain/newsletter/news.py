"""What is news to a subscriber: pure rules on a list of the sessions that are to come."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.domain.newsletter.periods import Frequency
from services.notifications.domain.newsletter.topics import Topics
from services.notifications.models import ProgrammeEntry, SeatCount

#: How many a letter lists of each kind; of what is beyond, only the number is told.
MOST_NEW, MOST_CHANGED, MOST_FREE = 12, 8, 6

#: How far a letter looks for seats that are still free.
AHEAD: dict[str, timedelta] = {"weekly": timedelta(days=14), "monthly": timedelta(days=40)}


@dataclass(frozen=True)
class Listed:
    """A session that is not over, with what decides whether it is news to somebody."""

    session_id: UUID
    activity_id: UUID
    edition_id: UUID
    title: dict[str, Any]
    theme: str | None
    audience: str
    commune_code: str | None
    organisation_id: UUID | None
    status: str
    registration: str
    opens_at: datetime | None
    closes_at: datetime
    starts_at: datetime
    ends_at: datetime
    kind: str
    time_zone: str
    weekdays: list[Any]
    place: str
    noticed_at: datetime
    moved_at: datetime | None
    moved: str | None
    seats_left: int | None = None
    freed_at: datetime | None = None

    def takes(self, now: datetime) -> bool:
        """Tell whether seats are free here, and can be registered for now."""
        is_open = (self.opens_at is None or self.opens_at <= now) and self.closes_at > now
        return self.registration == "here" and is_open and (self.seats_left or 0) > 0


@dataclass(frozen=True)
class Item:
    """A line of a letter: a session, what is said of it, and how many other dates there are."""

    session: Listed
    label: str
    others: int = 0


@dataclass(frozen=True)
class News:
    """What a letter tells: activities with new dates, changed sessions, seats still free.

    `more` is how many new activities and changed sessions it leaves out.
    """

    new: tuple[Item, ...] = ()
    changed: tuple[Item, ...] = ()
    free: tuple[Item, ...] = ()
    more: int = 0

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is new: free seats alone are no reason to write."""
        return not (self.new or self.changed)


def list_programme(db: Session, *, now: datetime) -> list[Listed]:
    """Return the sessions that are not over, soonest first."""
    counted = {"seats_left": SeatCount.seats_left, "freed_at": SeatCount.freed_at}
    columns = [
        counted[name] if name in counted else getattr(ProgrammeEntry, name)
        for name in Listed.__dataclass_fields__
    ]
    query = (
        sa.select(*columns)
        .outerjoin(SeatCount, SeatCount.session_id == ProgrammeEntry.session_id)
        .where(ProgrammeEntry.ends_at > now)
        .order_by(ProgrammeEntry.starts_at, ProgrammeEntry.session_id)
    )
    return [Listed(*row) for row in db.execute(query)]


@dataclass(frozen=True)
class Window:
    """What happened in some time, whoever reads of it; made once for all who were told as lately.

    `known` are, for activities with new sessions, those that were there before.
    """

    new: tuple[Listed, ...]
    changed: tuple[Item, ...]
    free: tuple[Listed, ...]
    known: Mapping[UUID, Sequence[Listed]]


def window_of(
    programme: Iterable[Listed], *, since: datetime, until: datetime, now: datetime
) -> Window:
    """Return what happened after `since`, up to `until`, and where seats are free now."""
    to_come = [one for one in programme if one.ends_at > now]
    confirmed = [one for one in to_come if one.status == "confirmed"]
    new = tuple(one for one in confirmed if since < one.noticed_at <= until)
    renewed = {one.activity_id for one in new}
    known: dict[UUID, list[Listed]] = {}
    for one in to_come:
        if one.noticed_at <= since and one.activity_id in renewed:
            known.setdefault(one.activity_id, []).append(one)
    changed = tuple(
        Item(one, label)
        for one in to_come
        if one.noticed_at <= since and (label := change_of(one, since=since, until=until, now=now))
    )
    return Window(new, changed, tuple(one for one in confirmed if one.takes(now)), known)


def news_in(window: Window, topics: Topics, frequency: Frequency, *, now: datetime) -> News:
    """Return what of it fits the topics.

    A new activity is one line, however many dates it has; what is new is not listed as changed.
    """
    new = _by_activity([one for one in window.new if topics.fit(one)], window, topics)
    changed = [item for item in window.changed if topics.fit(item.session)]
    told = {item.session.activity_id for item in (*new, *changed)}
    free: list[Item] = []
    for one in window.free:
        if one.starts_at > now + AHEAD[frequency] or len(free) == MOST_FREE:
            break
        if one.activity_id not in told and topics.fit(one):
            told.add(one.activity_id)
            free.append(Item(one, "free"))
    return News(
        new=tuple(new[:MOST_NEW]),
        changed=tuple(changed[:MOST_CHANGED]),
        free=tuple(free),
        more=max(0, len(new) - MOST_NEW) + max(0, len(changed) - MOST_CHANGED),
    )


def change_of(session: Listed, *, since: datetime, until: datetime, now: datetime) -> str | None:
    """Return how a session changed in that time: it moved, or has seats again."""
    if session.moved_at is not None and since < session.moved_at <= until:
        return session.moved
    freed = session.freed_at is not None and since < session.freed_at <= until
    return "freed" if freed and session.status == "confirmed" and session.takes(now) else None


def _by_activity(sessions: Iterable[Listed], window: Window, topics: Topics) -> list[Item]:
    """Return one line for each activity, in the order of their first sessions."""
    found: dict[UUID, list[Listed]] = {}
    for session in sessions:
        found.setdefault(session.activity_id, []).append(session)
    return [
        Item(
            dates[0],
            "new_date" if any(map(topics.fit, window.known.get(activity, ()))) else "new",
            len(dates) - 1,
        )
        for activity, dates in found.items()
    ]
