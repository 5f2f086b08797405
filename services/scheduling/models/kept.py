"""What is kept beside the programme: its history, what was merged, secrets of private feeds."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.scheduling.models.accounts import Account
from services.scheduling.models.base import Base, exactly_one, foreign
from shared.identifiers import new_id


class HistoryEntry(Base):
    """Who did what to an object, and when.

    `noun` is its table, `row_id` its id; `action` is `created`, `changed`, `deleted`, `merged`, or
    a step of its own (`submitted`, …) with its `comment`. `before` and `after` hold the fields that
    differ, as JSON values. `account_id` is null for an import or a command, which `origin` names.
    """

    __tablename__ = "history"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    noun: Mapped[str]
    row_id: Mapped[UUID]
    edition_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("editions.id"))
    action: Mapped[str]
    title: Mapped[str]
    comment: Mapped[str | None]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    account_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("accounts.id"))
    origin: Mapped[str | None]
    at: Mapped[datetime]
    account: Mapped[Account | None] = relationship()
    __table_args__ = (
        sa.Index("ix_history_row", "noun", "row_id", "id"),
        sa.Index("ix_history_edition", "edition_id", "id"),
        sa.Index("ix_history_account", "account_id", "id"),
    )


class MergedRow(Base):
    """A venue, organisation or presenter that became another: old addresses lead to the new one."""

    __tablename__ = "merged_rows"
    old_id: Mapped[UUID] = mapped_column(primary_key=True)
    noun: Mapped[str]
    new_id: Mapped[UUID] = mapped_column(index=True)
    source: Mapped[str | None]
    source_id: Mapped[str | None]
    account_id: Mapped[UUID | None] = foreign("accounts.id")
    merged_at: Mapped[datetime]
    __table_args__ = (sa.Index("ix_merged_rows_source", "source", "source_id"),)


class FeedToken(Base):
    """The secret of a private calendar feed; only its hash (SHA-256) is kept.

    The feed is a venue's, an organisation's or a presenter's own: exactly one is named.
    """

    __tablename__ = "feed_tokens"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    venue_id: Mapped[UUID | None] = foreign("venues.id")
    organisation_id: Mapped[UUID | None] = foreign("organisations.id")
    presenter_id: Mapped[UUID | None] = foreign("presenters.id")
    account_id: Mapped[UUID | None] = foreign("accounts.id")
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_on: Mapped[date | None]
    __table_args__ = (exactly_one("venue_id", "organisation_id", "presenter_id"),)


class AcceptedConflict(Base):
    """A conflict of an edition that somebody has looked at and wants to be as it is.

    `key` is the conflict's own (`domain/conflicts`): another conflict has another one.
    """

    __tablename__ = "accepted_conflicts"
    edition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("editions.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    note: Mapped[str | None]
    account_id: Mapped[UUID | None] = foreign("accounts.id")
    accepted_at: Mapped[datetime]
    account: Mapped[Account | None] = relationship()
