"""Equipment that is lent and exhibitions that travel: resources, tours, stops and their reports."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.scheduling.models.base import Base, Editable, Sourced, foreign
from services.scheduling.models.places import Commune, Space, Venue
from services.scheduling.models.programme import Organisation
from shared.identifiers import new_id


class Resource(Editable, Sourced, Base):
    """Equipment, a kit or a travelling exhibition, in so many copies; it outlives editions.

    `kind` is `equipment`, `kit` or `exhibition`. Every booking takes the minutes of set-up before
    and of dismantling and transport after. `insurance_value` is in whole euros.
    """

    __tablename__ = "resources"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(default="equipment")
    name: Mapped[str]
    description: Mapped[str | None]
    organisation_id: Mapped[UUID | None] = foreign("organisations.id")
    home_commune_id: Mapped[UUID | None] = foreign("communes.id")
    copies: Mapped[int] = mapped_column(default=1)
    setup_minutes: Mapped[int] = mapped_column(default=0)
    dismantling_minutes: Mapped[int] = mapped_column(default=0)
    transport_minutes: Mapped[int] = mapped_column(default=0)
    insurance_value: Mapped[int | None]
    loan_conditions: Mapped[str | None]
    contact_name: Mapped[str | None]
    contact_email: Mapped[str | None]
    contact_telephone: Mapped[str | None]
    organisation: Mapped[Organisation | None] = relationship()
    home_commune: Mapped[Commune | None] = relationship()
    __table_args__ = (
        sa.UniqueConstraint("source", "source_id"),
        sa.CheckConstraint("kind IN ('equipment', 'kit', 'exhibition')", name="known_kind"),
        sa.CheckConstraint("copies > 0", name="some_copies"),
        sa.CheckConstraint(
            "setup_minutes >= 0 AND dismantling_minutes >= 0 AND transport_minutes >= 0",
            name="minutes_not_negative",
        ),
    )


class ActivityResource(Base):
    """What each session of an activity needs, in so many copies."""

    __tablename__ = "activity_resources"
    activity_id: Mapped[UUID] = mapped_column(sa.ForeignKey("activities.id"), primary_key=True)
    resource_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("resources.id"), primary_key=True, index=True
    )
    copies: Mapped[int] = mapped_column(default=1)
    resource: Mapped[Resource] = relationship()
    __table_args__ = (sa.CheckConstraint("copies > 0", name="some_copies"),)


class Tour(Editable, Base):
    """The stops of a travelling exhibition, under a name."""

    __tablename__ = "tours"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    resource_id: Mapped[UUID] = foreign("resources.id")
    name: Mapped[str]
    note: Mapped[str | None]
    resource: Mapped[Resource] = relationship()
    stops: Mapped[list["Stop"]] = relationship(back_populates="tour", order_by="Stop.arrives_at")


class Stop(Editable, Base):
    """Where a travelling exhibition is for a while, all times UTC.

    Delivered at `arrives_at` and set up until `opens_at`; open, by `weekly_hours` (local), until
    `closes_at`; dismantled and picked up at `leaves_at`; then `transport_minutes` on the road.
    `state` is `requested`, `optioned` (until the local day `option_until`), `confirmed`, `refused`
    or `cancelled`. A confirmed stop is the session `session_id` of the activity `activity_id`.
    `place_agrees` once the venue, or the coordination, has asked for it there or accepted it.
    `loan_agreement` is `none`, `sent` or `signed`. `insurance_value` is in whole euros.
    """

    __tablename__ = "stops"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tour_id: Mapped[UUID] = foreign("tours.id")
    venue_id: Mapped[UUID] = foreign("venues.id")
    space_id: Mapped[UUID | None] = foreign("spaces.id")
    organisation_id: Mapped[UUID | None] = foreign("organisations.id")
    activity_id: Mapped[UUID | None] = foreign("activities.id")
    session_id: Mapped[UUID | None] = foreign("sessions.id")
    state: Mapped[str] = mapped_column(default="requested")
    option_until: Mapped[date | None]
    place_agrees: Mapped[bool] = mapped_column(default=False)
    copies: Mapped[int] = mapped_column(default=1)
    arrives_at: Mapped[datetime]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    leaves_at: Mapped[datetime]
    transport_minutes: Mapped[int] = mapped_column(default=0)
    weekly_hours: Mapped[list[Any]] = mapped_column(default=list)
    transporter: Mapped[str | None]
    insurance_value: Mapped[int | None]
    loan_agreement: Mapped[str] = mapped_column(default="none")
    loan_agreement_link: Mapped[str | None]
    contact_name: Mapped[str | None]
    contact_email: Mapped[str | None]
    contact_telephone: Mapped[str | None]
    note: Mapped[str | None]
    requested_by_id: Mapped[UUID | None] = foreign("accounts.id")
    tour: Mapped[Tour] = relationship(back_populates="stops")
    venue: Mapped[Venue] = relationship()
    space: Mapped[Space | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    __table_args__ = (
        sa.CheckConstraint(
            "arrives_at <= opens_at AND opens_at < closes_at AND closes_at <= leaves_at",
            name="in_order",
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'optioned', 'confirmed', 'refused', 'cancelled')",
            name="known_state",
        ),
        sa.CheckConstraint("loan_agreement IN ('none', 'sent', 'signed')", name="known_agreement"),
        sa.CheckConstraint("copies > 0", name="some_copies"),
    )


class RemindedOption(Base):
    """An option whose parties know that it ends on this local day: they are told once."""

    __tablename__ = "options_reminded"
    stop_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("stops.id", ondelete="CASCADE"), primary_key=True
    )
    option_until: Mapped[date] = mapped_column(primary_key=True)
    told_at: Mapped[datetime]


class ConditionReport(Base):
    """In what condition an exhibition arrived at a stop or left it; private to the parties.

    `moment` is `arrival` or `departure`, `condition` is `good`, `worn` or `damaged`.
    """

    __tablename__ = "condition_reports"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    stop_id: Mapped[UUID] = foreign("stops.id")
    moment: Mapped[str]
    condition: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    account_id: Mapped[UUID | None] = foreign("accounts.id")
    reported_at: Mapped[datetime]
    __table_args__ = (
        sa.CheckConstraint("moment IN ('arrival', 'departure')", name="known_moment"),
        sa.CheckConstraint("condition IN ('good', 'worn', 'damaged')", name="known_condition"),
    )


class ConditionPhoto(Base):
    """A photograph in a condition report."""

    __tablename__ = "condition_photos"
    report_id: Mapped[UUID] = mapped_column(sa.ForeignKey("condition_reports.id"), primary_key=True)
    image_id: Mapped[UUID] = mapped_column(sa.ForeignKey("images.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)
    caption: Mapped[str | None]
