"""What the console's pages show: mails, webhooks, and who may no longer be signed in."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.domain.webhooks.keeping import Scope
from services.notifications.domain.webhooks.replaying import missed
from services.notifications.domain.webhooks.rights import (
    Viewer,
    coordinates,
    open_to,
    own_organisations,
)
from services.notifications.models import (
    DeliveryStep,
    OutgoingMail,
    RevokedSignIn,
    SessionCopy,
    Webhook,
    WebhookAttempt,
    WebhookDelivery,
)

#: The states of a mail, in the order of their urgency.
STATUSES = (
    "unknown",
    "failed",
    "bounced",
    "deferred",
    "queued",
    "sending",
    "sent",
    "withdrawn",
)

#: The states of what a webhook is told, in the same order.
DELIVERY_STATUSES = ("failed", "held", "deferred", "queued", "delivered")


@dataclass(frozen=True)
class MailLine:
    """One mail as the list shows it; times are UTC."""

    id: UUID
    recipient: str
    subject: str
    template: str
    locale: str
    status: str
    attempts: int
    reason: str | None
    queued_at: datetime
    next_attempt_at: datetime | None
    sent_at: datetime | None


@dataclass(frozen=True)
class MailPage:
    """Some mails, newest first; `more` tells whether older ones follow."""

    lines: list[MailLine]
    more: bool


def mail_page(
    db: Session,
    *,
    status: str | None = None,
    words: str = "",
    before: UUID | None = None,
    most: int = 50,
) -> MailPage:
    """Return the mails in a state whose recipient or subject holds the words."""
    columns = [getattr(OutgoingMail, name) for name in MailLine.__dataclass_fields__]
    query = sa.select(*columns).order_by(OutgoingMail.id.desc()).limit(most + 1)
    if status:
        query = query.where(OutgoingMail.status == status)
    if words:
        query = query.where(
            OutgoingMail.recipient.icontains(words, autoescape=True)
            | OutgoingMail.subject.icontains(words, autoescape=True)
        )
    if before:
        query = query.where(OutgoingMail.id < before)
    rows = [MailLine(**row) for row in db.execute(query).mappings()]
    return MailPage(rows[:most], len(rows) > most)


def mail_counts(db: Session) -> dict[str, int]:
    """Count the mails in each state; a state without any is left out."""
    rows = db.execute(sa.select(OutgoingMail.status, sa.func.count()).group_by(OutgoingMail.status))
    found = {str(status): int(number) for status, number in rows}
    return {status: found[status] for status in STATUSES if status in found}


def mail_by_id(db: Session, mail_id: UUID) -> OutgoingMail | None:
    """Return one mail with all its facts."""
    return db.get(OutgoingMail, mail_id)


def steps_of(db: Session, mails: Collection[UUID]) -> dict[UUID, list[DeliveryStep]]:
    """Return what happened to each of these mails on its way, in order."""
    found: dict[UUID, list[DeliveryStep]] = {mail_id: [] for mail_id in mails}
    query = sa.select(DeliveryStep).where(DeliveryStep.mail_id.in_(list(mails)))
    for step in db.scalars(query.order_by(DeliveryStep.id)):
        found[step.mail_id].append(step)
    return found


def is_revoked(db: Session, sign_in_id: UUID) -> bool:
    """Tell whether scheduling ended this sign-in before its cookies expired."""
    return db.get(RevokedSignIn, sign_in_id) is not None


def webhooks_of(db: Session, viewer: Viewer) -> Sequence[Webhook]:
    """Return the webhooks that somebody sees: what needs them first, then by name."""
    urgency = sa.case((Webhook.status == "disabled", 0), (Webhook.failures > 0, 1), else_=2)
    query = sa.select(Webhook).where(open_to(viewer))
    return db.scalars(query.order_by(urgency, sa.func.lower(Webhook.name), Webhook.id)).all()


def webhook_by_id(
    db: Session, viewer: Viewer, webhook_id: UUID, *, to_change: bool = False
) -> Webhook | None:
    """Return a webhook, if it is one that somebody sees; locked where it is `to_change`."""
    query = sa.select(Webhook).where(Webhook.id == webhook_id, open_to(viewer))
    return db.scalar(query.with_for_update(key_share=True) if to_change else query)


def scopes_of(db: Session, viewer: Viewer) -> list[Scope]:
    """Return whose events somebody may have a webhook for, as far as sessions tell of them.

    An organisation of theirs that no public session names has no name here.
    """
    organisation = SessionCopy.details["organisation"]
    organisation_id = organisation["id"].as_string()
    named = sa.select(organisation_id, organisation["name"].as_string()).distinct()
    if not coordinates(viewer):
        own = list(own_organisations(viewer))
        rows = db.execute(named.where(organisation_id.in_([str(one) for one in own])))
        names = {UUID(row[0]): str(row[1]) for row in rows}
        return _by_name(Scope(one, None, names.get(one, "")) for one in own)
    edition = SessionCopy.details["edition"]
    editions = sa.select(edition["id"].as_string(), edition[("name", "fr")].as_string()).distinct()
    found = {UUID(row[0]): Scope(None, UUID(row[0]), row[1]) for row in db.execute(editions)}
    rows = db.execute(named.where(organisation_id.is_not(None)))
    known = {UUID(row[0]): Scope(UUID(row[0]), None, row[1]) for row in rows}
    return [*_by_name(found.values()), *_by_name(known.values())]


def _by_name(scopes: Iterable[Scope]) -> list[Scope]:
    return sorted(scopes, key=lambda scope: (scope.name.casefold(), scope.key))


@dataclass(frozen=True)
class DeliveryPage:
    """Some of the deliveries to a webhook, newest first; `more` tells whether older ones follow."""

    lines: Sequence[WebhookDelivery]
    more: bool


def delivery_page(
    db: Session,
    webhook_id: UUID,
    *,
    status: str | None = None,
    before: UUID | None = None,
    most: int = 25,
) -> DeliveryPage:
    """Return what a webhook was told, in one state or in any."""
    query = sa.select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id)
    if status:
        query = query.where(WebhookDelivery.status == status)
    if before:
        query = query.where(WebhookDelivery.id < before)
    rows = db.scalars(query.order_by(WebhookDelivery.id.desc()).limit(most + 1)).all()
    return DeliveryPage(rows[:most], len(rows) > most)


def delivery_counts(db: Session, webhook_id: UUID) -> dict[str, int]:
    """Count a webhook's deliveries in each state; a state without any is left out."""
    rows = db.execute(
        sa.select(WebhookDelivery.status, sa.func.count())
        .where(WebhookDelivery.webhook_id == webhook_id)
        .group_by(WebhookDelivery.status)
    )
    found = {str(status): int(number) for status, number in rows}
    return {status: found[status] for status in DELIVERY_STATUSES if status in found}


