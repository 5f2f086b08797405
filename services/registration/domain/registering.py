"""Registering: those who ask together are admitted together, in one transaction (group admission).

Every writer of seats locks sessions in the order of their ids, then uses idempotency keys in the
order of the keys; so two batches never wait for each other in a circle.
"""

from collections.abc import Mapping, MutableMapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.registration.domain.batches import Batch, store
from services.registration.domain.deciding import decide, refusal
from services.registration.domain.fitting import special_rules
from services.registration.domain.keys import is_passing, known_answers, told
from services.registration.domain.requests import (
    KEY_REUSED,
    MADE,
    REFUSED,
    Answer,
    RegistrationRequest,
    WantedBooking,
)
from services.registration.domain.seats import Seats, lock_seats, open_at

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
    seen: MutableMapping[UUID, Seats] | None = None,
) -> list[Answer]:
    """Decide on the requests in their order and write what follows; return an answer for each.

    Call it inside `database.write()`. Raises `KeyTaken` after a rare race: then begin again in a
    new transaction. `trusting_keys` supposes that no key was used before, as nearly none was, and
    saves looking; if one was, that is `KeyTaken` too. `seen` takes up what is seen of the sessions.
    """
    seats = lock_seats(db, {wanted.session_id for one in requests for wanted in one.bookings})
    if seen is not None:
        seen.update(seats)
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
    open_seats = open_at(now, seats)
    rules = special_rules(db, open_seats.values())
    batch = Batch(now, rules)
    decisions = decide([request for request, _ in fresh.values()], open_seats, rules)
    answers: dict[str, tuple[str, Answer]] = {}
    for (request, fingerprint), decision in zip(fresh.values(), decisions, strict=True):
        if decision.admitted:
            answer = batch.add(request, decision, open_seats)
        else:
            later = {key: row.opens_at for key, row in seats.items() if row.opens_later(now)}
            answer = refusal(request, decision, open_seats, rules, later)
        answers[request.key] = (fingerprint, answer)
    passing = {key for key, (_print, answer) in answers.items() if is_passing(answer)}
    if trusting_keys and passing and known_answers(db, passing):
        raise KeyTaken
    kept = {key: answer for key, answer in answers.items() if key not in passing}
    if not store(db, batch.parts(kept)):
        raise KeyTaken
    return answers
