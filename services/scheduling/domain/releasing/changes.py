"""A change that waits to be released: a session as the public is shown it, and as it would be."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal
from uuid import UUID

from services.scheduling.domain.session_parts import SessionParts
from services.scheduling.domain.session_state import (
    SCHEDULE_FIELDS,
    State,
    changed_fields,
    is_rescheduled,
)

#: `moved` is a change of time or place; `changed` is any other.
ChangeKind = Literal["new", "cancelled", "reinstated", "moved", "changed"]


@dataclass(frozen=True)
class Audience:
    """Whom a session's change touches, by registration's last word; `bookings` are parties.

    Each booking is one mail; `waiting` counts the parties on the waiting list, who are told too.
    """

    bookings: int = 0
    seats_taken: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class SessionChange:
    """One session's change. `before` is None for a session that was never released.

    `version` and `sequence` are those of its last release, 0 before the first.
    """

    parts: SessionParts
    before: State | None
    after: State
    version: int
    sequence: int
    audience: Audience

    @property
    def id(self) -> UUID:
        """Return the session's id."""
        return self.parts.session.id

    @property
    def is_held_back(self) -> bool:
        """Tell whether releases leave it out for now."""
        return self.parts.session.held_back

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Return the names of the fields that differ; none for a new session."""
        return changed_fields(self.before, self.after) if self.before is not None else ()

    @property
    def kind(self) -> ChangeKind:
        """Return what kind of change it is, by what matters most to those who come."""
        if self.before is None:
            return "new"
        if "status" in self.fields:
            return "cancelled" if self.after["status"] == "cancelled" else "reinstated"
        return "moved" if set(self.fields) & set(SCHEDULE_FIELDS) else "changed"

    @property
    def is_rescheduled(self) -> bool:
        """Tell whether time, place or status differ."""
        return self.before is not None and is_rescheduled(self.before, self.after)

    def for_history(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what a release keeps of the change: the differing fields before and after.

        The fields of a time or a place are kept together, so that they can be read alone; a new
        session has them after, and nothing before.
        """
        if self.before is None:
            return {}, {name: self.after[name] for name in SCHEDULE_FIELDS}
        names = list(self.fields)
        if self.is_rescheduled:
            names += [name for name in SCHEDULE_FIELDS if name not in names]
        before, after = self.before, self.after
        return {n: before.get(n) for n in names}, {n: after[n] for n in names}
