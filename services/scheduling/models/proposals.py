"""What is kept beside an activity while it is a proposal: reminders sent, what was copied where."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.models.base import Base


class SentReminder(Base):
    """A reminder that went out: of an activity that lacked something, so many days before a day.

    `due_on` is the deadline as it was then: another day is another deadline.
    """

    __tablename__ = "reminders_sent"
    activity_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("activities.id", ondelete="CASCADE"), primary_key=True
    )
    stage: Mapped[str] = mapped_column(primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    days_before: Mapped[int] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime]


class NationalCopy(Base):
    """How far an activity was retyped on the national festival's site.

    `texts` are those written for that site alone, by field; `copied` says of each field that is
    done which text it was (its fingerprint), so that a later change of it shows.
    """

    __tablename__ = "national_copies"
    activity_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("activities.id", ondelete="CASCADE"), primary_key=True
    )
    texts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    copied: Mapped[dict[str, Any]] = mapped_column(default=dict)
