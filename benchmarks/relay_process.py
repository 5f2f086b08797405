"""`python -m benchmarks.relay_process DATABASE_URL AMQP_URL EVENTS`: the relay as a worker runs it.

Prints, as JSON, how many events it sent in how many seconds, and what is amiss in the outbox.
"""

import deploy.green  # noqa: F401, I001 - first: makes the rest cooperative, as in a worker

import json
import sys
import time

import sqlalchemy as sa

from benchmarks.facts import made_fact
from shared.clock import system_clock
from shared.database import Database
from shared.messaging.outbox import record_all
from shared.messaging.publisher import publisher_for
from shared.messaging.relay import Relay
from shared.messaging.tables import OUTBOX

#: Events that are sent before time is taken: the connection, the plans and the imports.
_FIRST = 200

_SERVICE = "registration"


def main(database_url: str, amqp_url: str, events: int) -> None:
    """Record the events, send them, and print the result."""
    database = Database(database_url)
    with database.write() as db:
        db.execute(sa.delete(OUTBOX))
    relay = Relay(database, publisher_for(amqp_url, _SERVICE), system_clock, _SERVICE)
    _record(database, _FIRST)
    relay.run_once()
    _record(database, events)
    begun = time.perf_counter()
    sent = relay.run_once()
    seconds = time.perf_counter() - begun
    with database.read() as db:
        unsent = db.scalar(sa.select(sa.func.count()).where(OUTBOX.c.sent_at.is_(None)))
        last = db.scalar(sa.select(sa.func.max(OUTBOX.c.position)))
    gaps = (last or 0) - _FIRST - events
    result = {"sent": sent, "seconds": seconds, "first": _FIRST, "unsent": unsent, "gaps": gaps}
    print(json.dumps(result))
    relay.close()


def _record(database: Database, events: int) -> None:
    now = system_clock()
    with database.write() as db:
        for start in range(0, events, 1000):
            record_all(db, [made_fact(now) for _ in range(min(1000, events - start))], now=now)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
