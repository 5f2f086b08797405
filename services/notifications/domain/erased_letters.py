"""Where mails are kept as files, those of erased mails are removed, after the rows were blanked.

In two steps: a letter may have been on its way to the folder when its row was blanked, so each file
is removed again a while later.
"""

from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from services.notifications.models import ErasedLetter
from shared.database import Database

#: How long a letter may take from its row to the folder.
ON_ITS_WAY = timedelta(minutes=5)

#: Files that are removed in one go.
BATCH = 200


def remove_letters(database: Database, folder: Path, *, now: datetime, most: int = BATCH) -> int:
    """Remove up to `most` files; return how many names were looked at.

    Raises `OSError` when one cannot be removed: it is tried again next time.
    """
    was_removed = ErasedLetter.removed_at <= now - ON_ITS_WAY
    is_due = ErasedLetter.removed_at.is_(None) | was_removed
    with database.read() as db:
        names = db.scalars(sa.select(ErasedLetter.name).where(is_due).limit(most)).all()
    if not names:
        return 0
    for name in names:
        for ending in ("eml", "part"):
            (folder / f"{name}.{ending}").unlink(missing_ok=True)
    these = ErasedLetter.name.in_(names)
    with database.write() as db:
        db.execute(sa.delete(ErasedLetter).where(these, was_removed))
        fresh = these & ErasedLetter.removed_at.is_(None)
        db.execute(sa.update(ErasedLetter).where(fresh).values(removed_at=now))
    return len(names)
