"""What an organisation says of itself, its website and its description, made public by a release.

It is kept with the organisation as the public is shown it, since it is part of no session.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.history import write_entries
from services.scheduling.domain.history.entries import new_entry
from services.scheduling.models import HistoryEntry, Organisation, PublishedSession

#: The columns that the public page of an organisation shows.
SHOWN = ("website", "description_fr", "description_en")


@dataclass(frozen=True)
class Presented:
    """What a release changes of what an organisation says of itself: the columns that differ."""

    id: UUID
    name: str
    before: dict[str, Any]
    after: dict[str, Any]


def presented(organisation: Organisation) -> Presented:
    """Return what differs between what is published of an organisation and what would be."""
    before, after = organisation.published or {}, presentation_of(organisation) or {}
    names = [name for name in SHOWN if before.get(name) != after.get(name)]
    return Presented(
        organisation.id,
        organisation.name,
        {name: before.get(name) for name in names},
        {name: after.get(name) for name in names},
    )


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


def present(
    db: DbSession,
    organisations: Iterable[Organisation],
    number: int,
    *,
    edition_id: UUID,
    account_id: UUID | None,
    now: datetime,
) -> None:
    """Make public what these organisations say of themselves; their history says by which release.

    It is the release of this `number` of an edition.
    """
    rows, entries = [], []
    for one in organisations:
        told = presented(one)
        entry = new_entry("organisations", one.id, "released", one.name, account_id, now)
        after = {**told.after, "number": number}
        entries.append(entry | {"before": told.before, "after": after, "edition_id": edition_id})
        rows.append({"id": one.id, "published": presentation_of(one)})
    if rows:
        write_entries(db, entries)
        db.execute(sa.update(Organisation), rows)


def presented_by(
    db: DbSession, edition_id: UUID, number: int, released_at: datetime
) -> list[Presented]:
    """Return what this release of an edition changed of what organisations say, by name."""
    entries = db.scalars(
        sa.select(HistoryEntry)
        .where(HistoryEntry.noun == "organisations", HistoryEntry.action == "released")
        .where(HistoryEntry.edition_id == edition_id, HistoryEntry.at == released_at)
        .order_by(HistoryEntry.title, HistoryEntry.row_id)
    )
    return [
        Presented(
            one.row_id,
            one.title,
            dict(one.before),
            {name: value for name, value in one.after.items() if name != "number"},
        )
        for one in entries
        if one.after.get("number") == number
    ]
