"""Mails about stops of travelling exhibitions: each step, and the end of an option, to parties."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.orm import Session

from services.notifications.domain.queueing import Draft, queue_mail
from services.notifications.domain.subjects import stop_subject
from services.notifications.domain.templates import STOP_MOVED, STOP_OPTION_REMINDED
from shared.contracts import scheduling
from shared.messaging.envelope import Envelope


def tell_stop(db: Session, envelope: Envelope, *, now: datetime) -> int:
    """Queue a mail to each recipient of a step; return how many there are."""
    scheduling.STOP_MOVED.expect(envelope.data)
    return _queue(db, envelope, STOP_MOVED, now)


def remind_of_option(db: Session, envelope: Envelope, *, now: datetime) -> int:
    """Queue a reminder to each party of an option that ends; return how many there are."""
    scheduling.STOP_OPTION_REMINDED.expect(envelope.data)
    return _queue(db, envelope, STOP_OPTION_REMINDED, now)


def _queue(db: Session, envelope: Envelope, template: str, now: datetime) -> int:
    """All mails about one stop are one conversation: they refer to the same first message."""
    data: Mapping[str, Any] = envelope.data
    thread = uuid5(NAMESPACE_URL, f"parvis:stop:{data['stop_id']}").hex
    facts = {name: value for name, value in data.items() if name != "recipients"}
    told = 0
    for recipient in data["recipients"]:
        content: dict[str, Any] = {**facts, "recipient": recipient, "references": [thread]}
        draft = Draft(
            template=template,
            recipient=recipient["email"],
            locale=recipient["locale"],
            subject=stop_subject(template, content, recipient["locale"]),
            content=content,
        )
        told += queue_mail(db, draft, envelope, now=now)
    return told
