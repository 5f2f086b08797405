"""What rules need to know of the rows, each read once: places, content, people, things."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.scheduling.domain.conflicts.weeks import Week
from shared.travelling import Position


@dataclass(eq=False, slots=True)
class CommuneFacts:
    """A commune; `insee_code` is null abroad."""

    id: UUID
    insee_code: str | None
    name: str
    position: Position | None = None
    school_hours: Week = field(default_factory=lambda: Week(()))


@dataclass(eq=False, slots=True)
class VenueFacts:
    """A venue, its zone (its own, or the edition's) and where it is, by itself or its commune."""

    id: UUID
    name: str
    zone: ZoneInfo
    commune: CommuneFacts | None = None
    position: Position | None = None
    opening_hours: Week = field(default_factory=lambda: Week(()))
    closures: frozenset[str] = frozenset()
    accessibility: frozenset[str] = frozenset()


@dataclass(eq=False, slots=True)
class SpaceFacts:
    """A space; `accessibility` is null where it is the venue's."""

    id: UUID
    name: str
    capacity: int | None = None
    sessions_at_once: int | None = 1
    accessibility: frozenset[str] | None = None


@dataclass(eq=False, slots=True)
class PresenterFacts:
    """Somebody who presents."""

    id: UUID
    name: str


@dataclass(eq=False, slots=True)
class ResourceFacts:
    """A resource, and the minutes that each booking takes before and after."""

    id: UUID
    name: str
    copies: int = 1
    setup_minutes: int = 0
    dismantling_minutes: int = 0
    transport_minutes: int = 0

    @property
    def minutes_around(self) -> int:
        """Return all the minutes that a booking takes beside the session."""
        return self.setup_minutes + self.dismantling_minutes + self.transport_minutes


@dataclass(eq=False, slots=True)
class ActivityFacts:
    """An activity: what is said of it, who presents it, and what it needs in how many copies."""

    id: UUID
    title_fr: str
    title_en: str | None
    audience: str = "everyone"
    theme: str | None = None
    organisation_id: UUID | None = None
    organisation_name: str | None = None
    accessibility: frozenset[str] = frozenset()
    school_levels: frozenset[str] = frozenset()
    presenters: tuple[PresenterFacts, ...] = ()
    resources: tuple[tuple[ResourceFacts, int], ...] = ()


@dataclass(eq=False, slots=True)
class Placed:
    """A session at a place and a time (UTC), or as it would be."""

    id: UUID
    edition_id: UUID
    activity: ActivityFacts
    venue: VenueFacts
    space: SpaceFacts | None
    starts_at: datetime
    ends_at: datetime
    kind: str = "timed"
    capacity: int | None = None
    presenters: tuple[PresenterFacts, ...] = ()
    weekly_hours: Sequence[Any] = ()
    closures: frozenset[str] = frozenset()
    _week: Week | None = field(default=None, init=False, repr=False)
    _local: tuple[datetime, datetime] | None = field(default=None, init=False, repr=False)

    @property
    def is_exhibition(self) -> bool:
        """Tell whether it is open for a period, by its hours of the week."""
        return self.kind == "exhibition"

    @property
    def week(self) -> Week:
        """Return the hours of an exhibition."""
        if self._week is None:
            self._week = Week(self.weekly_hours)
        return self._week

    @property
    def local(self) -> tuple[datetime, datetime]:
        """Return what clocks at the venue show as it begins and ends."""
        if self._local is None:
            zone = self.venue.zone
            self._local = (
                self.starts_at.astimezone(zone).replace(tzinfo=None),
                self.ends_at.astimezone(zone).replace(tzinfo=None),
            )
        return self._local


@dataclass(eq=False, slots=True)
class StopFacts:
    """A stop of a travelling exhibition that is optioned or confirmed; times are UTC."""

    id: UUID
    tour_id: UUID
    tour_name: str
    resource: ResourceFacts
    venue_id: UUID
    venue_name: str
    zone: ZoneInfo
    state: str
    copies: int
    arrives_at: datetime
    leaves_at: datetime
    transport_minutes: int = 0
    session_id: UUID | None = None


@dataclass(eq=False, slots=True)
class Absence:
    """When somebody or something is not available (UTC), and why."""

    starts_at: datetime
    ends_at: datetime
    note: str | None = None
