"""The working sessions beside what is published of them, and which were edited since: in SQL."""

from typing import Any

import sqlalchemy as sa

from services.scheduling.models.places import Space, Venue
from services.scheduling.models.programme import Activity, Edition, Organisation, Session
from services.scheduling.models.published import PublishedSession


def _or_none(column: Any) -> sa.ColumnElement[int]:
    return sa.func.coalesce(column, 0)


#: The working sessions with their parts, beside what is published of them.
BESIDE_PUBLISHED = (
    sa.join(Session, Activity, Session.activity_id == Activity.id)
    .join(Edition, Session.edition_id == Edition.id)
    .join(Venue, Session.venue_id == Venue.id)
    .outerjoin(Organisation, Activity.organisation_id == Organisation.id)
    .outerjoin(Space, Session.space_id == Space.id)
    .outerjoin(PublishedSession, PublishedSession.id == Session.id)
)

#: What is true in `BESIDE_PUBLISHED` of a session of which anything was edited since its release.
WAS_EDITED = sa.or_(
    PublishedSession.id.is_(None),
    PublishedSession.session_revision != Session.revision,
    PublishedSession.activity_revision != Activity.revision,
    PublishedSession.venue_revision != Venue.revision,
    PublishedSession.edition_revision != Edition.revision,
    _or_none(PublishedSession.organisation_revision) != _or_none(Organisation.revision),
    _or_none(PublishedSession.space_revision) != _or_none(Space.revision),
)
