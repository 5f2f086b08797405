"""Conflicts in an edition of 10,000 sessions: judging a move, and judging all of it.

Both databases are measured, and the slower counts. The bar is a time (DESIGN §11); so that a slow
machine can be told from slow code, what the same machine needs to read the edition's sessions the
plain way, one object for each row, is told beside it.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median, quantiles
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from benchmarks.figure import Figure, WrongResult
from benchmarks.laboratory import Laboratory
from benchmarks.large_edition import SESSIONS, fill
from services.scheduling.domain.conflicts import check_edition, check_placement
from services.scheduling.models import Session
from shared.database import Database
from shared.migrations import migrate
from shared.testing.run_folder import current_run

#: Moves that are measured, after some that warm up; and full checks.
MOVES, WARMING, ROUNDS = 300, 30, 7

#: The longest that a move and an edition may take, in milliseconds.
MOST_FOR_A_MOVE, MOST_FOR_ALL = 20.0, 1000.0

#: Out of which a clearly wrong number of conflicts falls.
_PLAUSIBLE = range(500, 20_000)


def moved(laboratory: Laboratory) -> Figure:
    """Judge sessions of a large edition at times and places of others."""
    return _figure(laboratory, "conflict-move", _moves, MOST_FOR_A_MOVE)


def checked(laboratory: Laboratory) -> Figure:
    """Judge a large edition as a whole, reading included."""
    return _figure(laboratory, "conflict-full", _full_checks, MOST_FOR_ALL)


def _figure(
    laboratory: Laboratory, row: str, measure: Callable[[DbSession, UUID], list[float]], most: float
) -> Figure:
    slowest = 0.0
    for kind in ("SQLite", "PostgreSQL"):
        with _filled(laboratory, kind) as (database, edition_id), database.read() as db:
            times = measure(db, edition_id)
            plain = _plainly(db, edition_id)
        laboratory.tell(
            f"{row}, {kind}: median {median(times):.1f} ms, p95 {quantiles(times, n=20)[-1]:.1f} "
            f"ms, longest {max(times):.1f} ms; reading the sessions plainly {plain:.0f} ms"
        )
        slowest = max(slowest, median(times))
    return Figure(row, 1000 / slowest, f"checks/s, of {most:g} ms each", 1000 / most, 1.0)


def _moves(db: DbSession, edition_id: UUID) -> list[float]:
    chance = random.Random(20260921)
    sessions = db.execute(
        sa.select(
            Session.id, Session.starts_at, Session.ends_at, Session.venue_id, Session.space_id
        ).where(Session.edition_id == edition_id)
    ).all()
    times = []
    for _number in range(WARMING + MOVES):
        moving, there = chance.choice(sessions), chance.choice(sessions)
        place = {name: value for name, value in there._mapping.items() if name != "id"}
        begun = time.perf_counter()
        check_placement(db, moving.id, **place)
        times.append((time.perf_counter() - begun) * 1000)
    return times[WARMING:]


def _full_checks(db: DbSession, edition_id: UUID) -> list[float]:
    times = []
    for _number in range(ROUNDS):
        begun = time.perf_counter()
        found = check_edition(db, edition_id)
        times.append((time.perf_counter() - begun) * 1000)
        if len(found) not in _PLAUSIBLE:
            raise WrongResult(f"{len(found)} conflicts were found")
    return times


def _plainly(db: DbSession, edition_id: UUID) -> float:
    """Return the milliseconds of reading the edition's sessions as objects."""
    begun = time.perf_counter()
    read = db.scalars(sa.select(Session).where(Session.edition_id == edition_id)).all()
    if len(read) != SESSIONS:
        raise WrongResult(f"{len(read)} sessions were read")
    return (time.perf_counter() - begun) * 1000


@contextmanager
def _filled(laboratory: Laboratory, kind: str) -> Iterator[tuple[Database, UUID]]:
    """Give a database with the large edition, and take it away when the block ends."""
    if kind == "SQLite":
        file = current_run() / "conflicts.sqlite"
        file.unlink(missing_ok=True)
        url = f"sqlite:///{file}"
    else:
        url = laboratory.postgresql.create_database()
    laboratory.tell(f"filling {kind} with two editions of {SESSIONS} sessions")
    migrate(url, "scheduling")
    database = Database(url)
    try:
        edition_id = fill(database)
        _settle(database)
        yield database, edition_id
    finally:
        database.dispose()
        if kind == "PostgreSQL":
            laboratory.postgresql.drop_database(url)


def _settle(database: Database) -> None:
    """Let PostgreSQL know what it holds, as it does by itself after a minute."""
    if not database.is_sqlite:
        with database.engine.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        ) as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
