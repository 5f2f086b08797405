"""Sending again what did not arrive, or may not have: an organiser's decision."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.notifications.models import OutgoingMail


class NothingToRetry(Exception):
    """The mail is not in a state in which it can be sent again."""


class MayArriveTwice(Exception):
    """Nobody knows whether the mail arrived: to send it again must be meant."""


def retry_mail(db: Session, mail_id: UUID, *, now: datetime, even_twice: bool = False) -> None:
    """Queue a failed mail again, or with `even_twice` one whose fate is unknown.

    It keeps its Message-ID, by which many readers show it once. Raises `NothingToRetry` and
    `MayArriveTwice`.
    """
    mail = db.get(OutgoingMail, mail_id, with_for_update=True)
    if mail is None or mail.erased_at is not None or mail.status not in ("failed", "unknown"):
        raise NothingToRetry
    if mail.status == "unknown" and not even_twice:
        raise MayArriveTwice
    mail.status, mail.next_attempt_at, mail.attempts = "queued", now, 0
    mail.claim = mail.handed_over_at = mail.sending_since = None
