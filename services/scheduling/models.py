"""The tables of scheduling: festivals, editions, places, activities and their sessions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from shared.database import NAMING_CONVENTION, Json, UtcDateTime
from shared.identifiers import new_id
from shared.messaging.tables import add_messaging_tables


class Base(DeclarativeBase):
    """Where scheduling's tables are declared."""

    metadata = sa.MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {
        datetime: UtcDateTime,
        dict[str, Any]: Json,
        list[Any]: Json,
        str: sa.Text(),
    }


add_messaging_tables(Base.metadata)


def _foreign(target: str) -> Any:
    return mapped_column(sa.ForeignKey(target), index=True)


class Festival(Base):
    """The brand: *Fête de la science*."""

    __tablename__ = "festivals"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    name_fr: Mapped[str]
    name_en: Mapped[str | None]


class Edition(Base):
    """One dated instance of a festival; `starts_on` and `ends_on` are local dates."""

    __tablename__ = "editions"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    festival_id: Mapped[UUID] = _foreign("festivals.id")
    slug: Mapped[str] = mapped_column(unique=True)
    name_fr: Mapped[str]
    name_en: Mapped[str | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    time_zone: Mapped[str] = mapped_column(default="Europe/Paris")
    contact_email: Mapped[str | None]
    festival: Mapped[Festival] = relationship()


class Organisation(Base):
    """A partner that proposes activities."""

    __tablename__ = "organisations"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    email: Mapped[str | None]
    source: Mapped[str | None]
    source_id: Mapped[str | None]
    __table_args__ = (sa.UniqueConstraint("source", "source_id"),)


class Commune(Base):
    """A commune; the INSEE code is null for places abroad."""

    __tablename__ = "communes"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    insee_code: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


class Venue(Base):
    """A site with an address."""

    __tablename__ = "venues"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    address: Mapped[str | None]
    postcode: Mapped[str | None]
    commune_id: Mapped[UUID | None] = _foreign("communes.id")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    time_zone: Mapped[str | None]
    source: Mapped[str | None]
    source_id: Mapped[str | None]
    commune: Mapped[Commune | None] = relationship()
    spaces: Mapped[list["Space"]] = relationship(back_populates="venue")
    __table_args__ = (sa.UniqueConstraint("source", "source_id"),)


class Space(Base):
    """A room or yard of a venue; `capacity` counts everybody in it."""

    __tablename__ = "spaces"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    venue_id: Mapped[UUID] = _foreign("venues.id")
    name: Mapped[str]
    capacity: Mapped[int | None]
    source: Mapped[str | None]
    source_id: Mapped[str | None]
    venue: Mapped[Venue] = relationship(back_populates="spaces")
    __table_args__ = (sa.UniqueConstraint("source", "source_id"),)


class Activity(Base):
    """The content that sessions are the occurrences of."""

    __tablename__ = "activities"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    edition_id: Mapped[UUID] = _foreign("editions.id")
    organisation_id: Mapped[UUID | None] = _foreign("organisations.id")
    title_fr: Mapped[str]
    title_en: Mapped[str | None]
    description_fr: Mapped[str] = mapped_column(default="")
    description_en: Mapped[str | None]
    audience: Mapped[str] = mapped_column(default="everyone")
    age_min: Mapped[int | None]
    age_max: Mapped[int | None]
    theme: Mapped[str | None]
    format: Mapped[str | None]
    presenters: Mapped[list[Any]] = mapped_column(default=list)
    link: Mapped[str | None]
    source: Mapped[str | None]
    source_id: Mapped[str | None]
    edition: Mapped[Edition] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    sessions: Mapped[list["Session"]] = relationship(back_populates="activity")
    __table_args__ = (sa.UniqueConstraint("source", "source_id"),)


class Session(Base):
    """One dated occurrence of an activity (never SQLAlchemy's session, which is `db`).

    `uid` is the calendar's, given once; `sequence` rises with time, place or status; `version`
    rises with every change and numbers the events. `seats_left` is registration's last word,
    advisory; `searchable` is the folded text that the programme's search looks in. Registration
    closes at `registration_closes_at`, or by the usual rule where it is null (`domain/closing.py`).
    """

    __tablename__ = "sessions"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    edition_id: Mapped[UUID] = _foreign("editions.id")
    activity_id: Mapped[UUID] = _foreign("activities.id")
    venue_id: Mapped[UUID] = _foreign("venues.id")
    space_id: Mapped[UUID | None] = _foreign("spaces.id")
    uid: Mapped[str] = mapped_column(unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(default="confirmed")
    kind: Mapped[str] = mapped_column(default="timed")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    weekly_hours: Mapped[list[Any]] = mapped_column(default=list)
    closures: Mapped[list[Any]] = mapped_column(default=list)
    registration: Mapped[str] = mapped_column(default="none")
    registration_link: Mapped[str | None]
    registration_telephone: Mapped[str | None]
    registration_email: Mapped[str | None]
    registration_full: Mapped[bool] = mapped_column(default=False)
    registration_closes_at: Mapped[datetime | None]
    capacity: Mapped[int | None]
    seat_categories: Mapped[list[Any]] = mapped_column(default=lambda: ["adults", "children"])
    seats_left: Mapped[int | None]
    seats_version: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    searchable: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime]
    source: Mapped[str | None]
    source_id: Mapped[str | None]
    edition: Mapped[Edition] = relationship()
    activity: Mapped[Activity] = relationship(back_populates="sessions")
    venue: Mapped[Venue] = relationship()
    space: Mapped[Space | None] = relationship()
    __table_args__ = (
        sa.UniqueConstraint("source", "source_id"),
        sa.CheckConstraint("ends_at >= starts_at", name="ends_after_start"),
        sa.CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity_not_negative"),
        sa.CheckConstraint("kind IN ('timed', 'drop_in', 'exhibition')", name="known_kind"),
        sa.CheckConstraint("registration IN ('none', 'here', 'elsewhere')", name="known_way_in"),
        sa.CheckConstraint("status IN ('confirmed', 'cancelled')", name="known_status"),
        sa.Index("ix_sessions_edition_starts", "edition_id", "starts_at", "id"),
    )


class Account(Base):
    """A person of the staff, who signs in by a mailed code or link."""

    __tablename__ = "accounts"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    locale: Mapped[str] = mapped_column(default="fr")
    roles: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]


class SignInCode(Base):
    """A one-time way in: the hashes of a link's token and of a typed code."""

    __tablename__ = "sign_in_codes"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = _foreign("accounts.id")
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
    account_id: Mapped[UUID] = _foreign("accounts.id")
    token_hash: Mapped[str] = mapped_column(unique=True)
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship()
