"""The working copy of the programme: festivals and editions, activities and their sessions.

What stands here is what the organisers are working on. The public is shown what was released of it
(`published.py`).
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.scheduling.models.base import Base, Editable, Sourced, foreign
from services.scheduling.models.places import Space, Venue
from shared.contracts.party_categories import usual_categories
from shared.identifiers import new_id


class Festival(Editable, Base):
    """The brand: *Fête de la science*."""

    __tablename__ = "festivals"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    name_fr: Mapped[str]
    name_en: Mapped[str | None]


class Edition(Editable, Base):
    """One dated instance of a festival; `starts_on` and `ends_on` are local dates.

    `published` is what the public is shown of it since its last release; null before the first.
    Registration for its sessions opens at `registration_opens_at` unless they say otherwise; at
    once where that is null. People count themselves by `party_categories`, in this order: a code
    each, and what it is called in French and English; `former_categories` were dropped.
    """

    __tablename__ = "editions"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    festival_id: Mapped[UUID] = foreign("festivals.id")
    slug: Mapped[str] = mapped_column(unique=True)
    name_fr: Mapped[str]
    name_en: Mapped[str | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    time_zone: Mapped[str] = mapped_column(default="Europe/Paris")
    contact_email: Mapped[str | None]
    registration_opens_at: Mapped[datetime | None]
    party_categories: Mapped[list[Any]] = mapped_column(default=usual_categories)
    former_categories: Mapped[list[Any]] = mapped_column(default=list)
    published: Mapped[dict[str, Any] | None]
    festival: Mapped[Festival] = relationship()


class EditionRules(Editable, Base):
    """How an edition is made, which the public is not shown: what is asked of proposals, and when.

    `requirements` lists for each stage (`proposal`, `label`, `publication`) the fields of an
    activity that it asks for; `lengths` how many characters a text may have at most; the days are
    local, and the last on which the stage can be reached. Whoever lacks something is reminded so
    many days before (`reminder_days`). Travel is reckoned as the crow flies at `travel_kmh`, with a
    margin.
    """

    __tablename__ = "edition_rules"
    edition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("editions.id"), primary_key=True)
    requirements: Mapped[dict[str, Any]] = mapped_column(default=dict)
    lengths: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reminder_days: Mapped[list[Any]] = mapped_column(default=lambda: [14, 7, 1])
    takes_proposals: Mapped[bool] = mapped_column(default=False)
    proposals_due_on: Mapped[date | None]
    label_due_on: Mapped[date | None]
    publication_due_on: Mapped[date | None]
    travel_kmh: Mapped[int] = mapped_column(default=40)
    travel_margin_minutes: Mapped[int] = mapped_column(default=15)
    __table_args__ = (
        sa.CheckConstraint("travel_kmh > 0", name="moves"),
        sa.CheckConstraint("travel_margin_minutes >= 0", name="margin_not_negative"),
    )


class Organisation(Editable, Sourced, Base):
    """A partner that proposes activities, runs a venue or lends equipment.

    Its contact and telephone are for the staff alone. `published` is what the public is shown of
    its website and description since a release; null before, and where it says nothing.
    """

    __tablename__ = "organisations"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    email: Mapped[str | None]
    website: Mapped[str | None]
    description_fr: Mapped[str | None]
    description_en: Mapped[str | None]
    address: Mapped[str | None]
    postcode: Mapped[str | None]
    commune_id: Mapped[UUID | None] = foreign("communes.id")
    contact_name: Mapped[str | None]
    contact_telephone: Mapped[str | None]
    published: Mapped[dict[str, Any] | None]
    __table_args__ = (sa.UniqueConstraint("source", "source_id"),)


class Activity(Editable, Sourced, Base):
    """The content that sessions are the occurrences of; it begins as a proposal.

    `state` is where it stands (`domain/proposals`), `label_state` the same for the label of the
    national festival, whose page of it is `national_link`. Descriptions, `price_note` and
    `conditions` are Markdown. `presenters` are the names as they are credited; who they are is in
    `activity_presenters`. `accessibility` holds codes of `domain/accessibility.py`, `languages`
    ISO 639-1 codes. The contact and the wishes are for the staff alone.
    """

    __tablename__ = "activities"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    edition_id: Mapped[UUID] = foreign("editions.id")
    organisation_id: Mapped[UUID | None] = foreign("organisations.id")
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
    duration_minutes: Mapped[int | None]
    school_levels: Mapped[list[Any]] = mapped_column(default=list)
    languages: Mapped[list[Any]] = mapped_column(default=list)
    accessibility: Mapped[list[Any]] = mapped_column(default=list)
    price_note_fr: Mapped[str | None]
    price_note_en: Mapped[str | None]
    conditions_fr: Mapped[str | None]
    conditions_en: Mapped[str | None]
    image_id: Mapped[UUID | None] = foreign("images.id")
    image_alt_fr: Mapped[str | None]
    image_alt_en: Mapped[str | None]
    image_credit: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="accepted")
    label_state: Mapped[str] = mapped_column(default="none")
    national_link: Mapped[str | None]
    wishes: Mapped[str | None]
    contact_name: Mapped[str | None]
    contact_email: Mapped[str | None]
    contact_telephone: Mapped[str | None]
    edition: Mapped[Edition] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    sessions: Mapped[list["Session"]] = relationship(back_populates="activity")
    __table_args__ = (sa.UniqueConstraint("source", "source_id"),)


class Session(Editable, Sourced, Base):
    """One dated occurrence of an activity (never SQLAlchemy's session, which is `db`).

    `uid` is the calendar's, given once; `searchable` is the folded text that the console's search
    looks in. Registration opens at `registration_opens_at` and closes at `registration_closes_at`,
    or by the usual rules where they are null (`domain/opening.py`, `domain/closing.py`). While
    `held_back`, releases leave the session's changes out. The `note` is for the staff alone.
    """

    __tablename__ = "sessions"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    edition_id: Mapped[UUID] = foreign("editions.id")
    activity_id: Mapped[UUID] = foreign("activities.id")
    venue_id: Mapped[UUID] = foreign("venues.id")
    space_id: Mapped[UUID | None] = foreign("spaces.id")
    uid: Mapped[str] = mapped_column(unique=True)
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
    registration_opens_at: Mapped[datetime | None]
    registration_closes_at: Mapped[datetime | None]
    capacity: Mapped[int | None]
    seat_categories: Mapped[list[Any]] = mapped_column(default=lambda: ["adults", "children"])
    held_back: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str | None]
    searchable: Mapped[str] = mapped_column(default="")
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
        sa.Index("ix_sessions_space_starts", "space_id", "starts_at"),
        sa.Index("ix_sessions_ends", "ends_at"),
    )


class UnplacedSession(Editable, Base):
    """A session that has no time or no place yet: it waits in the planner's tray.

    It becomes a `Session` under the same id when it is placed. `minutes` is how long it lasts,
    `venue_id` and `space_id` are where it is wished, `rest` holds the other fields of a session, as
    JSON values.
    """

    __tablename__ = "unplaced_sessions"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    edition_id: Mapped[UUID] = foreign("editions.id")
    activity_id: Mapped[UUID] = foreign("activities.id")
    venue_id: Mapped[UUID | None] = foreign("venues.id")
    space_id: Mapped[UUID | None] = foreign("spaces.id")
    minutes: Mapped[int] = mapped_column(default=60)
    note: Mapped[str | None]
    rest: Mapped[dict[str, Any]] = mapped_column(default=dict)
    activity: Mapped[Activity] = relationship()
    venue: Mapped[Venue | None] = relationship()
    space: Mapped[Space | None] = relationship()
    __table_args__ = (sa.CheckConstraint("minutes > 0", name="lasts"),)
