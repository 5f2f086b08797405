"""Parties: head counts by category, and the seats that they take."""

from collections.abc import Iterable, Mapping

#: Whom a party may count; a session names those that take a seat.
CATEGORIES = ("adults", "children", "pupils", "accompanying")

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
