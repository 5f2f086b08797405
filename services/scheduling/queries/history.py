"""What the pages of the history read: entries with whose they are, and the names that they mean."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.contacts import without_fields
from services.scheduling.models import (
    Account,
    Activity,
    Commune,
    Edition,
    Festival,
    HistoryEntry,
    Organisation,
    Presenter,
    Release,
    ReleasedSession,
    Resource,
    Space,
    Tour,
    Venue,
)
from shared.contracts.party_categories import Labels, labels_of

#: Which table a column that ends so refers to, and what people call its rows.
NAMED: Mapping[str, tuple[Any, Any]] = {
    "activity_id": (Activity.id, Activity.title_fr),
    "commune_id": (Commune.id, Commune.name),
    "edition_id": (Edition.id, Edition.name_fr),
    "festival_id": (Festival.id, Festival.name_fr),
    "home_commune_id": (Commune.id, Commune.name),
    "organisation_id": (Organisation.id, Organisation.name),
    "organisation_ids": (Organisation.id, Organisation.name),
    "presenter_id": (Presenter.id, Presenter.name),
    "resource_id": (Resource.id, Resource.name),
    "space_id": (Space.id, Space.name),
    "tour_id": (Tour.id, Tour.name),
    "venue_id": (Venue.id, Venue.name),
    "venue_ids": (Venue.id, Venue.name),
}


@dataclass(frozen=True)
class Told:
    """One entry as it is shown; `who` is what the account is called by now."""

    id: UUID
    noun: str
    row_id: UUID
    edition_id: UUID | None
    action: str
    title: str
    comment: str | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    who: str | None
    origin: str | None
    at: datetime

    def without(self, hidden: frozenset[str]) -> "Told":
        """Return it as those see it from whom fields are hidden.

        What people wrote to each other about it is for the same readers as its contacts.
        """
        if not hidden:
            return self
        before = without_fields(self.before, hidden)
        return replace(self, before=before, after=without_fields(self.after, hidden), comment=None)


@dataclass(frozen=True)
class HistoryFilter:
    """Which entries are looked for; `None` asks for all. The end of the period is left out.

    Of the nouns `without` there are none.
    """

    noun: str | None = None
    row_id: UUID | None = None
    account_id: UUID | None = None
    edition_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    without: tuple[str, ...] = ()

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """Return what is true of the entries."""
        names = ("noun", "row_id", "account_id", "edition_id")
        asked = {name: getattr(self, name) for name in names}
        found = [
            getattr(HistoryEntry, name) == value
            for name, value in asked.items()
            if value is not None
        ]
        if self.since is not None:
            found.append(HistoryEntry.at >= self.since)
        if self.until is not None:
            found.append(HistoryEntry.at < self.until)
        if self.without:
            found.append(HistoryEntry.noun.not_in(self.without))
        return found


def entries(
    db: DbSession, wanted: HistoryFilter, *, before: UUID | None = None, limit: int
) -> Sequence[Told]:
    """Return the entries that match, the latest first, from before the one that is named."""
    query = _told().where(*wanted.conditions())
    if before is not None:
        query = query.where(HistoryEntry.id < before)
    rows = db.execute(query.order_by(HistoryEntry.id.desc()).limit(limit)).all()
    return [Told(**row._mapping) for row in rows]


def latest_of(db: DbSession, noun: str, row_id: UUID, limit: int) -> Sequence[Told]:
    """Return what became of one object last; of a session, its releases too."""
    found = list(entries(db, HistoryFilter(noun=noun, row_id=row_id), limit=limit))
    if noun == "sessions":
        found += _releases_of(db, row_id, limit)
        found.sort(key=lambda told: (told.at, told.id), reverse=True)
    return found[:limit]


def count_of(db: DbSession, noun: str, row_id: UUID) -> int:
    """Return how many entries there are of one object."""
    of_it = sa.select(sa.func.count()).where(
        HistoryEntry.noun == noun, HistoryEntry.row_id == row_id
    )
    return db.scalar(of_it) or 0


def names_in(db: DbSession, found: Iterable[Told]) -> dict[str, str]:
    """Return what the ids in entries are called by now; what is gone has no name."""
    wanted: dict[str, set[UUID]] = {}
    for told in found:
        for values in (told.before, told.after):
            _collect(values, wanted)
    names: dict[str, str] = {}
    for column, ids in wanted.items():
        identifier, name = NAMED[column]
        rows = db.execute(sa.select(identifier, name).where(identifier.in_(ids)))
        names |= {str(row[0]): row[1] for row in rows}
    return names


def people_in(db: DbSession, found: Iterable[Told]) -> dict[UUID | None, Labels]:
    """Return what categories of people are called in the editions whose sessions seat others now.

    By the editions' ids; a category that was dropped has its last name.
    """
    seating = {
        told.edition_id
        for told in found
        if told.edition_id and "seat_categories" in {*told.before, *told.after}
    }
    if not seating:
        return {}
    columns = (Edition.id, Edition.party_categories, Edition.former_categories)
    rows = db.execute(sa.select(*columns).where(Edition.id.in_(seating)))
    return {
        identifier: labels_of({"party_categories": current, "former_categories": former})
        for identifier, current, former in rows
    }


def people_in_history(db: DbSession) -> Sequence[Any]:
    """Return the accounts that did something, by name."""
    did = sa.exists().where(HistoryEntry.account_id == Account.id)
    return db.execute(sa.select(Account.id, Account.name).where(did).order_by(Account.name)).all()


def editions_by_name(db: DbSession) -> Sequence[Any]:
    """Return the editions to choose from, the latest first."""
    query = sa.select(Edition.id, Edition.name_fr, Edition.name_en)
    return db.execute(query.order_by(Edition.starts_on.desc(), Edition.id)).all()


def edition_slugs(db: DbSession) -> dict[UUID, str]:
    """Return the editions' slugs by their ids."""
    return {row.id: row.slug for row in db.execute(sa.select(Edition.id, Edition.slug))}


def _told() -> sa.Select[Any]:
    names = ("id", "noun", "row_id", "edition_id", "action", "title", "comment", "before", "after")
    columns = [getattr(HistoryEntry, name) for name in (*names, "origin", "at")]
    return sa.select(*columns, Account.name.label("who")).outerjoin(
        Account, Account.id == HistoryEntry.account_id
    )


def _releases_of(db: DbSession, session_id: UUID, limit: int) -> list[Told]:
    rows = db.execute(
        sa.select(
            Release.id,
            Release.edition_id,
            Release.number,
            Release.note,
            Release.released_at,
            Account.name.label("who"),
            ReleasedSession.title_fr,
        )
        .join(ReleasedSession, ReleasedSession.release_id == Release.id)
        .outerjoin(Account, Account.id == Release.account_id)
        .where(ReleasedSession.session_id == session_id)
        .order_by(Release.released_at.desc())
        .limit(limit)
    )
    return [
        Told(
            id=row.id,
            noun="sessions",
            row_id=session_id,
            edition_id=row.edition_id,
            action="released",
            title=row.title_fr,
            comment=row.note,
            before={},
            after={"number": row.number},
            who=row.who,
            origin=None,
            at=row.released_at,
        )
        for row in rows
    ]


def _collect(values: Mapping[str, Any], wanted: dict[str, set[UUID]]) -> None:
    for name, value in values.items():
        if isinstance(value, Mapping):
            _collect(value, wanted)
        elif name in NAMED:
            for text in value if isinstance(value, list) else [value]:
                if text:
                    wanted.setdefault(name, set()).add(UUID(str(text)))
