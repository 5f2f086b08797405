"""Sign-ins that scheduling ended: their cookies are refused here too."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.registration.models import REVOKED_SIGN_INS
from shared.contracts.scheduling import SIGN_IN_REVOKED
from shared.database import insert_ignoring
from shared.messaging.envelope import Envelope


def keep_revocation(db: Session, envelope: Envelope, *, now: datetime) -> None:
    """Remember that a sign-in was ended."""
    data = SIGN_IN_REVOKED.read(envelope.data)
    db.execute(
        insert_ignoring(db, REVOKED_SIGN_INS).values(sign_in_id=data["sign_in_id"], revoked_at=now)
    )
