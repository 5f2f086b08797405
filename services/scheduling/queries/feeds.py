"""What calendar feeds read: whether anything changed, in one cheap statement, and the sessions.

A session belongs to the feeds of its venue, space, commune, organisation and edition. Whoever
changes anything that a feed shows of a session (the venue's name, the activity's title) must raise
the session's `version` and set its `changed_at`, as for any change that is published: a feed is
taken to be unchanged while the number of its sessions, the sum of their versions and the latest
`changed_at` are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import (
    Activity,
    Commune,
    Edition,
    Organisation,
    Session,
    Space,
    Venue,
)
from shared.database import Database


@dataclass(frozen=True)
class FeedState:
    """What a feed is about and what tells one version of it from another."""

    name: str
    name_en: str | None
    sessions: int
    versions: int
    changed_at: datetime | None


@dataclass(frozen=True)
class Feed:
    """One kind of feed: how its subject is found, and which sessions belong to it."""

    state: sa.Select[Any]
    sessions: sa.Select[Any]

    def read_state(self, database: Database, key: UUID | str) -> FeedState | None:
        """Return the state of one subject's feed, or `None` when there is no such subject."""
        row = database.glance(self.state, {"key": key})
        return FeedState(**row._mapping) if row else None

    def read_sessions(self, db: DbSession, key: UUID | str) -> Sequence[sa.Row[Any]]:
        """Return the sessions in order of time, with what a calendar shows of each."""
        return db.execute(self.sessions, {"key": key}).all()


_SESSIONS = (
    sa.select(
        Session.id,
        Session.uid,
        Session.sequence,
        Session.status,
        Session.kind,
        Session.starts_at,
        Session.ends_at,
        Session.weekly_hours,
        Session.registration,
        Session.registration_link,
        Session.registration_telephone,
        Session.registration_email,
        Session.registration_full,
        Session.changed_at,
        sa.func.coalesce(Venue.time_zone, Edition.time_zone).label("time_zone"),
        Activity.title_fr,
        Activity.title_en,
        Activity.description_fr,
        Activity.description_en,
        Activity.theme,
        Activity.link,
        Activity.presenters,
        Edition.name_fr.label("edition_fr"),
        Edition.name_en.label("edition_en"),
        Edition.contact_email.label("edition_contact"),
        Organisation.name.label("organisation"),
        Venue.name.label("venue"),
        Venue.address,
        Venue.postcode,
        Venue.latitude,
        Venue.longitude,
        Commune.name.label("commune"),
        Space.name.label("space"),
    )
    .join(Session.activity)
    .join(Session.edition)
    .join(Session.venue)
    .outerjoin(Activity.organisation)
    .outerjoin(Venue.commune)
    .outerjoin(Session.space)
    .order_by(Session.starts_at, Session.id)
)

_KEY: sa.BindParameter[Any] = sa.bindparam("key")
_NO_NAME = sa.null()


def _feed(
    subject: sa.ColumnElement[Any],
    name: Any,
    source: sa.FromClause,
    belongs: sa.ColumnElement[bool],
    name_en: Any = _NO_NAME,
) -> Feed:
    names = [name] if name_en is _NO_NAME else [name, name_en]
    state = (
        sa.select(
            name.label("name"),
            name_en.label("name_en"),
            sa.func.count(Session.id).label("sessions"),
            sa.func.coalesce(sa.func.sum(Session.version), 0).label("versions"),
            sa.func.max(Session.changed_at).label("changed_at"),
        )
        .select_from(source)
        .where(subject)
        .group_by(*names)
    )
    return Feed(state, _SESSIONS.where(belongs))


VENUE_FEED = _feed(
    Venue.id == _KEY,
    Venue.name,
    sa.outerjoin(Venue, Session, Session.venue_id == Venue.id),
    Session.venue_id == _KEY,
)

SPACE_FEED = _feed(
    Space.id == _KEY,
    sa.literal_column("venues.name || ', ' || spaces.name"),
    sa.outerjoin(sa.join(Space, Venue), Session, Session.space_id == Space.id),
    Session.space_id == _KEY,
)

COMMUNE_FEED = _feed(
    Commune.insee_code == _KEY,
    Commune.name,
    sa.outerjoin(
        sa.outerjoin(Commune, Venue, Venue.commune_id == Commune.id),
        Session,
        Session.venue_id == Venue.id,
    ),
    Commune.insee_code == _KEY,
)

ORGANISATION_FEED = _feed(
    Organisation.id == _KEY,
    Organisation.name,
    sa.outerjoin(
        sa.outerjoin(Organisation, Activity, Activity.organisation_id == Organisation.id),
        Session,
        Session.activity_id == Activity.id,
    ),
    Activity.organisation_id == _KEY,
)

EDITION_FEED = _feed(
    Edition.slug == _KEY,
    Edition.name_fr,
    sa.outerjoin(Edition, Session, Session.edition_id == Edition.id),
    Edition.slug == _KEY,
    Edition.name_en,
)

SESSION_FEED = _feed(
    Session.id == _KEY,
    Activity.title_fr,
    sa.join(Session, Activity, Session.activity_id == Activity.id),
    Session.id == _KEY,
    Activity.title_en,
)
