"""Joining what one person changed in one go: a page that saves as one types is one entry."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import HistoryEntry

#: Changes of one person that are no further apart are one.
IN_ONE_GO = timedelta(minutes=15)


def join_with_last(
    db: DbSession, noun: str, row_id: UUID, *, account_id: UUID | None, now: datetime
) -> None:
    """Join the latest change of a row with the one before, if both are this account's.

    Call it last in the transaction. What was changed and changed back says nothing any more.
    """
    db.flush()
    latest = db.scalars(
        sa.select(HistoryEntry)
        .where(HistoryEntry.noun == noun, HistoryEntry.row_id == row_id)
        .order_by(HistoryEntry.id.desc())
        .limit(2)
    ).all()
    if len(latest) < 2 or account_id is None:
        return
    new, old = latest
    if any(one.action != "changed" or one.account_id != account_id for one in latest):
        return
    if now - old.at > IN_ONE_GO:
        return
    before, after = {**new.before, **old.before}, {**old.after, **new.after}
    told = [name for name in after if before.get(name) != after[name]]
    db.delete(old)
    if told:
        new.before = {name: before[name] for name in told if name in before}
        new.after = {name: after[name] for name in told}
    else:
        db.delete(new)
    db.flush()
