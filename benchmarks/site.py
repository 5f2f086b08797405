"""What is measured: registration's real web processes on a database of their own."""

import os
import secrets
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from benchmarks.golden import golden_data
from services.registration.domain.sessions import keep_session
from shared.clock import system_clock
from shared.contracts.scheduling import SESSION_PUBLISHED
from shared.database import Database
from shared.identifiers import new_id
from shared.messaging.envelope import Envelope
from shared.migrations import migrate
from shared.testing.postgresql import PostgreSQL
from shared.testing.processes import ServerError, free_port, identify, kill, wait_until
from shared.testing.run_folder import current_run

_ROOT = Path(__file__).parents[1]

#: Sessions that are open to registration, as many as a morning of the model festival has.
SESSIONS = 200

#: Seats of each session: more than any run can sell, so that every answer is a registration.
CAPACITY = 50_000_000


@dataclass(frozen=True)
class Site:
    """Registration, open on a port of loopback, with its sessions and its own look at its data."""

    port: int
    sessions: tuple[UUID, ...]
    database: Database


@contextmanager
def open_site(server: PostgreSQL, *, capacity: int = CAPACITY) -> Iterator[Site]:
    """Serve registration on a new database, and take both away when the block ends.

    Each session has `capacity` seats.
    """
    url = server.create_database()
    migrate(url, "registration")
    database = Database(url)
    try:
        sessions = tuple(_publish_session(database, capacity) for _ in range(SESSIONS))
        with serve(url) as port:
            yield Site(port, sessions, database)
    finally:
        database.dispose()
        server.drop_database(url)


def _publish_session(database: Database, capacity: int) -> UUID:
    now = system_clock()
    session_id = new_id()
    data = {
        **golden_data(SESSION_PUBLISHED),
        "id": str(session_id),
        "uid": f"{session_id}@parvis",
        "starts_at": (now + timedelta(days=30)).isoformat(),
        "ends_at": (now + timedelta(days=30, hours=1)).isoformat(),
        "capacity": capacity,
    }
    envelope = Envelope(
        new_id(), SESSION_PUBLISHED.type, SESSION_PUBLISHED.version, session_id, 1, now, "", data
    )
    with database.write() as db:
        keep_session(db, envelope, now=now)
    return session_id


@contextmanager
def serve(database_url: str, **settings: str) -> Iterator[int]:
    """Run `parvis web registration` with its defaults but for `settings`; give its port."""
    port = free_port()
    environment = {
        **os.environ,
        "REGISTRATION_DATABASE_URL": database_url,
        "PUBLIC_URL": "https://festival.example.org",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "PARVIS_DATA": str(current_run()),
        **settings,
    }
    log = current_run() / f"web-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.cli", "web", "registration", "--port", str(port)],
            cwd=_ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    identity = identify(process.pid)
    try:
        if not wait_until(lambda: process.poll() is not None or _is_ready(port), 60):
            raise ServerError(f"the web process does not answer:\n{log.read_text()[-2000:]}")
        if process.poll() is not None:
            raise ServerError(f"the web process ended:\n{log.read_text()[-2000:]}")
        yield port
    finally:
        kill(identity)
        process.wait()
        log.unlink()


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False
