"""What releases did, and what people were told of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models.base import Base


class ReleaseArrival(Base):
    """A session of a release came; kept until the whole release has."""

    __tablename__ = "release_arrivals"
    release_id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(primary_key=True)


class Release(Base):
    """A release that has come whole; `told_at` is when the last person concerned was told of it."""

    __tablename__ = "releases"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    edition_id: Mapped[UUID]
    closed_at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class ToldSession(Base):
    """What people were told of a session at a version, kept until they know what became of it."""

    __tablename__ = "told_sessions"
    session_id: Mapped[UUID] = mapped_column(sa.ForeignKey("session_copies.id"), primary_key=True)
    version: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    state: Mapped[dict[str, Any]]


class UntoldChange(Base):
    """What a release changed for one registration in one session, and nobody told it yet.

    `told_version` is the version of the session that it was told last, null where nothing changed
    that people are told; `gained`: it was offered seats that it waited for. `release_id` is the
    last release that did so, null for a session that was published by itself.
    """

    __tablename__ = "untold_changes"
    registration_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("registrations.id"), primary_key=True
    )
    session_id: Mapped[UUID] = mapped_column(sa.ForeignKey("session_copies.id"), primary_key=True)
    release_id: Mapped[UUID | None]
    told_version: Mapped[int | None] = mapped_column(sa.BigInteger)
    gained: Mapped[bool]
    __table_args__ = (sa.Index("ix_untold_changes_release", "release_id", "registration_id"),)
