"""What the console's pages show: mails in a list, one mail, and who may no longer be signed in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.models import DeliveryStep, OutgoingMail, RevokedSignIn

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
