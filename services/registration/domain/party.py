"""Parties: head counts by category, and the seats that they take."""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal

#: Why a party can never be admitted to a session: nobody in it sits there; the session is too small
#: for it even when empty, or has too few places for wheelchairs; its rules want more or fewer
#: people; what it asks was not answered, or not as it can be; or the party counts people whom the
#: session's edition does not.
Unfit = Literal[
    "takes_no_seat",
    "too_large",
    "no_wheelchair_place",
    "too_few",
    "too_many",
    "answers",
    "unknown_category",
]

#: The most heads that one booking may bring: a class with those who accompany it.
LARGEST_PARTY = 40

#: The most sessions that one registration may book.
LARGEST_BASKET = 20


def heads(party: Mapping[str, int]) -> int:
    """Return how many people the party brings."""
    return sum(party.values())


def seats_for(party: Mapping[str, int], seat_categories: Iterable[str]) -> int:
    """Return the seats that the party takes where those categories sit."""
    return sum(party.get(category, 0) for category in seat_categories)


def places_kept(seats: int, wheelchairs: int) -> int:
    """Return how many places a party reads of: its seats and those for wheelchairs; one at least.

    Where nobody takes a seat, the party as a whole has a place.
    """
    return max(1, seats + wheelchairs)


def seats_beside(party: Mapping[str, int], seat_categories: Iterable[str], wheelchairs: int) -> int:
    """Return the seats that the party takes where so many of it come in a wheelchair.

    Those take a place for a wheelchair, and no seat.
    """
    return max(0, seats_for(party, seat_categories) - wheelchairs)


def unfit(seats: int, seat_categories: Collection[str], capacity: int | None) -> Unfit | None:
    """Return why a party that takes so many seats can never be admitted; None if it can.

    Where no category sits, everybody stands and any party will do.
    """
    if not seats and seat_categories:
        return "takes_no_seat"
    return "too_large" if capacity is not None and seats > capacity else None
