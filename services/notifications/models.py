"""The tables of notifications: its copy of the sessions, the mail that goes out, the webhooks."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.api_tokens import add_token_copies
from shared.database import NAMING_CONVENTION, Json, UtcDateTime
from shared.identifiers import new_id
from shared.messaging.tables import add_messaging_tables
from shared.site import add_site_copy


class Base(DeclarativeBase):
    """Where notifications' tables are declared."""

    metadata = sa.MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: Json,
        list[Any]: Json,
        str: sa.Text(),
    }


add_messaging_tables(Base.metadata)
add_token_copies(Base.metadata)
add_site_copy(Base.metadata)


class SessionCopy(Base):
    """What notifications knows of a session from scheduling's events; `details` is the last one."""

    __tablename__ = "session_copies"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(sa.BigInteger)
    details: Mapped[dict[str, Any]]


class OutgoingMail(Base):
    """One mail to one address: one row for each (event, recipient, template).

    `content` holds the facts that the mail is rendered from, at sending and in the console. Once it
    was erased (`erased_at`) nothing in the row tells who it was written to, or what. `about_id` and
    `about_version` name the aggregate that the mail tells of: a mail that a newer one has overtaken
    is not sent.

    `status` is honest: `unknown` means that the connection broke between the end of the data and
    the server's answer, so nobody can tell whether it was taken; `withdrawn` that it was left
    unsent on purpose. While `sending`, `claim` names the worker's batch and `handed_over_at` says
    that the transport was about to end the data: from then on the mail may have gone out.
    """

    __tablename__ = "outgoing_mails"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    event_id: Mapped[UUID]
    recipient: Mapped[str]
    template: Mapped[str] = mapped_column(sa.String(60))
    locale: Mapped[str] = mapped_column(sa.String(5))
    subject: Mapped[str]
    message_id: Mapped[str] = mapped_column(unique=True)
    about_id: Mapped[UUID] = mapped_column(index=True)
    about_version: Mapped[int] = mapped_column(sa.BigInteger)
    content: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(sa.String(10), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None]
    correlation_id: Mapped[str] = mapped_column(sa.String(64))
    queued_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime | None]
    claim: Mapped[UUID | None]
    sending_since: Mapped[datetime | None]
    handed_over_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    __table_args__ = (
        sa.UniqueConstraint("event_id", "recipient", "template"),
        sa.CheckConstraint(
            "status IN ('queued', 'sending', 'sent', 'deferred', 'failed', 'unknown', 'withdrawn')",
            name="known_status",
        ),
        sa.Index(
            "ix_outgoing_mails_due",
            "next_attempt_at",
            sqlite_where=sa.text("status IN ('queued', 'deferred')"),
            postgresql_where=sa.text("status IN ('queued', 'deferred')"),
        ),
        sa.Index(
            "ix_outgoing_mails_sending",
            "sending_since",
            sqlite_where=sa.text("status = 'sending'"),
            postgresql_where=sa.text("status = 'sending'"),
        ),
        sa.Index("ix_outgoing_mails_status", "status", "id"),
        sa.Index(
            "ix_outgoing_mails_of_people",
            "id",
            sqlite_where=sa.text("template IN ('organiser_message', 'registration_links')"),
            postgresql_where=sa.text("template IN ('organiser_message', 'registration_links')"),
        ),
    )


class RevokedSignIn(Base):
    """A sign-in that scheduling ended before its cookies expired."""

    __tablename__ = "revoked_sign_ins"
    sign_in_id: Mapped[UUID] = mapped_column(primary_key=True)
    revoked_at: Mapped[datetime]


class ErasedRegistration(Base):
    """A registration whose personal data is gone: what still comes about it is not stored."""

    __tablename__ = "erased_registrations"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    erased_at: Mapped[datetime]


class ErasedLetter(Base):
    """The name of an erased mail's file, to be removed where mails are kept in a folder.

    It is removed again a while after `removed_at`: a letter may have been on its way to the folder.
    """

    __tablename__ = "erased_letters"
    name: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    erased_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


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
