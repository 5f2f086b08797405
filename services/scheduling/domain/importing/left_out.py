"""The sessions that a file no longer has: they are kept, and told.

A schedule is all that there is of its source. A spreadsheet is a part of it: one partner's says
nothing of another's sessions. It is known as the newer state of an earlier one where it names
sessions which that one made: what else that one made is then missing in it.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.importing.outcome import Missing
from services.scheduling.domain.importing.stored import Stored
from services.scheduling.domain.programme import Programme
from services.scheduling.models import HistoryEntry, Session
from shared.text import fold

#: How many ids one statement names.
_NAMED = 500

#: One import, as the history knows it: what it was of, and when.
Import = tuple[str | None, datetime]


def sessions_left_out(db: DbSession, programme: Programme, stored: Stored) -> tuple[Missing, ...]:
    """Return the sessions that the source no longer has: what is rejected is still in it.

    A rejected activity is there with all its sessions.
    """
    names = {record.source_id for record in programme.sessions}
    named = {session.id for name, session in stored.sessions.items() if name in names}
    rejected = {rejection.source_id for rejection in programme.rejections}
    imported = {
        name: session
        for name, session in stored.sessions.items()
        if session.source == programme.source and session.source_id == name
    }
    lacking = {
        name: session
        for name, session in imported.items()
        if session.id not in named
        and name not in rejected
        and session.activity.source_id not in rejected
    }
    if programme.finds_by_name and lacking:
        lacking = _made_with(
            db, lacking, [session.id for name, session in imported.items() if name in names]
        )
        titles = {fold(title) for title in rejected}
        lacking = {
            name: session
            for name, session in lacking.items()
            if fold(session.activity.title_fr) not in titles
        }
    return tuple(
        Missing(name, session.activity.title_fr, _place(session))
        for name, session in lacking.items()
    )


def _made_with(
    db: DbSession, lacking: dict[str, Session], named: Iterable[UUID]
) -> dict[str, Session]:
    """Return those that were made by an import which also made some that are named."""
    earlier = set(_imports(db, named).values())
    if not earlier:
        return {}
    made_by = _imports(db, [session.id for session in lacking.values()])
    return {
        name: session for name, session in lacking.items() if made_by.get(session.id) in earlier
    }


def _imports(db: DbSession, sessions: Iterable[UUID]) -> dict[UUID, Import]:
    """Return the import that made each of these sessions."""
    ids = sorted(sessions)
    found: dict[UUID, Import] = {}
    for start in range(0, len(ids), _NAMED):
        rows = db.execute(
            sa.select(HistoryEntry.row_id, HistoryEntry.origin, HistoryEntry.at).where(
                HistoryEntry.noun == Session.__tablename__,
                HistoryEntry.action == "created",
                HistoryEntry.origin.startswith("import: "),
                HistoryEntry.row_id.in_(ids[start : start + _NAMED]),
            )
        )
        found |= {row.row_id: (row.origin, row.at) for row in rows}
    return found


def _place(session: Session) -> str:
    commune = session.venue.commune
    return ", ".join(filter(None, (session.venue.name, commune.name if commune else None)))
