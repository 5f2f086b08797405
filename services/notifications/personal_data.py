"""Everything that notifications holds of an address: the mails that went there, as they were read,
and whether it is suppressed.

Whoever asks has a right to it (General Data Protection Regulation, article 15). Registration has
its own page and its own file: no service asks another while somebody waits.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.domain.addresses import UnusableAddress
from services.notifications.domain.identity import Identity
from services.notifications.domain.suppressions import fingerprint_of
from services.notifications.domain.viewing import shown
from services.notifications.models import DeliveryStep, OutgoingMail, SuppressedAddress

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


def suppressions_of(db: Session, address: str) -> Sequence[SuppressedAddress]:
    """Return when and why mails to an address were kept back, the newest first."""
    return db.scalars(
        sa.select(SuppressedAddress)
        .where(SuppressedAddress.fingerprint == fingerprint_of(address))
        .order_by(SuppressedAddress.id.desc())
    ).all()


def as_json(
    mails: Sequence[OutgoingMail],
    address: str,
    identity: Identity,
    *,
    steps: Mapping[UUID, Sequence[DeliveryStep]],
    suppressions: Sequence[SuppressedAddress] = (),
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
                "delivery": [
                    {"at": step.at.isoformat(), "what": step.kind, "words": step.words}
                    for step in steps[mail.id]
                ],
            }
            for mail in mails
        ],
        "suppressed": [
            {
                "reason": one.reason,
                "since": one.suppressed_at.isoformat(),
                "words": one.words,
                "lifted_at": one.lifted_at.isoformat() if one.lifted_at else None,
                "note": one.note,
            }
            for one in suppressions
        ],
    }


def _text(mail: OutgoingMail, identity: Identity) -> str:
    """Return what the mail's reader read; a sign-in mail without its one-time secrets."""
    try:
        return shown(mail, identity).text
    except UnusableAddress:
        return ""
