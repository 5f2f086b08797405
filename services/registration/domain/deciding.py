"""Deciding: what becomes of each request, by the seats and the rules of its sessions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.registration.domain.admission import REFUSALS, Ask, Decision, Outcome, admit
from services.registration.domain.facts import instant
from services.registration.domain.fitting import misfit
from services.registration.domain.party import seats_beside
from services.registration.domain.requests import REFUSED, Answer, RegistrationRequest
from services.registration.domain.rules import NO_RULES, Rules
from services.registration.domain.seats import Seats


def lets_in(decisions: Sequence[Decision]) -> bool:
    """Tell whether everybody gets all they asked for, at once."""
    return all(
        decision.admitted and Outcome.WAITLISTED not in decision.outcomes for decision in decisions
    )


def decide(
    requests: Sequence[RegistrationRequest],
    seats: Mapping[UUID, Seats],
    rules: Mapping[UUID, Rules],
) -> list[Decision]:
    """Decide in the order of the requests; `seats` are those of the sessions that are open."""
    return admit(
        {session: row.left for session, row in seats.items()},
        [_asks_of(request, seats, rules) for request in requests],
        wheelchairs_left={session: row.wheelchairs_left for session, row in seats.items()},
    )


def _asks_of(
    request: RegistrationRequest, seats: Mapping[UUID, Seats], rules: Mapping[UUID, Rules]
) -> list[Ask]:
    """Return what a request asks of each session, and what can never be had of it."""
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


def refusal(
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
