"""Publishing: what others are told of a session, recorded as one release."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.session_parts import SessionParts
from services.scheduling.models import Commune, Edition, Organisation, Space, Venue
from shared.contracts.scheduling import RELEASE_PUBLISHED, SESSION_PUBLISHED
from shared.identifiers import new_id
from shared.messaging.outbox import Fact, record, record_all

#: The fields of a published session that are its time, place or status: a change of one of them
#: raises SEQUENCE (RFC 5545, section 3.8.7.4).
SCHEDULE_FIELDS = (
    "status",
    "kind",
    "starts_at",
    "ends_at",
    "time_zone",
    "weekly_hours",
    "closures",
    "venue",
    "space",
)

#: The fields that follow from a change and are none themselves.
REVISION_FIELDS = ("sequence", "changed_at")

#: How many events are written by one statement.
BATCH = 200


def session_data(parts: SessionParts) -> dict[str, Any]:
    """Return the data of SESSION_PUBLISHED for a session: its whole public state, as JSON values.

    Times are UTC; `time_zone` is the venue's own, else the edition's.
    """
    session, activity, edition = parts.session, parts.activity, parts.edition
    return {
        "id": str(session.id),
        "uid": session.uid,
        "sequence": session.sequence,
        "status": session.status,
        "kind": session.kind,
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "time_zone": parts.venue.time_zone or edition.time_zone,
        "weekly_hours": list(session.weekly_hours),
        "closures": list(session.closures),
        "registration": session.registration,
        "registration_link": session.registration_link,
        "registration_telephone": session.registration_telephone,
        "registration_email": session.registration_email,
        "registration_full": session.registration_full,
        "registration_closes_at": (
            session.registration_closes_at.isoformat() if session.registration_closes_at else None
        ),
        "capacity": session.capacity,
        "seat_categories": list(session.seat_categories),
        "title": {"fr": activity.title_fr, "en": activity.title_en},
        "description": {"fr": activity.description_fr, "en": activity.description_en},
        "audience": activity.audience,
        "age_min": activity.age_min,
        "age_max": activity.age_max,
        "theme": activity.theme,
        "format": activity.format,
        "presenters": list(activity.presenters),
        "link": activity.link,
        "activity_id": str(activity.id),
        "edition": _edition(edition),
        "organisation": _organisation(parts.organisation),
        "venue": _venue(parts.venue, parts.commune),
        "space": _space(parts.space),
        "changed_at": session.changed_at.isoformat(),
    }


def differs(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Tell whether two states of a session differ in what others are told."""
    return any(after[name] != before[name] for name in after if name not in REVISION_FIELDS)


def is_rescheduled(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Tell whether time, place or status differ, which raises SEQUENCE."""
    return any(after[name] != before[name] for name in SCHEDULE_FIELDS)


def publish_release(
    db: DbSession,
    edition_id: UUID,
    sessions: Sequence[SessionParts],
    *,
    now: datetime,
    progress: Callable[[int], None] = lambda _count: None,
) -> UUID | None:
    """Record the sessions as one release, in the transaction that changed them.

    The session's `version` numbers its event. Returns the release's id, or None when there is
    nothing to release. `progress` is told how many more events are recorded.
    """
    if not sessions:
        return None
    release_id = new_id()
    for batch in _batches(sessions):
        record_all(db, [_published(parts, release_id) for parts in batch], now=now)
        progress(len(batch))
    record(db, _closing(release_id, edition_id, sessions), now=now)
    return release_id


def _published(parts: SessionParts, release_id: UUID) -> Fact:
    return Fact(
        SESSION_PUBLISHED,
        parts.session.id,
        parts.session.version,
        session_data(parts),
        release_id=release_id,
    )


def _closing(release_id: UUID, edition_id: UUID, sessions: Sequence[SessionParts]) -> Fact:
    data = {
        "id": str(release_id),
        "edition_id": str(edition_id),
        "sessions": [str(parts.session.id) for parts in sessions],
    }
    return Fact(RELEASE_PUBLISHED, release_id, 1, data, release_id=release_id)


def _batches(sessions: Sequence[SessionParts]) -> Iterator[Sequence[SessionParts]]:
    for start in range(0, len(sessions), BATCH):
        yield sessions[start : start + BATCH]


def _edition(edition: Edition) -> dict[str, Any]:
    return {
        "id": str(edition.id),
        "slug": edition.slug,
        "name": {"fr": edition.name_fr, "en": edition.name_en},
        "time_zone": edition.time_zone,
        "contact_email": edition.contact_email,
    }


def _organisation(organisation: Organisation | None) -> dict[str, Any] | None:
    if organisation is None:
        return None
    return {
        "id": str(organisation.id),
        "name": organisation.name,
        "email": organisation.email,
    }


def _venue(venue: Venue, commune: Commune | None) -> dict[str, Any]:
    return {
        "id": str(venue.id),
        "name": venue.name,
        "address": venue.address,
        "postcode": venue.postcode,
        "commune": {"insee_code": commune.insee_code, "name": commune.name} if commune else None,
        "latitude": venue.latitude,
        "longitude": venue.longitude,
    }


def _space(space: Space | None) -> dict[str, Any] | None:
    return {"id": str(space.id), "name": space.name} if space else None
