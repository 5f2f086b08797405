"""What sessions share, each read once: activities, presenters, resources, venues and spaces.

Ids are given as a list, or as a SELECT of them, so that thousands never pass through here.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.conflicts.facts import (
    ActivityFacts,
    CommuneFacts,
    PresenterFacts,
    ResourceFacts,
    SpaceFacts,
    VenueFacts,
)
from services.scheduling.domain.conflicts.tables import (
    ACTIVITIES,
    CASTS,
    COMMUNES,
    CREDITS,
    NEEDS,
    ORGANISATIONS,
    PRESENTERS,
    RESOURCES,
    SPACES,
    VENUES,
)
from services.scheduling.domain.conflicts.weeks import Week
from shared.travelling import Position

Ids = Sequence[UUID] | sa.Select[Any]

#: Activities in these states take place nowhere.
_TURNED_DOWN = ("declined", "withdrawn")

#: What is read of a resource.
RESOURCE = tuple(
    RESOURCES.c[name]
    for name in (
        *("id", "name", "copies", "setup_minutes", "dismantling_minutes", "transport_minutes"),
    )
)
_ACTIVITY: tuple[Any, ...] = (
    *(ACTIVITIES.c[name] for name in ("id", "title_fr", "title_en", "audience", "theme")),
    ACTIVITIES.c.organisation_id,
    ORGANISATIONS.c.name,
    ACTIVITIES.c.accessibility,
    ACTIVITIES.c.school_levels,
)
_VENUE = tuple(
    VENUES.c[name]
    for name in (
        *("id", "name", "time_zone", "latitude", "longitude"),
        *("opening_hours", "closures", "accessibility"),
    )
)
_COMMUNE = tuple(
    COMMUNES.c[name]
    for name in ("id", "insee_code", "name", "latitude", "longitude", "school_hours")
)
_SPACE = tuple(
    SPACES.c[name] for name in ("id", "name", "capacity", "sessions_at_once", "accessibility")
)


class Catalogue:
    """What was read for one check; `zone` is that of venues which have none of their own."""

    def __init__(self, db: DbSession, zone: str) -> None:
        self._db = db
        self._zone = zone
        self.venues: dict[UUID, VenueFacts] = {}
        self.spaces: dict[UUID, SpaceFacts] = {}
        self.activities: dict[UUID, ActivityFacts] = {}
        self._communes: dict[UUID, CommuneFacts] = {}
        self._presenters: dict[UUID, PresenterFacts] = {}
        self._resources: dict[UUID, ResourceFacts] = {}

    def read_activities(self, ids: Ids) -> None:
        """Read activities, who presents them, and what they need; not those turned down."""
        rows = self._db.execute(
            sa.select(*_ACTIVITY)
            .outerjoin(ORGANISATIONS, ORGANISATIONS.c.id == ACTIVITIES.c.organisation_id)
            .where(ACTIVITIES.c.id.in_(ids), ACTIVITIES.c.state.not_in(_TURNED_DOWN))
        )
        read = {
            row[0]: ActivityFacts(
                row[0],
                row[1],
                row[2],
                row[3],
                row[4],
                row[5],
                row[6],
                frozenset(row[7]),
                frozenset(row[8]),
            )
            for row in rows
            if row[0] not in self.activities
        }
        for activity_id, presenters in self._presenters_of(ids).items():
            if activity_id in read:
                read[activity_id].presenters = tuple(presenters)
        for activity_id, needs in self._needs_of(ids).items():
            if activity_id in read:
                read[activity_id].resources = tuple(needs)
        self.activities |= read

    def _presenters_of(self, ids: Ids) -> dict[UUID, list[PresenterFacts]]:
        return self._people(
            sa.select(CREDITS.c.activity_id, PRESENTERS.c.id, PRESENTERS.c.name)
            .join(PRESENTERS, PRESENTERS.c.id == CREDITS.c.presenter_id)
            .where(CREDITS.c.activity_id.in_(ids))
        )

    def casts(self, session_ids: Ids) -> dict[UUID, list[PresenterFacts]]:
        """Return who of its activity's presenters is at a session, where that is said."""
        return self._people(
            sa.select(CASTS.c.session_id, PRESENTERS.c.id, PRESENTERS.c.name)
            .join(PRESENTERS, PRESENTERS.c.id == CASTS.c.presenter_id)
            .where(CASTS.c.session_id.in_(session_ids))
        )

    def _people(self, wanted: sa.Select[Any]) -> dict[UUID, list[PresenterFacts]]:
        found: defaultdict[UUID, list[PresenterFacts]] = defaultdict(list)
        for of_what, presenter_id, name in self._db.execute(wanted):
            if presenter_id not in self._presenters:
                self._presenters[presenter_id] = PresenterFacts(presenter_id, name)
            found[of_what].append(self._presenters[presenter_id])
        return dict(found)

    def _needs_of(self, ids: Ids) -> dict[UUID, list[tuple[ResourceFacts, int]]]:
        found: defaultdict[UUID, list[tuple[ResourceFacts, int]]] = defaultdict(list)
        rows = self._db.execute(
            sa.select(NEEDS.c.activity_id, NEEDS.c.copies.label("taken"), *RESOURCE)
            .join(RESOURCES, RESOURCES.c.id == NEEDS.c.resource_id)
            .where(NEEDS.c.activity_id.in_(ids))
        )
        for activity_id, copies, *resource in rows:
            found[activity_id].append((self.resource(resource), copies))
        return dict(found)

    def resource(self, row: Sequence[Any]) -> ResourceFacts:
        """Return a resource from its columns, `RESOURCE`."""
        if row[0] not in self._resources:
            self._resources[row[0]] = ResourceFacts(*row)
        return self._resources[row[0]]

    def read_venues(self, ids: Ids) -> None:
        """Read venues with their communes."""
        rows = self._db.execute(
            sa.select(*_VENUE, *_COMMUNE)
            .outerjoin(COMMUNES, COMMUNES.c.id == VENUES.c.commune_id)
            .where(VENUES.c.id.in_(ids))
        )
        for venue_id, name, zone, lat, lon, hours, closures, access, *of_commune in rows:
            if venue_id in self.venues:
                continue
            commune = self._commune(*of_commune) if of_commune[0] is not None else None
            self.venues[venue_id] = VenueFacts(
                venue_id,
                name,
                ZoneInfo(zone or self._zone),
                commune,
                _position(lat, lon) or (commune.position if commune else None),
                Week(hours),
                frozenset(closures),
                frozenset(access),
            )

    def _commune(
        self,
        commune_id: UUID,
        code: str | None,
        name: str,
        lat: float | None,
        lon: float | None,
        hours: list[Any],
    ) -> CommuneFacts:
        if commune_id not in self._communes:
            position = _position(lat, lon)
            self._communes[commune_id] = CommuneFacts(commune_id, code, name, position, Week(hours))
        return self._communes[commune_id]

    def read_spaces(self, ids: Ids) -> None:
        """Read spaces."""
        rows = self._db.execute(sa.select(*_SPACE).where(SPACES.c.id.in_(ids)))
        for space_id, name, capacity, at_once, access in rows:
            if space_id not in self.spaces:
                offered = None if access is None else frozenset(access)
                self.spaces[space_id] = SpaceFacts(space_id, name, capacity, at_once, offered)


def _position(latitude: float | None, longitude: float | None) -> Position | None:
    return None if latitude is None or longitude is None else (latitude, longitude)
