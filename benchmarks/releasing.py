"""A large release: from the coordinator's press to the last mail in the queue, and its memory."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import sqlalchemy as sa

from benchmarks.figure import Figure, WrongResult
from benchmarks.history import store_registrations
from benchmarks.laboratory import Laboratory
from services.notifications.models import OutgoingMail
from services.notifications.models import SessionCopy as ToldSession
from services.registration.models import SessionCopy
from services.scheduling.domain.importing import bring_in
from services.scheduling.domain.programme import (
    ActivityRecord,
    EditionRecord,
    Programme,
    SessionRecord,
    VenueRecord,
)
from services.scheduling.domain.releasing import release
from services.scheduling.models import Edition, Session
from shared.clock import system_clock
from shared.database import Database
from shared.migrations import migrate
from shared.testing.processes import identify, kill, wait_until
from shared.testing.run_folder import current_run

_ROOT = Path(__file__).parents[1]
_SERVICES = ("scheduling", "registration", "notifications")

SESSIONS, REGISTRATIONS = 2_000, 30_000

#: Seats of each session: every registration finds its own.
CAPACITY = 60

#: How much more memory than at its beginning a worker may hold at the end, in MB.
MOST_GROWTH = 64

#: Seconds that the whole may take, and the setting up before it.
PATIENCE = 900


@dataclass(frozen=True)
class _Run:
    """What was measured: seconds of the release itself and until the last mail, and memory."""

    releasing: float
    queueing: float
    growth: dict[str, float]


def released(laboratory: Laboratory) -> Figure:
    """Move all of 2,000 sessions at once, under 30,000 registrations; each must be told once.

    The yardstick is one row stored at a time, each commit on the disk, by one client: every mail is
    at least one commit of its own.
    """
    run = _measure(laboratory)
    laboratory.tell(
        f"released in {run.releasing:.1f} s, the last mail queued after {run.queueing:.1f} s; "
        + ", ".join(f"{name} grew by {grown:.0f} MB" for name, grown in run.growth.items())
    )
    too_much = {name: grown for name, grown in run.growth.items() if grown > MOST_GROWTH}
    if too_much:
        raise WrongResult(f"memory is not flat: {too_much} MB more than at the beginning")
    return Figure(
        "release-told",
        REGISTRATIONS / run.queueing,
        "mails queued per second",
        _commits_per_second(laboratory),
        0.1,
    )


def _measure(laboratory: Laboratory) -> _Run:
    server = laboratory.postgresql
    urls = {service: server.create_database() for service in _SERVICES}
    databases = {service: Database(url) for service, url in urls.items()}
    try:
        for service, url in urls.items():
            migrate(url, service)
        laboratory.tell(f"bringing in {SESSIONS} sessions")
        bring_in(databases["scheduling"], _programme(), now=system_clock())
        with _workers(urls, laboratory.rabbitmq.url) as processes:
            ids = _wait_for_copies(databases)
            laboratory.tell(f"storing {REGISTRATIONS} registrations")
            store_registrations(
                databases["registration"], ids, REGISTRATIONS, tables=("registrations", "bookings")
            )
            return _release(databases, processes)
    finally:
        for service, database in databases.items():
            database.dispose()
            server.drop_database(urls[service])


def _release(databases: dict[str, Database], processes: dict[str, int]) -> _Run:
    scheduling, notifications = databases["scheduling"], databases["notifications"]
    later = sa.literal(timedelta(minutes=10), sa.Interval)
    with scheduling.write() as db:
        db.execute(
            sa.update(Session).values(
                starts_at=Session.starts_at + later,
                ends_at=Session.ends_at + later,
                revision=Session.revision + 1,
            )
        )
        edition_id = db.scalars(sa.select(Edition.id)).one()
    first = {name: _megabytes(pid) for name, pid in processes.items()}
    most = dict(first)
    begun = time.perf_counter()
    with scheduling.write() as db:
        done = release(db, edition_id, now=system_clock())
    releasing = time.perf_counter() - begun
    if done is None or len(done.sessions) != SESSIONS:
        raise WrongResult("the release did not take every session")

    def all_queued() -> bool:
        for name, pid in processes.items():
            most[name] = max(most[name], _megabytes(pid))
        with notifications.read() as db:
            return (db.scalar(sa.select(sa.func.count(OutgoingMail.id))) or 0) >= REGISTRATIONS

    if not wait_until(all_queued, PATIENCE):
        raise WrongResult("not everybody was written to in time")
    queueing = time.perf_counter() - begun
    _check(notifications)
    return _Run(releasing, queueing, {name: most[name] - first[name] for name in most})


def _check(notifications: Database) -> None:
    with notifications.read() as db:
        mails = db.scalar(sa.select(sa.func.count(OutgoingMail.id)))
        people = db.scalar(sa.select(sa.func.count(sa.distinct(OutgoingMail.recipient))))
    if (mails, people) != (REGISTRATIONS, REGISTRATIONS):
        raise WrongResult(f"{mails} mails to {people} people, for {REGISTRATIONS} registrations")


def _programme() -> Programme:
    first = (system_clock() + timedelta(days=30)).replace(minute=0, second=0, microsecond=0)
    return Programme(
        source="bench",
        edition=EditionRecord(
            slug="bench",
            festival_slug="bench",
            festival_name_fr="Fête",
            name_fr="Fête",
            starts_on=first.date(),
            ends_on=(first + timedelta(days=11)).date(),
            time_zone="Europe/Paris",
        ),
        venues=tuple(VenueRecord(f"v{n}", f"Lieu {n}") for n in range(90)),
        activities=tuple(
            ActivityRecord(f"a{n}", f"Animation {n}", description_fr="Une heure avec nous. " * 20)
            for n in range(500)
        ),
        sessions=tuple(
            SessionRecord(
                f"s{n}",
                activity=f"a{n % 500}",
                venue=f"v{n % 90}",
                starts_at=first + timedelta(hours=n % 200),
                ends_at=first + timedelta(hours=n % 200 + 1),
                registration="here",
                capacity=CAPACITY,
            )
            for n in range(SESSIONS)
        ),
    )


def _wait_for_copies(databases: dict[str, Database]) -> Sequence[UUID]:
    def are_there() -> bool:
        counts = []
        for service, model in (("registration", SessionCopy), ("notifications", ToldSession)):
            with databases[service].read() as db:
                counts.append(db.scalar(sa.select(sa.func.count()).select_from(model)))
        return counts == [SESSIONS, SESSIONS]

    if not wait_until(are_there, PATIENCE):
        raise WrongResult("the sessions did not reach the other services")
    with databases["registration"].read() as db:
        return db.scalars(sa.select(SessionCopy.id).order_by(SessionCopy.id)).all()


@contextmanager
def _workers(urls: dict[str, str], amqp_url: str) -> Iterator[dict[str, int]]:
    """Run the three workers, with a mail server that is not there: mails are queued, not sent."""
    environ = {
        **os.environ,
        **{f"{service.upper()}_DATABASE_URL": url for service, url in urls.items()},
        "AMQP_URL": amqp_url,
        "SMTP_URL": "smtp://127.0.0.1:9",
        "PUBLIC_URL": "https://festival.example.org",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "PARVIS_DATA": str(current_run()),
    }
    with ExitStack() as started:
        yield {service: started.enter_context(_worker(service, environ)) for service in _SERVICES}


@contextmanager
def _worker(service: str, environ: dict[str, str]) -> Iterator[int]:
    log = current_run() / f"worker-{service}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.cli", "worker", service],
            cwd=_ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    identity = identify(process.pid)
    try:
        yield process.pid
    finally:
        kill(identity)
        process.wait()


def _megabytes(pid: int) -> float:
    """Return how much memory a process holds."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise WrongResult("a worker ended")


def _commits_per_second(laboratory: Laboratory) -> float:
    url = laboratory.postgresql.create_database()
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE rows (n integer)")
            begun, rows = time.perf_counter(), 0
            while time.perf_counter() - begun < 5:
                connection.execute("INSERT INTO rows VALUES (%s)", [rows])
                rows += 1
            return rows / (time.perf_counter() - begun)
    finally:
        laboratory.postgresql.drop_database(url)
