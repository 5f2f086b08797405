"""Mails about proposals: each step is told to those whom its event names, reminders to one."""

from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.orm import Session

from services.notifications.domain.queueing import Draft, queue_mail
from services.notifications.domain.subjects import moved_subject, reminded_subject
from services.notifications.domain.templates import PROPOSAL_MOVED, PROPOSALS_REMINDED
from shared.contracts import scheduling
from shared.messaging.envelope import Envelope


def tell_step(db: Session, envelope: Envelope, *, now: datetime) -> int:
    """Queue a mail to each recipient of a step; return how many there are.

    All mails about one proposal are one conversation: they refer to the same first message.
    """
    scheduling.PROPOSAL_MOVED.expect(envelope.data)
    data = envelope.data
    thread = uuid5(NAMESPACE_URL, f"parvis:proposal:{data['activity_id']}").hex
    facts = {name: value for name, value in data.items() if name != "recipients"}
    told = 0
    for recipient in data["recipients"]:
        content: dict[str, Any] = {**facts, "recipient": recipient, "references": [thread]}
        draft = Draft(
            template=PROPOSAL_MOVED,
            recipient=recipient["email"],
            locale=recipient["locale"],
            subject=moved_subject(content, recipient["locale"]),
            content=content,
        )
        told += queue_mail(db, draft, envelope, now=now)
    return told


def remind(db: Session, envelope: Envelope, *, now: datetime) -> bool:
    """Queue the reminder; return False if this event has queued it already."""
    scheduling.PROPOSALS_REMINDED.expect(envelope.data)
    recipient = envelope.data["recipient"]
    draft = Draft(
        template=PROPOSALS_REMINDED,
        recipient=recipient["email"],
        locale=recipient["locale"],
        subject=reminded_subject(envelope.data, recipient["locale"]),
        content=dict(envelope.data),
    )
    return queue_mail(db, draft, envelope, now=now)
