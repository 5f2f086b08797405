"""Scheduling's worker: what it takes from the other services' events."""

from typing import Any

from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.proposals.reminding import is_a_deadline_near, send_reminders
from services.scheduling.domain.seats import UnknownSession
from services.scheduling.domain.seats import keep_seats as keep_counted_seats
from services.scheduling.domain.sign_in import forget_expired
from services.scheduling.domain.touring.reminding import options_ending, remind_of_options
from services.scheduling.import_launcher import Imports
from shared.contracts.registration import SEATS_COUNTED
from shared.idempotency import forget_keys
from shared.messaging.envelope import Envelope
from shared.messaging.inbox import Parked
from shared.messaging.nameko_adapter import ServiceMessaging, every, handles


class SchedulingService:
    """The nameko class; its relay publishes what scheduling's web processes record."""

    name = "scheduling"
    messaging = ServiceMessaging()
    imports = Imports()

    @handles(SEATS_COUNTED, kind="copy")
    def keep_seats(self, db: DbSession, event: Envelope) -> None:
        """Keep the seats of a session, to show them in the programme and in the console."""
        data: dict[str, Any] = SEATS_COUNTED.read(event.data)
        try:
            keep_counted_seats(db, data["session_id"], data, seats_version=event.aggregate_version)
        except UnknownSession as error:
            raise Parked("the session is not in the programme") from error

    @every(seconds=0.5)
    def start_imports(self) -> None:
        """Start the process of an import that waits, one at a time."""
        self.imports.step(self.messaging.context)

    @every(seconds=60)
    def look_after_imports(self) -> None:
        """Let imports begin again whose process died."""
        self.imports.look_after(self.messaging.context)

    @every(seconds=600)
    def forget_expired_sign_ins(self) -> None:
        """Delete the ways in, and the sign-ins, that have long expired."""
        context = self.messaging.context
        with context.database.write() as db:
            forget_expired(db, context.clock())

    @every(seconds=300)
    def remind_of_proposals(self) -> None:
        """Tell those whose proposals lack something that a deadline comes near."""
        context = self.messaging.context
        with context.database.read() as db:
            if not is_a_deadline_near(db, now=context.clock()):
                return
        with context.database.write() as db:
            send_reminders(db, now=context.clock(), public_url=context.settings.public_url)

    @every(seconds=300)
    def remind_of_options(self) -> None:
        """Tell the parties of a stop that its option comes to its end."""
        context = self.messaging.context
        with context.database.read() as db:
            if not options_ending(db, now=context.clock()):
                return
        with context.database.write() as db:
            remind_of_options(db, now=context.clock(), public_url=context.settings.public_url)

    @every(seconds=3600)
    def forget_idempotency_keys(self) -> None:
        """Forget the keys of the API's writes that are too old."""
        context = self.messaging.context
        with context.database.write() as db:
            forget_keys(db, now=context.clock())
