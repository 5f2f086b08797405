"""What was released: the sessions as everybody is shown them, and the releases that did it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.scheduling.models.accounts import Account
from services.scheduling.models.base import Base, foreign
from services.scheduling.models.programme import Edition
from shared.identifiers import new_id


class Release(Base):
    """Changes published together; `number` counts an edition's releases from 1.

    `counts` says how many sessions were new, moved, cancelled, otherwise changed; in spite of how
    many `blocking_conflicts` somebody made it is kept beside.
    """

    __tablename__ = "releases"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    edition_id: Mapped[UUID] = foreign("editions.id")
    number: Mapped[int]
    note: Mapped[str | None]
    released_at: Mapped[datetime]
    account_id: Mapped[UUID | None] = foreign("accounts.id")
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    blocking_conflicts: Mapped[int] = mapped_column(default=0)
    edition: Mapped[Edition] = relationship()
    account: Mapped[Account | None] = relationship()
    __table_args__ = (sa.UniqueConstraint("edition_id", "number"),)


class ReleasedSession(Base):
    """What one release changed of one session: the differing fields, before and after.

    The fields of a time or a place are kept together. `before` is empty for a session that was
    released for the first time, whose time and place are in `after`.
    """

    __tablename__ = "released_sessions"
    release_id: Mapped[UUID] = mapped_column(sa.ForeignKey("releases.id"), primary_key=True)
    session_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("sessions.id"), primary_key=True, index=True
    )
    kind: Mapped[str]
    title_fr: Mapped[str]
    title_en: Mapped[str | None]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)


class PublishedSession(Base):
    """A session as it was last released: all that the public is shown of it.

    `details` is the data of its last `session_published`; `version` numbers that event and rises
    with each; `sequence` is the calendar's and rises with time, place or status. The columns repeat
    what is filtered, sorted and listed by: `accessibility` (what the activity promises and what its
    place offers), `languages` and `school_levels` hold codes between commas (`,hi,mi,`); the
    position is the venue's, else its commune's. The revisions are those of the rows it was made
    from: while they are the same, nothing waits to be released. `registration_opens_at` is the
    session's own, else the edition's; null where registration is open at once. The seats are
    registration's last word, advisory, under their own version.
    """

    __tablename__ = "published_sessions"
    id: Mapped[UUID] = mapped_column(sa.ForeignKey("sessions.id"), primary_key=True)
    edition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("editions.id"))
    activity_id: Mapped[UUID] = foreign("activities.id")
    venue_id: Mapped[UUID] = mapped_column(sa.ForeignKey("venues.id"))
    space_id: Mapped[UUID | None] = foreign("spaces.id")
    organisation_id: Mapped[UUID | None] = foreign("organisations.id")
    insee_code: Mapped[str | None] = mapped_column(index=True)
    uid: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1)
    sequence: Mapped[int] = mapped_column(default=0)
    status: Mapped[str]
    kind: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    time_zone: Mapped[str]
    weekly_hours: Mapped[list[Any]] = mapped_column(default=list)
    closures: Mapped[list[Any]] = mapped_column(default=list)
    registration: Mapped[str]
    registration_link: Mapped[str | None]
    registration_telephone: Mapped[str | None]
    registration_email: Mapped[str | None]
    registration_full: Mapped[bool]
    registration_opens_at: Mapped[datetime | None]
    registration_closes_at: Mapped[datetime | None]
    capacity: Mapped[int | None]
    title_fr: Mapped[str]
    title_en: Mapped[str | None]
    audience: Mapped[str]
    age_min: Mapped[int | None]
    age_max: Mapped[int | None]
    theme: Mapped[str | None]
    format: Mapped[str | None]
    organisation_name: Mapped[str | None]
    venue_name: Mapped[str]
    space_name: Mapped[str | None]
    commune_name: Mapped[str | None]
    searchable: Mapped[str]
    changed_at: Mapped[datetime]
    details: Mapped[dict[str, Any]]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    theme_slug: Mapped[str | None]
    accessibility: Mapped[str] = mapped_column(default="")
    languages: Mapped[str] = mapped_column(default="")
    school_levels: Mapped[str] = mapped_column(default="")
    session_revision: Mapped[int]
    activity_revision: Mapped[int]
    organisation_revision: Mapped[int | None]
    venue_revision: Mapped[int]
    space_revision: Mapped[int | None]
    edition_revision: Mapped[int]
    seats_left: Mapped[int | None]
    seats_taken: Mapped[int] = mapped_column(default=0)
    bookings: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    seats_version: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    __table_args__ = (
        # The list's order, with all that it is filtered and counted by, so that only text is looked
        # for in the rows themselves, and with what tells whether a whole edition is unchanged.
        sa.Index(
            "ix_published_sessions_listed",
            *("edition_id", "starts_at", "id", "kind", "ends_at", "audience"),
            *("insee_code", "commune_name", "venue_id", "version", "changed_at"),
            *("activity_id", "status", "registration", "registration_full", "seats_left"),
            *("registration_closes_at", "age_min", "age_max", "theme_slug", "accessibility"),
            *("latitude", "longitude"),
        ),
        # What tells whether a venue is unchanged, and which of its sessions was released last.
        sa.Index("ix_published_sessions_venue", "venue_id", "changed_at", "id", "version"),
    )


class PublishedPresenter(Base):
    """Who presents a session, as it was last released."""

    __tablename__ = "published_presenters"
    session_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("published_sessions.id"), primary_key=True
    )
    presenter_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("presenters.id"), primary_key=True, index=True
    )
