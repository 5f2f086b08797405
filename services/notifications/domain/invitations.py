"""The invitation of somebody of the staff: who lets them in, and to what."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.notifications.domain.queueing import Draft, queue_mail
from services.notifications.domain.subjects import invited_subject
from services.notifications.domain.templates import INVITED
from shared.contracts.scheduling import ACCOUNT_INVITED
from shared.messaging.envelope import Envelope


def tell_invitation(db: Session, envelope: Envelope, *, now: datetime) -> bool:
    """Queue the invitation; return False if this event has queued it already."""
    ACCOUNT_INVITED.expect(envelope.data)
    recipient = envelope.data["recipient"]
    draft = Draft(
        template=INVITED,
        recipient=recipient["email"],
        locale=recipient["locale"],
        subject=invited_subject(envelope.data, recipient["locale"]),
        content=dict(envelope.data),
    )
    return queue_mail(db, draft, envelope, now=now)
