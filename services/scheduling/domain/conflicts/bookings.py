"""What takes a resource: sessions of activities that need it, and stops of its tours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import permutations
from uuid import UUID
from zoneinfo import ZoneInfo

from services.scheduling.domain.conflicts.facts import Placed, ResourceFacts, StopFacts
from services.scheduling.domain.conflicts.sweeping import Span, busiest, crowds
from services.scheduling.domain.conflicts.words import Said, listed, title
from shared.i18n import lazy_gettext as _


@dataclass(frozen=True, slots=True, eq=False)
class Booking:
    """A session or a stop, whichever it is, and the copies that it takes."""

    placed: Placed | None
    stop: StopFacts | None
    copies: int

    @property
    def venue_id(self) -> UUID:
        """Return where the resource is taken to."""
        if self.stop is not None:
            return self.stop.venue_id
        assert self.placed is not None  # noqa: S101 - it is one of the two
        return self.placed.venue.id

    @property
    def place(self) -> object:
        """Return where the resource stands, so that it can stay there for what comes next."""
        if self.placed is None:
            return self
        if self.placed.space is not None:
            return self.placed.space.id
        return self.placed.venue.id, self.placed.activity.id

    @property
    def bare(self) -> tuple[datetime, datetime]:
        """Return from when until when it is used, or stands at a stop."""
        if self.stop is not None:
            return self.stop.arrives_at, self.stop.leaves_at
        assert self.placed is not None  # noqa: S101
        return self.placed.starts_at, self.placed.ends_at


def booked(
    sessions: Iterable[tuple[Placed, int]],
    stops: Iterable[StopFacts],
    around: ResourceFacts | None = None,
    *,
    is_carried: bool = True,
) -> list[Span[Booking]]:
    """Return when each booking takes the resource; with the minutes `around` it, if asked."""
    bookings = [Booking(placed, None, copies) for placed, copies in sessions]
    bookings += [Booking(None, stop, stop.copies) for stop in stops]
    return [_span(booking, around, is_carried) for booking in bookings]


def copies_needed(crowd: Sequence[Span[Booking]], resource: ResourceFacts) -> int:
    """Return how many copies a crowd needs with the minutes around each booking.

    What is set up stays for what follows in the same place; in one venue nothing is carried.
    """
    is_carried = len({span[3].venue_id for span in crowd}) > 1
    spans = [_span(span[3], resource, is_carried) for span in crowd]
    return max((_kept_in_place(part) for part in crowds(spans, 0)), default=0)


def _kept_in_place(crowd: Sequence[Span[Booking]]) -> int:
    places: dict[object, list[Span[Booking]]] = {}
    for _begin, _end, copies, booking in crowd:
        begins, ends = booking.bare
        places.setdefault(booking.place, []).append((begins, ends, copies, booking))
    return sum(busiest(spans) for spans in places.values())


def _span(booking: Booking, around: ResourceFacts | None, is_carried: bool) -> Span[Booking]:
    begins, ends = booking.bare
    if around is not None:
        before, after = _minutes(booking, around, is_carried)
        begins, ends = begins - timedelta(minutes=before), ends + timedelta(minutes=after)
    return begins, ends, booking.copies, booking


def _minutes(booking: Booking, around: ResourceFacts, is_carried: bool) -> tuple[int, int]:
    """Return the minutes before and after; a stop has its set-up and dismantling within it."""
    if booking.stop is not None:
        return 0, booking.stop.transport_minutes * is_carried
    return around.setup_minutes, around.dismantling_minutes + around.transport_minutes * is_carried


@dataclass(frozen=True, slots=False, eq=False)
class Told:
    """A crowd of bookings, as a sentence tells it."""

    bookings: Sequence[Booking]

    @property
    def needs(self) -> list[tuple[Placed, int]]:
        """Return the sessions, with the copies that they need."""
        return [(each.placed, each.copies) for each in self.bookings if each.placed is not None]

    @property
    def sessions(self) -> list[Placed]:
        """Return the sessions."""
        return [placed for placed, _copies in self.needs]

    @property
    def stops(self) -> list[StopFacts]:
        """Return the stops."""
        return [each.stop for each in self.bookings if each.stop is not None]

    @property
    def is_one_tour(self) -> bool:
        """Tell whether these are stops of one tour: another rule tells of them."""
        return not self.sessions and len({stop.tour_id for stop in self.stops}) == 1

    @property
    def has_option(self) -> bool:
        """Tell whether a stop is not confirmed."""
        return any(stop.state != "confirmed" for stop in self.stops)

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone in which times are told."""
        return self.sessions[0].venue.zone if self.sessions else self.stops[0].zone

    @property
    def words(self) -> Said:
        """Return what the bookings are called."""
        stops = (_("étape à %(venue)s", venue=stop.venue_name) for stop in self.stops)
        return listed([*(title(placed) for placed in self.sessions), *stops])

    @cached_property
    def _nearest(self) -> tuple[Booking, Booking]:
        """Return the two that follow each other most closely."""
        pairs = [
            (earlier, later)
            for earlier, later in permutations(self.bookings, 2)
            if earlier.bare[1] <= later.bare[0]
        ]
        return min(pairs, key=lambda pair: pair[1].bare[0] - pair[0].bare[1])

    @property
    def nearest(self) -> tuple[datetime, datetime]:
        """Return when the one ends and the other begins of the two that are the nearest."""
        earlier, later = self._nearest
        return earlier.bare[1], later.bare[0]

    def minutes_between(self, resource: ResourceFacts) -> int:
        """Return the minutes that the resource needs between these two."""
        earlier, later = self._nearest
        is_carried = earlier.venue_id != later.venue_id
        return _minutes(earlier, resource, is_carried)[1] + _minutes(later, resource, is_carried)[0]


def told_of(crowd: Iterable[Span[Booking]]) -> Told:
    """Return a crowd as it is told, the earliest first."""
    return Told(sorted((span[3] for span in crowd), key=lambda booking: booking.bare))
