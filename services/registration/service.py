"""Registration's worker: what it takes from the others, and what it does by the clock."""

import time

from sqlalchemy.orm import Session

from services.registration.domain.allotments import is_release_due, release_due
from services.registration.domain.counting import count_seats
from services.registration.domain.forgetting import forget_keys
from services.registration.domain.links import answer_requests, is_asked
from services.registration.domain.offers import expire_offers, is_offer_over
from services.registration.domain.purging import erase_aged, forget_answers, forget_needs
from services.registration.domain.releases import close_release
from services.registration.domain.sessions import keep_session
from services.registration.domain.sign_ins import keep_revocation
from services.registration.domain.spare_seats import learn_again
from services.registration.domain.still_coming import ask_some, release_unanswered
from services.registration.domain.telling import is_untold, tell_some
from services.registration.domain.unreached import note_unreached
from shared import api_tokens, site
from shared.contracts.notifications import MAIL_BOUNCED
from shared.contracts.scheduling import (
    API_TOKEN_ISSUED,
    API_TOKEN_REVOKED,
    RELEASE_PUBLISHED,
    SESSION_PUBLISHED,
    SIGN_IN_REVOKED,
    SITE_DESCRIBED,
)
from shared.messaging.envelope import Envelope
from shared.messaging.nameko_adapter import ServiceMessaging, every, handles

#: How many batches of people are told before the timer looks at what else there is to do.
BATCHES = 20


class RegistrationService:
    """Handlers and timers; the methods' names name the queues and stay as they are."""

    name = "registration"
    messaging = ServiceMessaging()

    @handles(SESSION_PUBLISHED, kind="copy")
    def keep_session(self, db: Session, event: Envelope) -> None:
        """Copy a session, note whom its change concerns, serve its waitlist."""
        keep_session(db, event, now=self.messaging.context.clock())

    @handles(RELEASE_PUBLISHED, kind="copy")
    def close_release(self, db: Session, event: Envelope) -> None:
        """Let people be told of a release once all its sessions have come."""
        close_release(db, event, now=self.messaging.context.clock())

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

    @handles(SITE_DESCRIBED, kind="copy")
    def keep_site(self, db: Session, event: Envelope) -> None:
        """Keep who answers for the site, for the foot of the pages and the forms."""
        site.keep_site(db, event)

    @handles(MAIL_BOUNCED, kind="reaction")
    def note_bounced_mail(self, db: Session, event: Envelope) -> None:
        """Have somebody called whom a mail about their registration did not reach."""
        note_unreached(db, event, now=self.messaging.context.clock())

    @every(seconds=1.0)
    def count_seats(self) -> None:
        """Tell how many seats are left where that changed."""
        context = self.messaging.context
        with context.database.write() as db:
            count_seats(db, now=context.clock())

    @every(seconds=0.2)
    def tell_releases(self) -> None:
        """Tell people what closed releases changed for them, some at a time."""
        context = self.messaging.context
        for _ in range(BATCHES):
            with context.database.read() as db:
                if not is_untold(db):
                    return
            with context.database.write() as db:
                tell_some(db, now=context.clock())
            time.sleep(0)  # an embedded process has pages to serve, too

    @every(seconds=2.0)
    def expire_offers(self) -> None:
        """End the offers that nobody answered in time, and offer those places to the next."""
        context = self.messaging.context
        for _ in range(BATCHES):
            with context.database.read() as db:
                if not is_offer_over(db, now=context.clock()):
                    return
            with context.database.write() as db:
                expire_offers(db, now=context.clock())
            time.sleep(0)

    @every(seconds=1.0)
    def answer_link_requests(self) -> None:
        """Send the links of their registrations to those who lost them."""
        context = self.messaging.context
        for _ in range(BATCHES):
            with context.database.read() as db:
                if not is_asked(db):
                    return
            with context.database.write() as db:
                answer_requests(db, now=context.clock())
            time.sleep(0)

    @every(seconds=5.0)
    def release_allotments(self) -> None:
        """Let the public have what allotments kept until now."""
        context = self.messaging.context
        for _ in range(BATCHES):
            with context.database.read() as db:
                if not is_release_due(db, now=context.clock()):
                    return
            with context.database.write() as db:
                release_due(db, now=context.clock())
            time.sleep(0)

    @every(seconds=20.0)
    def ask_who_still_comes(self) -> None:
        """Ask who still comes where the organiser wants to know; free what nobody answered for."""
        context = self.messaging.context
        for step in (ask_some, release_unanswered):
            for _ in range(BATCHES):
                with context.database.write() as db:
                    if not step(db, now=context.clock()):
                        break
                time.sleep(0)

    @every(seconds=3600.0)
    def learn_who_stays_away(self) -> None:
        """Give sessions the seats beyond their capacity that others of their kind teach."""
        context = self.messaging.context
        with context.database.write() as db:
            learn_again(db, now=context.clock())

    @every(seconds=3600.0)
    def forget_keys(self) -> None:
        """Forget idempotency keys that are too old."""
        context = self.messaging.context
        with context.database.write() as db:
            forget_keys(db, now=context.clock())

    @every(seconds=1800.0)
    def forget_people(self) -> None:
        """Erase what need not be kept any longer: access needs, answers, whole registrations."""
        context = self.messaging.context
        for step in (forget_needs, forget_answers, erase_aged):
            done = 1
            while done:
                with context.database.write() as db:
                    done = step(db, now=context.clock())
                time.sleep(0)
