"""Whether decisions were right: those of a rush, taken again in the order of the commits.

While nobody cancels, seats only become fewer. So somebody was refused rightly, at some moment of
his transaction, exactly if he does not fit in what was left at its end; and somebody who was
admitted must have fitted in what was left at its beginning, together with the others.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from benchmarks.figure import WrongResult
from services.registration.domain.admission import Ask, Left, Outcome, admit
from services.registration.domain.party import seats_for
from services.registration.domain.registering import MADE
from services.registration.models import SESSION_SEATS
from shared.database import Database

#: What families count; both take a seat in every session of the benchmarks.
_SEATED = ("adults", "children")

_DECISIONS = sa.text(
    "SELECT pg_xact_commit_timestamp(xmin) AS at, key, status, answer FROM idempotency_keys"
    " ORDER BY 1, key"
)


@dataclass(frozen=True)
class Wanted:
    """What somebody asked for: the seats of the party, and the sessions, with whether he waits."""

    party: Mapping[str, int]
    sessions: Mapping[UUID, bool]

    def asks(self) -> list[Ask]:
        """Return it as it is asked of `admit`."""
        seats = seats_for(self.party, _SEATED)
        return [Ask(session, seats, waits) for session, waits in self.sessions.items()]


@dataclass(frozen=True)
class Replayed:
    """What was decided: how many registrations were made, refused, and bookings that wait."""

    made: int
    refused: int
    waiting: int
    sold_out: int


def replay(database: Database, wanted: Mapping[str, Wanted]) -> Replayed:
    """Take every decision again; raises `WrongResult` where one was wrong, or was not stored.

    `wanted` says what was asked under each idempotency key. PostgreSQL must have noted the time of
    each commit (`track_commit_timestamp`).
    """
    with database.read() as db:
        rows = db.execute(_DECISIONS).all()
        capacity: dict[UUID, int | None] = {
            row.session_id: row.capacity
            for row in db.execute(sa.select(SESSION_SEATS.c.session_id, SESSION_SEATS.c.capacity))
        }
        taken = dict(
            db.execute(sa.select(SESSION_SEATS.c.session_id, SESSION_SEATS.c.taken)).tuples().all()
        )
    batches: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        batches[row.at].append(row)
    if {row.key for row in rows} != set(wanted):
        raise WrongResult(f"{len(rows)} decisions are stored for {len(wanted)} that were asked for")
    left: Left = capacity
    waiting = 0
    for batch in batches.values():
        left, waits = check_batch(left, batch, wanted)
        waiting += waits
    for session, seats in left.items():
        if seats is None or seats < 0 or seats != (capacity[session] or 0) - taken[session]:
            raise WrongResult(f"the seats of session {session} are not those that were booked")
    made = sum(row.status == MADE for row in rows)
    sold_out = sum(seats == 0 for seats in left.values())
    return Replayed(made, len(rows) - made, waiting, sold_out)


def check_batch(left: Left, batch: Sequence[Any], wanted: Mapping[str, Wanted]) -> tuple[Left, int]:
    """Take the decisions of one transaction again; return what is left, and how many bookings wait.

    Each of the batch has a `key`, a `status` and an `answer`. Raises `WrongResult`.
    """
    made = [row for row in batch if row.status == MADE]
    after = _admit(left, made, wanted)
    waiting = _check_waiting(after, made, wanted)
    _check_refused(after, [row for row in batch if row.status != MADE], wanted)
    return after, waiting


def _admit(left: Left, made: Sequence[Any], wanted: Mapping[str, Wanted]) -> Left:
    """Return what is left when those who were admitted have their seats: each basket must fit."""
    after = dict(left)
    for row in made:
        confirmed = _with_status(row, "confirmed")
        asks = [ask for ask in wanted[row.key].asks() if ask.session_id in confirmed]
        (decision,) = admit(after, [asks])
        if set(decision.outcomes) - {Outcome.CONFIRMED}:
            raise WrongResult(f"{row.key} was admitted where nothing was left")
        for ask in asks:
            seats = after[ask.session_id]
            after[ask.session_id] = None if seats is None else seats - ask.seats
    return after


def _check_waiting(left: Left, made: Sequence[Any], wanted: Mapping[str, Wanted]) -> int:
    waiting = 0
    for row in made:
        waits = _with_status(row, "waitlisted")
        for ask in wanted[row.key].asks():
            if ask.session_id in waits:
                waiting += 1
                (decision,) = admit(left, [[ask]])
                if not ask.may_wait or decision.outcomes != (Outcome.WAITLISTED,):
                    raise WrongResult(f"{row.key} waits where he would have fitted")
    return waiting


def _check_refused(left: Left, refused: Sequence[Any], wanted: Mapping[str, Wanted]) -> None:
    for row in refused:
        (decision,) = admit(left, [wanted[row.key].asks()])
        if decision.admitted:
            raise WrongResult(f"{row.key} was refused and would have fitted")


def _with_status(row: Any, status: str) -> set[UUID]:
    return {UUID(one["session_id"]) for one in row.answer["bookings"] if one["status"] == status}
