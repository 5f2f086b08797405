"""Two nameko services on one broker, and an inbox that cannot be written for a while.

Prints as JSON what the consumer's inbox holds and what its handlers did.
"""

import deploy.green  # noqa: F401, I001 - first: makes the rest cooperative

import json
import sys
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import eventlet
import sqlalchemy as sa

from deploy.containers import MEMORY_POLLING
from nameko.containers import ServiceContainer
from shared.clock import system_clock
from shared.contracts.registration import SEATS_COUNTED
from shared.messaging.handlers import Parked
from shared.messaging.nameko_adapter import CONTEXT, ServiceMessaging, every, handles
from shared.messaging.outbox import Fact, record
from shared.messaging.tables import INBOX, OUTBOX
from shared.testing.contexts import make_context

_BY_STATUS = sa.select(INBOX.c.status, sa.func.count().label("number")).group_by(INBOX.c.status)
POISON, IMPATIENT = 13, 7
seen: list[int] = []
ticks: list[float] = []


class Publishing:
    name = "registration"
    messaging = ServiceMessaging()


class Consuming:
    name = "scheduling"
    messaging = ServiceMessaging()

    @handles(SEATS_COUNTED, kind="reaction")
    def keep_seats(self, db: Any, event: Any) -> None:
        seats_left = event.data["seats_left"]
        if seats_left == POISON:
            raise ValueError
        if seats_left == IMPATIENT and 8 not in seen:
            raise Parked("eight has not come")
        seen.append(seats_left)

    @every(seconds=0.1)
    def tick(self) -> None:
        ticks.append(1)


#: What the contract asks for besides, and nothing here looks at.
_REST = {"capacity": 12, "bookings": 4, "seats_taken": 9, "waiting": 0, "overbooked": False}


def context_of(service: str, url: str, folder: Path) -> Any:
    database_url = f"sqlite:///{folder / service}.sqlite3"
    return make_context(service, database_url, clock=system_clock, amqp_url=url, data=folder)


def tell(context: Any, *numbers: int) -> None:
    with context.database.write() as db:
        for number in numbers:
            session_id: UUID = uuid4()
            data = {"session_id": str(session_id), "seats_left": number, **_REST}
            record(db, Fact(SEATS_COUNTED, session_id, 1, data), now=context.clock())


def inbox_of(context: Any) -> dict[str, int]:
    with context.database.read() as db:
        rows = db.execute(_BY_STATUS)
        return {row.status: row.number for row in rows}


def is_relayed(context: Any) -> bool:
    with context.database.read() as db:
        unsent = sa.select(sa.func.count()).where(OUTBOX.c.sent_at.is_(None))
        return db.scalar(unsent) == 0


def until(condition: Any) -> None:
    with eventlet.Timeout(60, False):
        while not condition():
            eventlet.sleep(0.05)


def run(url: str, folder: Path) -> dict[str, Any]:
    publisher, consumer = (context_of(name, url, folder) for name in ("registration", "scheduling"))
    options = {"polling_interval": MEMORY_POLLING} if url.startswith("memory") else {}
    containers = [
        ServiceContainer(service, {"AMQP_URI": url, "TRANSPORT_OPTIONS": options, CONTEXT: context})
        for service, context in ((Publishing, publisher), (Consuming, consumer))
    ]
    tell(publisher, 1, 2, 3)
    containers[0].start()  # what it relays now reaches no queue: catch-up has to bring it
    until(lambda: is_relayed(publisher))
    containers[1].start()
    until(lambda: {1, 2, 3} <= set(seen))

    tell(publisher, 4, IMPATIENT, POISON, 5)
    until(lambda: {4, 5} <= set(seen))
    aside = inbox_of(consumer)
    tell(publisher, 8)
    until(lambda: IMPATIENT in seen)

    with consumer.database.write() as db:
        db.execute(sa.text("ALTER TABLE inbox RENAME TO elsewhere"))
    tell(publisher, 6)
    until(lambda: any(getattr(entry, "failures", 0) for entry in containers[1].entrypoints))
    with consumer.database.write() as db:
        db.execute(sa.text("ALTER TABLE elsewhere RENAME TO inbox"))
    until(lambda: 6 in seen)
    for container in containers:
        container.stop()
    return {"seen": seen, "aside": aside, "ticked": len(ticks) > 2}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(sys.argv[1], Path(sys.argv[2]))) + "\n")
