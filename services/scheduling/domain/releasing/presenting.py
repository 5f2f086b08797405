"""What an organisation says of itself, its website and its description, made public by a release.

It is kept with the organisation as the public is shown it, since it is part of no session.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import Organisation, PublishedSession

#: The columns that the public page of an organisation shows.
SHOWN = ("website", "description_fr", "description_en")


def presentation_of(organisation: Organisation) -> dict[str, Any] | None:
    """Return what an organisation would be presented by if it were released; nothing, null."""
    shown = {name: getattr(organisation, name) for name in SHOWN}
    return shown if any(shown.values()) else None


def to_present(
    db: DbSession, edition_id: UUID | None, others: Iterable[Organisation | None]
) -> tuple[Organisation, ...]:
    """Return the organisations that say something else of themselves than what is published.

    Those of `others`, and of what is public of an edition, by name.
    """
    found = {one.id: one for one in others if one is not None}
    if edition_id is not None:
        public = sa.select(PublishedSession.organisation_id).where(
            PublishedSession.edition_id == edition_id,
            PublishedSession.organisation_id.is_not(None),
        )
        says = sa.or_(
            Organisation.published.is_not(None),
            *(getattr(Organisation, name).is_not(None) for name in SHOWN),
        )
        rows = db.scalars(sa.select(Organisation).where(Organisation.id.in_(public), says))
        found |= {one.id: one for one in rows}
    differing = [one for one in found.values() if presentation_of(one) != one.published]
    return tuple(sorted(differing, key=lambda one: (one.name, str(one.id))))


def present(db: DbSession, organisations: Iterable[Organisation]) -> None:
    """Make public what these organisations say of themselves."""
    rows = [{"id": one.id, "published": presentation_of(one)} for one in organisations]
    if rows:
        db.execute(sa.update(Organisation), rows)
