"""What the public would be shown of a session, or of an edition, if it were released now."""

from collections.abc import Mapping
from typing import Any

from services.scheduling.domain.opening import opens_at
from services.scheduling.domain.party_categories import seated_of
from services.scheduling.domain.session_parts import SessionParts
from services.scheduling.models import Activity, Commune, Edition, Organisation, Space, Venue
from shared.contracts.party_categories import usual_categories

State = Mapping[str, Any]

#: The fields of a session's state that are its time, place or status: a change of one of them
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


def session_state(parts: SessionParts) -> dict[str, Any]:
    """Return what the public would be shown of a session: JSON values, as SESSION_PUBLISHED has.

    Times are UTC; `time_zone` is the venue's own, else the edition's. What follows from releasing
    it, `sequence` and `changed_at`, is added then.
    """
    session, activity, edition = parts.session, parts.activity, parts.edition
    opening = opens_at(session, edition)
    return {
        "id": str(session.id),
        "uid": session.uid,
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
        "seat_categories": seated_of(session.seat_categories, edition.party_categories),
        "title": {"fr": activity.title_fr, "en": activity.title_en},
        "description": {"fr": activity.description_fr, "en": activity.description_en},
        "audience": activity.audience,
        "age_min": activity.age_min,
        "age_max": activity.age_max,
        "theme": activity.theme,
        "format": activity.format,
        "presenters": parts.presenters,
        "link": activity.link,
        "activity_id": str(activity.id),
        "edition": _edition(edition),
        "organisation": _organisation(parts.organisation),
        "venue": _venue(parts.venue, parts.commune),
        "space": _space(parts.space),
        "presenter_ids": [str(identifier) for identifier in parts.cast.ids],
        "duration_minutes": activity.duration_minutes,
        "school_levels": list(activity.school_levels),
        "languages": list(activity.languages),
        "accessibility": list(activity.accessibility),
        "access": _access(parts.venue, parts.space),
        "price_note": _optional_text(activity.price_note_fr, activity.price_note_en),
        "conditions": _optional_text(activity.conditions_fr, activity.conditions_en),
        "image": _image(activity),
        "is_labelled": activity.label_state == "granted",
        "registration_opens_at": opening.isoformat() if opening else None,
    }


def known_state(details: State, after: State) -> State:
    """Return a released state as it would be written now, in terms of the state that is to come.

    What an older version of Parvis did not write has what it stood for; who presents is taken to be
    the same, since nobody had an identity then.
    """
    if "party_categories" in details.get("edition", ()):
        return details
    supposed = {**_BEFORE, "presenter_ids": after["presenter_ids"]}
    known = {**supposed, **details}
    if "edition" in details:
        known["edition"] = known_edition(details["edition"])
    return known


#: What was true of every session that was released before there were these fields.
_BEFORE: State = {
    "duration_minutes": None,
    "school_levels": [],
    "languages": [],
    "accessibility": [],
    "access": None,
    "price_note": None,
    "conditions": None,
    "image": None,
    "is_labelled": False,
    "registration_opens_at": None,
}


def known_edition(published: State) -> State:
    """Return what was released of an edition as it would be written now."""
    return {"party_categories": usual_categories(), "former_categories": [], **published}


def changed_fields(before: State, after: State) -> tuple[str, ...]:
    """Return the fields in which two states of a session differ, in the contract's order."""
    return tuple(name for name in after if before.get(name) != after[name])


def is_rescheduled(before: State, after: State) -> bool:
    """Tell whether time, place or status differ, which raises SEQUENCE."""
    return any(before.get(name) != after[name] for name in SCHEDULE_FIELDS)


def edition_state(edition: Edition) -> dict[str, Any]:
    """Return what the public is shown of an edition, as JSON values; dates are local."""
    return {
        "slug": edition.slug,
        "name_fr": edition.name_fr,
        "name_en": edition.name_en,
        "starts_on": edition.starts_on.isoformat(),
        "ends_on": edition.ends_on.isoformat(),
        "time_zone": edition.time_zone,
        "contact_email": edition.contact_email,
        "registration_opens_at": (
            edition.registration_opens_at.isoformat() if edition.registration_opens_at else None
        ),
        "party_categories": list(edition.party_categories),
        "former_categories": list(edition.former_categories),
        "festival_fr": edition.festival.name_fr,
        "festival_en": edition.festival.name_en,
    }


def _edition(edition: Edition) -> dict[str, Any]:
    return {
        "id": str(edition.id),
        "slug": edition.slug,
        "name": {"fr": edition.name_fr, "en": edition.name_en},
        "time_zone": edition.time_zone,
        "contact_email": edition.contact_email,
        "party_categories": list(edition.party_categories),
        "former_categories": list(edition.former_categories),
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


def _access(venue: Venue, space: Space | None) -> dict[str, Any] | None:
    codes = venue.accessibility
    if space is not None and space.accessibility is not None:
        codes = space.accessibility
    if not (codes or venue.accessibility_note or venue.directions):
        return None
    return {
        "accessibility": list(codes),
        "accessibility_note": venue.accessibility_note,
        "directions": venue.directions,
    }


def _image(activity: Activity) -> dict[str, Any] | None:
    if activity.image_id is None:
        return None
    return {
        "id": str(activity.image_id),
        "alt": {"fr": activity.image_alt_fr, "en": activity.image_alt_en},
        "credit": activity.image_credit,
    }


def _optional_text(fr: str | None, en: str | None) -> dict[str, Any] | None:
    return {"fr": fr, "en": en} if fr or en else None


def _space(space: Space | None) -> dict[str, Any] | None:
    return {"id": str(space.id), "name": space.name} if space else None
