"""Sessions of a file that wait in the planner's tray: they are here already, and stay there.

Somebody took them off the grid on purpose. What the file says of them by then is compared when they
have a time and a place again.
"""

from collections.abc import Collection
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.programme import Programme, Sentence
from services.scheduling.models import UnplacedSession
from shared.i18n import lazy_ngettext

#: How many titles are named; the rest is counted.
_NAMED = 3


def names_in_tray(db: DbSession, source: str) -> frozenset[str]:
    """Return the names, in their source, of the sessions that wait for a time and a place."""
    rest = UnplacedSession.rest
    names = db.scalars(
        sa.select(rest["source_id"].as_string()).where(rest["source"].as_string() == source)
    )
    return frozenset(name for name in names if name is not None)


def left_in_tray(
    programme: Programme, waiting: Collection[str]
) -> tuple[Programme, tuple[Sentence, ...]]:
    """Return a programme without its sessions that wait, and what the operator is told of them."""
    found = [record for record in programme.sessions if record.source_id in waiting]
    if not found:
        return programme, ()
    titles = {record.source_id: record.title_fr for record in programme.activities}
    told = list(dict.fromkeys(titles[record.activity] for record in found))
    note = lazy_ngettext(
        "%(n)s séance du fichier attend ici dans les séances à placer (%(titles)s) : elle y reste, "
        "telle qu’elle est. Placez-la, puis importez de nouveau pour la comparer.",
        "%(n)s séances du fichier attendent ici dans les séances à placer (%(titles)s) : elles y "
        "restent, telles qu’elles sont. Placez-les, puis importez de nouveau pour les comparer.",
        len(found),
        titles=", ".join(told[:_NAMED]) + (" …" if len(told) > _NAMED else ""),
    )
    left = tuple(record for record in programme.sessions if record.source_id not in waiting)
    return replace(programme, sessions=left), (note,)
