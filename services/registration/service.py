"""Registration's worker: what it takes from the others, and what it does by the clock."""

from sqlalchemy.orm import Session

from services.registration.domain.counting import count_seats
from services.registration.domain.forgetting import forget_keys
from services.registration.domain.sessions import keep_session
from services.registration.domain.sign_ins import keep_revocation
from shared import api_tokens
from shared.contracts.scheduling import (
    API_TOKEN_ISSUED,
    API_TOKEN_REVOKED,
    SESSION_PUBLISHED,
    SIGN_IN_REVOKED,
)
from shared.messaging.envelope import Envelope
from shared.messaging.nameko_adapter import ServiceMessaging, every, handles


class RegistrationService:
    """Handlers and timers; the methods' names name the queues and stay as they are."""

    name = "registration"
    messaging = ServiceMessaging()

    @handles(SESSION_PUBLISHED, kind="copy")
    def keep_session(self, db: Session, event: Envelope) -> None:
        """Copy a session, and serve its waitlist when it has more seats."""
        keep_session(db, event, now=self.messaging.context.clock())

    @handles(SIGN_IN_REVOKED, kind="copy")
    def keep_revocation(self, db: Session, event: Envelope) -> None:
        """Refuse the cookies of a sign-in that was ended."""
        keep_revocation(db, event, now=self.messaging.context.clock())

    @handles(API_TOKEN_ISSUED, kind="copy")
    def keep_api_token(self, db: Session, event: Envelope) -> None:
        """Believe a token of the API that scheduling issued."""
        api_tokens.keep_issued(db, event)

    @handles(API_TOKEN_REVOKED, kind="copy")
    def drop_api_token(self, db: Session, event: Envelope) -> None:
        """Refuse a token of the API from now on."""
        api_tokens.keep_revoked(db, event)

    @every(seconds=1.0)
    def count_seats(self) -> None:
        """Tell how many seats are left where that changed."""
        context = self.messaging.context
        with context.database.write() as db:
            count_seats(db, now=context.clock())

    @every(seconds=3600.0)
    def forget_keys(self) -> None:
        """Forget idempotency keys that are too old."""
        context = self.messaging.context
        with context.database.write() as db:
            forget_keys(db, now=context.clock())
