"""The staff's way in: the mail with the one-time link and code, and what was revoked."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.notifications.domain.queueing import Draft, queue_mail
from services.notifications.domain.subjects import sign_in_subject
from services.notifications.domain.templates import SIGN_IN
from services.notifications.models import RevokedSignIn
from shared.contracts.scheduling import SIGN_IN_REQUESTED, SIGN_IN_REVOKED
from shared.database import insert_ignoring
from shared.messaging.envelope import Envelope


def send_way_in(db: Session, envelope: Envelope, *, now: datetime) -> bool:
    """Queue the mail with link and code; return False if they have expired or were blanked."""
    data = SIGN_IN_REQUESTED.read(envelope.data)
    if data["expires_at"] <= now or not (data["link"] and data["code"]):
        return False
    content: dict[str, Any] = {
        "link": data["link"],
        "code": data["code"],
        "requested_at": envelope.occurred_at.isoformat(),
        "expires_at": data["expires_at"].isoformat(),
    }
    draft = Draft(
        template=SIGN_IN,
        recipient=data["email"],
        locale=data["locale"],
        subject=sign_in_subject(data["locale"]),
        content=content,
        expires_at=data["expires_at"],
    )
    return queue_mail(db, draft, envelope, now=now)


def without_secrets(content: dict[str, Any]) -> dict[str, Any]:
    """Return a mail's facts with the one-time link and code blanked, and lists of links."""
    secret = ("link", "code", "registrations")
    return {key: None if key in secret else value for key, value in content.items()}


def keep_revocation(db: Session, envelope: Envelope) -> None:
    """Keep that a sign-in ended: the console refuses its cookies from now on."""
    data = SIGN_IN_REVOKED.read(envelope.data)
    table = RevokedSignIn.metadata.tables[RevokedSignIn.__tablename__]
    db.execute(
        insert_ignoring(db, table).values(
            sign_in_id=data["sign_in_id"], revoked_at=envelope.occurred_at
        )
    )
