"""When a presenter, an organisation, a resource or a space is not available."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.drafting import Draft
from services.scheduling.domain.editing.fields import instant, line, reference
from services.scheduling.domain.editing.references import check_reference
from services.scheduling.domain.editing.revisions import change, take
from services.scheduling.models import (
    Organisation,
    Presenter,
    Resource,
    Space,
    Unavailability,
)
from shared.i18n import lazy_gettext as _
from shared.identifiers import new_id

#: Whose it can be, by the column that names them; exactly one is given.
SUBJECTS: Mapping[str, Any] = {
    "presenter_id": Presenter,
    "organisation_id": Organisation,
    "resource_id": Resource,
    "space_id": Space,
}

FIELDS = {
    **{name: reference() for name in SUBJECTS},
    "starts_at": instant(required=True),
    "ends_at": instant(required=True),
    "note": line(),
}


def create_unavailability(
    db: DbSession,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
    row_id: UUID | None = None,
) -> Unavailability:
    """Say when somebody or something is not available (half open). Raises `Invalid`."""
    draft = Draft(FIELDS, values)
    for name, model in SUBJECTS.items():
        check_reference(db, draft, name, model)
    if sum(values.get(name) is not None for name in SUBJECTS) != 1:
        draft.fault("resource_id", _("Dites de qui ou de quoi : d’une seule personne ou chose."))
    _check_order(draft)
    made = Unavailability(
        id=row_id or new_id(), edited_at=now, edited_by_id=account_id, **draft.values()
    )
    db.add(made)
    db.flush()
    return made


def save_unavailability(
    db: DbSession,
    unavailability_id: UUID,
    revision: int | None,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
) -> Unavailability:
    """Change when, or the reason; whose it is stays. Raises `Unknown`, `Conflict` or `Invalid`."""
    row = take(db, Unavailability, unavailability_id, revision)
    own = {name: field for name, field in FIELDS.items() if name not in SUBJECTS}
    draft = Draft(own, values, row)
    _check_order(draft)
    change(row, draft.values(), account_id=account_id, now=now)
    db.flush()
    return row


def delete_unavailability(db: DbSession, unavailability_id: UUID, revision: int | None) -> None:
    """Forget one. Raises `Unknown` or `Conflict`."""
    db.delete(take(db, Unavailability, unavailability_id, revision, to_delete=True))
    db.flush()


def unavailabilities_of(db: DbSession, column: str, row_id: UUID) -> Sequence[Unavailability]:
    """Return when this one is not available, in order of time; `column` names what it is."""
    return db.scalars(
        sa.select(Unavailability)
        .where(getattr(Unavailability, column) == row_id)
        .order_by(Unavailability.starts_at, Unavailability.id)
    ).all()


def _check_order(draft: Draft) -> None:
    if draft.touches("starts_at", "ends_at") and draft["ends_at"] <= draft["starts_at"]:
        draft.fault("ends_at", _("La fin doit venir après le début."))
