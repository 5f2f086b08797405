"""The public programme with 10,000 sessions: its page, its calendars, on the real web process."""

import json
import os
import re
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from benchmarks.figure import Figure, WrongResult, compare
from benchmarks.laboratory import Laboratory
from benchmarks.large_edition import SESSIONS, fill
from benchmarks.wrk import ready
from services.scheduling.domain.calendar_entries import calendar_entry
from services.scheduling.domain.releasing import release
from services.scheduling.domain.session_facts import SessionFacts, read_facts
from services.scheduling.queries.api import SessionFilter, sessions_page
from services.scheduling.queries.feeds import EDITION_FEED
from services.scheduling.web import create_app
from shared.clock import system_clock
from shared.context import ServiceContext, build_context
from shared.database import Database
from shared.i18n import speaking, translator
from shared.migrations import migrate
from shared.settings import read_settings
from shared.testing.processes import ServerError, free_port, identify, kill, wait_until
from shared.testing.run_folder import current_run

_ROOT = Path(__file__).parents[1]
_SCRIPT = Path(__file__).with_name("paths.lua")

ROUNDS, SECONDS = 3, 8

#: How many people look at the programme at the same time, each without a pause.
READERS = 2

#: How many calendars ask at the same time.
SUBSCRIBERS = 32

#: The longest that the slowest hundredth of the pages may take, in milliseconds.
MOST_MS = 100.0

#: What people ask, in turn: words with and without faults, places, days, publics, seats.
QUESTIONS = (
    "/?q=activite",
    "/?q=activitte&audience=families",
    "/?commune=38005&places=1",
    "/?near=45.19,5.72&within=20",
    "/?day=2026-10-03&age=6",
    "/?free=1&audience=everyone",
    "/?when=weekend",
    "/?near=45.19,5.72",
)


def page(laboratory: Laboratory) -> Figure:
    """Filter the programme; the slowest hundredth of the pages must take under 100 ms."""
    ready()
    with _edition(laboratory) as (url, _database), _web(url) as port:
        for path in QUESTIONS * 4:  # each process reads the edition once after a release
            _get(port, path)
        runs = [_load(port, "-", QUESTIONS, READERS) for _round in range(ROUNDS)]
    slowest = [run["p99_microseconds"] / 1000 for run in runs]
    laboratory.tell("p99 in ms: " + ", ".join(f"{each:.0f}" for each in slowest))
    return compare(
        "programme-page",
        f"pages/s at p99, of {MOST_MS:g} ms each",
        1.0,
        values=[1000 / each for each in slowest],
        yardsticks=[1000 / MOST_MS],
    )


def unchanged_feed(laboratory: Laboratory) -> Figure:
    """Ask for a venue's calendar that has not changed; the yardstick is Flask saying hello."""
    ready()
    with _edition(laboratory) as (url, database), _web(url) as port, _hello() as hello:
        venue = _one_of(database).venue_id
        path = f"/feeds/venues/{venue}.ics"
        tag = _get(port, path).headers["ETag"]
        values, yardsticks = [], []
        for _round in range(ROUNDS):
            yardsticks.append(_per_second(_load(hello, "-", ("/",), SUBSCRIBERS)))
            values.append(_per_second(_load(port, tag, (path,), SUBSCRIBERS)))
    return compare("feed-unchanged", "304/s", 0.25, values=values, yardsticks=yardsticks)


def cold_feed(laboratory: Laboratory) -> Figure:
    """Build the calendar of 10,000 sessions, from the database to the last octet.

    The yardstick reads the same, words it the same, and writes it with icalendar as its
    documentation shows.
    """
    with _edition(laboratory) as (url, database):
        context = build_context(read_settings("scheduling", _environment(url)))
        client = create_app(context).test_client()
        slug = _one_of(database).edition_slug
        values, yardsticks = [], []
        for _round in range(ROUNDS):
            started = time.perf_counter()
            naive = _naively(context, slug)
            between = time.perf_counter()
            ours = client.get(f"/feeds/editions/{slug}.ics").data
            values.append(1 / (time.perf_counter() - between))
            yardsticks.append(1 / (between - started))
    counted = [text.count(b"BEGIN:VEVENT") for text in (naive, ours)]
    if counted != [SESSIONS, SESSIONS]:
        raise WrongResult(f"the calendars have {counted} entries")
    return compare("feed-cold", "feeds/s", 5.0, values=values, yardsticks=yardsticks)


