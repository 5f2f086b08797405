"""What is kept of requests, of the staff and of keys, apart from who comes."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models.base import Base
from shared.identifiers import new_id


class IdempotencyKey(Base):
    """A key that was used: the hash of the body that it came with, and its answer."""

    __tablename__ = "idempotency_keys"
    key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    body_hash: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[int]
    answer: Mapped[dict[str, Any]]
    used_at: Mapped[datetime]


class NameAccess(Base):
    """Somebody was shown the names of a session's registrations, or took them away in a file.

    `kind` is `page`, `csv`, `xlsx` or `api`; `names` counts the registrations shown. Names and the
    session's title are kept as they were: what they name may be forgotten before the log is.
    """

    __tablename__ = "name_accesses"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(index=True)
    account_name: Mapped[str]
    token_name: Mapped[str | None]
    session_id: Mapped[UUID] = mapped_column(index=True)
    title: Mapped[str]
    kind: Mapped[str]
    purpose: Mapped[str | None]
    names: Mapped[int]
    seen_at: Mapped[datetime]
    __table_args__ = (
        sa.CheckConstraint("kind IN ('page', 'csv', 'xlsx', 'api')", name="known_kind"),
    )


class RevokedSignIn(Base):
    """A sign-in that scheduling ended before its cookies expired."""

    __tablename__ = "revoked_sign_ins"
    sign_in_id: Mapped[UUID] = mapped_column(primary_key=True)
    revoked_at: Mapped[datetime]


class TicketKey(Base):
    """A key that signs or signed tickets, by its generation, good until `revoked_at`.

    `key_id` is the hexadecimal form of the four bytes by which a ticket names it; `public_key` its
    32 bytes as base64url (RFC 8032, RFC 4648).
    """

    __tablename__ = "ticket_keys"
    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key_id: Mapped[str] = mapped_column(sa.String(8), unique=True)
    public_key: Mapped[str]
    begun_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Erasure(Base):
    """Personal data was erased: when, why, by whom and how much, but not whose.

    `reason` is `asked` (by the person), `age` (after the edition) or `purpose` (what it was asked
    for is over).
    """

    __tablename__ = "erasures"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reason: Mapped[str] = mapped_column(sa.String(10))
    registrations: Mapped[int]
    erased_at: Mapped[datetime]
    account_name: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
