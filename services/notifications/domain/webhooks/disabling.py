"""Disabling: a webhook that cannot be reached is left alone, and its contact is told."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.domain.queueing import Draft, queue_mail
from services.notifications.domain.subjects import webhook_subject
from services.notifications.domain.templates import WEBHOOK_DISABLED
from services.notifications.models import Webhook, WebhookDelivery
from shared.identifiers import new_id
from shared.messaging.envelope import Envelope


def disable(db: Session, webhook: Webhook, reason: str, *, public_url: str, now: datetime) -> None:
    """Disable a webhook, hold what waits for it, and queue the mail to its contact.

    `reason` is `failing`, or `gone` when the receiver itself said so (410).
    """
    if webhook.status == "disabled":
        return
    webhook.status, webhook.reason, webhook.disabled_at = "disabled", reason, now
    hold_deliveries(db, webhook)
    content: dict[str, Any] = {
        "name": webhook.name,
        "scope": webhook.scope_name,
        "url": webhook.url,
        "reason": reason,
        "failing_since": (webhook.failing_since or now).isoformat(),
        "link": f"{public_url}/console/notifications/webhooks/{webhook.id}",
    }
    draft = Draft(
        template=WEBHOOK_DISABLED,
        recipient=webhook.contact,
        locale=webhook.locale,
        subject=webhook_subject(content, webhook.locale),
        content=content,
    )
    queue_mail(db, draft, _occasion(webhook, now), now=now)


def hold_deliveries(db: Session, webhook: Webhook) -> None:
    """Hold what is still to be sent until somebody replays it."""
    db.flush()
    db.execute(
        sa.update(WebhookDelivery)
        .where(WebhookDelivery.webhook_id == webhook.id)
        .where(WebhookDelivery.status.in_(("queued", "deferred")))
        .values(status="held", next_attempt_at=None)
    )


def _occasion(webhook: Webhook, now: datetime) -> Envelope:
    """Return what the mail is queued for; a later mail about the same webhook overtakes it."""
    identifier = new_id()
    return Envelope(
        id=identifier,
        type="notifications.webhook_disabled",
        version=1,
        aggregate_id=webhook.id,
        aggregate_version=int(now.timestamp()),
        occurred_at=now,
        correlation_id=identifier.hex,
        data={},
    )
