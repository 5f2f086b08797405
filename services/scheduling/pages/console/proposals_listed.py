"""What the console lists of an edition's proposals: where each stands, and what it lacks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import joinedload

from services.scheduling.domain.proposals.reading import subjects_of
from services.scheduling.domain.proposals.requirements import (
    Lack,
    Rules,
    Stage,
    concerned,
    missing,
)
from services.scheduling.models import Activity, HistoryEntry
from shared.text import fold

SORTS = ("title", "organisation", "state", "lacks", "due", "edited")

#: The states in the order in which the coordination looks at them.
ORDER = ("submitted", "changes_asked", "idea", "accepted", "declined", "withdrawn")

#: The states in the order in which those who propose look at them: what is up to them comes first.
TO_DO = ("changes_asked", "idea", "submitted", "accepted", "declined", "withdrawn")

_NEVER = date(9999, 1, 1)


@dataclass(frozen=True)
class Filters:
    """What is looked for; empty is anything. `lacks` is `some` or `none`."""

    words: str = ""
    state: str = ""
    label: str = ""
    organisation_id: UUID | None = None
    lacks: str = ""

    def take(self, row: "Listed") -> bool:
        """Tell whether a proposal is one of those looked for."""
        activity = row.activity
        if self.state and activity.state != self.state:
            return False
        if self.label and activity.label_state != self.label:
            return False
        if self.organisation_id not in (None, activity.organisation_id):
            return False
        if self.lacks and bool(row.lacks) != (self.lacks == "some"):
            return False
        return all(word in row.searchable for word in fold(self.words).split())


@dataclass(frozen=True)
class Listed:
    """A proposal as lists show it; `due_on` is the next day by which it must have something."""

    activity: Activity
    organisation: str
    sessions: int
    lacks: tuple[tuple[Stage, Lack], ...]
    due_on: date | None

    @property
    def searchable(self) -> str:
        """Return the folded text that is searched."""
        activity = self.activity
        return fold(" ".join((activity.title_fr, activity.title_en or "", self.organisation)))


def proposals(
    db: DbSession,
    edition_id: UUID,
    rules: Rules,
    *,
    organisations: Collection[UUID] | None = None,
) -> list[Listed]:
    """Return an edition's proposals by title, in three statements; of these organisations alone."""
    query = (
        sa.select(Activity)
        .where(Activity.edition_id == edition_id)
        .options(joinedload(Activity.organisation))
    )
    if organisations is not None:
        query = query.where(Activity.organisation_id.in_(list(organisations)))
    activities = db.scalars(query).all()
    subjects = subjects_of(db, activities)
    rows = [_listed(subjects[one.id], rules) for one in activities]
    return sorted(rows, key=lambda row: (fold(row.activity.title_fr), row.activity.id))


def in_order(rows: Sequence[Listed], sort: str) -> list[Listed]:
    """Return the rows in the order that a table's header asks for, or that of what is `todo`."""
    keys: dict[str, Any] = {
        "title": lambda row: fold(row.activity.title_fr),
        "organisation": lambda row: (not row.organisation, fold(row.organisation)),
        "state": lambda row: ORDER.index(row.activity.state),
        "todo": lambda row: TO_DO.index(row.activity.state),
        "lacks": lambda row: len(row.lacks),
        "due": lambda row: row.due_on or _NEVER,
        "edited": lambda row: row.activity.edited_at,
    }
    key = keys.get(sort.removeprefix("-"), keys["state"])
    return sorted(rows, key=key, reverse=sort.startswith("-"))


def conversation(db: DbSession, activity_id: UUID, steps: Collection[str]) -> Sequence[Any]:
    """Return the steps of a proposal with who took them, the first one first."""
    return db.scalars(
        sa.select(HistoryEntry)
        .where(
            HistoryEntry.noun == "activities",
            HistoryEntry.row_id == activity_id,
            HistoryEntry.action.in_([*steps]),
        )
        .options(joinedload(HistoryEntry.account))
        .order_by(HistoryEntry.at, HistoryEntry.id)
    ).all()


def _listed(subject: Any, rules: Rules) -> Listed:
    activity = subject.activity
    stages = concerned(activity)
    lacks = tuple((stage, lack) for stage in stages for lack in missing(subject, rules, stage))
    days = [day for stage in stages if (day := rules.due.get(stage)) is not None]
    organisation = activity.organisation.name if activity.organisation else ""
    return Listed(activity, organisation, subject.sessions, lacks, min(days, default=None))
