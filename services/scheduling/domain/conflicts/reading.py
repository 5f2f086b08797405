"""Reading sessions with all that the rules look at: a few statements, however many they are.

What is cancelled, declined or withdrawn takes no place, and so is not read.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.conflicts.catalogue import RESOURCE, Catalogue, Ids
from services.scheduling.domain.conflicts.facts import Absence, Placed, PresenterFacts, StopFacts
from services.scheduling.domain.conflicts.tables import (
    ABSENCES,
    PRESENTERS,
    RESOURCES,
    SESSIONS,
    SPACES,
    STOPS,
    TOURS,
    VENUES,
)
from services.scheduling.domain.permissions import Owners, Viewer, may
from services.scheduling.domain.touring.states import option_ends_at

#: A session that takes its place: all but those that are cancelled.
TAKES_PLACE = SESSIONS.c.status != "cancelled"

#: Stops that keep the exhibition from others.
_HOLDING = ("optioned", "confirmed")

#: Ids that thousands of rows repeat are read as the database keeps them, and made once each.
_REPEATED = tuple(
    sa.type_coerce(SESSIONS.c[name], sa.String)
    for name in ("edition_id", "activity_id", "venue_id", "space_id")
)
_PLACED: tuple[Any, ...] = (
    SESSIONS.c.id,
    *_REPEATED,
    *(SESSIONS.c[name] for name in ("starts_at", "ends_at", "kind", "capacity")),
)
_HOURS = tuple(SESSIONS.c[name] for name in ("id", "weekly_hours", "closures"))
_STOP: tuple[Any, ...] = (
    STOPS.c.id,
    STOPS.c.tour_id,
    TOURS.c.name,
    STOPS.c.venue_id,
    VENUES.c.name,
    VENUES.c.time_zone,
    *(STOPS.c[name] for name in ("state", "option_until", "copies", "arrives_at", "leaves_at")),
    STOPS.c.transport_minutes,
    STOPS.c.session_id,
)
_ABSENCE: tuple[Any, ...] = (
    *(ABSENCES.c[name] for name in ("starts_at", "ends_at", "note")),
    SPACES.c.venue_id,
    sa.func.coalesce(
        *(ABSENCES.c.organisation_id, PRESENTERS.c.organisation_id),
        *(RESOURCES.c.organisation_id, VENUES.c.organisation_id),
    ),
    *(ABSENCES.c[name] for name in ("presenter_id", "organisation_id", "resource_id", "space_id")),
)


class Reader:
    """Reads for one check; `zone` is that of venues which have none of their own."""

    def __init__(self, db: DbSession, zone: str) -> None:
        self._db = db
        self._zone = zone
        self._casts: dict[UUID, list[PresenterFacts]] = {}
        self.catalogue = Catalogue(db, zone)

    def sessions(self, which: sa.ColumnElement[bool]) -> list[Placed]:
        """Return the sessions for which `which` is true, a condition on `sessions`."""
        wanted = sa.and_(which, TAKES_PLACE)
        rows = self._rows(wanted)
        if not rows:
            return []

        def of(name: str) -> sa.Select[Any]:
            return sa.select(SESSIONS.c[name]).where(wanted)

        in_spaces = of("space_id").where(SESSIONS.c.space_id.is_not(None))
        self.read_about(of("id"), of("activity_id"), of("venue_id"), in_spaces)
        return self._placed(rows)

    def sessions_and(self, ids: Sequence[UUID], more: Any) -> tuple[list[Placed], Placed | None]:
        """Return the sessions with these ids, and one that is not read: `more` has its columns.

        It is null where its activity was turned down. Raises `KeyError` where its venue or its
        space is unknown.
        """
        rows = self._rows(SESSIONS.c.id.in_(ids)) if ids else []
        spaces = {as_uuid(row[4]) for row in rows if row[4] is not None}
        self.read_about(
            [*ids, more.id],
            list({more.activity_id, *(as_uuid(row[2]) for row in rows)}),
            list({more.venue_id, *(as_uuid(row[3]) for row in rows)}),
            list(spaces | ({more.space_id} if more.space_id else set())),
        )
        return self._placed(rows), self._hypothetical(more)

    def read_about(self, sessions: Ids, activities: Ids, venues: Ids, spaces: Ids) -> None:
        """Read what sessions share, by the ids of each."""
        self.catalogue.read_activities(activities)
        self.catalogue.read_venues(venues)
        self.catalogue.read_spaces(spaces)
        self._casts |= self.catalogue.casts(sessions)

    def _rows(self, wanted: sa.ColumnElement[bool]) -> Sequence[Any]:
        return self._db.execute(sa.select(*_PLACED).where(wanted)).all()

    def _placed(self, rows: Iterable[Any]) -> list[Placed]:
        activities = _Memory(self.catalogue.activities)
        venues, spaces = _Memory(self.catalogue.venues), _Memory(self.catalogue.spaces)
        casts, editions = self._casts, _Memory()
        found = []
        for id_, edition, activity_id, venue, space, starts_at, ends_at, kind, capacity in rows:
            activity = activities[activity_id]
            if activity is not None:
                found.append(
                    Placed(
                        id_,
                        editions[edition],
                        activity,
                        venues[venue],
                        spaces[space],
                        starts_at,
                        ends_at,
                        kind,
                        capacity,
                        tuple(casts[id_]) if id_ in casts else activity.presenters,
                    )
                )
        self._read_hours([placed for placed in found if placed.is_exhibition])
        return found

    def _read_hours(self, exhibitions: Sequence[Placed]) -> None:
        if not exhibitions:
            return
        ids = [placed.id for placed in exhibitions]
        rows = self._db.execute(sa.select(*_HOURS).where(SESSIONS.c.id.in_(ids)))
        hours = {row[0]: row for row in rows}
        for placed in exhibitions:
            _id, placed.weekly_hours, closures = hours[placed.id]
            placed.closures = frozenset(closures)

    def _hypothetical(self, row: Any) -> Placed | None:
        known = self.catalogue
        activity = known.activities.get(row.activity_id)
        if activity is None:
            return None
        presenters: Sequence[PresenterFacts] = self._casts.get(row.id) or activity.presenters
        if row.presenter_ids:
            presenters = [each for each in presenters if each.id in row.presenter_ids]
        return Placed(
            row.id,
            row.edition_id,
            activity,
            known.venues[row.venue_id],
            known.spaces[row.space_id] if row.space_id is not None else None,
            row.starts_at,
            row.ends_at,
            row.kind,
            row.capacity,
            tuple(presenters),
            row.weekly_hours,
            frozenset(row.closures),
        )

    def stops(self, which: sa.ColumnElement[bool], now: datetime | None) -> list[StopFacts]:
        """Return stops that hold their exhibition; options that have ended by `now` do not."""
        rows = self._db.execute(
            sa.select(*_STOP, *(column.label(f"of_{column.key}") for column in RESOURCE))
            .join(TOURS, TOURS.c.id == STOPS.c.tour_id)
            .join(RESOURCES, RESOURCES.c.id == TOURS.c.resource_id)
            .join(VENUES, VENUES.c.id == STOPS.c.venue_id)
            .where(which, STOPS.c.state.in_(_HOLDING))
        )
        return [stop for row in rows if (stop := self._stop(row, now)) is not None]

    def _stop(self, row: Any, now: datetime | None) -> StopFacts | None:
        id_, tour, tour_name, venue, venue_name, time_zone, state, until, *rest = row
        zone = time_zone or self._zone
        is_option = state == "optioned" and until is not None
        if is_option and now is not None and now >= option_ends_at(until, zone):
            return None
        copies, arrives_at, leaves_at, transport, session_id, *resource = rest
        return StopFacts(
            id_,
            tour,
            tour_name,
            self.catalogue.resource(resource),
            venue,
            venue_name,
            ZoneInfo(zone),
            state,
            copies,
            arrives_at,
            leaves_at,
            transport,
            session_id,
        )

    def absences(
        self, which: sa.ColumnElement[bool], viewer: Viewer | None
    ) -> dict[UUID, list[Absence]]:
        """Return when whom or what is not available, by their ids.

        Why is for whoever may see the contacts of those: left out for all others, and for nobody.
        """
        found: defaultdict[UUID, list[Absence]] = defaultdict(list)
        rows = self._db.execute(
            sa.select(*_ABSENCE)
            .outerjoin(PRESENTERS, PRESENTERS.c.id == ABSENCES.c.presenter_id)
            .outerjoin(RESOURCES, RESOURCES.c.id == ABSENCES.c.resource_id)
            .outerjoin(SPACES, SPACES.c.id == ABSENCES.c.space_id)
            .outerjoin(VENUES, VENUES.c.id == SPACES.c.venue_id)
            .where(which)
            .order_by(ABSENCES.c.starts_at, ABSENCES.c.id)
        )
        for starts_at, ends_at, note, venue_id, organisation_id, *whose in rows:
            subject = next(each for each in whose if each is not None)
            owners = Owners(_these(organisation_id), _these(venue_id))
            is_told = viewer is not None and may(viewer, "contacts", "unavailabilities", owners)
            found[subject].append(Absence(starts_at, ends_at, note if is_told else None))
        return dict(found)


def as_uuid(kept: Any) -> UUID:
    """Return an id from what the database keeps: text on SQLite."""
    return kept if isinstance(kept, UUID) else UUID(hex=kept)


def _these(identifier: UUID | None) -> frozenset[UUID]:
    return frozenset() if identifier is None else frozenset({identifier})


class _Memory(dict[Any, Any]):
    """Ids by what the database keeps, or what they name, each made when first asked for."""

    def __init__(self, known: Any = None) -> None:
        super().__init__()
        self._known = known

    def __missing__(self, kept: Any) -> Any:
        made = None if kept is None else as_uuid(kept)
        self[kept] = found = made if self._known is None else self._known.get(made)
        return found
