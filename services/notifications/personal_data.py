"""Everything that notifications holds of an address: mails, as they were read, and subscriptions.

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
from services.notifications.models import (
    Consent,
    OutgoingMail,
    Subscription,
    SubscriptionRequest,
)

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


def subscriptions_of(db: Session, address: str) -> list[dict[str, Any]]:
    """Return what an address is or was subscribed to, with each proof, as JSON; no secret link.

    What nobody has confirmed yet is among them.
    """
    email = address.strip().lower()
    confirmed = db.execute(
        sa.select(Subscription, Consent)
        .join(Consent, Consent.id == Subscription.consent_id)
        .where(Subscription.email == email)
        .order_by(Subscription.id)
    )
    asked = db.scalars(
        sa.select(SubscriptionRequest)
        .where(SubscriptionRequest.email == email)
        .order_by(SubscriptionRequest.id)
    )
    return [
        {
            "kind": one.kind,
            "frequency": one.frequency,
            "topics": one.topics,
            "activity": one.activity_title or None,
            "language": one.locale,
            "ended_at": _instant(one.ended_at),
            "consent": _proof(consent) | {"confirmed_at": _instant(consent.confirmed_at)},
        }
        for one, consent in confirmed
    ] + [
        {
            "kind": one.wanted["kind"],
            "frequency": one.wanted["frequency"],
            "topics": one.wanted["topics"],
            "activity": one.wanted["activity_title"] or None,
            "language": one.locale,
            "ended_at": None,
            "consent": _proof(one) | {"confirmed_at": None},
        }
        for one in asked
    ]


def _proof(kept: Consent | SubscriptionRequest) -> dict[str, Any]:
    return {
        "words": kept.words,
        "version": kept.words_version,
        "page": kept.page,
        "network": kept.network_hash,
        "asked_at": _instant(kept.asked_at),
    }


def _instant(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def as_json(
    mails: Sequence[OutgoingMail],
    subscriptions: Sequence[dict[str, Any]],
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
        "subscriptions": list(subscriptions),
    }


def _text(mail: OutgoingMail, identity: Identity) -> str:
    """Return what the mail's reader read; a sign-in mail without its one-time secrets."""
    try:
        return shown(mail, identity).text
    except UnusableAddress:
        return ""
