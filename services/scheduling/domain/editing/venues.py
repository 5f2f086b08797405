"""Venues: the sites with an address where sessions take place."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.accessibility import ACCESSIBILITY
from services.scheduling.domain.editing.drafting import Draft
from services.scheduling.domain.editing.fields import (
    degrees,
    email,
    line,
    link,
    paragraphs,
    postcode,
    reference,
    several_of,
    telephone,
    time_zone,
)
from services.scheduling.domain.editing.opening_hours import closures, weekly_hours
from services.scheduling.domain.editing.references import InUse, check_reference, count
from services.scheduling.domain.editing.revisions import change, take
from services.scheduling.domain.editing.searchable import refresh_searchable_of
from services.scheduling.domain.editing.touring_ties import (
    forget_absences_at,
    forget_feeds,
    refuse_if_toured,
)
from services.scheduling.domain.memberships import forget_memberships
from services.scheduling.models import (
    Commune,
    Organisation,
    PublishedSession,
    Session,
    Space,
    UnplacedSession,
    Venue,
)
from shared.i18n import lazy_gettext as _
from shared.identifiers import new_id
from shared.text import fold

FIELDS = {
    "name": line(required=True),
    "address": line(300),
    "postcode": postcode(),
    "commune_id": reference(),
    "latitude": degrees(90),
    "longitude": degrees(180),
    "time_zone": time_zone(),
    "opening_hours": weekly_hours(),
    "closures": closures(),
    "accessibility": several_of(ACCESSIBILITY, default=[]),
    "accessibility_note": paragraphs(1000),
    "directions": paragraphs(2000),
    "website": link(),
    "organisation_id": reference(),
    "contact_name": line(120),
    "contact_email": email(),
    "contact_telephone": telephone(),
}


def create_venue(
    db: DbSession,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
    row_id: UUID | None = None,
) -> Venue:
    """Make a venue. Raises `Invalid`, also where its commune has one of that name."""
    draft = Draft(FIELDS, values)
    _check(db, draft, None)
    venue = Venue(id=row_id or new_id(), edited_at=now, edited_by_id=account_id, **draft.values())
    db.add(venue)
    db.flush()
    return venue


def save_venue(
    db: DbSession,
    venue_id: UUID,
    revision: int | None,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
) -> Venue:
    """Change a venue that is at this revision. Raises `Unknown`, `Conflict` or `Invalid`."""
    venue = take(db, Venue, venue_id, revision)
    draft = Draft(FIELDS, values, venue)
    _check(db, draft, venue.id)
    if change(venue, draft.values(), account_id=account_id, now=now):
        refresh_searchable_of(db, Session.venue_id == venue.id)
        db.expire(venue, ["commune"])
    return venue


def delete_venue(db: DbSession, venue_id: UUID, revision: int | None) -> None:
    """Delete a venue where nothing takes place, with its spaces.

    Raises `Unknown`, `Conflict` or `InUse`.
    """
    venue = take(db, Venue, venue_id, revision, to_delete=True)
    if count(db, Session.venue_id, venue.id):
        raise InUse(_("Des séances ont lieu ici : ce lieu ne peut pas être supprimé."))
    if count(db, UnplacedSession.venue_id, venue.id):
        raise InUse(_("Des séances à placer souhaitent ce lieu : placez-les d’abord."))
    if count(db, PublishedSession.venue_id, venue.id):
        raise InUse(_("Des séances y sont encore annoncées : publiez d’abord leurs changements."))
    refuse_if_toured(db, "venue_id", venue.id)
    forget_memberships(db, venue_id=venue.id)
    forget_feeds(db, "venue_id", venue.id)
    forget_absences_at(db, venue.id)
    db.execute(sa.delete(Space).where(Space.venue_id == venue.id))
    db.delete(venue)
    db.flush()


def _check(db: DbSession, draft: Draft, own_id: UUID | None) -> None:
    if draft.touches("latitude", "longitude"):
        for one, other in (("latitude", "longitude"), ("longitude", "latitude")):
            if draft[one] is None and draft[other] is not None:
                draft.fault(one, _("Indiquez la latitude et la longitude, ou aucune des deux."))
    check_reference(db, draft, "commune_id", Commune)
    check_reference(db, draft, "organisation_id", Organisation)
    if draft.touches("name", "commune_id"):
        wanted = fold(draft["name"])
        others = sa.select(Venue.id, Venue.name).where(Venue.commune_id == draft["commune_id"])
        if any(other != own_id and fold(name) == wanted for other, name in db.execute(others)):
            draft.fault(
                "name",
                _("Un lieu de cette commune porte déjà ce nom : choisissez-le, ou précisez."),
            )
