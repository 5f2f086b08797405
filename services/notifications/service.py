"""The worker of notifications: which events it takes, and the mail that it sends."""

import time
from datetime import timedelta

from sqlalchemy.orm import Session

from services.notifications.domain import (
    erasing,
    invitations,
    links,
    messages,
    partners,
    proposals,
    registrations,
    sessions,
    sign_ins,
    stops,
)
from services.notifications.domain.erased_letters import remove_letters
from services.notifications.domain.newsletter import asking, programme, serving
from services.notifications.domain.newsletter.erasing import forget_old_proofs
from services.notifications.domain.newsletter.news import list_programme
from services.notifications.domain.transports import MAIL_FOLDER
from services.notifications.domain.webhooks.announcing import (
    announce_registration,
    announce_session,
)
from services.notifications.domain.webhooks.settling import forget_old
from services.notifications.mail_sending import Bounces, MailDelivery
from services.notifications.webhook_sending import WebhookSending
from shared import api_tokens, site
from shared.contracts.registration import (
    LINKS_REQUESTED,
    MESSAGE_WRITTEN,
    REGISTRATION_CANCELLED,
    REGISTRATION_CHANGED,
    REGISTRATION_MADE,
    REGISTRATIONS_ERASED,
    SEATS_COUNTED,
)
from shared.contracts.scheduling import (
    ACCOUNT_INVITED,
    API_TOKEN_ISSUED,
    API_TOKEN_REVOKED,
    PROPOSAL_MOVED,
    PROPOSALS_REMINDED,
    SESSION_PUBLISHED,
    SESSIONS_RESCHEDULED,
    SIGN_IN_REQUESTED,
    SIGN_IN_REVOKED,
    SITE_DESCRIBED,
    STOP_MOVED,
    STOP_OPTION_REMINDED,
)
from shared.messaging.envelope import Envelope
from shared.messaging.nameko_adapter import ServiceMessaging, every, handles

#: How long it is kept what webhooks were told.
WEBHOOKS_KEPT = timedelta(days=30)

#: Batches of requests that are answered in one look.
BATCHES = 20


