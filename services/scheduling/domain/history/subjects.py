"""What an entry of the history is about: the object that people know, and what it is called."""

from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import (
    Activity,
    Edition,
    EditionRules,
    Organisation,
    Presenter,
    Resource,
    Session,
    SiteText,
    Space,
    Stop,
    Tour,
    Unavailability,
    UnplacedSession,
    Venue,
)

#: Whose history a row without a page of its own belongs to: the column that names it, its table.
_OWNERS: tuple[tuple[str, type[Any]], ...] = (
    ("presenter_id", Presenter),
    ("organisation_id", Organisation),
    ("resource_id", Resource),
    ("space_id", Space),
)


@dataclass(frozen=True)
class Subject:
    """The object that a row tells of; `part` names the row where it is only a part of it."""

    noun: str
    row_id: UUID
    title: str
    edition_id: UUID | None = None
    part: str | None = None


def subject_of(db: DbSession, row: Any) -> Subject:
    """Return what a row is about. Loads at most the few rows that its title needs."""
    if isinstance(row, EditionRules):
        edition = db.get(Edition, row.edition_id)
        return Subject("editions", row.edition_id, _name(edition), row.edition_id, "rules")
    if isinstance(row, SiteText):
        return Subject("site_texts", uuid5(NAMESPACE_OID, row.key), row.key)
    if isinstance(row, Unavailability):
        for column, model in _OWNERS:
            owner_id = getattr(row, column)
            if owner_id is not None:
                owner = db.get(model, owner_id)
                return Subject(model.__tablename__, owner_id, _name(owner), part="unavailability")
    if isinstance(row, Session | UnplacedSession):
        activity = db.get(Activity, row.activity_id)
        return Subject("sessions", row.id, _name(activity), row.edition_id)
    if isinstance(row, Stop):
        names = [_name(db.get(Tour, row.tour_id)), _name(db.get(Venue, row.venue_id))]
        return Subject("stops", row.id, " – ".join(filter(None, names)))
    if isinstance(row, Edition):
        return Subject("editions", row.id, _name(row), row.id)
    return Subject(row.__tablename__, row.id, _name(row), getattr(row, "edition_id", None))


def _name(row: Any) -> str:
    """Return what people call a row, in French; nothing for one that is gone."""
    names = (getattr(row, name, None) for name in ("title_fr", "name_fr", "name"))
    return next((name for name in names if name), "")
