"""The tables of notifications: its copy of the sessions, the mail that goes out, who is erased."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.models.base import Base
from services.notifications.models.delivery import DeliveryStep, SuppressedAddress
from services.notifications.models.newsletter import (
    Campaign,
    Consent,
    ProgrammeEntry,
    RefusedAddress,
    SeatCount,
    Subscription,
    SubscriptionMail,
    SubscriptionRequest,
)
from services.notifications.models.webhooks import Webhook, WebhookAttempt, WebhookDelivery
from shared.identifiers import new_id

__all__ = [
    "Base",
    "Campaign",
    "Consent",
    "DeliveryStep",
    "ErasedLetter",
    "ErasedRegistration",
    "OutgoingMail",
    "ProgrammeEntry",
    "RefusedAddress",
    "RevokedSignIn",
    "SeatCount",
    "SessionCopy",
    "Subscription",
    "SubscriptionMail",
    "SubscriptionRequest",
    "SuppressedAddress",
    "Webhook",
    "WebhookAttempt",
    "WebhookDelivery",
]


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
    the server's answer, so nobody can tell whether it was taken; `bounced` that a server took it
    and brought it back; `withdrawn` that it was left unsent on purpose. While `sending`, `claim`
    names the worker's batch and `handed_over_at` says that the transport was about to end the data:
    from then on the mail may have gone out.

    What is sent to subscribers names the consent that allows it (`consent_id`).
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
    consent_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("consents.id"), index=True)
    __table_args__ = (
        sa.UniqueConstraint("event_id", "recipient", "template"),
        sa.CheckConstraint(
            "template NOT IN ('newsletter', 'activity_followed') OR consent_id IS NOT NULL "
            "OR erased_at IS NOT NULL",
            name="sent_with_consent",
        ),
        sa.CheckConstraint(
            "status IN ('queued', 'sending', 'sent', 'deferred', 'failed', 'unknown', 'withdrawn', "
            "'bounced')",
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
