"""Settling: what became of a mail is written down, by the worker that still holds it."""

import random
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from services.notifications.domain.bouncing import came_back
from services.notifications.domain.delivery_steps import add_step
from services.notifications.domain.reports import status_in
from services.notifications.domain.sign_ins import without_secrets
from services.notifications.domain.templates import PASSING
from services.notifications.domain.transports import Deferred, Outcome, Sent, Unknown
from services.notifications.models import OutgoingMail
from shared.database import Database

#: Seconds to wait after the first refusal "for now"; each further one doubles it.
FIRST_PAUSE = 30.0
LONGEST_PAUSE = 4 * 3600.0

#: A mail is given up when it was refused "for now" for so long (RFC 5321, section 4.5.4.1).
PATIENCE = timedelta(days=4)


class ClaimLost(Exception):
    """Another worker holds the mail by now: it must not be sent from here."""


def hand_over(database: Database, mail: OutgoingMail, *, now: datetime) -> None:
    """Record that the data are about to be ended; raises `ClaimLost`."""
    with database.write() as db:
        held: Any = db.execute(
            sa.update(OutgoingMail)
            .where(OutgoingMail.id == mail.id, OutgoingMail.claim == mail.claim)
            .where(OutgoingMail.status == "sending")
            .values(handed_over_at=now)
        )
    if not held.rowcount:
        raise ClaimLost


def settle(
    database: Database, outcomes: list[tuple[OutgoingMail, Outcome]], *, now: datetime
) -> None:
    """Write down what became of the mails; a mail that another worker holds by now is left alone.

    An answer that comes late still settles what was `unknown`. What is refused for good has the
    consequences of a mail that came back.
    """
    with database.write() as db:
        for mail, outcome in outcomes:
            values = _settled(mail, outcome, now)
            held: Any = db.execute(
                sa.update(OutgoingMail)
                .where(OutgoingMail.id == mail.id, OutgoingMail.claim == mail.claim)
                .where(OutgoingMail.status.in_(("sending", "unknown")))
                .values(values)
            )
            if held.rowcount:
                words = outcome.words if isinstance(outcome, Sent) else outcome.reason
                add_step(db, mail.id, values["status"], words, now=now)
                if values["status"] == "failed":
                    came_back(db, mail, status_in(words or ""), words or "", now=now)


def put_back(database: Database, mails: list[OutgoingMail], *, reason: str, due: datetime) -> None:
    """Give back mails that could not even be tried; it counts as no attempt."""
    with database.write() as db:
        for mail in mails:
            db.execute(
                sa.update(OutgoingMail)
                .where(OutgoingMail.id == mail.id, OutgoingMail.claim == mail.claim)
                .where(OutgoingMail.status == "sending")
                .values(
                    status="deferred",
                    reason=reason,
                    next_attempt_at=due,
                    attempts=mail.attempts - 1,
                    claim=None,
                    handed_over_at=None,
                )
            )


def _settled(mail: OutgoingMail, outcome: Outcome, now: datetime) -> dict[str, Any]:
    if isinstance(outcome, Sent):
        values: dict[str, Any] = {
            "status": "sent",
            "sent_at": now,
            "reason": None,
            "next_attempt_at": None,
        }
        if mail.template in PASSING:
            values["content"] = without_secrets(mail.content)
        return values
    if isinstance(outcome, Unknown):
        return {"status": "unknown", "reason": outcome.reason, "next_attempt_at": None}
    if isinstance(outcome, Deferred) and now - mail.queued_at < PATIENCE:
        return {
            "status": "deferred",
            "reason": outcome.reason,
            "next_attempt_at": now + pause_after(mail.attempts),
            "claim": None,
            "handed_over_at": None,
        }
    return {"status": "failed", "reason": outcome.reason, "next_attempt_at": None}


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: 30 s, 1 min, 2 min … 4 h, spread a little."""
    seconds = min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)
    return timedelta(seconds=seconds * random.uniform(0.9, 1.1))  # noqa: S311 - not a secret