class NotificationsService:
    """Takes what scheduling and registration tell, and writes to the people concerned."""

    name = "notifications"
    messaging = ServiceMessaging()
    delivery = MailDelivery()
    webhooks = WebhookSending()
    bounces = Bounces()

    @handles(SESSION_PUBLISHED, kind="copy")
    def keep_session(self, db: Session, event: Envelope) -> None:
        """Keep what mails tell of a session, and what subscribers choose by."""
        sessions.keep_session(db, event)
        programme.keep_entry(db, event, now=self.messaging.context.clock())

    @handles(SEATS_COUNTED, kind="copy")
    def keep_seats(self, db: Session, event: Envelope) -> None:
        """Keep how many seats are left in a session, for letters and alerts."""
        programme.keep_seats(db, event, now=self.messaging.context.clock())

    @handles(SESSION_PUBLISHED, kind="reaction")
    def announce_session(self, db: Session, event: Envelope) -> None:
        """Tell the webhooks that listen what became of a session."""
        context = self.messaging.context
        announce_session(db, event, public_url=context.settings.public_url, now=context.clock())

    @handles(REGISTRATION_MADE, kind="reaction")
    def confirm_registration(self, db: Session, event: Envelope) -> None:
        """Write the confirmation with ticket and calendar, and tell the webhooks that listen.

        One handler does both: a second queue would cost each registration a transaction more.
        """
        registrations.confirm_registration(db, event, now=self.messaging.context.clock())
        announce_registration(db, event, now=self.messaging.context.clock())

    @handles(REGISTRATION_CHANGED, kind="reaction")
    def tell_change(self, db: Session, event: Envelope) -> None:
        """Write what a registration is now; to a corrected address, the confirmation."""
        context = self.messaging.context
        window = context.settings.mail_gathering
        registrations.tell_change(db, event, now=context.clock(), window=window)
        announce_registration(db, event, now=context.clock())

    @handles(REGISTRATION_CANCELLED, kind="reaction")
    def tell_cancellation(self, db: Session, event: Envelope) -> None:
        """Write that a registration is cancelled, and take it out of the agenda."""
        registrations.tell_cancellation(db, event, now=self.messaging.context.clock())
        announce_registration(db, event, now=self.messaging.context.clock())

    @handles(REGISTRATIONS_ERASED, kind="copy")
    def forget_registrations(self, db: Session, event: Envelope) -> None:
        """Blank what is kept about people whose data is gone, and store nothing of them again."""
        erasing.forget(db, event, now=self.messaging.context.clock())

    @handles(MESSAGE_WRITTEN, kind="reaction")
    def tell_message(self, db: Session, event: Envelope) -> None:
        """Write what an organiser wrote to those who are registered."""
        messages.tell_message(db, event, now=self.messaging.context.clock())

    @handles(LINKS_REQUESTED, kind="reaction")
    def send_links(self, db: Session, event: Envelope) -> None:
        """Write the links of their registrations to whoever lost them."""
        links.tell_links(db, event, now=self.messaging.context.clock())

    @handles(SIGN_IN_REQUESTED, kind="reaction")
    def send_way_in(self, db: Session, event: Envelope) -> None:
        """Write the staff's one-time link and code."""
        sign_ins.send_way_in(db, event, now=self.messaging.context.clock())

    @handles(ACCOUNT_INVITED, kind="reaction")
    def tell_invitation(self, db: Session, event: Envelope) -> None:
        """Write to whoever was let in as staff."""
        invitations.tell_invitation(db, event, now=self.messaging.context.clock())

    @handles(PROPOSAL_MOVED, kind="reaction")
    def tell_proposal(self, db: Session, event: Envelope) -> None:
        """Write what became of a proposal."""
        proposals.tell_step(db, event, now=self.messaging.context.clock())

    @handles(PROPOSALS_REMINDED, kind="reaction")
    def remind_of_proposals(self, db: Session, event: Envelope) -> None:
        """Write what proposals lack before a deadline."""
        proposals.remind(db, event, now=self.messaging.context.clock())

    @handles(SESSIONS_RESCHEDULED, kind="reaction")
    def tell_partner(self, db: Session, event: Envelope) -> None:
        """Write to somebody who takes part in sessions what a release changed of them."""
        context = self.messaging.context
        window = context.settings.mail_gathering
        partners.tell_partner(db, event, now=context.clock(), window=window)

    @handles(STOP_MOVED, kind="reaction")
    def tell_stop(self, db: Session, event: Envelope) -> None:
        """Write what became of a stop of a travelling exhibition."""
        stops.tell_stop(db, event, now=self.messaging.context.clock())

    @handles(STOP_OPTION_REMINDED, kind="reaction")
    def remind_of_option(self, db: Session, event: Envelope) -> None:
        """Write that the option on a stop comes to its end."""
        stops.remind_of_option(db, event, now=self.messaging.context.clock())

    @handles(SIGN_IN_REVOKED, kind="copy")
    def keep_revocation(self, db: Session, event: Envelope) -> None:
        """Refuse the cookies of a sign-in that ended."""
        sign_ins.keep_revocation(db, event)

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

    @every(seconds=5.0)
    def remove_letters(self) -> None:
        """Remove the files of erased mails, where mails are kept in a folder."""
        context = self.messaging.context
        while remove_letters(
            context.database, context.settings.data / MAIL_FOLDER, now=context.clock()
        ):
            time.sleep(0)  # an embedded process has pages to serve, too

    @every(seconds=60.0)
    def forget_deliveries(self) -> None:
        """Remove what webhooks were told long ago."""
        context = self.messaging.context
        while forget_old(context.database, now=context.clock(), kept=WEBHOOKS_KEPT):
            time.sleep(0)

    @every(seconds=1.0)
    def answer_subscriptions(self) -> None:
        """Send whoever wants to subscribe the link that confirms it."""
        context = self.messaging.context
        for _ in range(BATCHES):
            with context.database.read() as db:
                if not asking.is_asked(db):
                    return
            with context.database.write() as db:
                asking.answer_requests(db, now=context.clock())
            time.sleep(0)

    @every(seconds=5.0)
    def serve_subscriptions(self) -> None:
        """Send the letters and alerts that are due, some at a time, before no other mail."""
        context = self.messaging.context
        now = context.clock()
        with context.database.read() as db:
            if not serving.is_due(db, now=now):
                return
            listed = list_programme(db, now=now)
        for serve in (serving.serve_campaigns, serving.serve_digests, serving.serve_follows):
            served = 1
            while served:
                with context.database.write() as db:
                    served = serve(db, listed, now=now) if serving.has_room(db, now=now) else 0
                time.sleep(0)

    @every(seconds=600.0)
    def forget_subscriptions(self) -> None:
        """Forget what nobody confirmed, and proofs that nobody asks for any more."""
        context = self.messaging.context
        for step in (asking.forget_unconfirmed, forget_old_proofs):
            with context.database.write() as db:
                step(db, now=context.clock())
