"""How a record becomes the columns that it states; what it does not state is left out."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any
from uuid import UUID

from services.scheduling.domain.importing.options import Options
from services.scheduling.domain.party_categories import Category, seated_of
from services.scheduling.domain.programme import (
    ActivityRecord,
    OrganisationRecord,
    SessionRecord,
    SpaceRecord,
    VenueRecord,
)

Columns = dict[str, Any]

#: What only sources say that name it in their `states`.
_SELDOM = (
    "sessions_at_once",
    "duration_minutes",
    "school_levels",
    "languages",
    "accessibility",
    "price_note_fr",
    "price_note_en",
    "conditions_fr",
    "conditions_en",
)


def organisation_columns(record: OrganisationRecord) -> Columns:
    """Return the columns of an organisation."""
    return _stated(record, {"name": record.name, "email": record.email})


def venue_columns(record: VenueRecord, commune_id: UUID | None, edition_zone: str) -> Columns:
    """Return the columns of a venue; its time zone only where it is not the edition's."""
    columns = {
        "name": record.name,
        "address": record.address,
        "postcode": record.postcode,
        "commune_id": commune_id,
        "latitude": record.latitude,
        "longitude": record.longitude,
        "time_zone": None if record.time_zone == edition_zone else record.time_zone,
    }
    return _stated(record, columns)


def space_columns(record: SpaceRecord, venue_id: UUID) -> Columns:
    """Return the columns of a space."""
    columns = {
        "venue_id": venue_id,
        "name": record.name,
        "capacity": record.capacity,
        "sessions_at_once": record.sessions_at_once,
    }
    return _stated(record, columns)


def activity_columns(
    record: ActivityRecord, edition_id: UUID, organisation_id: UUID | None
) -> Columns:
    """Return the columns of an activity."""
    columns = {
        "edition_id": edition_id,
        "organisation_id": organisation_id,
        "title_fr": record.title_fr,
        "title_en": record.title_en,
        "description_fr": record.description_fr,
        "description_en": record.description_en,
        "audience": record.audience,
        "age_min": record.age_min,
        "age_max": record.age_max,
        "theme": record.theme,
        "format": record.format,
        "presenters": list(record.presenters),
        "link": record.link,
        "duration_minutes": record.duration_minutes,
        "school_levels": list(record.school_levels),
        "languages": list(record.languages),
        "accessibility": list(record.accessibility),
        "price_note_fr": record.price_note_fr,
        "price_note_en": record.price_note_en,
        "conditions_fr": record.conditions_fr,
        "conditions_en": record.conditions_en,
    }
    return _stated(record, columns)


def session_columns(
    record: SessionRecord,
    edition_id: UUID,
    activity_id: UUID,
    venue_id: UUID,
    space_id: UUID | None,
    options: Options,
    categories: Sequence[Category] | None = None,
) -> Columns:
    """Return the columns of a session: those of the way in and of its status only if stated.

    With the `categories` of an edition, seats are for those that it counts.
    """
    columns: Columns = {
        "edition_id": edition_id,
        "activity_id": activity_id,
        "venue_id": venue_id,
        "space_id": space_id,
        "kind": record.kind,
        "starts_at": record.starts_at.astimezone(UTC),
        "ends_at": record.ends_at.astimezone(UTC),
        "weekly_hours": [
            {"weekday": hours.weekday, "opens": hours.opens, "closes": hours.closes}
            for hours in record.weekly_hours
        ],
        "closures": [day.isoformat() for day in record.closures],
    }
    if record.status is not None:
        columns["status"] = record.status
    if options.registration is not None and record.kind == "timed":
        said = {"registration": options.registration, "capacity": options.capacity}
        return _stated(record, columns) | said
    if record.registration is not None:
        columns |= _way_in(record, categories)
    return _stated(record, columns)


def _way_in(record: SessionRecord, categories: Sequence[Category] | None) -> Columns:
    seated = list(record.seat_categories)
    return {
        "registration": record.registration,
        "registration_link": record.registration_link,
        "registration_telephone": record.registration_telephone,
        "registration_email": record.registration_email,
        "registration_full": record.registration_full,
        "capacity": record.capacity,
        "seat_categories": seated if categories is None else seated_of(seated, categories),
    }


def _stated(record: Any, columns: Columns) -> Columns:
    """Return the columns of which the source says something."""
    if record.states is None:
        return {name: value for name, value in columns.items() if name not in _SELDOM}
    return {name: value for name, value in columns.items() if name in record.states}
