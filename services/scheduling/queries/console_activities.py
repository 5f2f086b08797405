"""What the console lists of an edition's activities, and how far the sessions of each are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import (
    Activity,
    Edition,
    Organisation,
    PublishedSession,
    Session,
)
from shared.text import fold

#: What an activity can be: without sessions, never released, with changes that wait, released.
STATES = ("empty", "draft", "changed", "released")

SORTS = ("title", "organisation", "theme", "sessions")


@dataclass(frozen=True)
class Filters:
    """What is looked for; empty is anything."""

    words: str = ""
    organisation_id: UUID | None = None
    theme: str = ""
    audience: str = ""
    state: str = ""


def activities(
    db: DbSession, edition_id: UUID, filters: Filters, sort: str = "title"
) -> list[dict[str, Any]]:
    """Return the activities that match, in order; `state` is one of `STATES`."""
    rows = [_with_state(row) for row in db.execute(_QUERY.where(Activity.edition_id == edition_id))]
    wanted = fold(filters.words).split()
    kept = [
        row
        for row in rows
        if (filters.organisation_id in (None, row["organisation_id"]))
        and filters.theme in ("", row["theme"])
        and filters.audience in ("", row["audience"])
        and filters.state in ("", row["state"])
        and all(word in _searchable(row) for word in wanted)
    ]
    name = sort.removeprefix("-")
    order = name if name in SORTS else "title"
    kept.sort(key=lambda row: fold(row["title_fr"]))
    if order == "sessions":
        kept.sort(key=lambda row: row["sessions"], reverse=sort.startswith("-"))
    else:
        column = "title_fr" if order == "title" else order
        kept.sort(
            key=lambda row: (not row[column], fold(row[column] or "")),
            reverse=sort.startswith("-"),
        )
    return kept


def activities_of_organisation(db: DbSession, organisation_id: UUID) -> Sequence[Any]:
    """Return what an organisation proposes in every edition, the latest first."""
    return db.execute(
        sa.select(
            Activity.id,
            Activity.title_fr,
            Activity.title_en,
            Edition.slug,
            Edition.name_fr,
            Edition.name_en,
        )
        .join(Edition, Edition.id == Activity.edition_id)
        .where(Activity.organisation_id == organisation_id)
        .order_by(Edition.starts_on.desc(), Activity.title_fr, Activity.id)
    ).all()


def themes(db: DbSession, edition_id: UUID) -> list[str]:
    """Return the themes that an edition's activities have, in order."""
    return _words(db, Activity.theme, edition_id)


def formats(db: DbSession, edition_id: UUID) -> list[str]:
    """Return the formats that an edition's activities have, in order."""
    return _words(db, Activity.format, edition_id)


def activity_names(
    db: DbSession, edition_id: UUID, own: Collection[UUID] | None = None, chosen: str = ""
) -> list[tuple[str, str, str]]:
    """Return an edition's activities to choose from: id, title, organisation.

    Where `own` names organisations, theirs alone, and the one that is chosen already.
    """
    rows: Any = db.execute(
        sa.select(Activity.id, Activity.title_fr, Organisation.name, Activity.organisation_id)
        .outerjoin(Organisation, Organisation.id == Activity.organisation_id)
        .where(Activity.edition_id == edition_id)
    )
    names = [
        (str(row.id), row.title_fr, row.name or "")
        for row in rows
        if own is None or row.organisation_id in own or str(row.id) == chosen
    ]
    return sorted(names, key=lambda name: fold(name[1]))


def _words(db: DbSession, column: Any, edition_id: UUID) -> list[str]:
    query = sa.select(column).where(Activity.edition_id == edition_id, column.is_not(None))
    return sorted(set(db.scalars(query)), key=fold)


_IS_CHANGED = sa.or_(
    PublishedSession.session_revision != Session.revision,
    PublishedSession.activity_revision != Activity.revision,
)

_QUERY = (
    sa.select(
        Activity.id,
        Activity.organisation_id,
        Activity.title_fr,
        Activity.title_en,
        Activity.theme,
        Activity.audience,
        Organisation.name.label("organisation"),
        sa.func.count(Session.id).label("sessions"),
        sa.func.count(PublishedSession.id).label("released"),
        sa.func.count(PublishedSession.id).filter(_IS_CHANGED).label("changed"),
        sa.func.count(Session.id).filter(Session.status == "cancelled").label("cancelled"),
    )
    .outerjoin(Organisation, Organisation.id == Activity.organisation_id)
    .outerjoin(Session, Session.activity_id == Activity.id)
    .outerjoin(PublishedSession, PublishedSession.id == Session.id)
    .group_by(Activity.id, Organisation.name)
)


def _with_state(row: Any) -> dict[str, Any]:
    if not row.sessions:
        state = "empty"
    elif not row.released:
        state = "draft"
    elif row.released < row.sessions or row.changed:
        state = "changed"
    else:
        state = "released"
    return {**row._mapping, "state": state}


def _searchable(row: dict[str, Any]) -> str:
    return fold(" ".join(row[name] or "" for name in ("title_fr", "title_en", "organisation")))
