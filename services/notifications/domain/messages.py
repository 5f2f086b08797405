"""Messages of organisers to those who are registered: each contact gets what was written, once."""

from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.orm import Session

from services.notifications.domain.erasing import is_erased
from services.notifications.domain.identity import Identity
from services.notifications.domain.queueing import Draft, queue_mail
from services.notifications.domain.templates import MESSAGE
from services.notifications.domain.wording import in_locale, place, when
from shared.contracts.registration import MESSAGE_WRITTEN
from shared.i18n import gettext as _
from shared.identifiers import grouped_code
from shared.messaging.envelope import Envelope

#: What a mail keeps of the event.
_KEPT = ("subject", "text", "sender", "reply_to", "edition", "session")


def tell_message(db: Session, envelope: Envelope, *, now: datetime) -> bool:
    """Queue the message for one contact; return whether it was queued: not one that was blanked.

    All messages about one registration are one conversation.
    """
    MESSAGE_WRITTEN.expect(envelope.data)
    data = envelope.data
    if not data["email"] or is_erased(db, UUID(data["registration_id"])):
        return False
    thread = uuid5(NAMESPACE_URL, f"parvis:messages:{data['registration_id']}").hex
    content: dict[str, Any] = {
        **{name: data[name] for name in _KEPT},
        "registration": {
            "id": data["registration_id"],
            "name": data["name"],
            "code": data["code"],
            "token": data["token"],
        },
        "references": [thread],
    }
    draft = Draft(
        template=MESSAGE,
        recipient=data["email"].strip(),
        locale=data["locale"],
        subject=data["subject"],
        content=content,
    )
    return queue_mail(db, draft, envelope, now=now)


def message_facts(content: dict[str, Any], identity: Identity) -> dict[str, Any]:
    """Return the variables of `organiser_message`, `.html` and `.txt`; `contact` is added."""
    session = content["session"]
    edition_name = in_locale(content["edition"]["name"])
    return {
        "heading": content["subject"],
        "lead": _("Au sujet de votre inscription : %(title)s.", title=in_locale(session["title"])),
        "text": content["text"],
        "paragraphs": [part.split("\n") for part in content["text"].split("\n\n") if part.strip()],
        "sender": content["sender"] or edition_name or "Parvis",
        "edition_name": edition_name,
        "title": in_locale(session["title"]),
        "when": when(session),
        "place": place(session),
        "code": grouped_code(content["registration"]["code"]),
        "manage_url": identity.manage_url(content["registration"]["token"]),
    }
