"""The tables of webhooks: who is told, what each is told of which event, each attempt."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.models.base import Base
from shared.identifiers import new_id


class Webhook(Base):
    """An HTTPS address that is told of the events of one organisation, or of a whole edition.

    `scope_name` is what that was called when the webhook was made; `contact` is written to when it
    is disabled. `secret` signs what is sent, and until `previous_until` so does `previous_secret`.
    `reason` says why it is disabled: `failing` or `gone`. `failures` counts attempts that failed in
    a row, since `failing_since`; after one it rests until `rests_until`. While `claim` is set, one
    worker sends to it.
    """

    __tablename__ = "webhooks"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID | None]
    edition_id: Mapped[UUID | None]
    scope_name: Mapped[str]
    name: Mapped[str]
    url: Mapped[str]
    kinds: Mapped[list[Any]]
    contact: Mapped[str]
    locale: Mapped[str] = mapped_column(sa.String(5))
    secret: Mapped[str]
    previous_secret: Mapped[str | None]
    previous_until: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(sa.String(10), default="active")
    reason: Mapped[str | None] = mapped_column(sa.String(20))
    disabled_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    rests_until: Mapped[datetime | None]
    claim: Mapped[UUID | None]
    claimed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    __table_args__ = (
        sa.CheckConstraint("status IN ('active', 'paused', 'disabled')", name="known_status"),
        sa.CheckConstraint(
            "(organisation_id IS NULL) <> (edition_id IS NULL)", name="organisation_or_edition"
        ),
    )


class WebhookDelivery(Base):
    """What one webhook is told of one event; its id is the message's, for ever.

    `held` means that it waits, while the webhook is paused or disabled, until somebody replays it.
    `attempts` counts anew when it is replayed; the log keeps every attempt.
    """

    __tablename__ = "webhook_deliveries"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    webhook_id: Mapped[UUID] = mapped_column(sa.ForeignKey("webhooks.id", ondelete="CASCADE"))
    event_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(sa.String(40))
    payload: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(sa.String(10))
    attempts: Mapped[int] = mapped_column(default=0)
    correlation_id: Mapped[str] = mapped_column(sa.String(64))
    queued_at: Mapped[datetime] = mapped_column(index=True)
    next_attempt_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    __table_args__ = (
        sa.UniqueConstraint("webhook_id", "event_id"),
        sa.CheckConstraint(
            "status IN ('queued', 'deferred', 'delivered', 'failed', 'held')", name="known_status"
        ),
        sa.Index("ix_webhook_deliveries_webhook_id_id", "webhook_id", "id"),
        sa.Index(
            "ix_webhook_deliveries_due",
            "webhook_id",
            "next_attempt_at",
            sqlite_where=sa.text("status IN ('queued', 'deferred')"),
            postgresql_where=sa.text("status IN ('queued', 'deferred')"),
        ),
    )


class WebhookAttempt(Base):
    """One attempt to deliver: when, for how long, and what came of it (`posting.Answer`)."""

    __tablename__ = "webhook_attempts"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    delivery_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("webhook_deliveries.id", ondelete="CASCADE"), index=True
    )
    attempted_at: Mapped[datetime]
    duration_ms: Mapped[int]
    http_status: Mapped[int | None]
    fault: Mapped[str | None] = mapped_column(sa.String(20))
    detail: Mapped[str]
