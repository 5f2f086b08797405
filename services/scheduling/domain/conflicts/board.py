"""The board: sessions where they are placed, and all that rules look at beside them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from services.scheduling.domain.conflicts.facts import (
    Absence,
    CommuneFacts,
    Placed,
    PresenterFacts,
    ResourceFacts,
    SpaceFacts,
    StopFacts,
)
from services.scheduling.domain.conflicts.sweeping import Span
from shared.travelling import TRAVEL_KMH, TRAVEL_MARGIN_MINUTES, farthest

#: What lasts longer competes with nothing for its public.
LONGEST_OF_PUBLIC = timedelta(hours=12)


@dataclass(eq=False)
class Board:
    """What is judged, and what it is judged beside.

    `judged` are the sessions asked about, and `judged_stops` the stops; of the others only what
    touches these needs to be there. Absences are by the id of whom or what they are of.
    """

    edition_id: UUID
    judged: list[Placed]
    others: list[Placed] = field(default_factory=list)
    stops: list[StopFacts] = field(default_factory=list)
    judged_stops: frozenset[UUID] = frozenset()
    absences: dict[UUID, list[Absence]] = field(default_factory=dict)
    travel_kmh: int = TRAVEL_KMH
    travel_margin_minutes: int = TRAVEL_MARGIN_MINUTES

    @cached_property
    def sessions(self) -> list[Placed]:
        """Return every session on the board, the earliest first."""
        return sorted([*self.judged, *self.others], key=_in_order)

    @cached_property
    def window(self) -> tuple[datetime, datetime] | None:
        """Return from when until when the sessions asked about take place."""
        if not self.judged:
            return None
        return (
            min(placed.starts_at for placed in self.judged),
            max(placed.ends_at for placed in self.judged),
        )

    @cached_property
    def by_space(self) -> dict[SpaceFacts, list[Placed]]:
        """Return the sessions of each space."""
        found: defaultdict[SpaceFacts, list[Placed]] = defaultdict(list)
        for placed in self.sessions:
            if placed.space is not None:
                found[placed.space].append(placed)
        return found

    @cached_property
    def by_presenter(self) -> dict[PresenterFacts, list[Placed]]:
        """Return where each presenter is, exhibitions left out: nobody is there all the time."""
        found: defaultdict[PresenterFacts, list[Placed]] = defaultdict(list)
        for placed in self.sessions:
            if placed.kind != "exhibition":
                for presenter in placed.presenters:
                    found[presenter].append(placed)
        return found

    @cached_property
    def by_resource(self) -> list[tuple[ResourceFacts, list[tuple[Placed, int]], list[StopFacts]]]:
        """Return what takes each resource: sessions with the copies they need, and stops.

        A session that is a stop's is left to the stop.
        """
        found: dict[UUID, tuple[ResourceFacts, list[tuple[Placed, int]], list[StopFacts]]] = {}
        stop_sessions = {stop.session_id for stop in self.stops if stop.session_id}
        for placed in self.sessions:
            if placed.activity.resources and placed.id not in stop_sessions:
                for resource, copies in placed.activity.resources:
                    entry = found.setdefault(resource.id, (resource, [], []))
                    entry[1].append((placed, copies))
        for stop in self.stops:
            found.setdefault(stop.resource.id, (stop.resource, [], []))[2].append(stop)
        return list(found.values())

    @cached_property
    def by_public(self) -> list[list[Placed]]:
        """Return the timed sessions asked for by the same public, of a theme, in a commune."""
        found: defaultdict[tuple[CommuneFacts, str, str], list[Placed]] = defaultdict(list)
        for placed in self.sessions:
            activity, commune = placed.activity, placed.venue.commune
            if (
                placed.kind == "timed"
                and activity.theme
                and commune is not None
                and placed.edition_id == self.edition_id
                and placed.ends_at - placed.starts_at <= LONGEST_OF_PUBLIC
            ):
                found[commune, activity.audience, activity.theme].append(placed)
        return list(found.values())

    @cached_property
    def farthest_km(self) -> float:
        """Return a distance that no two venues on the board are farther apart than."""
        venues = {placed.venue for placed in self.sessions}
        return farthest(venue.position for venue in venues if venue.position is not None)

    def hours_of(self, placed: Placed) -> Iterator[tuple[datetime, datetime]]:
        """Yield when a session takes place: an exhibition at its hours, as far as is asked about.

        An exhibition whose hours are not known takes all of its period.
        """
        if not placed.is_exhibition or not placed.week:
            yield placed.starts_at, placed.ends_at
        elif self.window is not None:
            first, last = self.window
            begin, end = max(placed.starts_at, first), min(placed.ends_at, last)
            yield from placed.week.spans(begin, end, placed.venue.zone, placed.closures)

    def spans_of(self, sessions: Iterable[Placed]) -> Iterator[Span[Placed]]:
        """Yield when each session takes place, each taking one."""
        for placed in sessions:
            if placed.kind == "exhibition":
                for begin, end in self.hours_of(placed):
                    yield begin, end, 1, placed
            else:
                yield placed.starts_at, placed.ends_at, 1, placed


def _in_order(placed: Placed) -> tuple[datetime, int]:
    return placed.starts_at, placed.id.int
