"""Where sessions take place: communes, venues and their spaces."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.scheduling.models.base import Base, Editable, Sourced, foreign
from shared.identifiers import new_id


class Commune(Base):
    """A commune; the INSEE code is null for places abroad."""

    __tablename__ = "communes"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    insee_code: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


class Venue(Editable, Sourced, Base):
    """A site with an address."""

    __tablename__ = "venues"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    address: Mapped[str | None]
    postcode: Mapped[str | None]
    commune_id: Mapped[UUID | None] = foreign("communes.id")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    time_zone: Mapped[str | None]
    commune: Mapped[Commune | None] = relationship()
    spaces: Mapped[list["Space"]] = relationship(back_populates="venue")
    __table_args__ = (sa.UniqueConstraint("source", "source_id"),)


class Space(Editable, Sourced, Base):
    """A room or yard of a venue; `capacity` counts everybody in it."""

    __tablename__ = "spaces"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    venue_id: Mapped[UUID] = foreign("venues.id")
    name: Mapped[str]
    capacity: Mapped[int | None]
    venue: Mapped[Venue] = relationship(back_populates="spaces")
    __table_args__ = (sa.UniqueConstraint("source", "source_id"),)