def oldest_missed(db: Session, webhook: Webhook) -> datetime | None:
    """Return since when something has not arrived that is tried no more; None for nothing."""
    return db.scalar(sa.select(sa.func.min(WebhookDelivery.queued_at)).where(*missed(webhook)))


def delivery_by_id(db: Session, webhook: Webhook, delivery_id: UUID) -> WebhookDelivery | None:
    """Return one delivery to a webhook."""
    found = db.get(WebhookDelivery, delivery_id)
    return found if found is not None and found.webhook_id == webhook.id else None


def attempts_of(db: Session, delivery: WebhookDelivery) -> Sequence[WebhookAttempt]:
    """Return the attempts to deliver, newest first."""
    query = sa.select(WebhookAttempt).where(WebhookAttempt.delivery_id == delivery.id)
    return db.scalars(query.order_by(WebhookAttempt.id.desc())).all()


def last_attempts(db: Session, deliveries: Sequence[WebhookDelivery]) -> dict[UUID, WebhookAttempt]:
    """Return the last attempt of each of these deliveries that has one."""
    query = sa.select(WebhookAttempt).where(
        WebhookAttempt.delivery_id.in_([delivery.id for delivery in deliveries])
    )
    return {one.delivery_id: one for one in db.scalars(query.order_by(WebhookAttempt.id))}
