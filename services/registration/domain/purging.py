"""What is erased without anybody asking, when the time is over for which it was to be kept.

Access needs a day after their session, or when its registration closes if that is later, answers
on the day that their question names, and whole registrations some months after the last session of
their edition: of the last one where they span several. In batches, each a transaction, so that
nobody waits for a lock. The source is the General Data Protection Regulation, article 5(1)(e).
"""

from calendar import monthrange
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.blanking import forget_needs_in_events
from services.registration.domain.erasing import BATCH, TAKING, erase, note_erasure
from services.registration.domain.seats import Change, count, lock_seats
from services.registration.models import (
    BOOKINGS,
    REGISTRATIONS,
    SESSION_COPIES,
    SESSION_SEATS,
    Question,
)
from shared.site import find_copied_site

#: How long access needs are kept after a session, for whoever still has to tidy up.
NEEDS_KEPT = timedelta(days=1)

#: Spelt out, so that both databases find it in the partial index.
_HAS_NEEDS = sa.text("(bookings.wheelchairs > 0 OR bookings.sign_language)")


def forget_needs(db: Session, *, now: datetime, most: int = BATCH) -> int:
    """Forget the access needs of up to `most` bookings whose sessions ended a day ago.

    The counter of places for wheelchairs goes with them; nobody can take those that it frees, for
    registration is closed. Returns how many bookings there were. Call it inside
    `database.write()`.
    """
    over = _needs_over(now).limit(most)
    found = db.execute(over).all()
    if not found:
        return 0
    lock_seats(db, {row.session_id for row in found})
    rows = db.execute(
        _needs_over(now)
        .where(BOOKINGS.c.id.in_([row.id for row in found]))
        .with_for_update(of=BOOKINGS, skip_locked=True)
    ).all()
    if not rows:
        return 0
    db.execute(
        sa.update(BOOKINGS)
        .where(BOOKINGS.c.id.in_([row.id for row in rows]))
        .values(wheelchairs=0, sign_language=False)
    )
    freed: dict[UUID, Change] = {}
    for row in rows:
        if row.status in TAKING:
            change = Change(wheelchairs=-row.wheelchairs)
            freed[row.session_id] = freed.get(row.session_id, Change()) + change
    count(db, freed)
    needs: dict[UUID, list[UUID]] = {}
    for row in rows:
        needs.setdefault(row.registration_id, []).append(row.id)
    forget_needs_in_events(db, needs)
    note_erasure(db, "purpose", needs=needs, now=now, details={"needs": len(rows)})
    return len(rows)


