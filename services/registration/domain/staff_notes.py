"""Notes of the staff about a registration, for the others of the staff."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.models import RegistrationNote

#: The longest note, in characters.
LONGEST_NOTE = 1000


def readable(text: str) -> str:
    """Return what was typed as a note without what cannot be read or stored."""
    lines = text.replace("\r\n", "\n").split("\n")
    kept = ("".join(letter for letter in line if letter.isprintable()) for line in lines)
    return "\n".join(kept).strip()


def add_note(
    db: Session,
    registration_id: UUID,
    text: str,
    *,
    account_id: UUID,
    account_name: str,
    now: datetime,
) -> bool:
    """Keep a note with its author; the same again right after is no second one.

    Returns whether it was added.
    """
    last = db.scalars(
        sa.select(RegistrationNote)
        .where(RegistrationNote.registration_id == registration_id)
        .order_by(RegistrationNote.id.desc())
        .limit(1)
    ).one_or_none()
    if last is not None and (last.text, last.account_id) == (text, account_id):
        return False
    db.add(
        RegistrationNote(
            registration_id=registration_id,
            text=text,
            written_at=now,
            account_id=account_id,
            account_name=account_name,
        )
    )
    db.flush()
    return True


def add_same_note(
    db: Session,
    registrations: Iterable[UUID],
    text: str,
    *,
    account_id: UUID,
    account_name: str,
    now: datetime,
) -> None:
    """Keep one note about each of these registrations, whatever was noted before."""
    db.add_all(
        RegistrationNote(
            registration_id=registration_id,
            text=text,
            written_at=now,
            account_id=account_id,
            account_name=account_name,
        )
        for registration_id in registrations
    )


def notes_about(db: Session, registration_id: UUID) -> Sequence[RegistrationNote]:
    """Return the notes about a registration, the latest first."""
    return db.scalars(
        sa.select(RegistrationNote)
        .where(RegistrationNote.registration_id == registration_id)
        .order_by(RegistrationNote.id.desc())
    ).all()
