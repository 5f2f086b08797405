"""Claiming: one worker sends to a webhook at a time, what is due to it, in the order of the events.

So a receiver that hangs keeps one sender busy, and never all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.notifications.models import Webhook, WebhookDelivery
from shared.database import Database
from shared.identifiers import new_id

#: After so long a worker that holds a webhook is taken for dead. It is longer than a turn: see
#: `delivering.TURN` and `posting.WHOLE`.
LEASE = timedelta(seconds=120)


@dataclass(frozen=True)
class Turn:
    """What one worker is to send to one webhook; `claim` is its right to."""

    claim: UUID
    webhook: Webhook
    deliveries: Sequence[WebhookDelivery]


def claim_turn(database: Database, *, now: datetime, most: int) -> Turn | None:
    """Take the webhook whose last turn is longest ago, and up to `most` of what is due to it.

    It is a short transaction of its own; None when nothing is due.
    """
    with database.read() as db:  # looking first spares SQLite's only write lock
        if db.scalar(_waiting(now).limit(1)) is None:
            return None
    with database.write() as db:
        webhook = db.scalar(
            _waiting(now).limit(1).with_for_update(skip_locked=True, key_share=True)
        )
        if webhook is None:
            return None
        deliveries = db.scalars(
            sa.select(WebhookDelivery)
            .where(WebhookDelivery.webhook_id == webhook.id, *_due(now))
            .order_by(WebhookDelivery.next_attempt_at, WebhookDelivery.id)
            .limit(most)
        ).all()
        claim = new_id()
        webhook.claim, webhook.claimed_at = claim, now
    return Turn(claim, webhook, deliveries)


def end_turn(database: Database, turn: Turn) -> None:
    """Let go of the webhook, unless another worker holds it by now."""
    with database.write() as db:
        db.execute(
            sa.update(Webhook)
            .where(Webhook.id == turn.webhook.id, Webhook.claim == turn.claim)
            .values(claim=None)
        )


def free_all(database: Database) -> None:
    """Free every webhook: for a process that knows itself to be the only worker, at its start."""
    with database.write() as db:
        db.execute(sa.update(Webhook).where(Webhook.claim.is_not(None)).values(claim=None))


def _due(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    waits: Any = sa.text("webhook_deliveries.status IN ('queued', 'deferred')")  # as in the index
    return (waits, WebhookDelivery.next_attempt_at <= now)


def _waiting(now: datetime) -> sa.Select[Webhook]:
    is_free = Webhook.claim.is_(None) | (Webhook.claimed_at <= now - LEASE)
    is_rested = Webhook.rests_until.is_(None) | (Webhook.rests_until <= now)
    something = sa.exists().where(WebhookDelivery.webhook_id == Webhook.id, *_due(now))
    return (
        sa.select(Webhook)
        .where(Webhook.status == "active", is_free, is_rested, something)
        .order_by(Webhook.claimed_at.asc().nulls_first(), Webhook.id)
    )
