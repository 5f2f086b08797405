"""Communes: chosen among those known, or made known by their name and INSEE code."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.drafting import Draft
from services.scheduling.domain.editing.fields import Fault, Field, degrees, line
from services.scheduling.domain.editing.opening_hours import weekly_hours
from services.scheduling.domain.editing.revisions import Unknown
from services.scheduling.domain.editing.searchable import refresh_searchable_of
from services.scheduling.domain.history import note
from services.scheduling.models import Commune, PublishedSession, Session, Venue
from shared.i18n import lazy_gettext as _
from shared.identifiers import new_id

# Two digits or a letter for Corsica, then three; overseas it begins with 97 or 98 (INSEE, COG).
_INSEE_CODE = re.compile(r"(0[1-9]|1\d|2[1-9AB]|[3-8]\d|9[0-578])\d{3}")


def insee_code() -> Field:
    """Return a field for an INSEE code, which is not the postcode."""

    def clean(text: str) -> str:
        code = text.replace(" ", "").upper()
        if not _INSEE_CODE.fullmatch(code):
            raise Fault(
                _(
                    "Un code Insee compte cinq caractères, comme 38185 ; ce n’est pas le code"
                    " postal."
                )
            )
        return code

    return Field(clean)


#: What the coordination says of a commune that is known; its hours are those of its schools.
OWN_FIELDS = {
    "name": line(120, required=True),
    "latitude": degrees(90),
    "longitude": degrees(180),
    "school_hours": weekly_hours(),
}

_POSITION = ("latitude", "longitude")

FIELDS = {"commune_name": line(120, required=True), "insee_code": insee_code()}


def ensure_commune(db: DbSession, name: str | None, code: str | None) -> Commune:
    """Return the commune with this INSEE code, made if it was missing; abroad it has no code.

    A known one keeps its name. Raises `Invalid`, for `commune_name` and `insee_code`.
    """
    draft = Draft(FIELDS, {"commune_name": name, "insee_code": code})
    values = draft.values()
    found = db.scalars(
        sa.select(Commune).where(Commune.insee_code == values["insee_code"])
        if values["insee_code"]
        else sa.select(Commune).where(
            Commune.insee_code.is_(None), Commune.name == values["commune_name"]
        )
    ).first()
    if found is None:
        found = Commune(id=new_id(), insee_code=values["insee_code"], name=values["commune_name"])
        db.add(found)
        db.flush()
    return found


def save_commune(
    db: DbSession,
    commune_id: UUID,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
) -> Commune:
    """Change a commune: its name, its position, the hours of its schools.

    What is not given stays as it is. Raises `Unknown` or `Invalid`.
    """
    commune = db.get(Commune, commune_id, with_for_update={"key_share": True})
    if commune is None:
        raise Unknown(str(commune_id))
    draft = Draft(OWN_FIELDS, values, commune)
    if draft.touches(*_POSITION) and (draft["latitude"] is None) != (draft["longitude"] is None):
        draft.fault("latitude", _("Indiquez la latitude et la longitude, ou aucune des deux."))
    after = draft.values()
    before = {name: getattr(commune, name) for name in after}
    differing = [name for name in after if after[name] != before[name]]
    for name in differing:
        setattr(commune, name, after[name])
    db.flush()
    if not differing:
        return commune
    note(
        db,
        "communes",
        commune.id,
        "changed",
        commune.name,
        account_id=account_id,
        now=now,
        before={name: before[name] for name in differing},
        after={name: after[name] for name in differing},
    )
    if not {*_POSITION}.isdisjoint(differing):
        _move_what_is_public(db, commune)
    if "name" in differing:
        for venue in db.scalars(sa.select(Venue).where(Venue.commune_id == commune.id)):
            venue.revision += 1  # what is published of its sessions names the commune
        venues = sa.select(Venue.id).where(Venue.commune_id == commune.id)
        refresh_searchable_of(db, Session.venue_id.in_(venues))
    return commune


def _move_what_is_public(db: DbSession, commune: Commune) -> None:
    """Let what is public be found by the commune where a venue has no position of its own."""
    unplaced = sa.select(Venue.id).where(Venue.commune_id == commune.id, Venue.latitude.is_(None))
    there = sa.update(PublishedSession).where(PublishedSession.venue_id.in_(unplaced))
    position = {name: getattr(commune, name) for name in _POSITION}
    db.execute(there.values(position), execution_options={"synchronize_session": False})
