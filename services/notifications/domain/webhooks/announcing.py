"""Announcing: what webhooks are told of an event is kept in the event's own transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.domain.erasing import is_erased
from services.notifications.domain.webhooks.payloads import (
    moved_bookings,
    registration_kind,
    registration_payload,
    session_kind,
    session_payload,
)
from services.notifications.models import SessionCopy, Webhook, WebhookDelivery
from shared.contracts import scheduling
from shared.database import insert_ignoring
from shared.identifiers import new_id
from shared.messaging.envelope import Envelope
from shared.messaging.handlers import Parked

_WEBHOOKS = Webhook.metadata.tables[Webhook.__tablename__]
_SESSIONS = Webhook.metadata.tables[SessionCopy.__tablename__]
_DELIVERIES = Webhook.metadata.tables[WebhookDelivery.__tablename__]

#: Made once: it is asked for every registration. There are as many rows as programs that listen.
_ALL = sa.select(
    _WEBHOOKS.c.id,
    _WEBHOOKS.c.organisation_id,
    _WEBHOOKS.c.edition_id,
    _WEBHOOKS.c.kinds,
    _WEBHOOKS.c.status,
    _WEBHOOKS.c.created_at,
).order_by(_WEBHOOKS.c.id)

_OWNERS = sa.select(
    _SESSIONS.c.id,
    _SESSIONS.c.details[("organisation", "id")].as_string().label("organisation_id"),
    _SESSIONS.c.details[("edition", "id")].as_string().label("edition_id"),
).where(_SESSIONS.c.id.in_(sa.bindparam("sessions", expanding=True)))


@dataclass(frozen=True)
class Listener:
    """A webhook that wants to hear of a kind of events, of one organisation or of an edition."""

    id: UUID
    organisation_id: UUID | None
    edition_id: UUID | None
    is_active: bool

    def hears_of(self, owner: "Owner") -> bool:
        """Tell whether a session of this owner is one of its own."""
        if self.edition_id is not None:
            return str(self.edition_id) == owner.edition_id
        return str(self.organisation_id) == owner.organisation_id


class Owner(NamedTuple):
    """Whose a session is: ids, as events write them."""

    organisation_id: str | None
    edition_id: str


def announce_session(db: Session, envelope: Envelope, *, public_url: str, now: datetime) -> int:
    """Queue what the webhooks that listen are told of a session; return how many there are."""
    scheduling.SESSION_PUBLISHED.expect(envelope.data)
    listeners = _listeners(db, envelope, session_kind(envelope))
    organisation = envelope.data["organisation"]
    owner = Owner(organisation and organisation["id"], envelope.data["edition"]["id"])
    concerned = [one for one in listeners if one.hears_of(owner)]
    if not concerned:
        return 0
    payload = session_payload(envelope, public_url)
    return _queue(db, envelope, [(one, payload) for one in concerned], now)


def announce_registration(db: Session, envelope: Envelope, *, now: datetime) -> int:
    """Queue what the webhooks that listen are told of a registration; return how many there are.

    Raises `Parked` while one of its sessions is unknown: nobody can tell yet whose it is.
    """
    moved = moved_bookings(envelope.data)
    listeners = _listeners(db, envelope, registration_kind(envelope)) if moved else []
    if not listeners:
        return 0
    bookings = envelope.data["bookings"]
    owners = _owners(db, {UUID(one["session_id"]) for one in bookings})
    if any(one["session_id"] not in owners for one in bookings):
        raise Parked("a session of the registration is not known yet")
    told = []
    for listener in listeners:
        own = {one["id"] for one in bookings if listener.hears_of(owners[one["session_id"]])}
        if own & moved:
            told.append((listener, registration_payload(envelope, own)))
    if not told or is_erased(db, envelope.aggregate_id):
        return 0
    return _queue(db, envelope, told, now)


def queue_delivery(
    db: Session,
    *,
    webhook_id: UUID,
    is_active: bool,
    event_id: UUID,
    payload: Mapping[str, Any],
    correlation_id: str,
    now: datetime,
) -> int:
    """Keep what a webhook is to be told of an event, once; return how many rows were added."""
    inserted: Any = db.execute(
        insert_ignoring(db, _DELIVERIES),
        {
            "id": new_id(),
            "webhook_id": webhook_id,
            "event_id": event_id,
            "kind": payload["type"],
            "payload": payload,
            "status": "queued" if is_active else "held",
            "attempts": 0,
            "correlation_id": correlation_id,
            "queued_at": now,
            "next_attempt_at": now if is_active else None,
        },
    )
    return int(inserted.rowcount)


def _listeners(db: Session, envelope: Envelope, kind: str) -> Sequence[Listener]:
    """Return who wants to hear of the event: nobody hears of what was before they were there."""
    return [
        Listener(row.id, row.organisation_id, row.edition_id, row.status == "active")
        for row in db.execute(_ALL)
        if kind in row.kinds and row.created_at <= envelope.occurred_at
    ]


def _owners(db: Session, sessions: Collection[UUID]) -> dict[str, Owner]:
    """Return whose these sessions are, by id; an unknown one is left out."""
    rows = db.execute(_OWNERS, {"sessions": list(sessions)})
    return {str(row.id): Owner(row.organisation_id, row.edition_id) for row in rows}


def _queue(
    db: Session,
    envelope: Envelope,
    told: Iterable[tuple[Listener, Mapping[str, Any]]],
    now: datetime,
) -> int:
    return sum(
        queue_delivery(
            db,
            webhook_id=listener.id,
            is_active=listener.is_active,
            event_id=envelope.id,
            payload=payload,
            correlation_id=envelope.correlation_id,
            now=now,
        )
        for listener, payload in told
    )
