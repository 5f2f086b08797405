"""Who presents: presenters, where they are credited, and when they or others are not available."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.scheduling.models.base import Base, Editable, Sourced, exactly_one, foreign
from services.scheduling.models.programme import Organisation
from shared.identifiers import new_id


class Presenter(Editable, Sourced, Base):
    """A researcher, mediator or volunteer who is there; all but the name is for the staff alone."""

    __tablename__ = "presenters"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    organisation_id: Mapped[UUID | None] = foreign("organisations.id")
    email: Mapped[str | None]
    telephone: Mapped[str | None]
    note: Mapped[str | None]
    organisation: Mapped[Organisation | None] = relationship()
    __table_args__ = (sa.UniqueConstraint("source", "source_id"),)


class ActivityPresenter(Base):
    """Who presents an activity, in the order of `activities.presenters`."""

    __tablename__ = "activity_presenters"
    activity_id: Mapped[UUID] = mapped_column(sa.ForeignKey("activities.id"), primary_key=True)
    presenter_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("presenters.id"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    presenter: Mapped[Presenter] = relationship()


class SessionPresenter(Base):
    """Who of its activity's presenters is at a session; all of them where there is no row."""

    __tablename__ = "session_presenters"
    session_id: Mapped[UUID] = mapped_column(sa.ForeignKey("sessions.id"), primary_key=True)
    presenter_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("presenters.id"), primary_key=True, index=True
    )


class Unavailability(Editable, Base):
    """When a presenter, an organisation, a resource or a space is not available (UTC, half open).

    Exactly one of the four is named.
    """

    __tablename__ = "unavailabilities"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    presenter_id: Mapped[UUID | None] = foreign("presenters.id")
    organisation_id: Mapped[UUID | None] = foreign("organisations.id")
    resource_id: Mapped[UUID | None] = foreign("resources.id")
    space_id: Mapped[UUID | None] = foreign("spaces.id")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    note: Mapped[str | None]
    __table_args__ = (
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        exactly_one("presenter_id", "organisation_id", "resource_id", "space_id"),
    )
