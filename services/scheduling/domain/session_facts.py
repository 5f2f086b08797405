"""A released session as the public is shown it, read from the data of its `session_published`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(slots=True, kw_only=True)
class SessionFacts:
    """What pages, calendars and the API show of one session.

    Times are UTC; `time_zone` is the venue's or the edition's. Identifiers are text, as the event
    has them: nobody needs more, and a feed reads ten thousand sessions. `seats_left` is no part of
    what was released: it is registration's last word, where it is known.
    """

    id: str
    uid: str
    sequence: int
    status: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    weekly_hours: list[Any]
    closures: list[Any]
    registration: str
    registration_link: str | None
    registration_telephone: str | None
    registration_email: str | None
    registration_full: bool
    registration_opens_at: datetime | None
    registration_closes_at: datetime | None
    capacity: int | None
    seat_categories: list[Any]
    seats_left: int | None = None
    activity_id: str
    title_fr: str
    title_en: str | None
    description_fr: str
    description_en: str | None
    audience: str
    age_min: int | None
    age_max: int | None
    theme: str | None
    format: str | None
    presenters: list[Any]
    link: str | None
    edition_slug: str
    edition_fr: str
    edition_en: str | None
    edition_contact: str | None
    organisation_id: str | None
    organisation: str | None
    venue_id: str
    venue: str
    address: str | None
    postcode: str | None
    latitude: float | None
    longitude: float | None
    insee_code: str | None
    commune: str | None
    space_id: str | None
    space: str | None
    changed_at: datetime
    presenter_ids: list[str]
    duration_minutes: int | None
    school_levels: list[str]
    languages: list[str]
    accessibility: list[str]
    place_accessibility: list[str]
    accessibility_note: str | None
    directions: str | None
    price_note_fr: str | None
    price_note_en: str | None
    conditions_fr: str | None
    conditions_en: str | None
    image_id: str | None
    image_alt_fr: str | None
    image_alt_en: str | None
    image_credit: str | None
    is_labelled: bool


def credited_name(session: SessionFacts, presenter_id: str) -> str | None:
    """Return the name under which a presenter is credited, where names and ids go together."""
    if len(session.presenters) != len(session.presenter_ids):
        return None
    names = zip(session.presenter_ids, map(str, session.presenters), strict=True)
    return dict(names).get(presenter_id)


_NOTHING: Mapping[str, Any] = {"id": None, "name": None, "insee_code": None}
_NO_TEXT: Mapping[str, Any] = {"fr": None, "en": None}
_NO_ACCESS: Mapping[str, Any] = {
    "accessibility": [],
    "accessibility_note": None,
    "directions": None,
}
_NO_IMAGE: Mapping[str, Any] = {"id": None, "alt": _NO_TEXT, "credit": None}


def read_facts(details: Mapping[str, Any], seats_left: int | None = None) -> SessionFacts:
    """Read what was released of a session: the data of its last `session_published`.

    What was released by an older version of Parvis lacks the fields that came since.
    """
    get = details.get
    opens_at, closes_at = get("registration_opens_at"), details["registration_closes_at"]
    title, description = details["title"], details["description"]
    edition, venue = details["edition"], details["venue"]
    commune = venue["commune"] or _NOTHING
    organisation = details["organisation"] or _NOTHING
    space = details["space"] or _NOTHING
    access, image = get("access") or _NO_ACCESS, get("image") or _NO_IMAGE
    price_note, conditions = get("price_note") or _NO_TEXT, get("conditions") or _NO_TEXT
    return SessionFacts(
        id=details["id"],
        uid=details["uid"],
        sequence=details["sequence"],
        status=details["status"],
        kind=details["kind"],
        starts_at=datetime.fromisoformat(details["starts_at"]),
        ends_at=datetime.fromisoformat(details["ends_at"]),
        time_zone=details["time_zone"],
        weekly_hours=details["weekly_hours"],
        closures=details["closures"],
        registration=details["registration"],
        registration_link=details["registration_link"],
        registration_telephone=details["registration_telephone"],
        registration_email=details["registration_email"],
        registration_full=details["registration_full"],
        registration_opens_at=datetime.fromisoformat(opens_at) if opens_at else None,
        registration_closes_at=datetime.fromisoformat(closes_at) if closes_at else None,
        capacity=details["capacity"],
        seat_categories=details["seat_categories"],
        seats_left=seats_left,
        activity_id=details["activity_id"],
        title_fr=title["fr"],
        title_en=title["en"],
        description_fr=description["fr"],
        description_en=description["en"],
        audience=details["audience"],
        age_min=details["age_min"],
        age_max=details["age_max"],
        theme=details["theme"],
        format=details["format"],
        presenters=details["presenters"],
        link=details["link"],
        edition_slug=edition["slug"],
        edition_fr=edition["name"]["fr"],
        edition_en=edition["name"]["en"],
        edition_contact=edition["contact_email"],
        organisation_id=organisation["id"],
        organisation=organisation["name"],
        venue_id=venue["id"],
        venue=venue["name"],
        address=venue["address"],
        postcode=venue["postcode"],
        latitude=venue["latitude"],
        longitude=venue["longitude"],
        insee_code=commune["insee_code"],
        commune=commune["name"],
        space_id=space["id"],
        space=space["name"],
        changed_at=datetime.fromisoformat(details["changed_at"]),
        presenter_ids=get("presenter_ids", []),
        duration_minutes=get("duration_minutes"),
        school_levels=get("school_levels", []),
        languages=get("languages", []),
        accessibility=get("accessibility", []),
        place_accessibility=access["accessibility"],
        accessibility_note=access["accessibility_note"],
        directions=access["directions"],
        price_note_fr=price_note["fr"],
        price_note_en=price_note["en"],
        conditions_fr=conditions["fr"],
        conditions_en=conditions["en"],
        image_id=image["id"],
        image_alt_fr=image["alt"]["fr"],
        image_alt_en=image["alt"]["en"],
        image_credit=image["credit"],
        is_labelled=get("is_labelled", False),
    )
