"""Catch-up: a consumer says what it has, and the publisher sends what is missing to it alone.

A wiped broker, an embedded process killed with its queues, and a new service that needs history
are one and the same case. For each handler the consumer keeps a mark: up to it, nothing is missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.clock import Clock
from shared.database import Database, insert_ignoring
from shared.messaging.handlers import Handler
from shared.messaging.publisher import CONTROL_EXCHANGE, Message, Publisher
from shared.messaging.relay import as_message
from shared.messaging.tables import INBOX, MARKS, OUTBOX

#: Events sent again in one go for one handler.
BATCH = 500

#: Positions beyond the mark that one request lists at the most.
MOST_LISTED = 5000


def request_queue(publisher: str) -> str:
    """Return the name, queue and routing key alike, where a publisher takes requests."""
    return f"catch-up-{publisher}"


def reply_queue(consumer: str) -> str:
    """Return the name, queue and routing key alike, where a consumer takes `complete_to`."""
    return f"caught-up-{consumer}"


@dataclass
class Consumer:
    """The asking side: one service's handlers and their marks."""

    database: Database
    publisher: Publisher
    clock: Clock
    service: str
    handlers: Sequence[Handler]

    def ask(self, source: str) -> None:
        """Tell `source` what this service has of it; raises `BrokerUnavailable`."""
        with self.database.write() as db:
            subscriptions = [
                self._subscription(db, handler)
                for handler in self.handlers
                if handler.event.service == source
            ]
        body = {"consumer": self.service, "subscriptions": subscriptions}
        self.publisher.publish([Message(CONTROL_EXCHANGE, request_queue(source), body)])

    def complete(self, reply: dict[str, Any]) -> bool:
        """Move a handler's mark if everything up to it has come; tells whether it moved."""
        sent = reply["sent"]
        with self.database.write() as db:
            if sent and self._count(db, reply["handler"], sent) < len(sent):
                return False
            db.execute(
                sa.update(MARKS)
                .where(MARKS.c.handler == reply["handler"])
                .where(MARKS.c.mark < reply["complete_to"])
                .values(mark=reply["complete_to"])
            )
        return True

    def _subscription(self, db: Session, handler: Handler) -> dict[str, Any]:
        db.execute(
            insert_ignoring(db, MARKS).values(
                handler=handler.name,
                source=handler.event.service,
                mark=0,
                first_started_at=self.clock(),
            )
        )
        mark = db.scalar(sa.select(MARKS.c.mark).where(MARKS.c.handler == handler.name))
        have = db.scalars(
            sa.select(INBOX.c.position)
            .where(INBOX.c.handler == handler.name, INBOX.c.position > mark)
            .order_by(INBOX.c.position)
            .limit(MOST_LISTED)
        ).all()
        return {
            "handler": handler.name,
            "queue": handler.queue,
            "type": handler.event.type,
            "mark": mark,
            "have": list(have),
            "until": have[-1] if len(have) == MOST_LISTED else None,
        }

    @staticmethod
    def _count(db: Session, handler: str, positions: list[int]) -> int:
        return (
            db.scalar(
                sa.select(sa.func.count())
                .select_from(INBOX)
                .where(INBOX.c.handler == handler, INBOX.c.position.in_(positions))
            )
            or 0
        )


@dataclass
class Answerer:
    """The answering side: one service's outbox."""

    database: Database
    publisher: Publisher
    clock: Clock

    def answer(self, request: dict[str, Any]) -> None:
        """Send what the request shows to be missing, and then `complete_to`."""
        for subscription in request["subscriptions"]:
            self._answer(request["consumer"], subscription)

    def _answer(self, consumer: str, subscription: dict[str, Any]) -> None:
        with self.database.read() as db:
            settled = self._settled(db)
            if subscription["until"] is not None:
                settled = min(settled, subscription["until"])
            missing = self._missing(db, subscription, settled)
        batch, more = missing[:BATCH], len(missing) > BATCH
        complete_to = batch[-1].position if more else settled
        if complete_to <= subscription["mark"]:
            return
        reply = {
            "handler": subscription["handler"],
            "complete_to": complete_to,
            "sent": [row.position for row in batch],
            "more": more or subscription["until"] is not None,
        }
        again = [as_message(row, "", subscription["queue"]) for row in batch]
        self.publisher.publish([*again, Message(CONTROL_EXCHANGE, reply_queue(consumer), reply)])

    @staticmethod
    def _settled(db: Session) -> int:
        """Return the position up to which everything has been published."""
        unsent = db.scalar(
            sa.select(sa.func.min(OUTBOX.c.position)).where(OUTBOX.c.sent_at.is_(None))
        )
        if unsent is not None:
            return int(unsent) - 1
        return db.scalar(sa.select(sa.func.max(OUTBOX.c.position))) or 0

    def _missing(self, db: Session, subscription: dict[str, Any], settled: int) -> list[Any]:
        have = set(subscription["have"])
        now = self.clock()
        rows = db.execute(
            sa.select(OUTBOX)
            .where(OUTBOX.c.type == subscription["type"])
            .where(OUTBOX.c.position > subscription["mark"], OUTBOX.c.position <= settled)
            .where(sa.or_(OUTBOX.c.expires_at.is_(None), OUTBOX.c.expires_at > now))
            .order_by(OUTBOX.c.position)
            .limit(len(have) + BATCH + 1)
        )
        return [row for row in rows if row.position not in have]
