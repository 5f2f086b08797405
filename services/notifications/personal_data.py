"""Everything that notifications holds of an address: the mails that went there, as they were read,
whether it is suppressed, what it subscribes to or refuses, which webhooks tell it of failures.

Whoever asks has a right to it (General Data Protection Regulation, article 15). Registration has
its own page and its own file: no service asks another while somebody waits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.domain.addresses import UnusableAddress
from services.notifications.domain.identity import Identity
from services.notifications.domain.newsletter.refusals import refused_since
from services.notifications.domain.suppressions import fingerprint_of
from services.notifications.domain.viewing import shown
from services.notifications.models import (
    Consent,
    DeliveryStep,
    OutgoingMail,
    Subscription,
    SubscriptionRequest,
    SuppressedAddress,
    Webhook,
)
from services.notifications.queries import steps_of

#: Mails of one address that are shown, the newest of them.
MOST = 500


@dataclass(frozen=True)
class Held:
    """What is held of one address; `steps` are those of each mail, by its id.

    `subscriptions` are JSON values already; `refused_at` is when every subscription was refused.
    """

    mails: Sequence[OutgoingMail] = ()
    steps: Mapping[UUID, Sequence[DeliveryStep]] = field(default_factory=dict)
    suppressions: Sequence[SuppressedAddress] = ()
    webhooks: Sequence[Webhook] = ()
    subscriptions: Sequence[dict[str, Any]] = ()
    refused_at: datetime | None = None

    @property
    def is_known(self) -> bool:
        """Tell whether anything at all is held."""
        lists = (self.mails, self.suppressions, self.webhooks, self.subscriptions)
        return any(lists) or self.refused_at is not None


def held_of(db: Session, address: str) -> Held:
    """Return what is held of an address, in any spelling of it; nothing of an empty one."""
    if not address.strip():
        return Held()
    mails = _mails_to(db, address)
    return Held(
        mails=mails,
        steps=steps_of(db, [mail.id for mail in mails]),
        suppressions=_suppressions_of(db, address),
        webhooks=_webhooks_telling(db, address),
        subscriptions=_subscriptions_of(db, address),
        refused_at=refused_since(db, address),
    )


def as_json(held: Held, address: str, identity: Identity, *, now: datetime) -> dict[str, Any]:
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
                    for step in held.steps[mail.id]
                ],
            }
            for mail in held.mails
        ],
        "suppressed": [
            {
                "reason": one.reason,
                "since": one.suppressed_at.isoformat(),
                "words": one.words,
                "lifted_at": one.lifted_at.isoformat() if one.lifted_at else None,
                "note": one.note,
            }
            for one in held.suppressions
        ],
        "webhooks": [
            {"name": one.name, "url": one.url, "created_at": one.created_at.isoformat()}
            for one in held.webhooks
        ],
        "subscriptions": list(held.subscriptions),
        "subscriptions_refused_at": _instant(held.refused_at),
    }


def _mails_to(db: Session, address: str) -> Sequence[OutgoingMail]:
    """Return the newest mails to an address, the newest first."""
    return db.scalars(
        sa.select(OutgoingMail)
        .where(sa.func.lower(OutgoingMail.recipient) == address.strip().lower())
        .order_by(OutgoingMail.id.desc())
        .limit(MOST)
    ).all()


def _suppressions_of(db: Session, address: str) -> Sequence[SuppressedAddress]:
    """Return when and why mails to an address were kept back, the newest first."""
    return db.scalars(
        sa.select(SuppressedAddress)
        .where(SuppressedAddress.fingerprint == fingerprint_of(address))
        .order_by(SuppressedAddress.id.desc())
    ).all()


def _webhooks_telling(db: Session, address: str) -> Sequence[Webhook]:
    """Return the webhooks whose failures are told to an address."""
    return db.scalars(
        sa.select(Webhook)
        .where(sa.func.lower(Webhook.contact) == address.strip().lower())
        .order_by(Webhook.id)
    ).all()


def _subscriptions_of(db: Session, address: str) -> list[dict[str, Any]]:
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


def _text(mail: OutgoingMail, identity: Identity) -> str:
    """Return what the mail's reader read; a sign-in mail without its one-time secrets."""
    try:
        return shown(mail, identity).text
    except UnusableAddress:
        return ""
