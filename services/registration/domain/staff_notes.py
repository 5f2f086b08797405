"""What the staff noted about a registration and did for it, for the others of the staff."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.models import NOTE, RegistrationNote

#: The longest note, in characters.
LONGEST_NOTE = 1000

#: What the staff did: something went out by mail, is to be said on the telephone, or was put right.
Deed = Literal[
    "message_mailed",
    "message_to_call",
    "move_mailed",
    "move_to_call",
    "link_mailed",
    "address_corrected",
]


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
        .where(RegistrationNote.registration_id == registration_id, RegistrationNote.kind == NOTE)
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


def keep_deed(
    db: Session,
    registrations: Iterable[UUID],
    deed: Deed,
    text: str = "",
    *,
    account_id: UUID,
    account_name: str,
    now: datetime,
) -> None:
    """Keep in the history of each of these registrations what was done, and what was said."""
    db.add_all(
        RegistrationNote(
            registration_id=registration_id,
            kind=deed,
            text=text,
            written_at=now,
            account_id=account_id,
            account_name=account_name,
        )
        for registration_id in registrations
    )


def notes_about(db: Session, registration_id: UUID) -> Sequence[RegistrationNote]:
    """Return the notes about a registration, the latest first."""
    return db.scalars(_latest_first(registration_id).where(RegistrationNote.kind == NOTE)).all()


def deeds_about(db: Session, registration_id: UUID) -> Sequence[RegistrationNote]:
    """Return what the staff did for a registration, the latest first."""
    return db.scalars(_latest_first(registration_id).where(RegistrationNote.kind != NOTE)).all()


def _latest_first(registration_id: UUID) -> sa.Select[RegistrationNote]:
    return (
        sa.select(RegistrationNote)
        .where(RegistrationNote.registration_id == registration_id)
        .order_by(RegistrationNote.id.desc())
    )
