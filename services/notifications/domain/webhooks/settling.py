"""Settling: what came of an attempt is written down, by the worker that still holds the webhook."""

import random
from datetime import datetime, timedelta

import sqlalchemy as sa

from services.notifications.domain.webhooks import kinds
from services.notifications.domain.webhooks.claiming import Turn
from services.notifications.domain.webhooks.disabling import disable
from services.notifications.domain.webhooks.posting import Answer
from services.notifications.models import Webhook, WebhookAttempt, WebhookDelivery
from shared.database import Database

#: How long to wait after the first, second, … failed attempt: about three days in all. After the
#: last one a delivery has failed. (Standard Webhooks, "Deliverability and reliability".)
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)

#: A pause is made longer by up to this part, so that receivers are not asked in step.
JITTER = 0.1

#: A webhook is disabled when nothing got through for so long, and not by a few bad moments: a
#: worker that stood still for days may have found two.
PATIENCE, LEAST_FAILURES = timedelta(days=3), 5

#: How long a webhook rests after the first failure in a row, each further one doubling it, so that
#: a server that is down is not asked once for each delivery.
FIRST_REST, LONGEST_REST = timedelta(seconds=1), timedelta(minutes=1)


def settle(
    database: Database,
    turn: Turn,
    delivery: WebhookDelivery,
    answer: Answer,
    *,
    public_url: str,
    now: datetime,
) -> bool:
    """Write down an attempt and what follows from it; return whether the turn goes on.

    Nothing is written when another worker holds the webhook by now, or somebody removed it.
    """
    with database.write() as db:
        webhook = db.scalar(
            sa.select(Webhook)
            .where(Webhook.id == turn.webhook.id, Webhook.claim == turn.claim)
            .with_for_update(key_share=True)
        )
        row = db.get(WebhookDelivery, delivery.id)
        if webhook is None or row is None:
            return False
        db.add(
            WebhookAttempt(
                delivery_id=row.id,
                attempted_at=now - timedelta(milliseconds=answer.duration_ms),
                duration_ms=answer.duration_ms,
                http_status=answer.status,
                fault=answer.fault,
                detail=answer.detail,
            )
        )
        row.attempts += 1
        if answer.fault is None:
            _succeed(webhook, row, now)
            return webhook.status == "active"
        _fail(webhook, row, now)
        if answer.fault == "gone":
            disable(db, webhook, "gone", public_url=public_url, now=now)
        elif _is_hopeless(webhook, now):
            disable(db, webhook, "failing", public_url=public_url, now=now)
        elif webhook.status != "active" and row.status == "deferred":
            row.status, row.next_attempt_at = "held", None  # it was paused meanwhile
        return False


def forget_old(database: Database, *, now: datetime, kept: timedelta, most: int = 1000) -> int:
    """Remove some of the deliveries that are older than `kept`, with their attempts; count them."""
    old = (
        sa.select(WebhookDelivery.id)
        .where(WebhookDelivery.queued_at < now - kept)
        .order_by(WebhookDelivery.queued_at)
        .limit(most)
    )
    with database.read() as db:
        found = db.scalars(old).all()
    if found:
        with database.write() as db:
            db.execute(sa.delete(WebhookDelivery).where(WebhookDelivery.id.in_(found)))
    return len(found)


def _succeed(webhook: Webhook, row: WebhookDelivery, now: datetime) -> None:
    row.status, row.delivered_at, row.next_attempt_at = "delivered", now, None
    webhook.last_success_at = now
    webhook.failures, webhook.failing_since, webhook.rests_until = 0, None, None


def _fail(webhook: Webhook, row: WebhookDelivery, now: datetime) -> None:
    if row.kind == kinds.TEST:
        row.status, row.next_attempt_at = "failed", None
        return
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or now
    webhook.rests_until = now + rest_after(webhook.failures)
    if row.attempts > len(PAUSES):
        row.status, row.next_attempt_at = "failed", None
    else:
        row.status, row.next_attempt_at = "deferred", now + pause_after(row.attempts)


def _is_hopeless(webhook: Webhook, now: datetime) -> bool:
    since = webhook.failing_since
    return webhook.failures >= LEAST_FAILURES and since is not None and since <= now - PATIENCE


def pause_after(attempts: int) -> timedelta:
    """Return how long a delivery waits after so many failed attempts, at most as many as pauses."""
    pause = PAUSES[attempts - 1].total_seconds()
    return timedelta(seconds=pause * random.uniform(1, 1 + JITTER))  # noqa: S311 - not a secret


def rest_after(failures: int) -> timedelta:
    """Return how long a webhook rests after so many failures in a row."""
    return min(FIRST_REST * (1 << min(failures - 1, 10)), LONGEST_REST)
