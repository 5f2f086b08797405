"""Leaving changes out of releases for now, and taking them in again."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.history import write_entries
from services.scheduling.domain.history.entries import new_entry
from services.scheduling.models import Activity, Session


def hold_back(
    db: DbSession,
    edition_id: UUID,
    sessions: Iterable[UUID],
    *,
    held: bool = True,
    own: Collection[UUID] | None = None,
    account_id: UUID | None = None,
    now: datetime | None = None,
) -> int:
    """Hold the sessions' changes back, or let them go; returns how many were not so yet.

    Sessions of other editions are not touched, nor those of other organisations where `own` names
    one's own. It is no edit of the session: its revision stays. The history says it, given `now`.
    """
    concerned = (
        sa.select(Session.id, Activity.title_fr)
        .join(Activity, Activity.id == Session.activity_id)
        .where(Session.edition_id == edition_id, Session.id.in_(list(sessions)))
        .where(Session.held_back.is_(not held))
        .order_by(Session.id)
        .with_for_update(of=Session, key_share=True)
    )
    if own is not None:
        concerned = concerned.where(Activity.organisation_id.in_(own))
    rows = db.execute(concerned).all()
    changed = [row.id for row in rows]
    db.execute(sa.update(Session).where(Session.id.in_(changed)).values(held_back=held))
    if now is not None:
        action = "held_back" if held else "let_go"
        write_entries(
            db,
            (
                new_entry("sessions", row.id, action, row.title_fr, account_id, now)
                | {"edition_id": edition_id}
                for row in rows
            ),
        )
    return len(changed)
