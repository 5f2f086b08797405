"""What the record of processing says of this very installation: what is asked and held, how long.

The record is that of the General Data Protection Regulation, article 30, after the model of the
CNIL (« fiche de registre »).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.purging import erased_on
from services.registration.models import (
    BOOKINGS,
    REGISTRATIONS,
    SESSION_COPIES,
    Question,
    SessionCopy,
)
from services.registration.queries import translated
from shared.site import find_copied_site


@dataclass(frozen=True)
class RecordedQuestion:
    """A question that sessions ask, with what it is for; its answers go between the two days."""

    label: str
    purpose: str
    sessions: int
    first_erased_on: date
    last_erased_on: date


@dataclass(frozen=True)
class RecordedEdition:
    """An edition of which registrations are held, and the day on which they are erased."""

    name: str
    registrations: int
    ended_on: date
    erased_on: date


def recorded_questions(db: Session, *, locale: str) -> list[RecordedQuestion]:
    """Return what sessions ask, the same question once, in the order of its words."""
    found: dict[tuple[str, str], list[Question]] = {}
    for question in db.scalars(sa.select(Question)):
        said = translated(question.label, locale), translated(question.purpose, locale)
        found.setdefault(said, []).append(question)
    return [
        RecordedQuestion(
            label,
            purpose,
            sessions=len({one.session_id for one in asked}),
            first_erased_on=min(one.forgotten_on for one in asked),
            last_erased_on=max(one.forgotten_on for one in asked),
        )
        for (label, purpose), asked in sorted(found.items())
    ]


def recorded_editions(db: Session, *, locale: str) -> list[RecordedEdition]:
    """Return the editions of which registrations are held, the one that ends first at the top."""
    months = find_copied_site(db).months_kept
    last = sa.func.max(SESSION_COPIES.c.ends_at, type_=SESSION_COPIES.c.ends_at.type)
    ended = db.execute(
        sa.select(SESSION_COPIES.c.edition_id, last).group_by(SESSION_COPIES.c.edition_id)
    )
    ends = {edition: ended_at.date() for edition, ended_at in ended}
    held = db.execute(
        sa.select(
            SESSION_COPIES.c.edition_id,
            sa.func.count(sa.distinct(BOOKINGS.c.registration_id)),
            # Any session of the edition says its name.
            sa.func.min(sa.cast(SESSION_COPIES.c.id, sa.Text)),
        )
        .join(BOOKINGS, BOOKINGS.c.session_id == SESSION_COPIES.c.id)
        .join(REGISTRATIONS, REGISTRATIONS.c.id == BOOKINGS.c.registration_id)
        .where(REGISTRATIONS.c.erased_at.is_(None))
        .group_by(SESSION_COPIES.c.edition_id)
    ).all()
    names = _names(db, {edition: UUID(session) for edition, _number, session in held}, locale)
    found = [
        RecordedEdition(
            names[edition],
            number,
            ended_on=ends[edition],
            erased_on=erased_on(ends[edition], months),
        )
        for edition, number, _session in held
    ]
    return sorted(found, key=lambda one: (one.ended_on, one.name))


def _names(db: Session, sessions: Mapping[UUID, UUID], locale: str) -> dict[UUID, str]:
    copies = {
        copy.id: copy
        for copy in db.scalars(sa.select(SessionCopy).where(SessionCopy.id.in_(sessions.values())))
    }
    return {
        edition: translated(copies[session].details["edition"]["name"], locale)
        for edition, session in sessions.items()
    }
