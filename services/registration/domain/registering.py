"""Registering: those who ask together are admitted together, in one transaction (group admission).

Every writer of seats locks sessions in the order of their ids, then uses idempotency keys in the
order of the keys; so two batches never wait for each other in a circle.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.registration.domain.admission import REFUSALS, Ask, Decision, Outcome, admit
from services.registration.domain.facts import booking_state, instant, told_booking
from services.registration.domain.fitting import misfit, special_rules
from services.registration.domain.keys import is_passing, key_rows, known_answers, told
from services.registration.domain.party import seats_beside
from services.registration.domain.questions import kept_answers
from services.registration.domain.requests import (
    KEY_REUSED,
    MADE,
    REFUSED,
    Answer,
    RegistrationRequest,
    WantedBooking,
)
from services.registration.domain.rules import NO_RULES, Rules
from services.registration.domain.seats import Change, Seats, counting, lock_seats
from services.registration.models import BOOKINGS, IDEMPOTENCY_KEYS, REGISTRATIONS
from shared.bulk import Rows, store_together
from shared.contracts.registration import REGISTRATION_MADE
from shared.identifiers import new_code, new_id, new_token
from shared.messaging.outbox import Fact, outbox_rows
from shared.messaging.tables import OUTBOX

__all__ = [
    "KEY_REUSED",
    "MADE",
    "REFUSED",
    "Answer",
    "KeyTaken",
    "RegistrationRequest",
    "WantedBooking",
    "register_all",
]


class KeyTaken(Exception):
    """Another transaction used one of the keys meanwhile; the batch is to be decided again."""


def register_all(
    db: Session,
    requests: Sequence[RegistrationRequest],
    *,
    now: datetime,
    trusting_keys: bool = False,
) -> list[Answer]:
    """Decide on the requests in their order and write what follows; return an answer for each.

    Call it inside `database.write()`. Raises `KeyTaken` after a rare race: then begin again in a
    new transaction. `trusting_keys` supposes that no key was used before, as nearly none was, and
    saves looking; if one was, that is `KeyTaken` too.
    """
    seats = lock_seats(db, {wanted.session_id for one in requests for wanted in one.bookings})
    prints = [request.fingerprint for request in requests]
    answers = {} if trusting_keys else known_answers(db, {one.key for one in requests})
    fresh: dict[str, tuple[RegistrationRequest, str]] = {}
    for request, fingerprint in zip(requests, prints, strict=True):
        if request.key not in answers:
            fresh.setdefault(request.key, (request, fingerprint))
    answers.update(_admit_fresh(db, fresh, seats, now, trusting_keys=trusting_keys))
    first = {id(request) for request, _print in fresh.values()}
    return [
        told(*answers[request.key], fingerprint, is_first=id(request) in first)
        for request, fingerprint in zip(requests, prints, strict=True)
    ]


def _admit_fresh(
    db: Session,
    fresh: Mapping[str, tuple[RegistrationRequest, str]],
    seats: Mapping[UUID, Seats],
    now: datetime,
    *,
    trusting_keys: bool,
) -> dict[str, tuple[str, Answer]]:
    """Admit requests whose keys are new; return fingerprint and answer by key.

    A refusal that is not kept uses no key: with `trusting_keys` it is looked for here.
    """
    if not fresh:
        return {}
    open_seats = {session: row for session, row in seats.items() if row.is_open(now)}
    rules = special_rules(db, open_seats.values())
    batch = _Batch(now, rules)
    decisions = admit(
        {session: row.left for session, row in open_seats.items()},
        [_asks(request, open_seats, rules) for request, _ in fresh.values()],
        wheelchairs_left={session: row.wheelchairs_left for session, row in open_seats.items()},
    )
    answers: dict[str, tuple[str, Answer]] = {}
    for (request, fingerprint), decision in zip(fresh.values(), decisions, strict=True):
        if decision.admitted:
            answer = batch.add(request, decision, open_seats)
        else:
            later = {key: row.opens_at for key, row in seats.items() if row.opens_later(now)}
            answer = _refusal(request, decision, open_seats, rules, later)
        answers[request.key] = (fingerprint, answer)
    passing = {key for key, (_print, answer) in answers.items() if is_passing(answer)}
    if trusting_keys and passing and known_answers(db, passing):
        raise KeyTaken
    kept = {key: answer for key, answer in answers.items() if key not in passing}
    batch.write(db, key_rows(kept, now))
    return answers


def _asks(
    request: RegistrationRequest, seats: Mapping[UUID, Seats], rules: Mapping[UUID, Rules]
) -> list[Ask]:
    asks = []
    for wanted in request.bookings:
        row = seats.get(wanted.session_id)
        if row is None:
            asks.append(Ask(wanted.session_id, 0))
            continue
        needed = seats_beside(wanted.party, row.seat_categories, wanted.wheelchairs)
        never = misfit(wanted, row, rules.get(wanted.session_id, NO_RULES))
        why = never.unfit if never else None
        asks.append(Ask(wanted.session_id, needed, wanted.may_wait, why, wanted.wheelchairs))
    return asks


def _refusal(
    request: RegistrationRequest,
    decision: Decision,
    seats: Mapping[UUID, Seats],
    rules: Mapping[UUID, Rules],
    later: Mapping[UUID, datetime | None],
) -> Answer:
    """Say why a basket is refused; `later` is when sessions open that are not open yet."""
    reasons: list[dict[str, Any]] = []
    for index, (wanted, outcome) in enumerate(
        zip(request.bookings, decision.outcomes, strict=True)
    ):
        if outcome in REFUSALS:
            row = seats.get(wanted.session_id)
            never = misfit(wanted, row, rules.get(wanted.session_id, NO_RULES)) if row else None
            reason: dict[str, Any] = {
                "pointer": f"/bookings/{index}{never.pointer if never else ''}",
                "session_id": str(wanted.session_id),
                "code": never.code if never else outcome.value,
                "seats_left": row.left if row else None,
            }
            if never and never.limit is not None:
                reason["limit"] = never.limit
            opens_at = later.get(wanted.session_id)
            if opens_at is not None:
                reason |= {"code": "not_open_yet", "opens_at": instant(opens_at)}
            reasons.append(reason)
    return Answer(REFUSED, {"code": reasons[0]["code"], "bookings": reasons})


class _Batch:
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

    def write(self, db: Session, key_rows: list[dict[str, Any]]) -> None:
        used, *_ = store_together(
            db,
            Rows(IDEMPOTENCY_KEYS, key_rows, ignoring=True),
            Rows(REGISTRATIONS, self._registrations),
            Rows(BOOKINGS, self._bookings),
            Rows(OUTBOX, outbox_rows(self._facts, now=self._now)),
            counting(self._changes),
        )
        if used != len(key_rows):
            raise KeyTaken
