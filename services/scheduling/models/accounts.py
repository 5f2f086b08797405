"""The staff: accounts, their ways in, and the tokens of programs that act for them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.scheduling.models.base import Base, exactly_one, foreign
from shared.identifiers import new_id


class Account(Base):
    """A person of the staff, who signs in by a mailed code or link.

    Whoever `sees_names` is shown the names of everybody registered, not their number alone. An
    account that is `disabled_at` lets nobody in.
    """

    __tablename__ = "accounts"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    locale: Mapped[str] = mapped_column(default="fr")
    roles: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    sees_names: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[datetime | None]


class Membership(Base):
    """What an account acts for: an organisation, or a venue; exactly one is named."""

    __tablename__ = "memberships"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = foreign("accounts.id")
    organisation_id: Mapped[UUID | None] = foreign("organisations.id")
    venue_id: Mapped[UUID | None] = foreign("venues.id")
    account: Mapped[Account] = relationship()
    __table_args__ = (
        sa.UniqueConstraint("account_id", "organisation_id"),
        sa.UniqueConstraint("account_id", "venue_id"),
        exactly_one("organisation_id", "venue_id"),
    )


class SignInCode(Base):
    """A one-time way in: the hashes of a link's token and of a typed code."""

    __tablename__ = "sign_in_codes"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = foreign("accounts.id")
    token_hash: Mapped[str] = mapped_column(unique=True)
    code_hash: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship()


class SignIn(Base):
    """One signed-in browser; revoking it ends every cookie that carries its id."""

    __tablename__ = "sign_ins"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = foreign("accounts.id")
    token_hash: Mapped[str] = mapped_column(unique=True)
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship()


class ApiToken(Base):
    """A program's way in, made by a member of the staff; only its hash is kept.

    `version` counts what the other services were told of it.
    """

    __tablename__ = "api_tokens"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = foreign("accounts.id")
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    account: Mapped[Account] = relationship()


class IdempotencyKey(Base):
    """The answer that a write of the API got, given again when it is repeated under its key.

    `holder` is the token that wrote: two tokens may choose the same key.
    """

    __tablename__ = "idempotency_keys"
    key: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[UUID] = mapped_column(primary_key=True)
    body_hash: Mapped[str]
    status: Mapped[int]
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    body: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(index=True)
