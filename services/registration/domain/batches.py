"""A batch: the rows that registrations become which are admitted together.

While a batch holds the locks on its sessions, nobody else sells a seat of them. So where PostgreSQL
keeps them, the rows are made before, as if everybody were let in, by what was last seen of the
sessions (`prepare`), and stored in one statement if that came true (`Prepared.store`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.registration.domain.admission import Decision, Outcome
from services.registration.domain.deciding import decide, lets_in
from services.registration.domain.facts import booking_state, instant, told_booking
from services.registration.domain.keys import key_rows
from services.registration.domain.party import seats_beside
from services.registration.domain.questions import kept_answers
from services.registration.domain.requests import MADE, Answer, RegistrationRequest, WantedBooking
from services.registration.domain.rules import NO_RULES, Rules
from services.registration.domain.seats import Change, Seats, as_seen, counting, open_at
from services.registration.models import BOOKINGS, IDEMPOTENCY_KEYS, REGISTRATIONS
from shared.bulk import Rows, Update, store_at_once, store_together
from shared.contracts.registration import REGISTRATION_MADE
from shared.database import Database
from shared.identifiers import new_code, new_id, new_token
from shared.messaging.outbox import Fact, outbox_rows
from shared.messaging.tables import OUTBOX

#: What is kept of each request, by its key: the hash of what was asked, and the answer.
Answers = Mapping[str, tuple[str, Answer]]


class Batch:
    """The rows that admitted requests become."""

    def __init__(self, now: datetime, rules: Mapping[UUID, Rules]) -> None:
        self._now = now
        self._rules = rules
        self._registered_at = instant(now)
        self._registrations: list[dict[str, Any]] = []
        self._bookings: list[dict[str, Any]] = []
        self._changes: dict[UUID, Change] = {}
        self._facts: list[Fact] = []

    def add(
        self, request: RegistrationRequest, decision: Decision, seats: Mapping[UUID, Seats]
    ) -> Answer:
        code, token = new_code(), new_token()
        bookings = [
            self._book(request.id, wanted, outcome, seats[wanted.session_id])
            for wanted, outcome in zip(request.bookings, decision.outcomes, strict=True)
        ]
        row = {
            "id": request.id,
            "code": code,
            "token": token,
            "ticket": request.ticket,
            "email": request.email,
            "name": request.name,
            "telephone": request.telephone,
            "locale": request.locale,
            "status": "active",
            "version": 1,
            "registered_at": self._now,
            "entered_by": request.entered_by,
        }
        self._registrations.append(row)
        public = {
            "id": str(request.id),
            "code": code,
            "token": token,
            "ticket": request.ticket,
            "status": "active",
            "bookings": bookings,
        }
        state = {
            **public,
            "bookings": [
                told_booking(
                    booking,
                    seats[wanted.session_id].session_version,
                    wheelchairs=wanted.wheelchairs,
                )
                for booking, wanted in zip(bookings, request.bookings, strict=True)
            ],
            "email": request.email,
            "name": request.name,
            "locale": request.locale,
            "registered_at": self._registered_at,
        }
        self._facts.append(
            Fact(REGISTRATION_MADE, request.id, 1, state, correlation_id=request.correlation_id)
        )
        return Answer(MADE, public)

    def _book(
        self, registration_id: UUID, wanted: WantedBooking, outcome: Outcome, row: Seats
    ) -> dict[str, Any]:
        booking_id = new_id()
        party = {category: heads for category, heads in wanted.party.items() if heads}
        seats = seats_beside(party, row.seat_categories, wanted.wheelchairs)
        confirmed = outcome is Outcome.CONFIRMED
        change = (
            Change(taken=seats, bookings=1, wheelchairs=wanted.wheelchairs)
            if confirmed
            else Change(waiting=1)
        )
        questions = self._rules.get(row.session_id, NO_RULES).questions
        self._changes[row.session_id] = self._changes.get(row.session_id, Change()) + change
        self._bookings.append(
            {
                "id": booking_id,
                "registration_id": registration_id,
                "session_id": wanted.session_id,
                "party": party,
                "seats": seats,
                "wheelchairs": wanted.wheelchairs,
                "sign_language": wanted.sign_language,
                "answers": kept_answers(wanted.answers, questions) if questions else {},
                "status": outcome.value,
                "revision": 0,
                "changed_at": self._now,
            }
        )
        return booking_state(booking_id, wanted.session_id, party, seats, outcome.value, 0)

    def parts(self, answers: Answers) -> list[Rows | Update]:
        """Return all that is stored, the answers under their keys first."""
        return [
            Rows(IDEMPOTENCY_KEYS, key_rows(answers, self._now), ignoring=True),
            Rows(REGISTRATIONS, self._registrations),
            Rows(BOOKINGS, self._bookings),
            Rows(OUTBOX, outbox_rows(self._facts, now=self._now)),
            counting(self._changes),
        ]


class Prepared:
    """What is stored of a batch, and answered, if everybody in it is let in."""

    def __init__(
        self, requests: Sequence[RegistrationRequest], seen: Mapping[UUID, Seats], now: datetime
    ) -> None:
        self._given = as_seen(seen.values())
        batch = Batch(now, {})
        answers = {
            request.key: (request.fingerprint, batch.add(request, _everything(request), seen))
            for request in requests
        }
        self.answers = [answer for _print, answer in answers.values()]
        keys, *parts = batch.parts(answers)
        self._parts = [Rows(IDEMPOTENCY_KEYS, keys.rows), *parts]

    def store(self, database: Database) -> bool:
        """Store all of it in one statement; return whether it was done.

        It is not where a session is no longer what it was, its seats are gone, or a key was used;
        or nobody can tell, and the keys do.
        """
        return store_at_once(database, self._given, *self._parts)


def prepare(
    requests: Sequence[RegistrationRequest], seen: Mapping[UUID, Seats], now: datetime
) -> Prepared | None:
    """Make the rows of a batch before its sessions are locked, or None where it would be in vain.

    `seen` is what was last known of sessions: one that is full now will hardly let everybody in.
    """
    wanted = {booking.session_id for request in requests for booking in request.bookings}
    known = {id_: seen[id_] for id_ in wanted if id_ in seen and not seen[id_].has_rules}
    if len(known) < len(wanted) or len({request.key for request in requests}) < len(requests):
        return None
    if not lets_in(decide(requests, open_at(now, known), {})):
        return None
    return Prepared(requests, known, now)


def store(db: Session, parts: Sequence[Rows | Update]) -> bool:
    """Store the parts of a batch, and tell whether all its keys were new."""
    used, *_rest = store_together(db, *parts)
    answers = parts[0].rows
    return used == len(answers)


def _everything(request: RegistrationRequest) -> Decision:
    return Decision(True, (Outcome.CONFIRMED,) * len(request.bookings))