def forget_answers(db: Session, *, now: datetime, most: int = BATCH) -> int:
    """Forget answers to questions whose day has come, of up to `most` bookings of one session.

    Returns how many bookings there were. Call it inside `database.write()`.
    """
    for session_id, questions in _questions_over(db, now).items():
        answered = sa.or_(*(BOOKINGS.c.answers[key].as_string().is_not(None) for key in questions))
        rows = db.execute(
            sa.select(BOOKINGS.c.id, BOOKINGS.c.answers)
            .where(BOOKINGS.c.session_id == session_id, answered)
            .order_by(BOOKINGS.c.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        ).all()
        if not rows:
            continue
        db.connection().execute(
            sa.update(BOOKINGS)
            .where(BOOKINGS.c.id == sa.bindparam("of_booking", type_=sa.Uuid))
            .values(answers=sa.bindparam("kept", type_=BOOKINGS.c.answers.type)),
            [{"of_booking": row.id, "kept": _without(row.answers, questions)} for row in rows],
        )
        note_erasure(db, "purpose", now=now, details={"answers": len(rows)})
        return len(rows)
    return 0


def erase_aged(db: Session, *, now: datetime, most: int = BATCH) -> int:
    """Erase up to `most` registrations whose editions are all over for long enough.

    Returns how many there were. Call it inside `database.write()`.
    """
    over = editions_over(db, now=now)
    if not over:
        return 0
    other, later = BOOKINGS.alias("other"), SESSION_COPIES.alias("later")
    other_edition = (
        sa.select(sa.literal(1))
        .select_from(other.join(later, later.c.id == other.c.session_id))
        .where(other.c.registration_id == REGISTRATIONS.c.id, later.c.edition_id.not_in(over))
        .correlate(REGISTRATIONS)
    )
    ids = db.scalars(
        sa.select(REGISTRATIONS.c.id)
        .join(BOOKINGS, BOOKINGS.c.registration_id == REGISTRATIONS.c.id)
        .join(SESSION_COPIES, SESSION_COPIES.c.id == BOOKINGS.c.session_id)
        .where(SESSION_COPIES.c.edition_id.in_(over), REGISTRATIONS.c.erased_at.is_(None))
        .where(~other_edition.exists())
        .distinct()
        .order_by(REGISTRATIONS.c.id)
        .limit(most)
    ).all()
    return erase(db, ids, reason="age", now=now) if ids else 0


def editions_over(db: Session, *, now: datetime) -> list[UUID]:
    """Return the editions whose registrations are to be erased by now.

    Their last session ended so many months ago as the site says (`Site.months_kept`), counted in
    days of UTC.
    """
    months = find_copied_site(db).months_kept
    ends = sa.func.max(SESSION_COPIES.c.ends_at, type_=SESSION_COPIES.c.ends_at.type)
    rows = db.execute(
        sa.select(SESSION_COPIES.c.edition_id, ends).group_by(SESSION_COPIES.c.edition_id)
    )
    today = now.astimezone(UTC).date()
    return [edition for edition, ended_at in rows if erased_on(ended_at.date(), months) <= today]


def erased_on(ended_on: date, months: int) -> date:
    """Return the day on which an edition's registrations are erased: that many months later.

    A day that the month does not have is the month's last.
    """
    year, month = divmod(ended_on.year * 12 + ended_on.month - 1 + months, 12)
    month += 1
    return date(year, month, min(ended_on.day, monthrange(year, month)[1]))


def _needs_over(now: datetime) -> sa.Select[tuple[UUID, UUID, UUID, int, str]]:
    """Select the bookings whose access needs have been kept for long enough.

    Where registration outlasts its session, needs are of use until it closes.
    """
    return (
        sa.select(
            BOOKINGS.c.id,
            BOOKINGS.c.registration_id,
            BOOKINGS.c.session_id,
            BOOKINGS.c.wheelchairs,
            BOOKINGS.c.status,
        )
        .join(SESSION_COPIES, SESSION_COPIES.c.id == BOOKINGS.c.session_id)
        .join(SESSION_SEATS, SESSION_SEATS.c.session_id == BOOKINGS.c.session_id)
        .where(
            _HAS_NEEDS,
            SESSION_COPIES.c.ends_at <= now - NEEDS_KEPT,
            SESSION_SEATS.c.closes_at <= now,
        )
        .order_by(BOOKINGS.c.id)
    )


def _questions_over(db: Session, now: datetime) -> dict[UUID, list[str]]:
    """Return the questions whose day has come where their sessions are, by session."""
    zone = SESSION_COPIES.c.details["time_zone"].as_string()
    rows = db.execute(
        sa.select(Question.id, Question.session_id, Question.forgotten_on, zone)
        .join(SESSION_COPIES, SESSION_COPIES.c.id == Question.session_id)
        .where(Question.forgotten_on <= (now + timedelta(days=1)).date())
        .order_by(Question.session_id, Question.id)
    )
    found: dict[UUID, list[str]] = {}
    for question_id, session_id, day, name in rows:
        if day <= now.astimezone(ZoneInfo(name)).date():
            found.setdefault(session_id, []).append(str(question_id))
    return found


def _without(answers: Mapping[str, object], questions: Collection[str]) -> dict[str, object]:
    return {key: answer for key, answer in answers.items() if key not in questions}
