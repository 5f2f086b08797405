"""Noting what was edited and is as the public is shown it all the same: nothing of it waits."""

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.releasing.pending import Pending
from services.scheduling.domain.releasing.published_row import revisions_of
from services.scheduling.domain.session_parts import parts_of
from services.scheduling.models import PublishedSession


def note_alike(db: DbSession, pending: Pending) -> None:
    """Note that what differs by revision alone is looked at, so that it does not seem to wait.

    What is edited or released meanwhile is at a newer revision than the one noted, and waits.
    """
    rows = [{"id": session.id, **revisions_of(parts_of(session))} for session in pending.alike]
    if rows:
        db.execute(sa.update(PublishedSession), rows)
