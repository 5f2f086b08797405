"""What a webhook is told: ids, numbers and what the programme shows to everybody, nobody's name.

`{"type": …, "timestamp": …, "data": {…}}`, as the Standard Webhooks specification has it. Whoever
needs more asks the API with the ids. `version` counts up with each change of a session or of a
registration, for messages may overtake one another: an older one is to be ignored.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from services.notifications.domain.webhooks import kinds
from shared.messaging.envelope import Envelope


def session_kind(envelope: Envelope) -> str:
    """Return what became of the session that the event tells of."""
    if envelope.data["status"] == "cancelled":
        return kinds.SESSION_CANCELLED
    is_new = envelope.aggregate_version == 1
    return kinds.SESSION_PUBLISHED if is_new else kinds.SESSION_CHANGED


def session_payload(envelope: Envelope, public_url: str) -> dict[str, Any]:
    """Return what is told of a session: when and where it is, and its page."""
    session = envelope.data
    venue, organisation = session["venue"], session["organisation"]
    commune = venue["commune"]
    return _message(
        session_kind(envelope),
        envelope,
        {
            "id": session["id"],
            "version": envelope.aggregate_version,
            "uid": session["uid"],
            "status": session["status"],
            "kind": session["kind"],
            "title": session["title"],
            "starts_at": session["starts_at"],
            "ends_at": session["ends_at"],
            "time_zone": session["time_zone"],
            "registration": session["registration"],
            "capacity": session["capacity"],
            "activity_id": session["activity_id"],
            "organisation_id": organisation["id"] if organisation else None,
            "edition": {"id": session["edition"]["id"], "slug": session["edition"]["slug"]},
            "venue": {
                "id": venue["id"],
                "name": venue["name"],
                "commune": commune["name"] if commune else None,
            },
            "page": f"{public_url}/sessions/{session['id']}",
        },
    )


def registration_kind(envelope: Envelope) -> str:
    """Return what became of a registration; a release that ended it tells so as a change."""
    if envelope.data["status"] == "cancelled":
        return kinds.REGISTRATION_CANCELLED
    is_new = envelope.type == "registration.registration_made"
    return kinds.REGISTRATION_MADE if is_new else kinds.REGISTRATION_CHANGED


def registration_payload(envelope: Envelope, bookings: Collection[str]) -> dict[str, Any]:
    """Return what is told of a registration: of these bookings, how many come and how they stand.

    A registration may book sessions of several organisations: each hears of its own.
    """
    return _message(
        registration_kind(envelope),
        envelope,
        {
            "id": envelope.data["id"],
            "version": envelope.aggregate_version,
            "registered_at": envelope.data["registered_at"],
            "bookings": [
                {name: one[name] for name in ("id", "session_id", "status", "seats", "party")}
                for one in envelope.data["bookings"]
                if one["id"] in bookings
            ],
        },
    )


def moved_bookings(data: Mapping[str, Any]) -> set[str]:
    """Return the ids of the bookings that an event about a registration changed.

    All of them, where it was made or cancelled. A corrected address or a new ticket changes none.
    """
    if "changed_bookings" not in data:
        return {one["id"] for one in data["bookings"]}
    before = {one["session_id"]: one["booking_status"] for one in data["session_changes"]}
    ended = {
        one["id"]
        for one in data["bookings"]
        if before.get(one["session_id"], one["status"]) != one["status"]
    }
    return ended | set(data["changed_bookings"])


def payload_of_test(timestamp: str, scope: Mapping[str, Any]) -> dict[str, Any]:
    """Return the message that tells of nothing but that it arrives."""
    return {"type": kinds.TEST, "timestamp": timestamp, "data": dict(scope)}


def body_of(payload: Mapping[str, Any]) -> bytes:
    """Return the octets that are signed and sent: the same for the same payload."""
    ordered = {name: payload[name] for name in ("type", "timestamp", "data")}
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode()


def _message(kind: str, envelope: Envelope, data: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "timestamp": envelope.occurred_at.isoformat(), "data": data}
