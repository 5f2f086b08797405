"""Where sessions take place: communes, venues and their spaces."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.scheduling.models.base import Base, Editable, Sourced, foreign
from shared.identifiers import new_id


class Commune(Base):
    """A commune; the INSEE code is null for places abroad.

    `school_hours` are the weekly hours of its schools, written like a venue's; empty where they are
    the usual ones.
    """

    __tablename__ = "communes"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    insee_code: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    school_hours: Mapped[list[Any]] = mapped_column(default=list)


class Venue(Editable, Sourced, Base):
    """A site with an address.

    `opening_hours` are weekly, local (`{"weekday": 1, "opens": "09:00", "closes": "18:00"}`, Monday
    is 1), empty where they are not known; `closures` are the local dates on which it is closed.
    `accessibility` holds codes of `domain/accessibility.py`. The contact is for the staff alone.
    """

    __tablename__ = "venues"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    address: Mapped[str | None]
    postcode: Mapped[str | None]
    commune_id: Mapped[UUID | None] = foreign("communes.id")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    time_zone: Mapped[str | None]
    opening_hours: Mapped[list[Any]] = mapped_column(default=list)
    closures: Mapped[list[Any]] = mapped_column(default=list)
    accessibility: Mapped[list[Any]] = mapped_column(default=list)
    accessibility_note: Mapped[str | None]
    directions: Mapped[str | None]
    website: Mapped[str | None]
    contact_name: Mapped[str | None]
    contact_email: Mapped[str | None]
    contact_telephone: Mapped[str | None]
    organisation_id: Mapped[UUID | None] = foreign("organisations.id")
    commune: Mapped[Commune | None] = relationship()
    spaces: Mapped[list["Space"]] = relationship(back_populates="venue")
    __table_args__ = (sa.UniqueConstraint("source", "source_id"),)


class Space(Editable, Sourced, Base):
    """A room or yard of a venue; `capacity` counts everybody in it.

    `sessions_at_once` says how many sessions it takes at a time (a *village des sciences* takes
    many), null is any number. `accessibility` is null where it is the venue's.
    """

    __tablename__ = "spaces"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    venue_id: Mapped[UUID] = foreign("venues.id")
    name: Mapped[str]
    capacity: Mapped[int | None]
    # Null is an answer of its own, and not the default.
    sessions_at_once: Mapped[int | None] = mapped_column(sa.Integer().evaluates_none(), default=1)
    equipment: Mapped[list[Any]] = mapped_column(default=list)
    accessibility: Mapped[list[Any] | None]
    venue: Mapped[Venue] = relationship(back_populates="spaces")
    __table_args__ = (sa.UniqueConstraint("source", "source_id"),)
