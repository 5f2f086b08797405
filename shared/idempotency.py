"""Keys of the API's writes: what a service keeps of them, and for how long."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.database import Json, UtcDateTime

#: How long a repeated request still gets its first answer.
KEPT_FOR = timedelta(hours=24)

#: The table of keys, as a service declares it. `holder` is the token that wrote: two programs may
#: choose the same key.
KEYS = sa.Table(
    "idempotency_keys",
    sa.MetaData(),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("holder", sa.Uuid, primary_key=True),
    sa.Column("body_hash", sa.Text),
    sa.Column("status", sa.Integer),
    sa.Column("headers", Json),
    sa.Column("body", sa.Text),
    sa.Column("created_at", UtcDateTime),
)


def forget_keys(db: Session, *, now: datetime) -> None:
    """Forget the keys that were used longer ago than `KEPT_FOR`."""
    db.execute(sa.delete(KEYS).where(KEYS.c.created_at < now - KEPT_FOR))
