"""Spaces: the rooms and yards of a venue, each with the number of people it holds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.accessibility import ACCESSIBILITY
from services.scheduling.domain.editing.drafting import Draft
from services.scheduling.domain.editing.fields import (
    line,
    lines,
    reference,
    several_of,
    whole,
)
from services.scheduling.domain.editing.references import InUse, check_reference, count
from services.scheduling.domain.editing.revisions import change, take
from services.scheduling.domain.editing.searchable import refresh_searchable_of
from services.scheduling.domain.editing.touring_ties import forget_absences, refuse_if_toured
from services.scheduling.models import PublishedSession, Session, Space, UnplacedSession, Venue
from shared.i18n import lazy_gettext as _
from shared.identifiers import new_id
from shared.text import fold

#: `sessions_at_once` left empty is any number, `accessibility` is the venue's.
FIELDS = {
    "name": line(required=True),
    "capacity": whole(),
    "sessions_at_once": whole(1, 1000),
    "equipment": lines(),
    "accessibility": several_of(ACCESSIBILITY, default=None),
}


def create_space(
    db: DbSession,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
    row_id: UUID | None = None,
) -> Space:
    """Make a space of the venue named by `venue_id`; it takes one session at a time unless said.

    Raises `Invalid`.
    """
    fields = {**FIELDS, "venue_id": reference(required=True)}
    draft = Draft(fields, {"sessions_at_once": 1, **values})
    check_reference(db, draft, "venue_id", Venue)
    if draft.has("venue_id"):
        _check(db, draft, draft["venue_id"], None)
    space = Space(id=row_id or new_id(), edited_at=now, edited_by_id=account_id, **draft.values())
    db.add(space)
    db.flush()
    return space


def save_space(
    db: DbSession,
    space_id: UUID,
    revision: int | None,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
) -> Space:
    """Change a space that is at this revision. Raises `Unknown`, `Conflict` or `Invalid`."""
    space = take(db, Space, space_id, revision)
    draft = Draft(FIELDS, values, space)
    _check(db, draft, space.venue_id, space.id)
    if change(space, draft.values(), account_id=account_id, now=now):
        refresh_searchable_of(db, Session.space_id == space.id)
    return space


def delete_space(db: DbSession, space_id: UUID, revision: int | None) -> None:
    """Delete a space that no session is in. Raises `Unknown`, `Conflict` or `InUse`."""
    space = take(db, Space, space_id, revision, to_delete=True)
    if count(db, Session.space_id, space.id):
        raise InUse(_("Des séances ont lieu dans cette salle : elle ne peut pas être supprimée."))
    if count(db, UnplacedSession.space_id, space.id):
        raise InUse(_("Des séances à placer souhaitent cette salle : placez-les d’abord."))
    if count(db, PublishedSession.space_id, space.id):
        raise InUse(_("Des séances y sont encore annoncées : publiez d’abord leurs changements."))
    refuse_if_toured(db, "space_id", space.id)
    forget_absences(db, "space_id", space.id)
    db.delete(space)
    db.flush()


def _check(db: DbSession, draft: Draft, venue_id: UUID, own_id: UUID | None) -> None:
    if not draft.touches("name"):
        return
    wanted = fold(draft["name"])
    others = sa.select(Space.id, Space.name).where(Space.venue_id == venue_id)
    if any(other != own_id and fold(name) == wanted for other, name in db.execute(others)):
        draft.fault("name", _("Une salle ou un espace de ce lieu porte déjà ce nom."))
