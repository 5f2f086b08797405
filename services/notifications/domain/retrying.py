"""Sending again what did not arrive, or may not have: an organiser's decision."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.notifications.domain.delivery_steps import add_step
from services.notifications.domain.suppressions import KEPT_BACK, is_suppressed
from services.notifications.domain.templates import PASSING
from services.notifications.models import OutgoingMail


class NothingToRetry(Exception):
    """The mail is not in a state in which it can be sent again."""


class StillSuppressed(Exception):
    """The address is not written to: that is lifted first."""


class MayArriveTwice(Exception):
    """Nobody knows whether the mail arrived: to send it again must be meant."""


def retry_mail(db: Session, mail_id: UUID, *, now: datetime, even_twice: bool = False) -> None:
    """Queue a mail again that failed or came back, or with `even_twice` one whose fate is unknown.

    So is one that was kept back while its address was suppressed. It keeps its Message-ID, by which
    many readers show it once. Raises `NothingToRetry`, `StillSuppressed` and `MayArriveTwice`.
    """
    mail = db.get(OutgoingMail, mail_id, with_for_update=True)
    if mail is None or not can_retry(mail):
        raise NothingToRetry
    if is_suppressed(db, mail.recipient, mail.template):
        raise StillSuppressed
    if mail.status == "unknown" and not even_twice:
        raise MayArriveTwice
    add_step(db, mail.id, "retried", None, now=now)
    mail.status, mail.next_attempt_at, mail.attempts = "queued", now, 0
    mail.claim = mail.handed_over_at = mail.sending_since = None


def can_retry(mail: OutgoingMail) -> bool:
    """Tell whether a mail is one to send again; what opens doors was blanked."""
    if mail.erased_at is not None:
        return False
    if mail.status == "withdrawn":
        return mail.reason in KEPT_BACK.values() and mail.template not in PASSING
    return mail.status in ("failed", "bounced", "unknown")
