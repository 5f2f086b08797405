"""Claiming: a worker takes the mails that are due, and finds those that a dead worker held."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from services.notifications.domain.bouncing import tell_unreached
from services.notifications.domain.history import OUT
from services.notifications.domain.newsletter.consent import UNSUBSCRIBED, withdrawn_among
from services.notifications.domain.queueing import TOO_LATE
from services.notifications.domain.refreshing import bring_up_to_date, confirm_if_first
from services.notifications.domain.sign_ins import without_secrets
from services.notifications.domain.suppressions import KEPT_BACK, kept_back, reasons_against
from services.notifications.domain.templates import PASSING
from services.notifications.models import OutgoingMail
from shared.database import Database
from shared.identifiers import new_id

#: After so long a worker that holds a mail, whose data it never ended, is taken for dead.
LEASE = timedelta(seconds=60)

#: After so long without an answer to the end of the data, nobody can tell what became of it. It is
#: longer than a transport waits.
ANSWER_LEASE = timedelta(seconds=150)


def claim_due(database: Database, *, now: datetime, most: int) -> list[OutgoingMail]:
    """Take up to `most` due mails for one worker, oldest first, in a short transaction of its own.

    They are `sending` from then on. What has expired or was overtaken is withdrawn instead, and so
    is what would go to an address that is suppressed, or to somebody who has unsubscribed since;
    but news of a release is brought up to date, for no other mail says what changed. A change that
    leaves before the confirmation of what it changes confirms it.
    """
    with database.read() as db:  # looking first spares SQLite's only write lock
        if db.scalar(_due(now).limit(1)) is None:
            return []
    claim = new_id()
    with database.write() as db:
        mails = db.scalars(_due(now).limit(most).with_for_update(skip_locked=True)).all()
        overtaken = _overtaken(db, mails)
        against = reasons_against(db, [mail.recipient for mail in mails])
        withdrawn = withdrawn_among(db, [mail.consent_id for mail in mails])
        for mail in mails:
            suppressed = kept_back(mail.template, against.get(mail.recipient, ()))
            if mail.expires_at is not None and mail.expires_at <= now:
                _withdraw(mail, TOO_LATE)
            elif mail.consent_id in withdrawn:
                _withdraw(mail, UNSUBSCRIBED)
            elif suppressed is not None:
                _withdraw(mail, suppressed)
                if suppressed == KEPT_BACK["hard_bounce"]:
                    tell_unreached(db, mail, None, is_hard=True, now=now)
            elif mail.id in overtaken and not bring_up_to_date(db, mail):
                _withdraw(mail, "overtaken")
            else:
                confirm_if_first(db, mail)
                mail.status, mail.claim, mail.sending_since = "sending", claim, now
                mail.handed_over_at = None
                mail.attempts += 1
    return [mail for mail in mails if mail.status == "sending"]


def recover(database: Database, *, now: datetime, at_once: bool = False) -> int:
    """Free the mails that a dead worker held; return how many.

    Where the data were never ended the mail is simply sent again; where they were, nobody can
    tell whether it arrived, and it is `unknown`. `at_once` is for a process that knows itself to
    be the only worker, at its start.
    """
    held = now if at_once else now - LEASE
    asked = now if at_once else now - ANSWER_LEASE
    sending = OutgoingMail.status == "sending"
    lost = sa.and_(
        sending, OutgoingMail.handed_over_at.is_(None), OutgoingMail.sending_since <= held
    )
    unanswered = sa.and_(sending, OutgoingMail.handed_over_at <= asked)
    with database.read() as db:
        if db.scalar(sa.select(OutgoingMail.id).where(lost | unanswered).limit(1)) is None:
            return 0
    with database.write() as db:
        again = db.execute(
            sa.update(OutgoingMail)
            .where(lost)
            .values(status="deferred", reason="worker lost", next_attempt_at=now, claim=None)
        )
        unclear = db.execute(
            sa.update(OutgoingMail)
            .where(unanswered)
            .values(status="unknown", reason="worker lost", next_attempt_at=None)
        )
    return int(getattr(again, "rowcount", 0)) + int(getattr(unclear, "rowcount", 0))


def _due(now: datetime) -> sa.Select[OutgoingMail]:
    return (
        sa.select(OutgoingMail)
        .where(OutgoingMail.status.in_(("queued", "deferred")))
        .where(OutgoingMail.next_attempt_at <= now)
        .order_by(OutgoingMail.next_attempt_at, OutgoingMail.id)
    )


def _overtaken(db: Session, mails: Sequence[OutgoingMail]) -> set[UUID]:
    """Return which of the mails would tell an old state after a newer one was told.

    A mail that was overtaken is not sent when the newer one has a better address, or went out.
    """
    threaded = [mail.id for mail in mails if mail.template not in PASSING]
    if not threaded:
        return set()
    newer = aliased(OutgoingMail)
    found = db.scalars(
        sa.select(OutgoingMail.id)
        .where(OutgoingMail.id.in_(threaded))
        .where(
            sa.exists()
            .where(newer.about_id == OutgoingMail.about_id)
            .where(newer.about_version > OutgoingMail.about_version)
            .where(newer.status != "withdrawn")
            .where((newer.recipient != OutgoingMail.recipient) | newer.status.in_(OUT))
        )
    )
    return set(found)


def _withdraw(mail: OutgoingMail, reason: str) -> None:
    mail.status, mail.reason, mail.next_attempt_at = "withdrawn", reason, None
    if mail.template in PASSING:  # others may be sent again, with their links
        mail.content = without_secrets(mail.content)
