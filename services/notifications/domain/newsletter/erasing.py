"""Erasing an address from the letter: what it subscribed to, the proofs, and what it was sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.domain.erasing import blank_mails
from services.notifications.domain.newsletter.refusals import refuse
from services.notifications.domain.newsletter.subscriptions import end_all
from services.notifications.domain.templates import SUBSCRIPTION_ASKED, SUBSCRIPTIONS
from services.notifications.models import (
    Consent,
    OutgoingMail,
    Subscription,
    SubscriptionRequest,
)

#: For how long the proof of a consent is kept once it was withdrawn: as long as somebody could
#: complain of what was sent by it.
PROOF_KEPT = timedelta(days=3 * 365)

#: Proofs that are forgotten together.
BATCH = 200

_MAILS = OutgoingMail.metadata.tables[OutgoingMail.__tablename__]


def erase_address(db: Session, address: str, *, now: datetime) -> int:
    """Delete everything about an address and the letter; return how many consents it was.

    The mails that it was sent are blanked: that there was one, of which kind and when, stays.
    """
    email = address.strip().lower()
    end_all(db, email, "page", now=now)
    consents = list(db.scalars(sa.select(Consent.id).where(Consent.email == email)))
    sent = _MAILS.c.template.in_((*SUBSCRIPTIONS, SUBSCRIPTION_ASKED))
    _delete(db, consents, sent & (_MAILS.c.recipient == email), now)
    db.execute(sa.delete(SubscriptionRequest).where(SubscriptionRequest.email == email))
    return len(consents)


def forget_old_proofs(db: Session, *, now: datetime) -> int:
    """Delete some of what ended so long ago that nobody asks for its proof; return how many."""
    old = sa.select(Consent.id).where(Consent.withdrawn_at <= now - PROOF_KEPT).limit(BATCH)
    consents = list(db.scalars(old))
    if consents:
        _delete(db, consents, sa.false(), now)
    return len(consents)


def _delete(
    db: Session, consents: Sequence[UUID], others: sa.ColumnElement[bool], now: datetime
) -> None:
    """Delete consents with their subscriptions; blank the mails that they allowed, and others."""
    mails = db.execute(
        sa.select(_MAILS.c.id, _MAILS.c.message_id, _MAILS.c.recipient)
        .where(_MAILS.c.erased_at.is_(None), _MAILS.c.consent_id.in_(consents) | others)
        .order_by(_MAILS.c.id)
        .with_for_update()
    ).all()
    blank_mails(db, mails, now)
    allowed = _MAILS.c.consent_id.in_(consents)
    db.execute(sa.update(_MAILS).where(allowed).values(consent_id=None))
    db.execute(sa.delete(Subscription).where(Subscription.consent_id.in_(consents)))
    db.execute(sa.delete(Consent).where(Consent.id.in_(consents)))


def refuse_for_ever(db: Session, address: str, *, now: datetime) -> None:
    """End everything that an address is subscribed to, and never write to it again about it.

    For whoever never asked, and says so by the link in the mail that asks. What mail programs
    report as unwanted suppresses the address itself (`bouncing.py`).
    """
    email = address.strip().lower()
    end_all(db, email, "complaint", now=now)
    db.execute(sa.delete(SubscriptionRequest).where(SubscriptionRequest.email == email))
    refuse(db, email, now=now)
