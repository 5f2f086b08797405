"""How a session is registered for: limits, questions, allotments, and what was seen of those."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models.base import Base
from shared.identifiers import new_id


class SessionRules(Base):
    """What the organiser asks of those who register for one session; no row: nothing special.

    `party_limits` has `[least, most]` heads by category, each null where there is no limit;
    `least_party` and `largest_party` limit all heads together. Where `asks_hours` is not null,
    those who come are asked so many hours before the start whether they still do, and have
    `answer_hours` to say so. `overbooking`: `off`, `fixed` (`overbooking_seats`), or `learned` from
    what was seen of other sessions, where more people than seats may come with a probability of at
    most `overbooking_risk`. `revision` tells two editors apart.
    """

    __tablename__ = "session_rules"
    session_id: Mapped[UUID] = mapped_column(sa.ForeignKey("session_copies.id"), primary_key=True)
    party_limits: Mapped[dict[str, Any]] = mapped_column(default=dict)
    least_party: Mapped[int | None]
    largest_party: Mapped[int | None]
    asks_hours: Mapped[int | None]
    answer_hours: Mapped[int | None]
    overbooking: Mapped[str] = mapped_column(sa.String(10), default="off")
    overbooking_seats: Mapped[int | None]
    overbooking_risk: Mapped[float | None]
    revision: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        sa.CheckConstraint("overbooking IN ('off', 'fixed', 'learned')", name="known_overbooking"),
    )


class Question(Base):
    """Something that a session's organiser asks of a party, for a purpose and until a day.

    `label` and `purpose` are texts by language, `choices` a list of them; `kind` is `text`,
    `choice` or `consent`. After `forgotten_on` the answers are gone.
    """

    __tablename__ = "questions"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[UUID] = mapped_column(sa.ForeignKey("session_copies.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(10))
    label: Mapped[dict[str, Any]]
    purpose: Mapped[dict[str, Any]]
    choices: Mapped[list[Any]] = mapped_column(default=list)
    is_required: Mapped[bool] = mapped_column(default=False)
    forgotten_on: Mapped[date]
    __table_args__ = (
        sa.CheckConstraint("kind IN ('text', 'choice', 'consent')", name="known_kind"),
    )


class Allotment(Base):
    """Seats of a session that are kept for some; what no allotment holds is the public's.

    Until it is released it holds `seats`, or what is `taken` of them where that is more; from then
    on what is taken. It is released by hand or at `releases_at`. Changed under the lock on the
    session's seats, whose `held` is the sum.
    """

    __tablename__ = "allotments"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[UUID] = mapped_column(sa.ForeignKey("session_copies.id"), index=True)
    name: Mapped[str]
    seats: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    releases_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    __table_args__ = (
        sa.CheckConstraint("seats >= 0", name="seats_not_negative"),
        sa.CheckConstraint("taken >= 0", name="taken_not_negative"),
    )


class Attendance(Base):
    """How many came to a session of those who had seats, counted in seats; never per person."""

    __tablename__ = "attendances"
    session_id: Mapped[UUID] = mapped_column(sa.ForeignKey("session_copies.id"), primary_key=True)
    expected: Mapped[int]
    came: Mapped[int]
    noted_at: Mapped[datetime]
    noted_by: Mapped[str]
    __table_args__ = (
        sa.CheckConstraint("expected >= 0 AND came >= 0", name="counts_not_negative"),
    )
