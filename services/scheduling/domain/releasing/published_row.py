"""The row of a released session: its state, and the columns that lists filter and sort by."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from services.scheduling.domain.opening import opens_at
from services.scheduling.domain.session_parts import SessionParts, searchable_text
from services.scheduling.domain.session_state import State
from services.scheduling.domain.themes import slug_of_theme


def published_row(
    parts: SessionParts, state: State, *, version: int, sequence: int, now: datetime
) -> dict[str, Any]:
    """Return the columns of `published_sessions` for a session in this state.

    The seats, which are registration's, are left out.
    """
    session, activity = parts.session, parts.activity
    return {
        "id": session.id,
        "edition_id": session.edition_id,
        "activity_id": session.activity_id,
        "venue_id": session.venue_id,
        "space_id": session.space_id,
        "organisation_id": activity.organisation_id,
        "insee_code": parts.commune.insee_code if parts.commune else None,
        "uid": session.uid,
        "version": version,
        "sequence": sequence,
        "status": session.status,
        "kind": session.kind,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "time_zone": state["time_zone"],
        "weekly_hours": state["weekly_hours"],
        "closures": state["closures"],
        "registration": session.registration,
        "registration_link": session.registration_link,
        "registration_telephone": session.registration_telephone,
        "registration_email": session.registration_email,
        "registration_full": session.registration_full,
        "registration_opens_at": opens_at(session, parts.edition),
        "registration_closes_at": session.registration_closes_at,
        "capacity": session.capacity,
        "title_fr": activity.title_fr,
        "title_en": activity.title_en,
        "audience": activity.audience,
        "age_min": activity.age_min,
        "age_max": activity.age_max,
        "theme": activity.theme,
        "format": activity.format,
        "organisation_name": parts.organisation.name if parts.organisation else None,
        "venue_name": parts.venue.name,
        "space_name": parts.space.name if parts.space else None,
        "commune_name": parts.commune.name if parts.commune else None,
        "searchable": searchable_text(parts),
        **_position(parts),
        "theme_slug": slug_of_theme(activity.theme),
        "accessibility": codes({*activity.accessibility, *_offered(state)}),
        "languages": codes(activity.languages),
        "school_levels": codes(activity.school_levels),
        "changed_at": now,
        "details": {**state, "sequence": sequence, "changed_at": now.isoformat()},
        **revisions_of(parts),
    }


def revisions_of(parts: SessionParts) -> dict[str, int | None]:
    """Return the revisions of the rows that a released session was made from, as columns."""
    return {
        "session_revision": parts.session.revision,
        "activity_revision": parts.activity.revision,
        "organisation_revision": parts.organisation.revision if parts.organisation else None,
        "venue_revision": parts.venue.revision,
        "space_revision": parts.space.revision if parts.space else None,
        "edition_revision": parts.edition.revision,
    }


def codes(values: Collection[str]) -> str:
    """Return codes as one text in which each stands between commas: `,hi,mi,`."""
    return f",{','.join(sorted(values))}," if values else ""


def _offered(state: State) -> Collection[str]:
    access = state.get("access") or {}
    offered: Collection[str] = access.get("accessibility", ())
    return offered


def _position(parts: SessionParts) -> dict[str, float | None]:
    for place in (parts.venue, parts.commune):
        if place is not None and place.latitude is not None and place.longitude is not None:
            return {"latitude": place.latitude, "longitude": place.longitude}
    return {"latitude": None, "longitude": None}
