"""Which changes of an edition wait to be released: found by revisions, then compared exactly."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import contains_eager, joinedload

from services.scheduling.domain.casting import casts_of
from services.scheduling.domain.releasing.changes import Audience, ChangeKind, SessionChange
from services.scheduling.domain.releasing.presenting import presentation_of, to_present
from services.scheduling.domain.releasing.readiness import LeftOut, ready
from services.scheduling.domain.session_parts import SessionParts, parts_of
from services.scheduling.domain.session_state import (
    changed_fields,
    edition_state,
    known_edition,
    known_state,
    session_state,
)
from services.scheduling.models import (
    Activity,
    Edition,
    Organisation,
    PublishedSession,
    Session,
    Venue,
)
from services.scheduling.models.beside_published import BESIDE_PUBLISHED, WAS_EDITED

#: The fields of a published session that follow from its release and are no part of its state.
RELEASE_FIELDS = ("sequence", "changed_at")


@dataclass(frozen=True)
class Pending:
    """What waits in one edition, sessions in order of time; `alike` differ by revision alone.

    `edition_fields` are those of the edition itself that differ from what is published, `left_out`
    the activities of which new sessions are no change yet: they are not ready to be public.
    `organisations` say something else of themselves than what is published.
    """

    edition: Edition
    changes: tuple[SessionChange, ...]
    alike: tuple[Session, ...]
    edition_fields: tuple[str, ...]
    left_out: tuple[LeftOut, ...] = ()
    organisations: tuple[Organisation, ...] = ()

    @cached_property
    def to_release(self) -> tuple[SessionChange, ...]:
        """Return the changes that a release takes: those that are not held back."""
        return tuple(change for change in self.changes if not change.is_held_back)

    @property
    def held_back(self) -> tuple[SessionChange, ...]:
        """Return the changes that are left out for now."""
        return tuple(change for change in self.changes if change.is_held_back)

    @property
    def counts(self) -> dict[ChangeKind, int]:
        """Return how many changes of each kind a release would take."""
        return dict(Counter(change.kind for change in self.to_release))

    @cached_property
    def digest(self) -> str:
        """Return a word that names exactly what a release would do, for whoever confirms it."""
        seen: list[Any] = [edition_state(self.edition) if self.edition_fields else None]
        if self.organisations:
            seen.append([(str(one.id), presentation_of(one)) for one in self.organisations])
        for change in self.to_release:
            seen.append((str(change.id), change.version, change.after))
        return hashlib.blake2b(json.dumps(seen).encode(), digest_size=16).hexdigest()


def pending_changes(
    db: DbSession, edition_id: UUID, sessions: Iterable[UUID] | None = None
) -> Pending:
    """Return what waits to be released in an edition, read in a few statements.

    With `sessions`, only these are looked at. Raises `sqlalchemy.exc.NoResultFound` where there is
    no such edition.
    """
    edition = db.scalars(
        sa.select(Edition)
        .where(Edition.id == edition_id)
        .options(joinedload(Edition.festival))
        .execution_options(populate_existing=True)
    ).one()
    changes, alike = [], []
    candidates = _candidates(db, edition_id, sessions)
    casts = casts_of(db, [session for session, _published in candidates])
    for session, published in candidates:
        change = _change(parts_of(session, casts[session.id]), published)
        if change is None:
            alike.append(session)
        else:
            changes.append(change)
    released = known_edition(edition.published) if edition.published else {}
    fields = changed_fields(released, edition_state(edition))
    taken, left_out = ready(db, edition_id, changes)
    presented = to_present(
        db,
        edition_id if sessions is None else None,
        (change.parts.organisation for change in taken if not change.is_held_back),
    )
    return Pending(edition, tuple(taken), tuple(alike), fields, left_out, presented)


def pending_change(db: DbSession, session_id: UUID) -> SessionChange | None:
    """Return the change of one session that waits to be released, if there is one."""
    edition_id = db.scalar(sa.select(Session.edition_id).where(Session.id == session_id))
    if edition_id is None:
        return None
    return next(iter(pending_changes(db, edition_id, [session_id]).changes), None)


def count_candidates(db: DbSession, edition_id: UUID) -> int:
    """Return how many sessions of an edition were edited since they were released.

    It is the number of pending changes, or more where an edit was taken back by hand, or where an
    activity that is accepted lacks something.
    """
    number = sa.select(sa.func.count()).select_from(BESIDE_PUBLISHED)
    counts = sa.or_(PublishedSession.id.is_not(None), Activity.state == "accepted")
    return db.scalar(number.where(Session.edition_id == edition_id, WAS_EDITED, counts)) or 0


def _candidates(
    db: DbSession, edition_id: UUID, sessions: Iterable[UUID] | None
) -> list[tuple[Session, PublishedSession | None]]:
    query = (
        sa.select(Session, PublishedSession)
        .select_from(BESIDE_PUBLISHED)
        .where(Session.edition_id == edition_id, WAS_EDITED)
        .order_by(Session.starts_at, Session.id)
        .options(
            contains_eager(Session.activity).contains_eager(Activity.organisation),
            contains_eager(Session.edition).joinedload(Edition.festival),
            contains_eager(Session.venue).joinedload(Venue.commune),
            contains_eager(Session.space),
        )
        .execution_options(populate_existing=True)
    )
    if sessions is not None:
        query = query.where(Session.id.in_(list(sessions)))
    return [(session, published) for session, published in db.execute(query)]


def _change(parts: SessionParts, published: PublishedSession | None) -> SessionChange | None:
    after = session_state(parts)
    if published is None:
        return SessionChange(parts, None, after, 0, 0, Audience())
    released = known_state(published.details, after)
    before = {name: value for name, value in released.items() if name not in RELEASE_FIELDS}
    if not changed_fields(before, after):
        return None
    audience = Audience(published.bookings, published.seats_taken, published.waiting)
    return SessionChange(parts, before, after, published.version, published.sequence, audience)
