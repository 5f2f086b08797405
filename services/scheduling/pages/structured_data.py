"""Sessions and activities for search engines: schema.org's `Event`, as JSON-LD.

Only what is known is said: `isAccessibleForFree` never is (a price note is words), an offer only
where one registers here, without paying. https://schema.org/Event (version 29).
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from services.scheduling.domain.closing import closes_at, takes_registrations
from services.scheduling.domain.images import address_of
from services.scheduling.domain.session_facts import SessionFacts
from services.scheduling.pages.addresses import edition_path, organisation_path, venue_path
from services.scheduling.pages.words import in_our_words
from shared.markdown import to_text

_CONTEXT = "https://schema.org"

#: The longest description, in characters.
LONGEST_DESCRIPTION = 2000

#: The width in pixels of the picture that is named.
IMAGE_WIDTH = 1600


def session_data(
    session: SessionFacts,
    *,
    now: datetime,
    public_url: str,
    moved_from: Mapping[str, datetime],
) -> dict[str, Any]:
    """Return a session as an `Event`; `moved_from` is when it began before it was moved (UTC)."""
    return {
        "@context": _CONTEXT,
        **_event(session, now, public_url, moved_from),
        "superEvent": _edition(session, public_url),
    }


def activity_data(
    activity: SessionFacts,
    sessions: Iterable[SessionFacts],
    *,
    path: str,
    now: datetime,
    public_url: str,
    moved_from: Mapping[str, datetime],
) -> dict[str, Any]:
    """Return an activity as an `EventSeries`; there is at least one session, a `subEvent`."""
    dates = list(sessions)
    span = {
        "startDate": _local(min(each.starts_at for each in dates), activity),
        "endDate": _local(max(each.ends_at for each in dates), activity),
    }
    return {
        "@context": _CONTEXT,
        "@type": "EventSeries",
        "@id": public_url + path,
        "url": public_url + path,
        **_content(activity, public_url),
        **span,
        "subEvent": [_event(session, now, public_url, moved_from) for session in dates],
        "superEvent": _edition(activity, public_url),
    }


def as_script(data: Mapping[str, Any]) -> Markup:
    """Return data as the content of a `<script type="application/ld+json">`.

    What could end the element is escaped, as JSON allows; a page's policy lets data through, since
    it is never run.
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)  # noqa: S704 - escaped above


def _event(
    session: SessionFacts, now: datetime, public_url: str, moved_from: Mapping[str, datetime]
) -> dict[str, Any]:
    page = f"{public_url}/sessions/{session.id}"
    before = moved_from.get(session.id)
    is_cancelled = session.status == "cancelled"
    status = (
        "EventCancelled" if is_cancelled else "EventRescheduled" if before else "EventScheduled"
    )
    event = {
        "@type": "ExhibitionEvent" if session.kind == "exhibition" else "Event",
        "@id": page,
        "url": page,
        **_content(session, public_url),
        "startDate": _local(session.starts_at, session),
        "endDate": _local(session.ends_at, session),
        "eventStatus": f"https://schema.org/{status}",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": _place(session, public_url),
    }
    if before and not is_cancelled:
        event["previousStartDate"] = _local(before, session)
    if session.capacity is not None:
        event["maximumAttendeeCapacity"] = session.capacity
    if session.seats_left is not None:
        event["remainingAttendeeCapacity"] = max(0, session.seats_left)
    offer = _offer(session, now, public_url)
    return {**event, "offers": offer} if offer else event


def _content(session: SessionFacts, public_url: str) -> dict[str, Any]:
    """Return what an activity and its sessions have in common."""
    title = in_our_words(session.title_fr, session.title_en)
    content: dict[str, Any] = {"name": title, "inLanguage": session.languages or ["fr"]}
    description = to_text(in_our_words(session.description_fr, session.description_en))
    if description:
        content["description"] = description[:LONGEST_DESCRIPTION]
    if session.image_id:
        content["image"] = address_of(public_url, session.image_id, IMAGE_WIDTH)
    if session.theme:
        content["about"] = session.theme
    if session.age_min is not None or session.age_max is not None:
        oldest = "" if session.age_max is None else session.age_max
        content["typicalAgeRange"] = f"{session.age_min or 0}-{oldest}"
    if session.organisation and session.organisation_id:
        path = organisation_path(session.organisation_id, session.organisation)
        content["organizer"] = {
            "@type": "Organization",
            "name": session.organisation,
            "url": public_url + path,
        }
    if session.presenters:
        content["performer"] = [
            {"@type": "Person", "name": str(name)} for name in session.presenters
        ]
    return content


def _place(session: SessionFacts, public_url: str) -> dict[str, Any]:
    address = {
        "streetAddress": session.address,
        "postalCode": session.postcode,
        "addressLocality": session.commune,
        # A French code says the country; abroad, nobody has said which.
        "addressCountry": "FR" if session.insee_code else None,
    }
    place: dict[str, Any] = {
        "@type": "Place",
        "name": session.venue,
        "url": public_url + venue_path(session.venue_id, session.venue),
        "address": {
            "@type": "PostalAddress",
            **{name: value for name, value in address.items() if value},
        },
    }
    if session.latitude is not None and session.longitude is not None:
        place["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": session.latitude,
            "longitude": session.longitude,
        }
    return place


def _offer(session: SessionFacts, now: datetime, public_url: str) -> dict[str, Any] | None:
    """Return the offer of a place, where one registers here; nothing is ever paid for it here."""
    if not takes_registrations(session, now):
        return None
    is_full = session.seats_left is not None and session.seats_left <= 0
    availability = "SoldOut" if is_full else "InStock"
    opens_at = session.registration_opens_at
    begins = {"availabilityStarts": _local(opens_at, session)} if opens_at else {}
    return {
        "@type": "Offer",
        "url": f"{public_url}/register/{session.id}",
        "availability": f"https://schema.org/{availability}",
        **begins,
        "availabilityEnds": _local(closes_at(session), session),
    }


def _edition(session: SessionFacts, public_url: str) -> dict[str, Any]:
    return {
        "@type": "Festival",
        "name": in_our_words(session.edition_fr, session.edition_en),
        "url": public_url + edition_path(session.edition_slug),
    }


def _local(instant: datetime, session: SessionFacts) -> str:
    """Return a time with the offset of where it is (ISO 8601)."""
    return instant.astimezone(ZoneInfo(session.time_zone)).isoformat()
