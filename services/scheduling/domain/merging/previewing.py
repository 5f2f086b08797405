"""What merging two rows would do, before anybody does it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.revisions import Unknown
from services.scheduling.domain.merging.merging import FILLED, SameRow, same_rooms, taken_over
from services.scheduling.models import Venue


@dataclass(frozen=True)
class Preview:
    """Both rows, what the kept one takes from the other, and which rooms of venues become one."""

    kept: Any
    gone: Any
    taken: dict[str, Any]
    rooms: tuple[str, ...]


def preview(db: DbSession, model: type[Any], kept_id: UUID, gone_id: UUID) -> Preview:
    """Return what merging would do, of a venue, an organisation or a presenter.

    Raises `Unknown` or `SameRow`.
    """
    if kept_id == gone_id:
        raise SameRow(str(kept_id))
    kept, gone = db.get(model, kept_id), db.get(model, gone_id)
    if kept is None or gone is None:
        raise Unknown(str(kept_id if kept is None else gone_id))
    rooms = same_rooms(kept, gone) if isinstance(kept, Venue) else []
    names = tuple(sorted(twin.name for twin, _space in rooms))
    return Preview(kept, gone, taken_over(kept, gone, FILLED[model]), names)
