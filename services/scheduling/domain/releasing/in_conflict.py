"""What is in conflict among that which a release would make public."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import blake2b

from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.conflicts import Conflict, check_edition
from services.scheduling.domain.permissions import Viewer
from services.scheduling.domain.releasing.pending import Pending

#: The levels that whoever releases is told of.
TOLD = ("blocks", "warns")


def conflicts_to_release(
    db: DbSession, pending: Pending, *, now: datetime, viewer: Viewer | None = None
) -> list[Conflict]:
    """Return what blocks or warns of sessions that would be released, the gravest first.

    What somebody accepted, and what is held back, stands in no way.
    """
    ids = {change.id for change in pending.to_release}
    if not ids:
        return []
    return [
        conflict
        for conflict in check_edition(db, pending.edition.id, now=now, viewer=viewer)
        if conflict.level in TOLD
        and conflict.accepted is None
        and not ids.isdisjoint(conflict.sessions)
    ]


def blocking(conflicts: Iterable[Conflict]) -> Sequence[Conflict]:
    """Return those that block: released only by whoever says so."""
    return [conflict for conflict in conflicts if conflict.level == "blocks"]


def digest_of_conflicts(conflicts: Iterable[Conflict]) -> str:
    """Return a word that names just these conflicts, so that no others are agreed to unseen."""
    keys = "\n".join(sorted(conflict.key for conflict in conflicts))
    return blake2b(keys.encode(), digest_size=12).hexdigest()
