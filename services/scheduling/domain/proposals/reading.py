"""Reading what a proposal is judged by: its edition's rules, and how many sessions it has."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.proposals.requirements import Rules, Subject, rules_of
from services.scheduling.models import Activity, EditionRules, Session, UnplacedSession


def rules_for(db: DbSession, edition_id: UUID) -> Rules:
    """Return what an edition asks for."""
    return rules_of(db.get(EditionRules, edition_id))


def subjects_of(db: DbSession, activities: Iterable[Activity]) -> dict[UUID, Subject]:
    """Return the activities with their counts, by id, in two statements."""
    wanted = list(activities)
    ids = [one.id for one in wanted]
    placed = _counts(db, Session, ids, Session.status != "cancelled")
    unplaced = _counts(db, UnplacedSession, ids)
    return {one.id: Subject(one, placed.get(one.id, 0), unplaced.get(one.id, 0)) for one in wanted}


def subject_of(db: DbSession, activity: Activity) -> Subject:
    """Return one activity with its counts."""
    return subjects_of(db, [activity])[activity.id]


def _counts(db: DbSession, model: Any, ids: list[UUID], *conditions: Any) -> dict[UUID, int]:
    rows = db.execute(
        sa.select(model.activity_id, sa.func.count().label("number"))
        .where(model.activity_id.in_(ids), *conditions)
        .group_by(model.activity_id)
    )
    return {row.activity_id: row.number for row in rows}
