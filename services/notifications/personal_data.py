"""Everything that notifications holds of an address: the mails that went there, as they were read,
and the webhooks whose failures are told to it.

Whoever asks has a right to it (General Data Protection Regulation, article 15). Registration has
its own page and its own file: no service asks another while somebody waits.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.domain.addresses import UnusableAddress
from services.notifications.domain.identity import Identity
from services.notifications.domain.viewing import shown
from services.notifications.models import OutgoingMail, Webhook

#: Mails of one address that are shown, the newest of them.
MOST = 500


def mails_to(db: Session, address: str) -> Sequence[OutgoingMail]:
    """Return the mails to an address, in any spelling of it, the newest first."""
    return db.scalars(
        sa.select(OutgoingMail)
        .where(sa.func.lower(OutgoingMail.recipient) == address.strip().lower())
        .order_by(OutgoingMail.id.desc())
        .limit(MOST)
    ).all()


def webhooks_telling(db: Session, address: str) -> Sequence[Webhook]:
    """Return the webhooks whose failures are told to an address, in any spelling of it."""
    return db.scalars(
        sa.select(Webhook)
        .where(sa.func.lower(Webhook.contact) == address.strip().lower())
        .order_by(Webhook.id)
    ).all()


def as_json(
    mails: Sequence[OutgoingMail],
    webhooks: Sequence[Webhook],
    address: str,
    identity: Identity,
    *,
    now: datetime,
) -> dict[str, Any]:
    """Return the file that whoever asked takes away: JSON values, times as ISO 8601 in UTC."""
    return {
        "format": "parvis-personal-data-1",
        "written_at": now.astimezone(UTC).isoformat(),
        "held_by": "notifications",
        "address": address.strip().lower(),
        "mails": [
            {
                "subject": mail.subject,
                "kind": mail.template,
                "status": mail.status,
                "language": mail.locale,
                "queued_at": mail.queued_at.isoformat(),
                "sent_at": mail.sent_at.isoformat() if mail.sent_at else None,
                "text": _text(mail, identity),
            }
            for mail in mails
        ],
        "webhooks": [
            {"name": one.name, "url": one.url, "created_at": one.created_at.isoformat()}
            for one in webhooks
        ],
    }


def _text(mail: OutgoingMail, identity: Identity) -> str:
    """Return what the mail's reader read; a sign-in mail without its one-time secrets."""
    try:
        return shown(mail, identity).text
    except UnusableAddress:
        return ""
