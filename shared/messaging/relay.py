"""The relay: numbers committed events without gaps, publishes them, and marks them sent.

It publishes outside of any transaction: a slow broker holds no lock, and a crash between publishing
and marking sends an event twice, which every inbox expects.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shared.clock import Clock
from shared.contracts.census import one_time_fields
from shared.database import Database
from shared.messaging.envelope import Envelope
from shared.messaging.publisher import Message, Publisher, exchange_name
from shared.messaging.relay_lock import RelayLock
from shared.messaging.tables import OUTBOX

#: Events per batch: numbered in one transaction, confirmed together.
BATCH = 1000

#: Seconds between two looks at the outbox.
POLL = 0.05


class Relay:
    """One service's relay; `run_once` does all there is to do and says how many were sent."""

    def __init__(
        self, database: Database, publisher: Publisher, clock: Clock, service: str
    ) -> None:
        self._database = database
        self._publisher = publisher
        self._clock = clock
        self._service = service
        self._lock = RelayLock(database, service)

    def run_once(self) -> int:
        """Send every event that is committed now; returns how many the broker confirmed.

        Does nothing while another relay of the same service is at work. Raises
        `BrokerUnavailable`; whatever was not confirmed stays to be sent.
        """
        if not self._lock.held() or not self._anything():
            return 0
        sent = 0
        while True:
            self._number()
            batch = self._next_batch()
            if not batch:
                return sent
            sent += self._send(batch)
            if len(batch) < BATCH or not self._lock.held():
                return sent

    def close(self) -> None:
        """Let go of the lock and of the broker."""
        self._publisher.close()
        self._lock.release()

    def blank_expired(self) -> int:
        """Blank the one-time secrets of events that have expired; returns how many."""
        now = self._clock()
        with self._database.write() as db:
            expired = db.execute(
                sa.select(OUTBOX.c.row, OUTBOX.c.type, OUTBOX.c.data)
                .where(OUTBOX.c.expires_at <= now, OUTBOX.c.blanked_at.is_(None))
                .where(OUTBOX.c.expires_at.is_not(None))
                .limit(BATCH)
            ).all()
            for row in expired:
                blank = dict.fromkeys(one_time_fields(row.type))
                db.execute(
                    sa.update(OUTBOX)
                    .where(OUTBOX.c.row == row.row)
                    .values(data={**row.data, **blank}, blanked_at=now)
                )
        return len(expired)

    def _anything(self) -> bool:
        with self._database.read() as db:
            return (
                db.scalar(sa.select(OUTBOX.c.row).where(OUTBOX.c.sent_at.is_(None)).limit(1))
                is not None
            )

    def _number(self) -> None:
        """Give the committed rows their positions: `row` has holes and commits out of order."""
        unnumbered = (
            sa.select(OUTBOX.c.row, sa.func.row_number().over(order_by=OUTBOX.c.row).label("place"))
            .where(OUTBOX.c.position.is_(None))
            .order_by(OUTBOX.c.row)
            .limit(BATCH)
            .subquery()
        )
        with self._database.write() as db:
            last = db.scalar(sa.select(sa.func.max(OUTBOX.c.position))) or 0
            db.execute(
                sa.update(OUTBOX)
                .where(OUTBOX.c.row == unnumbered.c.row, OUTBOX.c.position.is_(None))
                .values(position=unnumbered.c.place + last)
                .execution_options(synchronize_session=False)
            )

    def _next_batch(self) -> list[Any]:
        with self._database.read() as db:
            return list(
                db.execute(
                    sa.select(OUTBOX)
                    .where(OUTBOX.c.sent_at.is_(None), OUTBOX.c.position.is_not(None))
                    .order_by(OUTBOX.c.position)
                    .limit(BATCH)
                )
            )

    def _send(self, batch: list[Any]) -> int:
        now = self._clock()
        fresh = [row for row in batch if row.expires_at is None or row.expires_at > now]
        outcome = self._publisher.publish(
            [as_message(row, exchange_name(self._service)) for row in fresh]
        )
        expired = {row.position for row in batch} - {row.position for row in fresh}
        done = expired | {fresh[index].position for index in outcome.confirmed}
        returned = [fresh[index].position for index in outcome.returned]
        self._mark_sent(sorted(done), returned, now)
        return len(outcome.confirmed)

    def _mark_sent(self, positions: list[int], returned: list[int], now: datetime) -> None:
        if not positions:
            return
        with self._database.write() as db:
            db.execute(
                sa.update(OUTBOX)
                .where(OUTBOX.c.position.between(positions[0], positions[-1]))
                .where(OUTBOX.c.position.in_(positions) if _has_gaps(positions) else sa.true())
                .values(sent_at=now)
            )
            if returned:
                db.execute(
                    sa.update(OUTBOX).where(OUTBOX.c.position.in_(returned)).values(returned=True)
                )


def as_message(row: Any, exchange: str, routing_key: str | None = None) -> Message:
    """Return the message that carries an outbox row; to its exchange, or to one queue alone."""
    envelope = Envelope(
        id=row.id,
        type=row.type,
        version=row.version,
        aggregate_id=row.aggregate_id,
        aggregate_version=row.aggregate_version,
        occurred_at=row.occurred_at,
        correlation_id=row.correlation_id,
        data=row.data,
        position=row.position,
        release_id=row.release_id,
        expires_at=row.expires_at,
    )
    name = row.type.partition(".")[2]
    return Message(exchange, routing_key or name, envelope.to_json(), str(row.id))


def _has_gaps(positions: list[int]) -> bool:
    return positions[-1] - positions[0] + 1 != len(positions)
