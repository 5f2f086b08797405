"""Everything that registration holds of somebody, to be shown, printed or taken away as JSON.

Whoever asks has a right to it (General Data Protection Regulation, articles 15 and 20), what the
staff noted about them included: a note about a person is their personal data, an opinion too (Court
of Justice, C-434/16, Nowak). Who of the staff wrote it is not theirs (article 15(4)) and left out.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from services.registration.domain.calendar_entries import location
from services.registration.domain.erasing import BATCH
from services.registration.domain.purging import erased_on
from services.registration.models import (
    NOTE,
    Booking,
    Call,
    Question,
    Registration,
    RegistrationNote,
    SessionCopy,
)
from services.registration.queries import translated
from shared.i18n import format_session_time
from shared.site import find_copied_site


@dataclass(frozen=True)
class HeldAnswer:
    """An answer to a question of a session, with what it is for and the day on which it goes."""

    question: str
    purpose: str
    answer: str | bool
    erased_on: date | None


@dataclass(frozen=True)
class HeldBooking:
    """One booking; times are UTC, `when` says them where the session is.

    `offer_note` is what the organiser says to a session that is proposed in place of another.
    The `edition` says what the categories of the party are called, and is nobody's data.
    """

    session_id: UUID
    session: str
    when: str
    starts_at: datetime
    ends_at: datetime
    place: str
    edition: Mapping[str, Any]
    party: Mapping[str, int]
    seats: int
    wheelchairs: int
    sign_language: bool
    status: str
    ended_for: str | None
    offer_note: str | None
    changed_at: datetime
    answers: tuple[HeldAnswer, ...]


@dataclass(frozen=True)
class HeldNote:
    """What the staff noted about somebody."""

    written_at: datetime
    text: str


@dataclass(frozen=True)
class HeldDeed:
    """What the staff did for somebody, as a code, and what they said."""

    done_at: datetime
    kind: str
    text: str


@dataclass(frozen=True)
class HeldCall:
    """That somebody was to be called, why, and when they were."""

    noted_at: datetime
    reason: str
    details: Mapping[str, Any]
    done_at: datetime | None


@dataclass(frozen=True)
class HeldRegistration:
    """One registration with everything about it; `erased_on` is the day on which it all goes."""

    id: UUID
    code: str
    name: str
    email: str | None
    telephone: str | None
    language: str
    status: str
    registered_at: datetime
    cancelled_at: datetime | None
    entered_by_staff: bool
    erased_on: date
    bookings: tuple[HeldBooking, ...]
    notes: tuple[HeldNote, ...]
    done_by_staff: tuple[HeldDeed, ...]
    calls: tuple[HeldCall, ...]


def held_of(db: Session, ids: Collection[UUID], *, locale: str) -> list[HeldRegistration]:
    """Return what is held with these registrations, in the order of their ids.

    Those that were erased are left out, and all beyond the first `BATCH`.
    """
    registrations = db.scalars(
        sa.select(Registration)
        .where(Registration.id.in_(ids), Registration.erased_at.is_(None))
        .order_by(Registration.id)
        .limit(BATCH)
        .options(selectinload(Registration.bookings).selectinload(Booking.session))
    ).all()
    shown = [one.id for one in registrations]
    sessions = {booking.session_id for one in registrations for booking in one.bookings}
    editions = {booking.session.edition_id for one in registrations for booking in one.bookings}
    questions = {
        str(question.id): question
        for question in db.scalars(sa.select(Question).where(Question.session_id.in_(sessions)))
    }
    notes = _by_registration(db, RegistrationNote, shown)
    calls = _by_registration(db, Call, shown)
    ends = _erased_on(db, editions)
    return [
        HeldRegistration(
            id=one.id,
            code=one.code,
            name=one.name,
            email=one.email,
            telephone=one.telephone,
            language=one.locale,
            status=one.status,
            registered_at=one.registered_at,
            cancelled_at=one.cancelled_at,
            entered_by_staff=one.entered_by is not None,
            erased_on=max(ends[booking.session.edition_id] for booking in one.bookings),
            bookings=tuple(_booking(booking, questions, locale) for booking in one.bookings),
            notes=tuple(
                HeldNote(note.written_at, note.text)
                for note in notes.get(one.id, ())
                if note.kind == NOTE
            ),
            done_by_staff=tuple(
                HeldDeed(deed.written_at, deed.kind, deed.text)
                for deed in notes.get(one.id, ())
                if deed.kind != NOTE
            ),
            calls=tuple(
                HeldCall(call.noted_at, call.reason, call.details, call.done_at)
                for call in calls.get(one.id, ())
            ),
        )
        for one in registrations
    ]


def as_json(held: Collection[HeldRegistration], *, now: datetime) -> dict[str, Any]:
    """Return the file that whoever asked takes away: JSON values, times as ISO 8601 in UTC."""
    return {
        "format": "parvis-personal-data-1",
        "written_at": now.astimezone(UTC).isoformat(),
        "held_by": "registration",
        "registrations": [_plain(asdict(one)) for one in held],
    }


def _categories(edition: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an edition says of its categories of people."""
    names = ("party_categories", "former_categories")
    return {name: edition[name] for name in names if name in edition}


def _booking(booking: Booking, questions: Mapping[str, Question], locale: str) -> HeldBooking:
    details = booking.session.details
    return HeldBooking(
        session_id=booking.session_id,
        session=translated(details["title"], locale),
        when=format_session_time(
            booking.session.starts_at,
            booking.session.ends_at,
            details["time_zone"],
            details["kind"],
            locale,
            weekly_hours=details["weekly_hours"],
            year=True,
        ),
        starts_at=booking.session.starts_at,
        ends_at=booking.session.ends_at,
        place=location(details),
        edition=_categories(details["edition"]),
        party=booking.party,
        seats=booking.seats,
        wheelchairs=booking.wheelchairs,
        sign_language=booking.sign_language,
        status=booking.status,
        ended_for=booking.ended_for,
        offer_note=booking.offer_note,
        changed_at=booking.changed_at,
        answers=tuple(
            _answer(questions.get(key), answer, locale) for key, answer in booking.answers.items()
        ),
    )


def _answer(question: Question | None, answer: str | bool, locale: str) -> HeldAnswer:
    if question is None:
        return HeldAnswer("", "", answer, None)
    return HeldAnswer(
        translated(question.label, locale),
        translated(question.purpose, locale),
        answer,
        question.forgotten_on,
    )


def _by_registration(db: Session, table: Any, ids: Collection[UUID]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    rows = db.scalars(sa.select(table).where(table.registration_id.in_(ids)).order_by(table.id))
    for row in rows:
        found.setdefault(row.registration_id, []).append(row)
    return found


def _erased_on(db: Session, editions: Collection[UUID]) -> dict[UUID, date]:
    """Return the day on which each edition's registrations are erased, as it stands now."""
    months = find_copied_site(db).months_kept
    last = sa.func.max(SessionCopy.ends_at, type_=SessionCopy.__table__.c.ends_at.type)
    rows = db.execute(
        sa.select(SessionCopy.edition_id, last)
        .where(SessionCopy.edition_id.in_(editions))
        .group_by(SessionCopy.edition_id)
    )
    return {edition: erased_on(ended_at.date(), months) for edition, ended_at in rows}


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
