"""What stands in the way of going to several sessions: they overlap, or are too far apart in time.

Warnings forbid nothing: parents split up, a film may be left early. Only timed sessions matter;
whoever comes to others chooses the hour. How fast people travel is taken as an edition's programme
is judged where it says nothing of its own: straight across, at 40 km/h, with 15 minutes beside.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any, Literal
from uuid import UUID

from shared import travelling
from shared.travelling import TRAVEL_KMH, TRAVEL_MARGIN_MINUTES, Position

#: What is nearer than so many kilometres is next door, and needs no time.
NEXT_DOOR_KM = 1.0


@dataclass(frozen=True, slots=True)
class Stay:
    """One chosen session: when it is, and where (degrees, WGS 84), if that is known."""

    session_id: UUID
    starts_at: datetime
    ends_at: datetime
    is_timed: bool = True
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Warning:
    """Two sessions that one cannot well go to both; `first` begins first.

    `minutes` lie between them, `needed` minutes would take one from the one to the other; of a
    clash both are 0.
    """

    kind: Literal["clash", "travel"]
    first: UUID
    second: UUID
    minutes: int = 0
    needed: int = 0


def warnings(stays: Iterable[Stay]) -> list[Warning]:
    """Return what to warn of, in the order of time."""
    timed = sorted(
        (stay for stay in stays if stay.is_timed),
        key=lambda stay: (stay.starts_at, stay.ends_at, stay.session_id),
    )
    found = (_between(first, second) for first, second in combinations(timed, 2))
    return [warning for warning in found if warning is not None]


def stay_of(session_id: UUID, details: Mapping[str, Any]) -> Stay:
    """Return the stay at a session, from scheduling's details of it."""
    venue = details["venue"]
    position = venue["latitude"], venue["longitude"]
    return Stay(
        session_id,
        datetime.fromisoformat(details["starts_at"]),
        datetime.fromisoformat(details["ends_at"]),
        details["kind"] == "timed",
        None if None in position else position,
    )


def travel_minutes(here: Position, there: Position) -> int:
    """Return the whole minutes that a way takes, with the margin; 0 next door."""
    km = travelling.kilometres(here, there)
    if km <= NEXT_DOOR_KM:
        return 0
    return travelling.travel_minutes(km, TRAVEL_KMH, TRAVEL_MARGIN_MINUTES)


def _between(first: Stay, second: Stay) -> Warning | None:
    if second.starts_at < first.ends_at:
        return Warning("clash", first.session_id, second.session_id)
    if first.position is None or second.position is None:
        return None
    minutes = int((second.starts_at - first.ends_at).total_seconds() // 60)
    needed = travel_minutes(first.position, second.position)
    if minutes >= needed:
        return None
    return Warning("travel", first.session_id, second.session_id, minutes, needed)