def _naively(context: ServiceContext, slug: str) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//bench//")
    calendar.add("version", "2.0")
    settings = context.settings
    with (
        speaking(translator("services.scheduling", "fr")),
        context.database.read() as db,
    ):
        for details in EDITION_FEED.read_sessions(db, slug):
            entry = calendar_entry(
                read_facts(details), public_url=settings.public_url, mail_from=settings.mail_from
            )
            zone = ZoneInfo(entry.time_zone)
            event = icalendar.Event()
            event.add("uid", entry.uid)
            event.add("sequence", entry.sequence)
            event.add("summary", entry.summary)
            event.add("description", entry.description)
            event.add("location", entry.location)
            event.add("dtstart", entry.starts_at.astimezone(zone))
            event.add("dtend", entry.ends_at.astimezone(zone))
            event.add("dtstamp", entry.changed_at)
            event.add("last-modified", entry.changed_at)
            event.add("status", entry.status)
            event.add("url", entry.url)
            event.add("categories", entry.categories)
            event.add("transp", "OPAQUE")
            if entry.latitude is not None:
                event.add("geo", (entry.latitude, entry.longitude))
            if entry.organizer:
                event.add("organizer", f"mailto:{entry.organizer[1]}", {"cn": entry.organizer[0]})
            calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _one_of(database: Database) -> SessionFacts:
    with database.read() as db:
        (row, *_rest) = sessions_page(db, SessionFilter(), None, 1)
    return read_facts(row.details)


@contextmanager
def _edition(laboratory: Laboratory) -> Iterator[tuple[str, Database]]:
    """Give a database with a released edition of 10,000 sessions."""
    server = laboratory.postgresql
    url = server.create_database()
    migrate(url, "scheduling")
    database = Database(url)
    laboratory.tell(f"releasing an edition of {SESSIONS:,} sessions")
    try:
        edition = fill(database)
        with database.write() as db:
            release(db, edition, now=system_clock())
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as plain:
            plain.exec_driver_sql("VACUUM ANALYZE")  # as the server does by itself, in time
        yield url, database
    finally:
        database.dispose()
        server.drop_database(url)


def _environment(url: str) -> dict[str, str]:
    return {
        "SCHEDULING_DATABASE_URL": url,
        "PUBLIC_URL": "https://festival.example.org",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "PARVIS_DATA": str(current_run()),
    }


@contextmanager
def _web(url: str) -> Iterator[int]:
    """Run `parvis web scheduling` with its defaults; give its port."""
    port = free_port()
    command = ["-m", "deploy.cli", "web", "scheduling", "--port", str(port)]
    with _served(command, port, "/readyz", _environment(url)):
        yield port


@contextmanager
def _hello() -> Iterator[int]:
    port = free_port()
    with _served(["-m", "benchmarks.hello", str(port)], port, "/", {}):
        yield port


@contextmanager
def _served(command: list[str], port: int, path: str, more: dict[str, str]) -> Iterator[None]:
    log = current_run() / f"web-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=_ROOT,
            env={**os.environ, **more},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    identity = identify(process.pid)
    try:
        if not wait_until(lambda: process.poll() is not None or _answers(port, path), 60):
            raise ServerError(f"the web process does not answer:\n{log.read_text()[-2000:]}")
        if process.poll() is not None:
            raise ServerError(f"the web process ended:\n{log.read_text()[-2000:]}")
        yield
    finally:
        kill(identity)
        process.wait()
        log.unlink()


def _answers(port: int, path: str) -> bool:
    try:
        return _get(port, path).status == 200
    except OSError:
        return False


def _get(port: int, path: str) -> Any:
    answer = urllib.request.urlopen(f"http://127.0.0.1:{port}{path}")
    answer.read()
    return answer


def _load(port: int, tag: str, paths: Sequence[str], clients: int) -> dict[str, int]:
    """Ask for the addresses in turn, without a pause; raises `WrongResult` when one fails."""
    command = ["wrk", "--threads=1", f"--connections={clients}", f"--duration={SECONDS}s"]
    done = subprocess.run(
        [*command, f"--script={_SCRIPT}", f"http://127.0.0.1:{port}/", "--", tag, *paths],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"^RESULT (.*)$", done.stdout, re.MULTILINE)
    if not found:
        raise WrongResult(f"wrk failed:\n{done.stdout}{done.stderr}")
    result: dict[str, int] = json.loads(found[1])
    if result["failed"]:
        raise WrongResult(f"{result['failed']} requests failed: {done.stdout}")
    return result


def _per_second(run: dict[str, int]) -> float:
    return run["requests"] / run["microseconds"] * 1e6
