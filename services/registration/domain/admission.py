"""Who gets in: pure decisions, first come first served, a party whole or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from services.registration.domain.party import Unfit

#: Seats left in each session that can be booked; None where seats are not limited.
SeatsLeft = Mapping[UUID, int | None]


class Outcome(Enum):
    """What becomes of one booking that somebody asks for."""

    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    FULL = "full"
    NOT_BOOKABLE = "not_bookable"
    TAKES_NO_SEAT = "takes_no_seat"
    TOO_LARGE = "too_large"


#: What a basket is refused for.
REFUSALS = frozenset(Outcome) - {Outcome.CONFIRMED, Outcome.WAITLISTED}


@dataclass(frozen=True, slots=True)
class Ask:
    """Seats for one party in one session; `may_wait` takes the waitlist rather than nothing.

    `unfit` says why the party can never be admitted there (`party.unfit`), not even by waiting.
    """

    session_id: UUID
    seats: int
    may_wait: bool = False
    unfit: Unfit | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a basket, ask by ask; refused, it books nothing at all.

    Of a refused basket `outcomes` names what stood in the way; the other asks are CONFIRMED or
    WAITLISTED as they would have been.
    """

    admitted: bool
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A waitlisted booking that would take these seats."""

    booking_id: UUID
    session_id: UUID
    seats: int


def admit(seats_left: SeatsLeft, baskets: Sequence[Sequence[Ask]]) -> list[Decision]:
    """Decide on the baskets in the order in which they came.

    A basket is admitted when each of its asks fits in what is left at its turn or may wait. A
    session that `seats_left` does not name cannot be booked.
    """
    left = dict(seats_left)
    return [_decide(left, basket) for basket in baskets]


def serve(seats_left: SeatsLeft, waitlist: Sequence[Waiting]) -> list[UUID]:
    """Return the bookings of a waitlist, first come first, that fit whole in what is left."""
    left = dict(seats_left)
    served = []
    for waiting in waitlist:
        if waiting.session_id in left and _fits(left[waiting.session_id], waiting.seats):
            _take(left, waiting.session_id, waiting.seats)
            served.append(waiting.booking_id)
    return served


def _decide(left: dict[UUID, int | None], basket: Sequence[Ask]) -> Decision:
    outcomes = []
    taken: list[Ask] = []
    for ask in basket:
        if ask.session_id not in left:
            outcomes.append(Outcome.NOT_BOOKABLE)
        elif ask.unfit is not None:
            outcomes.append(Outcome(ask.unfit))
        elif _fits(left[ask.session_id], ask.seats):
            _take(left, ask.session_id, ask.seats)
            taken.append(ask)
            outcomes.append(Outcome.CONFIRMED)
        else:
            outcomes.append(Outcome.WAITLISTED if ask.may_wait else Outcome.FULL)
    admitted = REFUSALS.isdisjoint(outcomes)
    if not admitted:
        for ask in taken:
            _take(left, ask.session_id, -ask.seats)
    return Decision(admitted, tuple(outcomes))


def _fits(left: int | None, seats: int) -> bool:
    return left is None or seats <= left


def _take(left: dict[UUID, int | None], session_id: UUID, seats: int) -> None:
    remaining = left[session_id]
    if remaining is not None:
        left[session_id] = remaining - seats
