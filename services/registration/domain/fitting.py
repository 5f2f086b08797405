"""Whether a party may come to a session at all: its seats, its wheelchairs, its rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from services.registration.domain.party import Unfit, seats_beside, seats_for, unfit
from services.registration.domain.questions import answer_faults
from services.registration.domain.rules import NO_RULES, Rules, faults, rules_of
from services.registration.domain.seats import Seats


class Coming(Protocol):
    """A party that wants to come, and what it answered to the session's questions."""

    @property
    def party(self) -> Mapping[str, int]:
        """Heads by category."""

    @property
    def wheelchairs(self) -> int:
        """How many of them need a place for a wheelchair."""

    @property
    def answers(self) -> Mapping[str, Any]:
        """Answers by the questions' ids."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a party can never be admitted, not even by waiting.

    `code` says it exactly, `pointer` where, below the booking (RFC 6901); `limit` is the number
    that it is below or above, if it is about one.
    """

    unfit: Unfit
    code: str
    pointer: str = ""
    limit: int | None = None


def misfit(coming: Coming, seats: Seats, rules: Rules = NO_RULES) -> Misfit | None:
    """Return the first reason why a party cannot come to a session, or None if it can."""
    for category in coming.party:
        if category not in seats.categories:
            return Misfit("unknown_category", "unknown_category", f"/party/{category}")
    categories = seats.seat_categories
    if unfit(seats_for(coming.party, categories), categories, None):
        return Misfit("takes_no_seat", "takes_no_seat")
    needed = seats_beside(coming.party, categories, coming.wheelchairs)
    if seats.capacity is not None and needed > seats.capacity:
        return Misfit("too_large", "too_large")
    places = seats.wheelchair_places
    if places is not None and coming.wheelchairs > places:
        return Misfit("no_wheelchair_place", "no_wheelchair_place", "/wheelchairs", places)
    for fault in faults(coming.party, rules, seats.categories):
        pointer = f"/party/{fault.category}" if fault.category else "/party"
        return Misfit(fault.code, fault.code, pointer, fault.limit)
    for wrong in answer_faults(coming.answers, rules.questions):
        return Misfit("answers", wrong.code, f"/answers/{wrong.question}")
    return None


def special_rules(db: Session, seats: Iterable[Seats]) -> Mapping[UUID, Rules]:
    """Return the rules of those sessions that have any; most have none, and nothing is asked."""
    ids = [row.session_id for row in seats if row.has_rules]
    return rules_of(db, ids) if ids else {}
