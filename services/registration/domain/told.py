"""What people are told of a session, and when that is another thing than they were told before."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

#: What is kept of a session for those who were told of it, as the contracts write it.
STATE = (
    "status",
    "kind",
    "starts_at",
    "ends_at",
    "time_zone",
    "weekly_hours",
    "closures",
    "title",
    "venue",
    "space",
)


def told_state(details: Mapping[str, Any]) -> dict[str, Any]:
    """Return what people are told of a session, from scheduling's details of it."""
    return {name: details[name] for name in STATE}


def says_the_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two states of a session leave nobody to be written to.

    People are written to when it changes when and where a session is or whether it takes place. A
    better title or a corrected position on the map is no reason.
    """
    return _matters(one) == _matters(other)


def told_mark(details: Mapping[str, Any]) -> str:
    """Return a short mark of what people are told of a session: another when that is another."""
    return sha256(repr(_matters(details)).encode()).hexdigest()[:16]


def is_news(before: Mapping[str, Any], after: Mapping[str, Any], *, now: datetime) -> bool:
    """Tell whether people are to be told what became of a session.

    Nobody is written to because the venue of what is over got another name; a cancellation ends
    bookings, whenever it comes. A session that still takes registrations, for a rehearsal, is not
    over.
    """
    if says_the_same(before, after):
        return False
    return before["status"] != after["status"] or not (
        _is_over(before, now) and _is_over(after, now)
    )


def _is_over(details: Mapping[str, Any], now: datetime) -> bool:
    ends = [details["ends_at"], details["registration_closes_at"]]
    return all(datetime.fromisoformat(end) <= now for end in ends if end)


def _matters(state: Mapping[str, Any]) -> tuple[Any, ...]:
    venue, space = state["venue"], state["space"]
    commune = venue["commune"]
    return (
        state["status"],
        state["kind"],
        datetime.fromisoformat(state["starts_at"]),
        datetime.fromisoformat(state["ends_at"]),
        state["time_zone"],
        sorted((one["weekday"], one["opens"], one["closes"]) for one in state["weekly_hours"]),
        sorted(state["closures"]),
        venue["name"],
        venue["address"],
        venue["postcode"],
        commune["name"] if commune else None,
        space["name"] if space else None,
    )
