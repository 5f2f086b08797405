"""Delivering: due mails are claimed, sent outside any transaction, and settled."""

from datetime import datetime, timedelta
from functools import partial

from services.notifications.domain.addresses import UnusableAddress
from services.notifications.domain.claiming import claim_due, recover
from services.notifications.domain.composing import letter_of
from services.notifications.domain.identity import Identity
from services.notifications.domain.settling import ClaimLost, hand_over, put_back, settle
from services.notifications.domain.transports import (
    Failed,
    Outcome,
    ServerUnavailable,
    Transport,
)
from services.notifications.models import OutgoingMail
from shared.clock import Clock
from shared.database import Database
from shared.observability import correlated, get_logger

#: Seconds to leave an unavailable server alone: after the first time, and at most.
SERVER_PAUSE = (1.0, 30.0)

#: Mails that one claim takes.
BATCH = 5

_log = get_logger(__name__)


class Deliverer:
    """Delivers one service's mail; any number of workers and threads may do so at once."""

    def __init__(
        self, database: Database, transport: Transport, identity: Identity, clock: Clock
    ) -> None:
        self._database = database
        self._transport = transport
        self._identity = identity
        self._clock = clock
        self._away = 0
        self._away_until: datetime | None = None
        self._unsettled: list[tuple[OutgoingMail, Outcome]] = []

    def recover(self, *, at_once: bool = False) -> int:
        """Free what a dead worker held; `at_once` when no other worker can be alive."""
        return recover(self._database, now=self._clock(), at_once=at_once)

    def deliver_batch(self, most: int = BATCH) -> int:
        """Claim, send and settle up to `most` due mails; return how many were claimed.

        While the server is unavailable it does nothing.
        """
        self._settle([])
        now = self._clock()
        if self._away_until is not None and now < self._away_until:
            return 0
        mails = claim_due(self._database, now=now, most=most)
        outcomes: list[tuple[OutgoingMail, Outcome]] = []
        for number, mail in enumerate(mails):
            try:
                with correlated(mail.correlation_id):
                    outcome = self._deliver(mail)
            except ServerUnavailable as error:
                self._settle(outcomes)
                self._wait_for_server(mails[number:], str(error))
                return len(mails)
            except ClaimLost:
                continue
            outcomes.append((mail, outcome))
            if not self._transport.idempotent:
                self._settle(outcomes)
                outcomes = []
        self._settle(outcomes)
        return len(mails)

    def deliver_all(self) -> int:
        """Deliver until nothing is due; return how many mails were claimed."""
        total = 0
        while claimed := self.deliver_batch():
            total += claimed
        return total

    def close(self) -> None:
        """Let go of the transport's connections."""
        self._transport.close()

    def _deliver(self, mail: OutgoingMail) -> Outcome:
        try:
            letter = letter_of(mail, self._identity)
        except UnusableAddress as error:
            outcome: Outcome = Failed(f"address: {error}")
        except Exception as error:
            _log.error("mail cannot be composed", mail=str(mail.id), exc_info=True)
            outcome = Failed(f"it could not be composed: {type(error).__name__}")
        else:
            about_to_end = partial(self._hand_over, mail)
            outcome = self._transport.send(letter, about_to_end)
        self._away, self._away_until = 0, None
        _log.info(
            "mail " + type(outcome).__name__.lower(),
            mail=str(mail.id),
            template=mail.template,
            attempts=mail.attempts,
        )
        return outcome

    def _hand_over(self, mail: OutgoingMail) -> None:
        hand_over(self._database, mail, now=self._clock())

    def _settle(self, outcomes: list[tuple[OutgoingMail, Outcome]]) -> None:
        """Write down the outcomes, with those that the database could not take before."""
        outcomes, self._unsettled = self._unsettled + outcomes, []
        if not outcomes:
            return
        try:
            settle(self._database, outcomes, now=self._clock())
        except BaseException:
            self._unsettled = outcomes + self._unsettled
            raise

    def _wait_for_server(self, mails: list[OutgoingMail], reason: str) -> None:
        now = self._clock()
        if self._away_until is None or now >= self._away_until:  # else a fellow sender just said so
            self._away += 1
        first, longest = SERVER_PAUSE
        pause = min(first * 2 ** min(self._away - 1, 10), longest)
        self._away_until = until = now + timedelta(seconds=pause)
        _log.warning("mail server unavailable", pause=pause, mails=len(mails))
        put_back(self._database, mails, reason=reason, due=until)
