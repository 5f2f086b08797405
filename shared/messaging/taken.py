"""What a handler has taken of its publisher's events, for those that build on all of them."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.messaging.tables import INBOX, MARKS


def took_everything(db: Session, handler: str, position: int | None) -> bool:
    """Tell whether a handler's effect is there for every event up to a position.

    Nothing is missing up to its mark (`catch_up.py`); what came and failed is not taken yet.
    """
    if position is None:
        return False
    mark = db.scalar(sa.select(MARKS.c.mark).where(MARKS.c.handler == handler))
    if mark is None or mark < position:
        return False
    failed = sa.select(INBOX.c.event_id).where(
        INBOX.c.handler == handler, INBOX.c.status != "done", INBOX.c.position <= position
    )
    return db.execute(failed.limit(1)).first() is None
