"""What admission, waitlist, offers, allotments and overbooking should do, as simply as can be.

The reference against which the state machine holds the real thing: lists, loops, no counters.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.registration.domain.deadlines import offer_deadline

ALIVE = ("confirmed", "offered")


@dataclass
class Allotted:
    """An allotment; what is taken of it is what its bookings take."""

    seats: int
    is_released: bool = False


@dataclass
class Booked:
    """A booking of one party."""

    id: UUID
    session: "Session"
    seats: int
    status: str
    until: datetime | None = None
    ended_for: str | None = None
    allotment: UUID | None = None
    replaces: "Booked | None" = None

    @property
    def is_proposed(self) -> bool:
        """Tell whether it is a move that waits for its answer."""
        return self.status == "offered" and self.replaces is not None

    def end(self, reason: str) -> None:
        if self.status != "cancelled":
            self.status, self.until, self.ended_for = "cancelled", None, reason

    @property
    def state(self):
        replaces = self.replaces.id if self.replaces else None
        return self.status, self.seats, self.until, self.ended_for, self.allotment, replaces


@dataclass
class Session:
    """A session with its bookings in the order in which they came."""

    capacity: int | None
    starts_at: datetime
    extra: int = 0
    is_cancelled: bool = False
    bookings: list[Booked] = field(default_factory=list)
    allotments: dict[UUID, Allotted] = field(default_factory=dict)

    def is_open(self, now: datetime) -> bool:
        return not self.is_cancelled and now < self.starts_at

    @property
    def taken(self) -> int:
        return sum(one.seats for one in self.bookings if one.status in ALIVE)

    def taken_of(self, allotment: UUID) -> int:
        return sum(
            one.seats for one in self.bookings if one.status in ALIVE and one.allotment == allotment
        )

    def held_by(self, allotment: UUID) -> int:
        kept = self.allotments[allotment]
        return 0 if kept.is_released else max(0, kept.seats - self.taken_of(allotment))

    @property
    def held(self) -> int:
        return sum(map(self.held_by, self.allotments))

    def room(self, allotment: UUID | None = None) -> float:
        """Return how many seats a party may take: the public's, or an allotment's with them."""
        if self.capacity is None:
            return float("inf")
        all_seats = self.capacity + self.extra
        left = max(0, all_seats - self.taken - self.held)
        if allotment is None:
            return left
        return max(0, min(left + self.held_by(allotment), all_seats - self.taken))

    def may_ever(self, seats: int) -> bool:
        return self.capacity is None or seats <= self.capacity

    def serve(self, now: datetime) -> None:
        """Offer what is left to whoever waits and fits, the first first."""
        for one in self.bookings:
            if self.is_open(now) and one.status == "waitlisted" and one.seats <= self.room():
                one.status = "offered"
                one.until = offer_deadline(
                    now, starts_at=self.starts_at, closes_at=self.starts_at, zone="Europe/Paris"
                )

    def expire(self, now: datetime) -> None:
        for one in self.bookings:
            if one.until is not None and one.until <= now:
                one.end("expired")

    def admit(self, seats: int, may_wait: bool, now: datetime) -> str | None:
        """Return the status of a party that comes now; None if it is refused."""
        if not self.is_open(now) or not self.may_ever(seats):
            return None
        if seats <= self.room():
            return "confirmed"
        return "waitlisted" if may_wait else None

    def may_resize(self, one: Booked, seats: int, now: datetime) -> bool:
        if one.status == "cancelled":
            return False
        more = seats - one.seats
        if more <= 0 or one.seats == seats:
            return True
        if not self.may_ever(seats) or not self.is_open(now):
            return False
        return one.status == "waitlisted" or more <= self.room(one.allotment)
