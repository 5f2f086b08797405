"""A plan, before it is applied, and the report of what it did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.scheduling.domain.programme import Rejection, Sentence
from services.scheduling.domain.session_parts import SessionParts
from services.scheduling.domain.session_state import State
from services.scheduling.models import Base, Edition

#: One table's rows, each a mapping from column to value.
Rows = tuple[type[Base], tuple[dict[str, Any], ...]]


class StalePlan(Exception):
    """The source's rows changed between the plan and its application: plan again."""


@dataclass(frozen=True)
class Counts:
    """How many records of one kind were, or would be, created, changed or left alone."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True)
class Missing:
    """A session that an earlier import made and that the source no longer has; it is kept."""

    source_id: str
    title: str
    place: str = ""

    @property
    def told(self) -> str:
        """Return its title and its place, for people."""
        return " · ".join(filter(None, (self.title, self.place)))


@dataclass(frozen=True)
class Kept:
    """A column that was changed both here and in the source: it stays as it is here.

    `title` is what the row is called here.
    """

    table: str
    source_id: str
    column: str
    title: str = field(default="", compare=False)


@dataclass(frozen=True)
class Report:
    """What an import did, for the operator.

    `counts` is by plural noun. `carried` counts sessions that are published again because their
    venue, space or activity changed. What was changed both here and in the source is `kept`.
    """

    edition_slug: str
    counts: Mapping[str, Counts]
    rejections: tuple[Rejection, ...] = ()
    missing: tuple[Missing, ...] = ()
    notes: tuple[Sentence, ...] = ()
    kept: tuple[Kept, ...] = ()
    carried: int = 0
    release_id: UUID | None = None

    def summary(self) -> str:
        """Return what became of the sessions, in one line."""
        sessions = self.counts["sessions"]
        return (
            f"{sessions.created} sessions created, {sessions.changed} changed, "
            f"{sessions.unchanged} unchanged, {len(self.rejections)} rejected"
        )


@dataclass(frozen=True)
class PlannedSession:
    """A session to insert or to update: its parts as they will be, and the columns to write.

    `before` is its state as it is now; None for a new one.
    """

    parts: SessionParts
    row: dict[str, Any]
    before: State | None

    @property
    def is_new(self) -> bool:
        """Tell whether it is created."""
        return self.before is None


@dataclass(frozen=True)
class PlannedSessions:
    """What becomes of a programme's sessions, in its order; `notings` as in `Settled`."""

    written: tuple[PlannedSession, ...]
    notings: tuple[dict[str, Any], ...]
    kept: tuple[Kept, ...]

    @property
    def created(self) -> int:
        """Return how many sessions are new."""
        return sum(planned.is_new for planned in self.written)


@dataclass(frozen=True)
class Plan:
    """What applying a programme would write, in the order in which rows refer to one another.

    `basis` holds the revision of every stored row of the source, and of those that the file names
    by their ids (`own`): when one differs at the time of application, the plan is stale.
    """

    source: str
    edition: Edition
    inserts: tuple[Rows, ...]
    updates: tuple[Rows, ...]
    sessions: tuple[PlannedSession, ...]
    basis: Mapping[UUID, int]
    own: Mapping[type[Base], tuple[UUID, ...]]
    is_released: bool
    report: Report = field(repr=False)

    @property
    def size(self) -> int:
        """Return the number of rows to write, events included."""
        rows = sum(len(rows) for _, rows in (*self.inserts, *self.updates))
        return rows + (2 if self.is_released else 1) * len(self.sessions)
