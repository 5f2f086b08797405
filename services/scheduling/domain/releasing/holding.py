"""Leaving changes out of releases for now, and taking them in again."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import Session


def hold_back(
    db: DbSession, edition_id: UUID, sessions: Iterable[UUID], *, held: bool = True
) -> None:
    """Hold the sessions' changes back, or let them go; sessions of other editions are not touched.

    It is no edit of the session: its revision stays.
    """
    db.execute(
        sa.update(Session)
        .where(Session.edition_id == edition_id, Session.id.in_(list(sessions)))
        .values(held_back=held)
    )
