"""Copies: what a service keeps of another's aggregates, never replaced by something older."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.database import insert_ignoring
from shared.messaging.envelope import Envelope


def keep_newer(
    db: Session, table: sa.Table, key: dict[str, Any], envelope: Envelope, values: dict[str, Any]
) -> bool:
    """Insert or replace the copy under `key` unless a version as new is there already.

    The table needs a `version` column, which takes the envelope's `aggregate_version`. Returns
    whether the copy changed.
    """
    row = {**key, **values, "version": envelope.aggregate_version}
    inserted: Any = db.execute(insert_ignoring(db, table).values(row))
    if inserted.rowcount:
        return True
    same = sa.and_(*(table.c[name] == value for name, value in key.items()))
    updated: Any = db.execute(
        sa.update(table)
        .where(same, table.c.version < envelope.aggregate_version)
        .values(**values, version=envelope.aggregate_version)
    )
    return bool(updated.rowcount)
