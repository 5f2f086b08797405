"""The tables of the letter: what is told of the programme, to whom, and by what right."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.models.base import Base
from shared.identifiers import new_id


class ProgrammeEntry(Base):
    """A session as subscribers choose by it, and since when there is news of it.

    `noticed_at` is when notifications first heard of it, `moved_at` when its time, place or status
    changed last, and `moved` how; a copy that a new service builds is as old as its events.
    """

    __tablename__ = "programme_entries"
    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(sa.BigInteger)
    activity_id: Mapped[UUID] = mapped_column(index=True)
    edition_id: Mapped[UUID]
    title: Mapped[dict[str, Any]]
    theme: Mapped[str | None]
    audience: Mapped[str] = mapped_column(sa.String(40))
    commune_code: Mapped[str | None] = mapped_column(sa.String(10))
    commune_name: Mapped[str | None]
    organisation_id: Mapped[UUID | None]
    organisation_name: Mapped[str | None]
    status: Mapped[str] = mapped_column(sa.String(20))
    registration: Mapped[str] = mapped_column(sa.String(20))
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    time_zone: Mapped[str] = mapped_column(sa.String(60))
    weekdays: Mapped[list[Any]]
    place: Mapped[str]
    noticed_at: Mapped[datetime]
    moved_at: Mapped[datetime | None]
    moved: Mapped[str | None] = mapped_column(sa.String(20))


class SeatCount(Base):
    """The seats of a session as registration counted them last; a full one had seats again then."""

    __tablename__ = "seat_counts"
    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(sa.BigInteger)
    seats_left: Mapped[int | None]
    freed_at: Mapped[datetime | None]


class SubscriptionRequest(Base):
    """What somebody asked for on a page, until it is confirmed by the link in a mail, or vanishes.

    `network_hash` tells requests from one network apart from others, and names none.
    """

    __tablename__ = "subscription_requests"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token: Mapped[str] = mapped_column(sa.String(40), unique=True)
    email: Mapped[str] = mapped_column(index=True)
    locale: Mapped[str] = mapped_column(sa.String(5))
    wanted: Mapped[dict[str, Any]]
    words: Mapped[str]
    words_version: Mapped[str] = mapped_column(sa.String(20))
    page: Mapped[str]
    network_hash: Mapped[str | None] = mapped_column(sa.String(64))
    asked_at: Mapped[datetime]
    vanishes_at: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
    __table_args__ = (
        sa.Index(
            "ix_subscription_requests_unanswered",
            "id",
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        ),
    )


class Consent(Base):
    """The proof that somebody agreed to be written to: to what words, where, when confirmed."""

    __tablename__ = "consents"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(index=True)
    words: Mapped[str]
    words_version: Mapped[str] = mapped_column(sa.String(20))
    locale: Mapped[str] = mapped_column(sa.String(5))
    page: Mapped[str]
    network_hash: Mapped[str | None] = mapped_column(sa.String(64))
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None] = mapped_column(index=True)


class Subscription(Base):
    """What an address is written to about: the programme at intervals, or one activity.

    `email` is in small letters. Periods that begin after `due_from` are served; `told_until` is up
    to when its news was told. One that ended is kept, with its consent, as the proof that it was
    right to write.
    """

    __tablename__ = "subscriptions"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(sa.String(10))
    email: Mapped[str] = mapped_column(index=True)
    token: Mapped[str] = mapped_column(sa.String(40), unique=True)
    locale: Mapped[str] = mapped_column(sa.String(5))
    frequency: Mapped[str | None] = mapped_column(sa.String(10))
    topics: Mapped[dict[str, Any]]
    activity_id: Mapped[UUID | None]
    activity_title: Mapped[dict[str, Any]]
    consent_id: Mapped[UUID] = mapped_column(sa.ForeignKey("consents.id"))
    began_at: Mapped[datetime]
    due_from: Mapped[datetime]
    told_until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_for: Mapped[str | None] = mapped_column(sa.String(20))
    __table_args__ = (
        sa.CheckConstraint("kind IN ('digest', 'follow')", name="known_kind"),
        sa.CheckConstraint(
            "(kind = 'digest') = (frequency IS NOT NULL)", name="digest_with_frequency"
        ),
        sa.CheckConstraint(
            "(kind = 'follow') = (activity_id IS NOT NULL)", name="follow_with_activity"
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_for IS NULL)", name="ended_for_a_reason"),
        sa.Index(
            "ix_subscriptions_one_digest",
            "email",
            unique=True,
            sqlite_where=sa.text("kind = 'digest' AND ended_at IS NULL"),
            postgresql_where=sa.text("kind = 'digest' AND ended_at IS NULL"),
        ),
        sa.Index(
            "ix_subscriptions_one_follow",
            "activity_id",
            "email",
            unique=True,
            sqlite_where=sa.text("kind = 'follow' AND ended_at IS NULL"),
            postgresql_where=sa.text("kind = 'follow' AND ended_at IS NULL"),
        ),
    )


class Campaign(Base):
    """A letter that the coordination writes (*envoi*): it opens a digest, at a planned time.

    `texts` holds subject and Markdown in both languages; `frequencies` whom it goes to.
    """

    __tablename__ = "campaigns"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    texts: Mapped[dict[str, Any]]
    frequencies: Mapped[list[Any]]
    status: Mapped[str] = mapped_column(sa.String(10), default="draft")
    revision: Mapped[int] = mapped_column(default=1)
    planned_at: Mapped[datetime | None]
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    __table_args__ = (
        sa.CheckConstraint(
            "status IN ('draft', 'planned', 'sending', 'sent')", name="known_status"
        ),
        sa.CheckConstraint("status = 'draft' OR planned_at IS NOT NULL", name="planned_with_time"),
        sa.Index("ix_campaigns_status", "status", "planned_at"),
    )


class SubscriptionMail(Base):
    """That a subscription was served for a period, once: with a mail, or nothing new to tell."""

    __tablename__ = "subscription_mails"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    subscription_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("subscriptions.id", ondelete="CASCADE")
    )
    period: Mapped[str] = mapped_column(sa.String(60))
    consent_id: Mapped[UUID] = mapped_column(sa.ForeignKey("consents.id"))
    campaign_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("campaigns.id"), index=True)
    is_empty: Mapped[bool]
    served_at: Mapped[datetime]
    __table_args__ = (
        sa.UniqueConstraint("subscription_id", "period"),
        sa.Index("ix_subscription_mails_served_at", "served_at"),
    )


class RefusedAddress(Base):
    """An address that is never asked again, by its hash: it complained, or said so."""

    __tablename__ = "refused_addresses"
    address_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    refused_at: Mapped[datetime]
