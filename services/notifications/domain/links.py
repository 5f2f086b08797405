"""Lost links: one mail that lists somebody's registrations, each with its link."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.notifications.domain.erasing import is_erased
from services.notifications.domain.identity import Identity
from services.notifications.domain.queueing import Draft, queue_mail
from services.notifications.domain.subjects import links_subject
from services.notifications.domain.templates import LINKS
from services.notifications.domain.text_safety import one_line
from services.notifications.domain.wording import in_locale
from shared.contracts.registration import LINKS_REQUESTED
from shared.i18n import gettext as _
from shared.identifiers import grouped_code
from shared.messaging.envelope import Envelope


def tell_links(db: Session, envelope: Envelope, *, now: datetime) -> bool:
    """Queue the mail; return False if the event was blanked, or nothing is left to tell of."""
    LINKS_REQUESTED.expect(envelope.data)
    data = envelope.data
    told = [
        one
        for one in data["registrations"] or ()
        if not is_erased(db, UUID(one["registration_id"]))
    ]
    if not (told and data["email"]):
        return False
    draft = Draft(
        template=LINKS,
        recipient=data["email"],
        locale=data["locale"],
        subject=links_subject(data["locale"]),
        content={"registrations": told},
        expires_at=envelope.expires_at,
    )
    return queue_mail(db, draft, envelope, now=now)


def links_facts(content: Mapping[str, Any], identity: Identity) -> dict[str, Any]:
    """Return the variables of `registration_links`, `.html` and `.txt`.

    Once it was sent nothing of it is kept here, and the console shows a mail without links.
    """
    registrations = content["registrations"] or []
    names = {one_line(one["name"], longest=80) for one in registrations}
    editions = [one["edition"] for one in registrations]
    name = names.pop() if len(names) == 1 else ""
    hello = _("Bonjour %(name)s,", name=name) if name else _("Bonjour,")
    contacts = dict.fromkeys(one["contact_email"] for one in editions if one["contact_email"])
    return {
        "heading": _("Vos inscriptions"),
        "lead": hello + " " + _("voici vos inscriptions à venir, comme vous l’avez demandé."),
        "registrations": [
            {
                "code": grouped_code(one["code"]),
                "bookings": one["bookings"],
                "manage_url": identity.manage_url(one["token"]),
            }
            for one in registrations
        ],
        "sender": " · ".join(dict.fromkeys(in_locale(one["name"]) for one in editions)) or "Parvis",
        "contact": next(iter(contacts), None),
    }
