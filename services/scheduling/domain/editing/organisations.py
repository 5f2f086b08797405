"""Organisations: the partners that propose activities."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.drafting import Draft
from services.scheduling.domain.editing.fields import (
    email,
    line,
    link,
    paragraphs,
    postcode,
    reference,
    telephone,
)
from services.scheduling.domain.editing.references import InUse, check_reference, count
from services.scheduling.domain.editing.revisions import change, take
from services.scheduling.domain.editing.searchable import refresh_searchable_of
from services.scheduling.domain.editing.touring_ties import (
    forget_absences,
    forget_feeds,
    refuse_if_lender,
)
from services.scheduling.domain.memberships import forget_memberships
from services.scheduling.models import (
    Activity,
    Commune,
    Organisation,
    Presenter,
    PublishedSession,
    Session,
    Venue,
)
from shared.i18n import lazy_gettext as _
from shared.identifiers import new_id
from shared.text import fold

FIELDS = {
    "name": line(required=True),
    "email": email(),
    "website": link(),
    "description_fr": paragraphs(2000),
    "description_en": paragraphs(2000),
    "address": line(300),
    "postcode": postcode(),
    "commune_id": reference(),
    "contact_name": line(120),
    "contact_telephone": telephone(),
}


def create_organisation(
    db: DbSession,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
    row_id: UUID | None = None,
) -> Organisation:
    """Make an organisation. Raises `Invalid`, also where there is one of that name."""
    draft = Draft(FIELDS, values)
    _check(db, draft, None)
    organisation = Organisation(
        id=row_id or new_id(), edited_at=now, edited_by_id=account_id, **draft.values()
    )
    db.add(organisation)
    db.flush()
    return organisation


def save_organisation(
    db: DbSession,
    organisation_id: UUID,
    revision: int | None,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
) -> Organisation:
    """Change an organisation that is at this revision. Raises `Unknown`, `Conflict`, `Invalid`."""
    organisation = take(db, Organisation, organisation_id, revision)
    draft = Draft(FIELDS, values, organisation)
    _check(db, draft, organisation.id)
    if change(organisation, draft.values(), account_id=account_id, now=now):
        theirs = sa.select(Activity.id).where(Activity.organisation_id == organisation.id)
        refresh_searchable_of(db, Session.activity_id.in_(theirs))
    return organisation


def delete_organisation(db: DbSession, organisation_id: UUID, revision: int | None) -> None:
    """Delete an organisation that proposes nothing. Raises `Unknown`, `Conflict` or `InUse`."""
    organisation = take(db, Organisation, organisation_id, revision, to_delete=True)
    if count(db, Activity.organisation_id, organisation.id):
        raise InUse(_("Cette structure propose des animations : elle ne peut pas être supprimée."))
    if count(db, PublishedSession.organisation_id, organisation.id):
        raise InUse(
            _("Des séances publiées nomment cette structure : publiez d’abord leurs changements.")
        )
    if count(db, Presenter.organisation_id, organisation.id):
        raise InUse(_("Des intervenants sont de cette structure : changez-les d’abord."))
    if count(db, Venue.organisation_id, organisation.id):
        raise InUse(_("Un lieu est tenu par cette structure : changez-le d’abord."))
    refuse_if_lender(db, organisation.id)
    forget_memberships(db, organisation_id=organisation.id)
    forget_feeds(db, "organisation_id", organisation.id)
    forget_absences(db, "organisation_id", organisation.id)
    db.delete(organisation)
    db.flush()


def _check(db: DbSession, draft: Draft, own_id: UUID | None) -> None:
    check_reference(db, draft, "commune_id", Commune)
    if not draft.touches("name"):
        return
    wanted = fold(draft["name"])
    for other_id, name in db.execute(sa.select(Organisation.id, Organisation.name)):
        if other_id != own_id and fold(name) == wanted:
            draft.fault(
                "name", _("Une structure porte déjà ce nom : choisissez-la, ou précisez celui-ci.")
            )
