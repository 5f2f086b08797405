"""A festival's past: many registrations, brought in with COPY as if they had been made here."""

import json
import secrets
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from uuid import UUID

import psycopg

from shared.clock import system_clock
from shared.contracts.registration import REGISTRATION_MADE
from shared.database import Database

#: Seats of each registration that is brought in.
_SEATS = 2

_COLUMNS = {
    "registrations": "id, token, code, ticket, email, name, locale, status, version, registered_at",
    "bookings": "id, registration_id, session_id, party, seats, status, revision, changed_at",
    "idempotency_keys": "key, body_hash, status, answer, used_at",
    "outbox": "id, type, version, aggregate_id, aggregate_version, occurred_at, correlation_id,"
    " data, returned, position, sent_at",
}


def store_registrations(
    database: Database,
    sessions: Sequence[UUID],
    number: int,
    *,
    tables: Collection[str] = tuple(_COLUMNS),
) -> None:
    """Store `number` registrations by turns in the sessions: rows, answers, events, seats.

    `tables` leaves some of these out: without `outbox`, nobody is told.
    """
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as connection:
        past = _Past(sessions)
        for table, columns in _COLUMNS.items():
            if table not in tables:
                continue
            with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for chunk in past.chunks(table, number):
                    copy.write(chunk)
        share = -(-number // len(sessions))
        connection.execute(
            "UPDATE session_seats SET version = version + %s, taken = taken + coalesce((SELECT"
            " sum(seats) FROM bookings WHERE bookings.session_id = session_seats.session_id), 0),"
            " bookings = bookings + (SELECT count(*) FROM bookings AS booked"
            " WHERE booked.session_id = session_seats.session_id)",
            [share],
        )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


class _Past:
    """The lines of each table, in PostgreSQL's text format; ids count up like UUIDv7 do."""

    def __init__(self, sessions: Sequence[UUID]) -> None:
        self._sessions = [str(session) for session in sessions]
        self._then = system_clock() - timedelta(days=20)
        self._milliseconds = int(self._then.timestamp() * 1000)
        self._at = self._then.isoformat()
        self._ticket = "P1." + "A" * 112

    def chunks(self, table: str, number: int) -> Iterator[str]:
        line = getattr(self, f"_{table}")
        for start in range(0, number, 2000):
            yield "".join(line(n) for n in range(start, min(start + 2000, number)))

    def _id(self, kind: int, n: int) -> str:
        moment = f"{self._milliseconds + n:012x}"
        return f"{moment[:8]}-{moment[8:]}-7{kind:03x}-8000-{n:012x}"

    def _session(self, n: int) -> str:
        return self._sessions[n % len(self._sessions)]

    def _code(self, n: int) -> str:
        return f"{n * 2_654_435_761 % 10**8:08d}"  # odd and no multiple of 5: no number twice

    def _public(self, n: int) -> dict[str, object]:
        booking = {
            "id": self._id(2, n),
            "session_id": self._session(n),
            "party": {"adults": 1, "children": 1},
            "seats": _SEATS,
            "status": "confirmed",
            "revision": 0,
        }
        return {
            "id": self._id(1, n),
            "code": self._code(n),
            "token": "A" * 22,
            "ticket": self._ticket,
            "status": "active",
            "bookings": [booking],
        }

    def _registrations(self, n: int) -> str:
        return (
            f"{self._id(1, n)}\t{secrets.token_urlsafe(16)}\t{self._code(n)}\t{self._ticket}\t"
            f"famille.{n}@example.org\tFamille Durand-{n}\tfr\tactive\t1\t{self._at}\n"
        )

    def _bookings(self, n: int) -> str:
        return (
            f"{self._id(2, n)}\t{self._id(1, n)}\t{self._session(n)}\t"
            f'{{"adults":1,"children":1}}\t{_SEATS}\tconfirmed\t0\t{self._at}\n'
        )

    def _idempotency_keys(self, n: int) -> str:
        key = f"api:{secrets.token_hex(16)}-{n}"
        return f"{key}\t{secrets.token_hex(32)}\t201\t{json.dumps(self._public(n))}\t{self._at}\n"

    def _outbox(self, n: int) -> str:
        data = {
            **self._public(n),
            "email": f"famille.{n}@example.org",
            "name": f"Famille Durand-{n}",
            "locale": "fr",
            "registered_at": self._at,
        }
        return (
            f"{self._id(3, n)}\t{REGISTRATION_MADE.type}\t{REGISTRATION_MADE.version}\t"
            f"{self._id(1, n)}\t1\t{self._at}\t{secrets.token_hex(16)}\t{json.dumps(data)}\tf\t"
            f"{n + 1}\t{self._at}\n"
        )
