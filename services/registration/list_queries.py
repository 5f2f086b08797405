"""What lists of a session's registrations read: who comes, who waits, narrowed and in order."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.models import NOTE, Booking, Registration, RegistrationNote
from shared.identifiers import read_code
from shared.text import fold

#: What a list is narrowed to, by the name in its address: the states of a booking.
STATES: Mapping[str, tuple[str, ...]] = {
    "": ("confirmed", "offered", "waitlisted"),
    "coming": ("confirmed",),
    "offered": ("offered",),
    "waiting": ("waitlisted",),
    "cancelled": ("cancelled",),
}

#: The orders of a list; with a minus before it the other way round.
SORTS = ("standing", "name", "seats", "registered")

_STANDING = {"confirmed": 0, "offered": 1, "waitlisted": 2, "cancelled": 3}


@dataclass(frozen=True)
class BookedParty:
    """One party of a session, with whoever registered it."""

    booking_id: UUID
    registration_id: UUID
    name: str
    email: str | None
    telephone: str | None
    code: str
    status: str
    party: Mapping[str, int]
    seats: int
    wheelchairs: int
    sign_language: bool
    answers: Mapping[str, Any]
    registered_at: datetime
    still_coming_at: datetime | None

    @property
    def standing(self) -> tuple[int, str, UUID]:
        """Return by what lists are ordered: those who come by name, those who wait in turn."""
        name = fold(self.name) if self.status == "confirmed" else ""
        return _STANDING[self.status], name, self.booking_id


def booked_parties(
    db: Session, session_id: UUID, *, statuses: Collection[str] = STATES[""]
) -> Sequence[BookedParty]:
    """Return the parties that come, by name, then those that wait, in turn.

    Of those that were erased there is nobody to name: they are counted, and not listed.
    """
    rows = db.execute(
        sa.select(
            Booking.id.label("booking_id"),
            Registration.id.label("registration_id"),
            Registration.name,
            Registration.email,
            Registration.telephone,
            Registration.code,
            Booking.status,
            Booking.party,
            Booking.seats,
            Booking.wheelchairs,
            Booking.sign_language,
            Booking.answers,
            Registration.registered_at,
            Booking.still_coming_at,
        )
        .join(Registration, Registration.id == Booking.registration_id)
        .where(
            Booking.session_id == session_id,
            Booking.status.in_(statuses),
            Registration.erased_at.is_(None),
        )
    ).mappings()
    return sorted((BookedParty(**row) for row in rows), key=lambda party: party.standing)


def narrowed(parties: Sequence[BookedParty], *, words: str, sort: str) -> list[BookedParty]:
    """Return the parties that have all the words in name, code or address, in an order.

    Accents and capitals do not count, neither in the search nor in the order of names; a code may
    be looked for as it is written, in groups of four.
    """
    wanted, code = fold(words).split(), read_code(words)
    found = [
        party
        for party in parties
        if all(word in _searched(party) for word in wanted) or party.code == code
    ]
    keys: dict[str, Any] = {
        "name": lambda party: (fold(party.name), party.booking_id),
        "seats": lambda party: (party.seats, party.booking_id),
        "registered": lambda party: (party.registered_at, party.booking_id),
    }
    name = sort.removeprefix("-")
    if name not in keys:
        return found
    return sorted(found, key=keys[name], reverse=sort.startswith("-"))


def noted_registrations(db: Session, registrations: Collection[UUID]) -> set[UUID]:
    """Return those of the registrations about which somebody noted something."""
    noted = sa.select(RegistrationNote.registration_id).where(
        RegistrationNote.registration_id.in_(registrations), RegistrationNote.kind == NOTE
    )
    return set(db.scalars(noted.distinct()))


def _searched(party: BookedParty) -> str:
    return " ".join((fold(party.name), party.code.casefold(), party.email or ""))


def states_counted(db: Session, session_id: UUID) -> dict[str, int]:
    """Return how many bookings of a session are listed in each of `STATES`."""
    rows = db.execute(
        sa.select(Booking.status, sa.func.count())
        .join(Registration, Registration.id == Booking.registration_id)
        .where(Booking.session_id == session_id, Registration.erased_at.is_(None))
        .group_by(Booking.status)
    )
    counted = {row[0]: row[1] for row in rows}
    return {
        name: sum(counted.get(status, 0) for status in statuses)
        for name, statuses in STATES.items()
    }
