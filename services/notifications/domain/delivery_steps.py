"""The steps of a mail's delivery: attempts and reports, with the words of the other side."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.models import DeliveryStep
from shared.identifiers import new_id

#: What happened: answers to us (`sent` … `unknown`), and what was heard of it later.
Kind = Literal[
    "sent",
    "deferred",
    "failed",
    "unknown",
    "relayed",
    "delayed",
    "bounced",
    "complaint",
    "retried",
]

_STEPS = DeliveryStep.metadata.tables[DeliveryStep.__tablename__]


def add_step(db: Session, mail_id: UUID, kind: Kind, words: str | None, *, now: datetime) -> None:
    """Keep that this happened to the mail."""
    values = {"id": new_id(), "mail_id": mail_id, "at": now, "kind": kind, "words": words}
    db.execute(sa.insert(_STEPS), values)


def is_known(db: Session, mail_id: UUID, kind: Kind, words: str, since: datetime | None) -> bool:
    """Tell whether the same was told of the mail before, after `since`: the other side repeats."""
    same = sa.select(_STEPS.c.id).where(
        _STEPS.c.mail_id == mail_id, _STEPS.c.kind == kind, _STEPS.c.words == words
    )
    if since is not None:
        same = same.where(_STEPS.c.at >= since)
    return db.scalar(same.limit(1)) is not None


def count_returns(db: Session, mail_id: UUID) -> int:
    """Return how often the mail was refused for good, or came back."""
    query = sa.select(sa.func.count(_STEPS.c.id)).where(
        _STEPS.c.mail_id == mail_id, _STEPS.c.kind.in_(("failed", "bounced"))
    )
    return db.scalar(query) or 0
