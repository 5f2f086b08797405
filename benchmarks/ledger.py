"""Whether what was sold adds up: a fast answer that is wrong is worth nothing."""

import time
from dataclasses import dataclass

import sqlalchemy as sa

from benchmarks.figure import WrongResult
from benchmarks.wrk import Load
from services.registration.models import (
    BOOKINGS,
    IDEMPOTENCY_KEYS,
    REGISTRATIONS,
    SESSION_SEATS,
)
from shared.database import Database
from shared.messaging.tables import OUTBOX

#: Seconds in which what is under way is done.
_PAUSE = 0.2


@dataclass(frozen=True)
class Ledger:
    """How many of each are stored."""

    registrations: int
    bookings: int
    answers: int
    events: int


def read_ledger(database: Database) -> Ledger:
    """Count what is stored."""

    def number(table: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
        statement = sa.select(sa.func.count()).select_from(table).where(*conditions)
        return db.scalar(statement) or 0

    with database.read() as db:
        return Ledger(
            registrations=number(REGISTRATIONS),
            bookings=number(BOOKINGS, BOOKINGS.c.status == "confirmed"),
            answers=number(IDEMPOTENCY_KEYS, IDEMPOTENCY_KEYS.c.status == 201),
            events=number(OUTBOX, OUTBOX.c.type == "registration.registration_made"),
        )


def check(database: Database, before: Ledger, load: Load, *, basket: int = 1) -> None:
    """Raise `WrongResult` unless every answer is stored once, and the seats add up.

    Each registration has `basket` bookings.
    wrk leaves when its time is over: what it had sent by then may be stored or not.
    """
    after = _at_rest(database)
    made = after.registrations - before.registrations
    if not load.answered <= made <= load.sent:
        raise WrongResult(f"{load.answered} were answered, {load.sent} sent, {made} stored")
    booked = after.bookings - before.bookings
    if booked != made * basket or {after.answers, after.events} != {after.registrations}:
        raise WrongResult(f"not {basket} bookings, an answer and an event for each: {after}")
    check_seats(database)


def _at_rest(database: Database) -> Ledger:
    """Return what is stored when nothing more is being done for clients that have left."""
    ledger = read_ledger(database)
    while True:
        time.sleep(_PAUSE)
        again = read_ledger(database)
        if again == ledger:
            return ledger
        ledger = again


def check_seats(database: Database) -> None:
    """Raise `WrongResult` unless the seats that are taken are those that somebody has."""
    booked = (
        sa.select(sa.func.coalesce(sa.func.sum(BOOKINGS.c.seats), 0))
        .where(BOOKINGS.c.session_id == SESSION_SEATS.c.session_id)
        .where(BOOKINGS.c.status.in_(("confirmed", "offered")))
        .scalar_subquery()
    )
    wrong = (
        sa.select(sa.func.count())
        .select_from(SESSION_SEATS)
        .where(
            (SESSION_SEATS.c.taken != booked) | (SESSION_SEATS.c.taken > SESSION_SEATS.c.capacity)
        )
    )
    with database.read() as db:
        sessions = db.scalar(wrong)
    if sessions:
        raise WrongResult(f"the seats taken in {sessions} sessions are not those booked")
