"""What calendar feeds read: whether anything changed, in one cheap statement, and the sessions.

A session belongs to the feeds of its venue, space, commune, organisation, theme, edition and
presenters, as it was released. A release raises the `version` of each session it changes and sets
its `changed_at`: a feed is taken to be unchanged while the number of its sessions, the sum of their
versions and the latest `changed_at` are.

A feed has its address before anything is released in it, so that a venue can subscribe early: it is
empty then, and tells nothing of what is being prepared, not even a name. Only whether the venue,
space or organisation exists is looked up in the working copy; their identifiers cannot be guessed.
A commune's can: so its feed exists for every INSEE code. A theme is a text, and exists while it is
said.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import (
    Edition,
    Organisation,
    Presenter,
    PublishedPresenter,
    PublishedSession,
    Space,
    Venue,
)
from services.scheduling.queries.released import (
    EDITION_SLUG,
    SESSION_ORDER,
    edition_of_slug,
)
from shared.database import Database

#: The codes of communes: a département, Corsica's and those overseas included, and a number.
_INSEE_CODE = re.compile(r"(0[1-9]|[1-8][0-9]|9[0-8]|2[AB])[0-9]{3}")


@dataclass(frozen=True)
class FeedState:
    """What tells one version of a feed from another; the names are an edition's alone."""

    sessions: int
    versions: int
    changed_at: datetime | None
    name: str | None = None
    name_en: str | None = None


@dataclass(frozen=True)
class Feed:
    """One kind of feed: which sessions belong to it, and whether it exists without any."""

    state: sa.Select[*tuple[Any, ...]]
    sessions: sa.Select[*tuple[Any, ...]]
    has_address: Callable[[sa.Row[Any], UUID | str], bool]

    def read_state(self, database: Database, key: UUID | str) -> FeedState | None:
        """Return the state of one subject's feed, or `None` when there is no such feed."""
        row = database.glance(self.state, {"key": key})
        if row is None or not (row.sessions or self.has_address(row, key)):
            return None
        published = getattr(row, "published", None) or {}
        return FeedState(
            row.sessions,
            int(row.versions),
            row.changed_at,
            published.get("name_fr"),
            published.get("name_en"),
        )

    def read_sessions(self, db: DbSession, key: UUID | str) -> Iterator[dict[str, Any]]:
        """Give what was released of each session, in order of time, one after the other.

        The connection reads them one by one; SQLAlchemy's session would first keep them all, which
        takes half as long again for ten thousand.
        """
        return iter(db.connection().execute(self.sessions, {"key": key}).scalars())


_KEY: sa.BindParameter[Any] = sa.bindparam("key")
_COUNTS = (
    sa.func.count(PublishedSession.id).label("sessions"),
    sa.func.coalesce(sa.func.sum(PublishedSession.version), 0).label("versions"),
    sa.func.max(PublishedSession.changed_at).label("changed_at"),
)
_IN_ORDER = sa.select(PublishedSession.details).order_by(*SESSION_ORDER)


def _exists(row: sa.Row[Any], _key: UUID | str) -> bool:
    return bool(row.exists)


def _feed_of(subject: Any, belongs: sa.ColumnElement[bool]) -> Feed:
    exists = sa.exists().where(subject == _KEY)
    state = sa.select(*_COUNTS, exists.label("exists")).where(belongs)
    return Feed(state, _IN_ORDER.where(belongs), _exists)


VENUE_FEED = _feed_of(Venue.id, PublishedSession.venue_id == _KEY)
SPACE_FEED = _feed_of(Space.id, PublishedSession.space_id == _KEY)
ORGANISATION_FEED = _feed_of(Organisation.id, PublishedSession.organisation_id == _KEY)
PRESENTER_FEED = _feed_of(
    Presenter.id,
    PublishedSession.id.in_(
        sa.select(PublishedPresenter.session_id).where(PublishedPresenter.presenter_id == _KEY)
    ),
)

COMMUNE_FEED = Feed(
    sa.select(*_COUNTS).where(PublishedSession.insee_code == _KEY),
    _IN_ORDER.where(PublishedSession.insee_code == _KEY),
    lambda _row, key: _INSEE_CODE.fullmatch(str(key)) is not None,
)

THEME_FEED = Feed(
    sa.select(*_COUNTS).where(PublishedSession.theme_slug == _KEY),
    _IN_ORDER.where(PublishedSession.theme_slug == _KEY),
    lambda _row, _key: False,
)

EDITION_FEED = Feed(
    sa.select(*_COUNTS, Edition.published)
    .select_from(sa.outerjoin(Edition, PublishedSession))
    .where(EDITION_SLUG == _KEY)
    .group_by(Edition.id)
    .order_by(Edition.id),
    _IN_ORDER.where(PublishedSession.edition_id == edition_of_slug(_KEY)),
    lambda _row, _key: True,
)

SESSION_FEED = Feed(
    sa.select(*_COUNTS).where(PublishedSession.id == _KEY),
    _IN_ORDER.where(PublishedSession.id == _KEY),
    lambda _row, _key: False,
)
