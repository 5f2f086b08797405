"""Replaying: what a webhook was told, or should have been, is sent again under the same id."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.models import Webhook, WebhookDelivery


class NotActive(Exception):
    """The webhook is paused or disabled: it has to be enabled first."""


def replay(webhook: Webhook, delivery: WebhookDelivery, *, now: datetime) -> bool:
    """Send one delivery again; return False if it is about to be sent anyway.

    Raises `NotActive`.
    """
    if webhook.status != "active":
        raise NotActive
    if delivery.status == "queued":
        return False
    delivery.status, delivery.next_attempt_at = "queued", now
    delivery.attempts, webhook.rests_until = 0, None
    return True


def replay_since(db: Session, webhook: Webhook, since: datetime, *, now: datetime) -> int:
    """Send again all that failed or was held of what happened since then; return how many.

    Raises `NotActive`. The messages of tests are not sent again.
    """
    if webhook.status != "active":
        raise NotActive
    webhook.rests_until = None
    replayed: Any = db.execute(
        sa.update(WebhookDelivery)
        .where(*missed(webhook), WebhookDelivery.queued_at >= since)
        .values(status="queued", next_attempt_at=now, attempts=0)
        .execution_options(synchronize_session=False)
    )
    return int(replayed.rowcount)


def missed(webhook: Webhook) -> tuple[sa.ColumnElement[bool], ...]:
    """Return what is true of the deliveries that did not arrive, and are tried no more."""
    return (
        WebhookDelivery.webhook_id == webhook.id,
        WebhookDelivery.status.in_(("failed", "held")),
        WebhookDelivery.kind != "webhook.test",
    )
