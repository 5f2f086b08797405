"""Who gets in: pure decisions, first come first served, a party whole or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from services.registration.domain.party import Unfit

#: Seats, or places for wheelchairs, that are left in each session that can be booked; None where
#: they are not limited, as are places for wheelchairs of a session that is not named.
Left = Mapping[UUID, int | None]


class Outcome(Enum):
    """What becomes of one booking that somebody asks for."""

    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    FULL = "full"
    NOT_BOOKABLE = "not_bookable"
    TAKES_NO_SEAT = "takes_no_seat"
    TOO_LARGE = "too_large"
    NO_WHEELCHAIR_PLACE = "no_wheelchair_place"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    ANSWERS = "answers"
    UNKNOWN_CATEGORY = "unknown_category"


#: What a basket is refused for.
REFUSALS = frozenset(Outcome) - {Outcome.CONFIRMED, Outcome.WAITLISTED}


@dataclass(frozen=True, slots=True)
class Ask:
    """Seats for one party in one session; `may_wait` takes the waitlist rather than nothing.

    Those of the party who come in a wheelchair need a place for it, and no seat. `unfit` says why
    the party can never be admitted there (`party.unfit`), not even by waiting.
    """

    session_id: UUID
    seats: int
    may_wait: bool = False
    unfit: Unfit | None = None
    wheelchairs: int = 0


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
    """A waitlisted booking that would take these seats, and places for wheelchairs."""

    booking_id: UUID
    session_id: UUID
    seats: int
    wheelchairs: int = 0


class _Room:
    """What is left while decisions are taken one after the other."""

    def __init__(self, seats: Left, wheelchairs: Left) -> None:
        self._seats = dict(seats)
        self._wheelchairs = dict(wheelchairs)

    def __contains__(self, session_id: UUID) -> bool:
        return session_id in self._seats

    def fits(self, ask: Ask | Waiting) -> bool:
        return _fits(self._seats[ask.session_id], ask.seats) and _fits(
            self._wheelchairs.get(ask.session_id), ask.wheelchairs
        )

    def take(self, ask: Ask | Waiting) -> None:
        _lower(self._seats, ask.session_id, ask.seats)
        _lower(self._wheelchairs, ask.session_id, ask.wheelchairs)

    def give_back(self, ask: Ask) -> None:
        _lower(self._seats, ask.session_id, -ask.seats)
        _lower(self._wheelchairs, ask.session_id, -ask.wheelchairs)


def admit(
    seats_left: Left, baskets: Sequence[Sequence[Ask]], *, wheelchairs_left: Left | None = None
) -> list[Decision]:
    """Decide on the baskets in the order in which they came.

    A basket is admitted when each of its asks fits in what is left at its turn or may wait. A
    session that `seats_left` does not name cannot be booked.
    """
    room = _Room(seats_left, wheelchairs_left or {})
    return [_decide(room, basket) for basket in baskets]


def serve(
    seats_left: Left, waitlist: Sequence[Waiting], *, wheelchairs_left: Left | None = None
) -> list[UUID]:
    """Return the bookings of a waitlist, first come first, that fit whole in what is left."""
    room = _Room(seats_left, wheelchairs_left or {})
    served = []
    for waiting in waitlist:
        if waiting.session_id in room and room.fits(waiting):
            room.take(waiting)
            served.append(waiting.booking_id)
    return served


def _decide(room: _Room, basket: Sequence[Ask]) -> Decision:
    outcomes = []
    taken: list[Ask] = []
    for ask in basket:
        if ask.session_id not in room:
            outcomes.append(Outcome.NOT_BOOKABLE)
        elif ask.unfit is not None:
            outcomes.append(Outcome(ask.unfit))
        elif room.fits(ask):
            room.take(ask)
            taken.append(ask)
            outcomes.append(Outcome.CONFIRMED)
        else:
            outcomes.append(Outcome.WAITLISTED if ask.may_wait else Outcome.FULL)
    admitted = REFUSALS.isdisjoint(outcomes)
    if not admitted:
        for ask in taken:
            room.give_back(ask)
    return Decision(admitted, tuple(outcomes))


def _fits(left: int | None, wanted: int) -> bool:
    return left is None or wanted <= left


def _lower(left: dict[UUID, int | None], session_id: UUID, by: int) -> None:
    remaining = left.get(session_id)
    if remaining is not None:
        left[session_id] = remaining - by
