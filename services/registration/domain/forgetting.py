"""Idempotency keys are kept for a while, then forgotten with their answers."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.models import IdempotencyKey

#: How long a repeated request still gets its first answer.
KEPT_FOR = timedelta(days=30)


def forget_keys(db: Session, *, now: datetime) -> None:
    """Forget the keys that were used longer ago than `KEPT_FOR`."""
    db.execute(sa.delete(IdempotencyKey).where(IdempotencyKey.used_at < now - KEPT_FOR))
