"""Mails to those who take part in sessions that a release changed: each person one, gathered."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.orm import Session

from services.notifications.domain.gathering import (
    GATHERED,
    alone_about,
    due,
    gathered_since,
    is_heard,
    take_waiting,
)
from services.notifications.domain.history import OUT, mails_about, thread
from services.notifications.domain.partner_news import (
    changes_in,
    is_urgent,
    last_told,
    partner_news,
    put_together,
)
from services.notifications.domain.queueing import UNCHANGED, Draft, queue_mail
from services.notifications.domain.subjects import PACKAGE, partner_subject
from services.notifications.domain.templates import SESSIONS_RESCHEDULED
from shared.contracts import scheduling
from shared.i18n import speaking, translator
from shared.messaging.envelope import Envelope


def tell_partner(
    db: Session, envelope: Envelope, *, now: datetime, window: timedelta = timedelta()
) -> bool:
    """Queue what a release changed for one person, with what still waits to be told them.

    Return whether a mail will be sent: not one that says what its reader knows. A release of many
    sessions comes in parts, and the mail waits for all.
    """
    scheduling.SESSIONS_RESCHEDULED.expect(envelope.data)
    data: Mapping[str, Any] = envelope.data
    recipient = data["recipient"]
    about_id = conversation_of(data["edition"]["id"], recipient["email"])
    alone_about(db, about_id)
    if is_heard(db, about_id, envelope.id):
        return False
    waiting = take_waiting(db, about_id, SESSIONS_RESCHEDULED, recipient["email"])
    past = mails_about(db, about_id)
    told = last_told(mail.content.get("sessions", ()) for mail in past if mail.status in OUT)
    untold = [mail.content for mail in past if mail.reason in (GATHERED, UNCHANGED)]
    heard = [change for content in untold for change in content.get("sessions", ())]
    with speaking(translator(PACKAGE, recipient["locale"])):
        changes = put_together([*heard, *changes_in(data)], told)
        news = partner_news(changes)
    parts = _parts([mail.content["parts"] for mail in waiting], data)
    since = gathered_since(waiting, now=now)
    content = {
        "edition": data["edition"],
        "recipient": recipient,
        "sessions": changes,
        "parts": parts,
        "gathered_since": since.isoformat(),
        "references": thread(past, recipient["email"]),
    }
    is_whole = all(len(one["come"]) == one["of"] for one in parts.values())
    draft = Draft(
        template=SESSIONS_RESCHEDULED,
        recipient=recipient["email"],
        locale=recipient["locale"],
        subject=partner_subject(content, recipient["locale"]),
        content=content,
        withheld=UNCHANGED if is_whole and not news else None,
        about=(about_id, 1),
        due=due(since, window, now=now, is_urgent=is_urgent(news, now)) if is_whole else None,
        waits=not is_whole,
    )
    return queue_mail(db, draft, envelope, now=now)


def conversation_of(edition_id: str, email: str) -> UUID:
    """Return what all mails to somebody about an edition's sessions are about."""
    return uuid5(NAMESPACE_URL, f"parvis:partner:{edition_id}:{email}")


def _parts(waiting: Sequence[Mapping[str, Any]], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return which parts of each release have come, by its number."""
    found: dict[str, Any] = {}
    own = {str(data["number"]): {"of": data["parts"], "come": [data["part"]]}}
    for parts in (*waiting, own):
        for number, one in parts.items():
            come = {*one["come"], *found.get(number, {"come": ()})["come"]}
            found[number] = {"of": one["of"], "come": sorted(come)}
    return found
