"""Queueing: a mail is decided in the transaction of the event that asks for it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.orm import Session

from services.notifications.domain.text_safety import one_line
from services.notifications.models import OutgoingMail
from shared.database import insert_ignoring
from shared.identifiers import new_id
from shared.messaging.envelope import Envelope

#: Why a mail is not sent after its `expires_at`.
TOO_LATE = "expired"

#: Why a mail was kept unsent: what it would say, its reader knows.
UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Draft:
    """A mail that an event asks for; `content` holds the facts it is rendered from, as JSON.

    After `expires_at` it is not sent any more. One that is `withheld` is kept for the record, with
    the reason, and never sent. It is due at once, or at `due`; while it `waits` for something it is
    not. It is `about` the event's aggregate, at its version, unless it names another. What one
    subscribes to names the consent that allows it.
    """

    template: str
    recipient: str
    locale: str
    subject: str
    content: dict[str, Any] = field(default_factory=dict)
    expires_at: datetime | None = None
    withheld: str | None = None
    due: datetime | None = None
    waits: bool = False
    about: tuple[UUID, int] | None = None
    consent_id: UUID | None = None


def queue_mail(db: Session, draft: Draft, envelope: Envelope, *, now: datetime) -> bool:
    """Queue the mail unless this event has queued it already; return whether one will be sent."""
    about_id, about_version = draft.about or (envelope.aggregate_id, envelope.aggregate_version)
    is_due = not draft.withheld and not draft.waits
    table = OutgoingMail.metadata.tables[OutgoingMail.__tablename__]
    inserted: Any = db.execute(
        insert_ignoring(db, table),
        {
            "id": new_id(),
            "event_id": envelope.id,
            "recipient": draft.recipient,
            "template": draft.template,
            "locale": draft.locale,
            "subject": one_line(draft.subject),
            "message_id": message_id_of(envelope.id, draft.recipient, draft.template),
            "about_id": about_id,
            "about_version": about_version,
            "content": draft.content,
            "status": "withdrawn" if draft.withheld else "queued",
            "reason": draft.withheld,
            "attempts": 0,
            "correlation_id": envelope.correlation_id,
            "queued_at": now,
            "next_attempt_at": (draft.due or now) if is_due else None,
            "expires_at": draft.expires_at,
            "consent_id": draft.consent_id,
        },
    )
    return bool(inserted.rowcount) and not draft.withheld


def message_id_of(event_id: UUID, recipient: str, template: str) -> str:
    """Return the left-hand side of the Message-ID: the same for the same mail, for ever."""
    return uuid5(NAMESPACE_URL, f"parvis:mail:{event_id}:{recipient}:{template}").hex
