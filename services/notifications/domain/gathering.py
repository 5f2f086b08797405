"""Gathering: news that follow one another within a few minutes are one mail.

A mail with news of the programme waits for a while. What is heard meanwhile about the same goes
into a new mail with all of it, due when the first would have been; the one that waited is kept
unsent. Who is to be somewhere soon does not wait.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.models import OutgoingMail

#: Why a mail was not sent: all it had to say is in a later one.
GATHERED = "gathered"

#: Who is to be at a session so soon hears at once that it is cancelled.
SOON = timedelta(hours=24)


def alone_about(db: Session, about_id: UUID) -> None:
    """Let nobody else gather about the same until the transaction ends.

    Two events at once would not see each other's mails. SQLite has a single writer anyway.
    """
    if db.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(about_id.bytes[:8], "big", signed=True)
        db.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.literal(number, sa.BigInteger))))


def is_heard(db: Session, about_id: UUID, event_id: UUID) -> bool:
    """Tell whether an event has its mail already, whatever became of it."""
    known = sa.select(OutgoingMail.id).where(
        OutgoingMail.about_id == about_id, OutgoingMail.event_id == event_id
    )
    return db.scalar(known) is not None


def take_waiting(db: Session, about_id: UUID, template: str, recipient: str) -> list[OutgoingMail]:
    """Return the mails about it that nobody has begun to send, oldest first, and keep them back.

    Call `alone_about` before. They are withdrawn: what they had to say is the caller's to tell.
    """
    mails = db.scalars(
        sa.select(OutgoingMail)
        .where(OutgoingMail.about_id == about_id, OutgoingMail.template == template)
        .where(OutgoingMail.recipient == recipient)
        .where(OutgoingMail.status.in_(("queued", "deferred")))
        .order_by(OutgoingMail.id)
        .with_for_update()
    ).all()
    for mail in mails:
        mail.status, mail.reason, mail.next_attempt_at = "withdrawn", GATHERED, None
    db.flush()
    return list(mails)


def gathered_since(mails: Iterable[OutgoingMail], *, now: datetime) -> datetime:
    """Return when the first news of mails that waited was heard."""
    told = (mail.content.get("gathered_since") or mail.queued_at.isoformat() for mail in mails)
    return min(map(datetime.fromisoformat, told), default=now)


def due(since: datetime, window: timedelta, *, now: datetime, is_urgent: bool) -> datetime:
    """Return when a mail leaves whose first news was heard at `since`."""
    return now if is_urgent else max(now, since + window)


def is_near(session: Mapping[str, Any], now: datetime) -> bool:
    """Tell whether a session, as mails tell it, begins soon or is on."""
    starts, ends = (datetime.fromisoformat(session[name]) for name in ("starts_at", "ends_at"))
    return starts - now <= SOON and ends > now
