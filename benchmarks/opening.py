"""`./parvis bench opening`: a whole region registers at once, through the queue, on real processes.

20,000 families come for an edition in 94 communes, some of its sessions a hundred times more wanted
than others, as crowds do at an opening: at once, then fewer and fewer. It prints what they met, and
checks every decision against the database. The crowd is a Python program on the cores that it
measures: its share is printed, and an empty machine beside it would answer sooner by as much.
"""

import asyncio
import os
import time
from collections.abc import Iterable, Sequence
from datetime import timedelta
from statistics import correlation, quantiles
from typing import Any
from uuid import UUID

import psycopg

from benchmarks import families
from benchmarks.crowd import Visit, rush
from benchmarks.figure import Figure, WrongResult
from benchmarks.golden import golden_data
from benchmarks.laboratory import Laboratory
from benchmarks.ledger import check_seats
from benchmarks.replay import Replayed, Wanted, replay
from benchmarks.site import serve
from services.registration.domain.sessions import keep_session
from shared.clock import system_clock
from shared.contracts.scheduling import SESSION_PUBLISHED
from shared.database import Database
from shared.identifiers import new_id
from shared.messaging.envelope import Envelope
from shared.migrations import migrate
from shared.testing.servers import private_postgresql

FAMILIES, SESSIONS, COMMUNES = 20_000, 2_000, 94

#: Visitors whom each of the two processes lets in every second: more than the 40 that are set for
#: people, since nine in ten of these send no form of their own.
ADMISSIONS = 70

#: Seconds in which everybody is to be answered, be it with a turn: also when a hundredth is slower.
PROMISED = 5.0


def opening(laboratory: Laboratory) -> Figure:
    """Let everybody come, print what they met, and check that all was decided rightly."""
    server = private_postgresql(durable=True)
    try:
        url = server.create_database()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        server.restart()
        migrate(url, "registration")
        database = Database(url)
        try:
            return _rush(laboratory, database)
        finally:
            database.dispose()
    finally:
        server.remove()


def _rush(laboratory: Laboratory, database: Database) -> Figure:
    laboratory.tell(f"publishing {SESSIONS:,} sessions in {COMMUNES} communes")
    url = database.url.render_as_string(hide_password=False)
    crowd = families.come(_publish(database), FAMILIES)
    seats = sum((one.adults + one.children) * len(one.wishes) for one in crowd)
    laboratory.tell(f"{FAMILIES:,} families come, for {seats:,} seats")
    with serve(url, REGISTRATION_ADMISSIONS_PER_SECOND=str(ADMISSIONS)) as port:
        began, cost = time.monotonic(), os.times()
        visits = asyncio.run(rush(port, crowd))
        seconds = time.monotonic() - began
        spent = os.times()
    check_seats(database)
    replayed = replay(database, {visit.key: _wanted(visit) for visit in visits})
    if replayed.made != sum(visit.status == 201 for visit in visits):
        raise WrongResult("not everybody who was told so is registered")
    client = (spent.user + spent.system - cost.user - cost.system) / seconds
    for line in _told(visits, replayed, seconds, client):
        laboratory.tell(line)
    slowest = _percentile([visit.first_answer for visit in visits], 99)
    return Figure("opening", 1 / slowest, "first answers/s at p99", 1 / PROMISED, 1.0)


def _told(
    visits: Sequence[Visit], replayed: Replayed, seconds: float, client: float
) -> Iterable[str]:
    queued = [visit for visit in visits if visit.turns_told]
    refusals = sum(len(visit.refusals) for visit in visits)
    yield (
        f"opening: nothing oversold; nobody refused, and nobody waits, who would have fitted "
        f"({replayed.made:,} registered, {replayed.refused:,} refused, {replayed.waiting:,} "
        f"bookings wait, {replayed.sold_out:,} of {SESSIONS:,} sessions full); {seconds:.0f} s"
    )
    yield f"opening: first answer (form or turn) {_times(v.first_answer for v in visits)}"
    yield f"opening: answer to a registration {_times(v.asked_in for v in visits)}"
    whole = _times(visit.answered - visit.family.arrives for visit in visits)
    yield f"opening: from arrival to decision {whole}"
    pages = sum(visit.turns_told for visit in visits)
    yield (
        f"opening: the queue took in {len(queued) / len(visits):.0%} of the families "
        f"({pages:,} pages of it, {refusals} answers 429 or 503); the longest wait was "
        f"{max((v.let_in - v.family.arrives for v in visits), default=0):.0f} s"
    )
    if len(queued) > 1:
        arrived = [visit.family.arrives for visit in queued]
        fair = correlation(_ranks(arrived), _ranks([visit.turn for visit in queued]))
        entered = correlation(_ranks(arrived), _ranks([visit.let_in for visit in queued]))
        yield f"opening: rank correlation of arrival with turn {fair:.4f}, with entry {entered:.4f}"
    yield f"opening: the crowd itself took {client:.2f} of the cores that it measures"


def _times(values: Iterable[float]) -> str:
    found = list(values)
    p50, p95, p99 = (_percentile(found, each) for each in (50, 95, 99))
    return f"p50 {p50:.2f} s, p95 {p95:.2f} s, p99 {p99:.2f} s"


def _percentile(values: Sequence[float], hundredth: int) -> float:
    return quantiles(values, n=100)[hundredth - 1]


def _ranks(values: Sequence[float]) -> list[int]:
    ranks = [0] * len(values)
    for rank, index in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        ranks[index] = rank
    return ranks


def _wanted(visit: Visit) -> Wanted:
    family = visit.family
    return Wanted(
        {"adults": family.adults, "children": family.children},
        {wish.session: wish.waits for wish in family.wishes},
    )


def _publish(database: Database) -> list[UUID]:
    """Publish the sessions, spread over communes and eleven days; return them by rank."""
    now = system_clock()
    golden = golden_data(SESSION_PUBLISHED)
    ids = [new_id() for _ in range(SESSIONS)]
    with database.write() as db:
        for n, session_id in enumerate(ids):
            keep_session(db, _session(n, session_id, golden, now), now=now)
    return ids


def _session(n: int, session_id: UUID, golden: dict[str, Any], now: Any) -> Envelope:
    day = now.replace(hour=7, minute=0, second=0, microsecond=0) + timedelta(days=30 + n % 11)
    starts_at = day + timedelta(hours=n % 9)
    commune = {"insee_code": f"38{n % COMMUNES + 1:03}", "name": f"Commune {n % COMMUNES}"}
    data = {
        **golden,
        "id": str(session_id),
        "uid": f"{session_id}@parvis",
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=1)).isoformat(),
        "registration_opens_at": None,
        "capacity": 20 + n % 20,
        "venue": {**golden["venue"], "commune": commune},
    }
    return Envelope(
        new_id(), SESSION_PUBLISHED.type, SESSION_PUBLISHED.version, session_id, 1, now, "", data
    )
