"""The inbox: an event has its effect once in each handler, and a failure delays nobody else."""

from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.clock import Clock
from shared.database import Database, insert_ignoring
from shared.messaging.envelope import Envelope
from shared.messaging.handlers import Effect, Handler, Parked
from shared.messaging.installation import installed_at
from shared.messaging.tables import INBOX
from shared.observability import correlated, get_logger

__all__ = ["Inbox", "Outcome", "Parked"]

#: After so many failed attempts an event is dead, until somebody retries it.
MOST_ATTEMPTS = 5

#: Seconds to wait after the first, second, … failed attempt.
BACKOFF = (1, 5, 30, 120, 600)

#: A parked event is looked at again after half of its age, within these bounds (seconds).
PARKED_PAUSE = (0.5, 30.0)

#: Spelt out, without parameters, so that SQLite too finds it in the partial index.
_UNDONE = sa.text("inbox.status IN ('waiting', 'parked')")

Outcome = Literal["done", "known", "waiting", "parked", "dead"]

_log = get_logger(__name__)


class Inbox:
    """One service's inbox, on the service's own database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._installed_at: datetime | None = None

    def receive(self, handler: Handler, message: dict[str, Any], effect: Effect) -> Outcome:
        """Take one message: its effect and its row in the inbox are one transaction.

        A failure of the effect is stored with the message, to be tried again. Raises only when the
        inbox itself cannot be written: the message must not be acknowledged then.
        """
        try:
            envelope = Envelope.from_json(message)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return self._bury_malformed(handler, message, error)
        with correlated(envelope.correlation_id):
            try:
                with self._database.write() as db:
                    if not self._claim(db, handler, envelope):
                        return "known"
                    self._apply(db, handler, envelope, effect)
                return "done"
            except Parked as parked:
                return self._set_aside(handler, envelope, message, "parked", str(parked))
            except Exception as error:
                _log.warning(
                    "event failed", type=envelope.type, handler=handler.name, exc_info=True
                )
                return self._set_aside(handler, envelope, message, "waiting", _reason(error))

    def retry_due(
        self, effects: dict[str, tuple[Handler, Effect]], *, most: int = 50
    ) -> list[Outcome]:
        """Try again what is waiting or parked and due, oldest first."""
        with self._database.read() as db:
            due = db.execute(
                sa.select(INBOX.c.event_id, INBOX.c.handler)
                .where(_UNDONE)
                .where(INBOX.c.next_attempt_at <= self._clock())
                .order_by(INBOX.c.next_attempt_at)
                .limit(most)
            ).all()
        outcomes = (
            self._retry(row.event_id, *effects[row.handler])
            for row in due
            if row.handler in effects
        )
        return [outcome for outcome in outcomes if outcome is not None]

    def _claim(self, db: Session, handler: Handler, envelope: Envelope) -> bool:
        result: Any = db.execute(
            insert_ignoring(db, INBOX), self._row(handler, envelope, status="done", attempts=0)
        )
        return bool(result.rowcount)

    def _apply(self, db: Session, handler: Handler, envelope: Envelope, effect: Effect) -> None:
        if handler.kind == "reaction":
            now = self._clock()
            if envelope.occurred_at < self._first_start(db):
                return
            if envelope.expires_at is not None and envelope.expires_at <= now:
                return
        effect(db, envelope)

    def _first_start(self, db: Session) -> datetime:
        if self._installed_at is None:
            self._installed_at = installed_at(db)
        return self._installed_at

    def _set_aside(
        self,
        handler: Handler,
        envelope: Envelope,
        message: dict[str, Any],
        status: Literal["waiting", "parked"],
        reason: str,
    ) -> Outcome:
        now = self._clock()
        row = self._row(handler, envelope, status=status, attempts=int(status == "waiting"))
        pause = BACKOFF[0] if status == "waiting" else PARKED_PAUSE[0]
        row |= {
            "payload": message,
            "reason": reason,
            "next_attempt_at": now + timedelta(seconds=pause),
        }
        with self._database.write() as db:
            db.execute(insert_ignoring(db, INBOX).values(row))
        return status

    def _bury_malformed(self, handler: Handler, message: Any, error: Exception) -> Outcome:
        _log.error("malformed message", handler=handler.name)
        now = self._clock()
        row = {
            "event_id": uuid5(NAMESPACE_URL, f"malformed:{message!r}"),
            "handler": handler.name,
            "source": handler.event.service,
            "type": handler.event.type,
            "position": None,
            "status": "dead",
            "attempts": 1,
            "received_at": now,
            "correlation_id": "",
            "reason": f"malformed message: {_reason(error)}",
            "payload": {"malformed": message},
        }
        with self._database.write() as db:
            db.execute(insert_ignoring(db, INBOX).values(row))
        return "dead"

    def _retry(self, event_id: Any, handler: Handler, effect: Effect) -> Outcome | None:
        this = (INBOX.c.event_id == event_id) & (INBOX.c.handler == handler.name)
        stored: Any = None
        try:
            with self._database.write() as db:
                stored = db.execute(
                    sa.select(INBOX).where(this, _UNDONE).with_for_update(skip_locked=True)
                ).one_or_none()
                if stored is None:
                    return None
                with correlated(stored.correlation_id):
                    self._apply(db, handler, Envelope.from_json(stored.payload), effect)
                db.execute(
                    sa.update(INBOX)
                    .where(this)
                    .values(status="done", payload=None, reason=None, next_attempt_at=None)
                )
            return "done"
        except Parked as parked:
            return self._park_again(this, stored, str(parked))
        except Exception as error:
            if stored is None:
                raise
            _log.warning(
                "event failed again",
                type=stored.type,
                handler=handler.name,
                correlation_id=stored.correlation_id,
                exc_info=True,
            )
            return self._fail_again(this, stored, _reason(error))

    def _park_again(self, this: Any, stored: Any, reason: str) -> Outcome:
        now = self._clock()
        least, most = PARKED_PAUSE
        pause = min(max((now - stored.received_at).total_seconds() / 2, least), most)
        with self._database.write() as db:
            db.execute(
                sa.update(INBOX)
                .where(this, _UNDONE, INBOX.c.attempts == stored.attempts)
                .values(
                    status="parked",
                    reason=reason,
                    next_attempt_at=now + timedelta(seconds=pause),
                )
            )
        return "parked"

    def _fail_again(self, this: Any, stored: Any, reason: str) -> Outcome:
        attempts = stored.attempts + 1
        status: Outcome = "dead" if attempts >= MOST_ATTEMPTS else "waiting"
        pause = BACKOFF[min(attempts, len(BACKOFF)) - 1]
        with self._database.write() as db:
            db.execute(
                sa.update(INBOX)
                .where(this, _UNDONE, INBOX.c.attempts == stored.attempts)
                .values(
                    status=status,
                    attempts=attempts,
                    reason=reason,
                    next_attempt_at=None
                    if status == "dead"
                    else self._clock() + timedelta(seconds=pause),
                )
            )
        return status

    def _row(
        self, handler: Handler, envelope: Envelope, *, status: str, attempts: int
    ) -> dict[str, Any]:
        return {
            "event_id": envelope.id,
            "handler": handler.name,
            "source": envelope.source,
            "type": envelope.type,
            "position": envelope.position,
            "status": status,
            "attempts": attempts,
            "received_at": self._clock(),
            "correlation_id": envelope.correlation_id,
        }


def _reason(error: Exception) -> str:
    """Say what went wrong by its kind; the text of an exception may hold personal data."""
    return type(error).__name__
