"""Bouncing: what becomes of a mail that came back, of its address, and who is told of it."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.domain.delivery_steps import add_step, count_returns, is_known
from services.notifications.domain.newsletter.subscriptions import end_all
from services.notifications.domain.reports import Report, is_hard
from services.notifications.domain.suppressions import suppress
from services.notifications.domain.templates import (
    MESSAGE,
    OF_REGISTRATIONS,
    SUBSCRIPTIONS,
)
from services.notifications.models import OutgoingMail
from shared.contracts.notifications import MAIL_BOUNCED
from shared.messaging.outbox import Fact, record

#: The states of a mail that a server had taken, as far as anybody knew.
_TAKEN = ("sending", "sent", "unknown")


def note_report(db: Session, mail_id: UUID, report: Report, *, now: datetime) -> bool:
    """Keep what a report says of a mail, and what follows from it; False if nothing is new.

    What failed is `bounced`, its address suppressed if it does not take mail at all, and whoever
    keeps the person's telephone number is told. What is late or went on is noted. Whoever complains
    is not written to unasked again; a complaint of what they subscribed to takes their consent
    back. The same report twice is one.
    """
    mail = db.get(OutgoingMail, mail_id, with_for_update=True)
    if mail is None or mail.erased_at is not None:
        return False
    kind = "bounced" if report.kind == "failed" else report.kind
    if is_known(db, mail.id, kind, report.words, mail.sending_since):
        return False
    add_step(db, mail.id, kind, report.words, now=now)
    if report.kind == "complaint":
        suppress(db, mail.recipient, "complaint", now=now, mail_id=mail.id, words=report.words)
        if mail.template in SUBSCRIPTIONS:
            end_all(db, mail.recipient, "complaint", now=now)
    elif report.kind == "failed" and mail.status in _TAKEN:
        mail.status, mail.reason, mail.claim = "bounced", report.words, None
        mail.next_attempt_at = None
        came_back(db, mail, report.status, report.words, now=now)
    return True


def came_back(
    db: Session, mail: OutgoingMail, status: str | None, words: str, *, now: datetime
) -> None:
    """Draw the consequences of a mail that did not arrive; its step is kept already.

    `status` is the enhanced status code that the server gave, if any.
    """
    if is_hard(status):
        suppress(db, mail.recipient, "hard_bounce", now=now, mail_id=mail.id, words=words)
    tell_unreached(db, mail, status, is_hard=is_hard(status), now=now)


def tell_unreached(
    db: Session, mail: OutgoingMail, status: str | None, *, is_hard: bool, now: datetime
) -> None:
    """Tell whoever has the telephone number of a registration's contact that the mail is not read.

    Not so once the registration has another address.
    """
    registration_id = _registration_of(mail)
    if registration_id is None or _was_corrected(db, mail):
        return
    fact = Fact(
        MAIL_BOUNCED,
        aggregate_id=mail.id,
        aggregate_version=count_returns(db, mail.id),
        data={
            "mail_id": str(mail.id),
            "registration_id": str(registration_id),
            "template": mail.template,
            "status": status,
            "is_hard": is_hard,
        },
        correlation_id=mail.correlation_id,
    )
    record(db, fact, now=now)


def _registration_of(mail: OutgoingMail) -> UUID | None:
    """Return the registration that a mail is about, if it is about one."""
    if mail.template == MESSAGE:
        return UUID(mail.content["registration"]["id"])
    if mail.template in OF_REGISTRATIONS:
        return mail.about_id
    return None


def _was_corrected(db: Session, mail: OutgoingMail) -> bool:
    """Tell whether the registration has another address by now, to which it was written."""
    newer = sa.select(OutgoingMail.id).where(
        OutgoingMail.about_id == mail.about_id,
        OutgoingMail.about_version > mail.about_version,
        OutgoingMail.recipient != mail.recipient,
    )
    return db.scalar(newer.limit(1)) is not None
