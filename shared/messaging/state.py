"""The state of a service's messages, for operators: what waits, what is in trouble, retrying."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.messaging.tables import INBOX, OUTBOX

#: In the order of their urgency.
TROUBLED = ("dead", "parked", "waiting")


@dataclass(frozen=True)
class MessageCounts:
    """How many events each state holds; `unsent` and `returned` are the outbox's.

    `oldest_unsent_at` is when the oldest event still to be sent was recorded (UTC).
    """

    dead: int
    parked: int
    waiting: int
    unsent: int
    returned: int
    oldest_unsent_at: datetime | None


@dataclass(frozen=True)
class TroubledMessage:
    """An event that a handler has not done with; times are UTC."""

    event_id: UUID
    handler: str
    type: str
    status: str
    attempts: int
    reason: str | None
    received_at: datetime
    next_attempt_at: datetime | None
    correlation_id: str


def message_counts(db: Session) -> MessageCounts:
    """Count the messages of the service whose database this is."""
    by_status: dict[str, int] = {
        row.status: row.number
        for row in db.execute(
            sa.select(INBOX.c.status, sa.func.count().label("number"))
            .where(INBOX.c.status != "done")
            .group_by(INBOX.c.status)
        )
    }
    unsent = db.execute(
        sa.select(
            sa.func.count().label("number"), sa.func.min(OUTBOX.c.occurred_at).label("first")
        ).where(OUTBOX.c.sent_at.is_(None))
    ).one()
    returned = db.scalar(
        sa.select(sa.func.count()).select_from(OUTBOX).where(OUTBOX.c.returned.is_(sa.true()))
    )
    return MessageCounts(
        dead=by_status.get("dead", 0),
        parked=by_status.get("parked", 0),
        waiting=by_status.get("waiting", 0),
        unsent=unsent.number,
        returned=returned or 0,
        oldest_unsent_at=unsent.first,
    )


def troubled_messages(
    db: Session, status: str | Sequence[str] = TROUBLED, limit: int = 100
) -> list[TroubledMessage]:
    """Return up to `limit` messages in one of the states, the newest first."""
    statuses = [status] if isinstance(status, str) else list(status)
    columns = [INBOX.c[name] for name in TroubledMessage.__dataclass_fields__]
    rows = db.execute(
        sa.select(*columns)
        .where(INBOX.c.status.in_(statuses))
        .order_by(INBOX.c.received_at.desc(), INBOX.c.event_id.desc())
        .limit(limit)
    )
    return [TroubledMessage(**row) for row in rows.mappings()]


def retry(db: Session, event_id: UUID, handler: str, *, now: datetime) -> bool:
    """Let a handler try one message again at once; tell whether there was one to try."""
    return _retry(db, now, INBOX.c.event_id == event_id, INBOX.c.handler == handler) == 1


def retry_event(db: Session, event_id: UUID, *, now: datetime) -> int:
    """Let every handler that an event is in trouble with try it again; return how many."""
    return _retry(db, now, INBOX.c.event_id == event_id)


def retry_all_dead(db: Session, *, now: datetime) -> int:
    """Let every dead message be tried again at once, and return how many there were."""
    return _retry(db, now, INBOX.c.status == "dead")


def _retry(db: Session, now: datetime, *conditions: sa.ColumnElement[bool]) -> int:
    result = db.execute(
        sa.update(INBOX)
        .where(INBOX.c.status.in_(TROUBLED), *conditions)
        .values(status="waiting", attempts=0, next_attempt_at=now)
    )
    return int(getattr(result, "rowcount", 0))
