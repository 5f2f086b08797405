"""Waitlist churn: cancellations that free places, offers that are taken, and others who join."""

import re
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from benchmarks import wrk
from benchmarks.figure import Figure, WrongResult, compare
from benchmarks.laboratory import Laboratory
from benchmarks.ledger import check_seats
from benchmarks.site import SESSIONS, Site, open_site
from services.registration.domain.registering import (
    RegistrationRequest,
    WantedBooking,
    register_all,
)
from services.registration.models import BOOKINGS, REGISTRATIONS
from shared.clock import system_clock
from shared.identifiers import new_id

#: Places of each session, all taken at first (`held` in churn.lua), and how many wait then.
PLACES, WAITING = 10, 20

#: Seconds of each run, and how many there are.
SECONDS, ROUNDS = 6, 3

_SCRIPT = Path(__file__).with_name("churn.lua")
_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


def churn(laboratory: Laboratory) -> Figure:
    """Measure requests, a third of each kind, against pgbench's transactions.

    Each is a transaction of its own that locks a session, serves its waitlist and tells of all that
    changed: joining alone is admitted in groups.
    """
    wrk.ready()
    pgbench = laboratory.pgbench
    values, yardsticks = [], []
    for _ in range(ROUNDS):
        with open_site(laboratory.postgresql, capacity=PLACES) as site:
            people = _fill(site)
            laboratory.settle()
            yardsticks.append(pgbench.transactions_per_second(SECONDS))
            load = wrk.run(f"http://127.0.0.1:{site.port}/", _SCRIPT, SECONDS, _words(site, people))
            _check(site, load)
        values.append(load.per_second)
        laboratory.tell(f"waitlist-churn: {load}; pgbench {yardsticks[-1]:,.0f}/s")
    return compare("waitlist-churn", "requests/s", 0.05, values=values, yardsticks=yardsticks)


def _fill(site: Site) -> dict[UUID, list[tuple[str, UUID]]]:
    """Fill every session and its waitlist; return manage tokens and bookings, first come first."""
    for start in range(0, len(site.sessions) * (PLACES + WAITING), 100):
        with site.database.write() as db:
            register_all(
                db,
                [
                    _request(site.sessions[n % len(site.sessions)], n)
                    for n in range(start, start + 100)
                ],
                now=system_clock(),
            )
    people: dict[UUID, list[tuple[str, UUID]]] = {session: [] for session in site.sessions}
    with site.database.read() as db:
        rows = db.execute(
            sa.select(BOOKINGS.c.session_id, REGISTRATIONS.c.token, BOOKINGS.c.id)
            .join(REGISTRATIONS, REGISTRATIONS.c.id == BOOKINGS.c.registration_id)
            .order_by(BOOKINGS.c.id)
        )
        for session, token, booking in rows:
            people[session].append((token, booking))
    return people


def _request(session: UUID, n: int) -> RegistrationRequest:
    return RegistrationRequest(
        id=new_id(),
        ticket="P1." + "A" * 112,
        key=f"churn:{n}",
        email=f"famille.{n}@example.org",
        name=f"Famille Durand-{n}",
        locale="fr",
        bookings=(WantedBooking(session, {"adults": 1}, may_wait=True),),
    )


def _words(site: Site, people: dict[UUID, list[tuple[str, UUID]]]) -> Sequence[str]:
    token = people[site.sessions[0]][0][0]
    address = f"http://127.0.0.1:{site.port}/registrations/{token}"
    with urllib.request.urlopen(address, timeout=10) as page:
        cookie = page.headers["Set-Cookie"].partition(";")[0]
        found = _CSRF.search(page.read().decode())
    if found is None:
        raise WrongResult("the page of a registration has no form")
    return [
        cookie,
        found[1],
        *(
            ",".join([str(session), *(f"{token}/{booking}" for token, booking in each)])
            for session, each in people.items()
        ),
    ]


def _check(site: Site, load: wrk.Load) -> None:
    """Raise `WrongResult` unless every place is somebody's, and who was answered has his."""
    check_seats(site.database)
    with site.database.read() as db:
        counted = sa.select(BOOKINGS.c.status, sa.func.count()).group_by(BOOKINGS.c.status)
        states: dict[str, int] = dict(db.execute(counted).tuples().all())
    if states["confirmed"] + states.get("offered", 0) != SESSIONS * PLACES:
        raise WrongResult(f"places are empty while people wait: {states}")
    taken_up = states["cancelled"] - states.get("offered", 0)
    if not taken_up >= load.answered // 3 - 2 * SESSIONS:
        raise WrongResult(f"{load.answered} were answered, and only {taken_up} offers taken")
