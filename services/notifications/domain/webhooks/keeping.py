"""Keeping webhooks: made, changed, paused, enabled again, given a new secret, removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.domain.webhooks.announcing import queue_delivery
from services.notifications.domain.webhooks.disabling import hold_deliveries
from services.notifications.domain.webhooks.payloads import payload_of_test
from services.notifications.domain.webhooks.signing import new_secret
from services.notifications.models import Webhook
from shared.identifiers import new_id

#: Webhooks that one organisation, or one edition, may have.
MOST = 10

#: How long a replaced secret still signs, beside its successor.
OVERLAP = timedelta(hours=24)


class TooMany(Exception):
    """The organisation or the edition has as many webhooks as it may."""


@dataclass(frozen=True)
class Scope:
    """Whose events a webhook hears of: one organisation's, or a whole edition's."""

    organisation_id: UUID | None
    edition_id: UUID | None
    name: str

    @property
    def key(self) -> str:
        """Return it as forms send it."""
        if self.organisation_id is not None:
            return f"organisation:{self.organisation_id}"
        return f"edition:{self.edition_id}"


@dataclass(frozen=True)
class Wanted:
    """What whoever fills in the form decides."""

    name: str
    url: str
    kinds: Sequence[str]
    contact: str


def create(
    db: Session, webhook_id: UUID, scope: Scope, wanted: Wanted, *, locale: str, now: datetime
) -> Webhook | None:
    """Make a webhook with a new secret; None if that id is taken: the form was sent twice.

    Raises `TooMany`.
    """
    if db.get(Webhook, webhook_id) is not None:
        return None
    same = Webhook.edition_id == scope.edition_id
    if scope.organisation_id is not None:
        same = Webhook.organisation_id == scope.organisation_id
    if (db.scalar(sa.select(sa.func.count()).where(same)) or 0) >= MOST:
        raise TooMany
    webhook = Webhook(
        id=webhook_id,
        organisation_id=scope.organisation_id,
        edition_id=scope.edition_id,
        scope_name=scope.name,
        name=wanted.name,
        url=wanted.url,
        kinds=list(wanted.kinds),
        contact=wanted.contact,
        locale=locale,
        secret=new_secret(),
        created_at=now,
    )
    db.add(webhook)
    db.flush()
    return webhook


def change(webhook: Webhook, wanted: Wanted, *, locale: str) -> None:
    """Change a webhook; what waits for it is sent to the new address."""
    webhook.name, webhook.url, webhook.contact = wanted.name, wanted.url, wanted.contact
    webhook.kinds, webhook.locale = list(wanted.kinds), locale


def pause(db: Session, webhook: Webhook) -> None:
    """Send nothing for now; what happens meanwhile is held."""
    if webhook.status == "active":
        webhook.status = "paused"
        hold_deliveries(db, webhook)


def enable(webhook: Webhook) -> None:
    """Send again, from now on; what was held stays so until it is replayed."""
    webhook.status, webhook.reason, webhook.disabled_at = "active", None, None
    webhook.failures, webhook.failing_since, webhook.rests_until = 0, None, None


def rotate(webhook: Webhook, *, now: datetime) -> str:
    """Return a new secret; the one before it signs too, for `OVERLAP`."""
    webhook.previous_secret, webhook.previous_until = webhook.secret, now + OVERLAP
    webhook.secret = new_secret()
    return webhook.secret


def send_test(db: Session, webhook: Webhook, *, now: datetime) -> None:
    """Queue a message that tells of nothing but that it arrives."""
    event_id = new_id()
    scope = {"organisation_id": webhook.organisation_id, "edition_id": webhook.edition_id}
    queue_delivery(
        db,
        webhook_id=webhook.id,
        is_active=True,
        event_id=event_id,
        payload=payload_of_test(
            now.isoformat(), {name: str(value) for name, value in scope.items() if value}
        ),
        correlation_id=event_id.hex,
        now=now,
    )
