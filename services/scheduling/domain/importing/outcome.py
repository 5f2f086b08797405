"""A plan, before it is applied, and the report of what it did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.scheduling.domain.programme import Rejection
from services.scheduling.domain.session_parts import SessionParts
from services.scheduling.models import Base, Edition

#: One table's rows, each a mapping from column to value.
Rows = tuple[type[Base], tuple[dict[str, Any], ...]]


class StalePlan(Exception):
    """The sessions changed between the plan and its application: plan again."""


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


@dataclass(frozen=True)
class Report:
    """What an import did, for the operator.

    `counts` is by plural noun. `carried` counts sessions the source does not name that are
    published again, because their venue, space or activity changed.
    """

    edition_slug: str
    counts: Mapping[str, Counts]
    rejections: tuple[Rejection, ...] = ()
    missing: tuple[Missing, ...] = ()
    notes: tuple[str, ...] = ()
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

    `is_named` is false for one that is only carried along. `changed_at` is missing from `row`, and
    stale in `parts`: it is the moment of application.
    """

    parts: SessionParts
    row: dict[str, Any]
    is_new: bool
    is_named: bool


@dataclass(frozen=True)
class Plan:
    """What applying a programme would write, in the order in which rows refer to one another.

    `basis` holds the version of every stored session that was looked at: when one differs at the
    time of application, the plan is stale.
    """

    source: str
    edition: Edition
    inserts: tuple[Rows, ...]
    updates: tuple[Rows, ...]
    sessions: tuple[PlannedSession, ...]
    basis: Mapping[UUID, int]
    report: Report = field(repr=False)

    @property
    def size(self) -> int:
        """Return the number of rows to write, events included."""
        return sum(len(rows) for _, rows in (*self.inserts, *self.updates)) + 2 * len(self.sessions)
