"""Festivals: the brands that editions are dated instances of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.drafting import Draft
from services.scheduling.domain.editing.fields import line
from services.scheduling.domain.editing.references import InUse, count
from services.scheduling.domain.editing.revisions import Invalid, change, take
from services.scheduling.domain.editing.slugs import TAKEN, check_slug, slug
from services.scheduling.models import Edition, Festival
from shared.i18n import lazy_gettext as _
from shared.identifiers import new_id

FIELDS = {"name_fr": line(required=True), "name_en": line(), "slug": slug()}


def create_festival(
    db: DbSession,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
    row_id: UUID | None = None,
) -> Festival:
    """Make a festival; its slug is proposed from its name where none is given. Raises `Invalid`."""
    draft = Draft(FIELDS, values)
    check_slug(db, draft, Festival)
    festival = Festival(
        id=row_id or new_id(), edited_at=now, edited_by_id=account_id, **draft.values()
    )
    db.add(festival)
    flush_slug(db)
    return festival


def save_festival(
    db: DbSession,
    festival_id: UUID,
    revision: int | None,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
) -> Festival:
    """Change a festival that is at this revision. Raises `Unknown`, `Conflict` or `Invalid`.

    Its editions show its name: where that changes, they wait to be released again.
    """
    festival = take(db, Festival, festival_id, revision)
    draft = Draft(FIELDS, values, festival)
    check_slug(db, draft, Festival, festival.id)
    change(festival, draft.values(), account_id=account_id, now=now)
    flush_slug(db)
    return festival


def delete_festival(db: DbSession, festival_id: UUID, revision: int | None) -> None:
    """Delete a festival without editions. Raises `Unknown`, `Conflict` or `InUse`."""
    festival = take(db, Festival, festival_id, revision, to_delete=True)
    if count(db, Edition.festival_id, festival.id):
        raise InUse(_("Ce festival a des éditions : il ne peut pas être supprimé."))
    db.delete(festival)
    db.flush()


def flush_slug(db: DbSession) -> None:
    """Write a row that has a slug; another of the same slug may have come a moment before."""
    try:
        db.flush()
    except IntegrityError as error:
        raise Invalid({"slug": TAKEN}) from error
