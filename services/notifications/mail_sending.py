"""What stands beside the handlers of mail: its senders, and what takes in returned mail."""

import time
from typing import Any

import eventlet
from nameko.extensions import DependencyProvider

from services.notifications.bounce_listener import BounceListener
from services.notifications.domain.delivering import Deliverer
from services.notifications.domain.identity import Identity
from services.notifications.domain.transports import transport_for
from shared.context import ServiceContext
from shared.messaging.nameko_adapter import CONTEXT
from shared.observability import get_logger

#: Mails that are on their way to an SMTP server at the same time.
SENDERS = 4

#: Seconds between two looks at what is due, and at what a dead worker held.
LOOK, LOOK_FOR_LOST = 0.1, 5.0

#: Seconds that a sender is given to finish its mail when the worker stops.
PARTING = 10.0

_log = get_logger(__name__)


class MailDelivery(DependencyProvider):
    """Delivers beside the handlers, in greenthreads of its own."""

    def setup(self) -> None:
        """Put the deliverer together around the service's context."""
        context: ServiceContext = self.container.config[CONTEXT]
        self._context = context
        self._transport = transport_for(context.settings)
        self._deliverer = Deliverer(
            context.database, self._transport, Identity.of(context.settings), context.clock
        )
        self._stopping = False
        self._jobs: list[Any] = []

    def start(self) -> None:
        """Begin sending; in the embedded mode nobody else can hold a mail, so free them all."""
        if self._context.settings.embedded:
            self._deliverer.recover(at_once=True)
        self._jobs = [
            self.container.spawn_managed_thread(self._send, identifier=f"send mail {number}")
            for number in range(1 if self._transport.idempotent else SENDERS)
        ]
        self._jobs.append(
            self.container.spawn_managed_thread(
                self._look_for_lost, identifier="look for lost mail"
            )
        )

    def stop(self) -> None:
        """Let each sender finish the mail that it is at, and claim no other."""
        self._stopping = True
        with eventlet.Timeout(PARTING, False):
            for job in self._jobs:
                job.wait()
        self._deliverer.close()

    def _send(self) -> None:
        while not self._stopping:
            eventlet.sleep(0 if self._try(self._deliverer.deliver_batch) else LOOK)

    def _look_for_lost(self) -> None:
        looked_at = 0.0
        while not self._stopping:
            eventlet.sleep(LOOK)
            if time.monotonic() - looked_at > LOOK_FOR_LOST:
                looked_at = time.monotonic()
                self._try(self._deliverer.recover)

    def _try(self, job: Any) -> int:
        try:
            return int(job())
        except Exception:
            _log.error("delivery failed", exc_info=True)
            eventlet.sleep(1)
            return 0


class Bounces(DependencyProvider):
    """Takes in what mail servers bring back, where the settings name an address for that."""

    def setup(self) -> None:
        """Put the listener together around the service's context."""
        self._listener = BounceListener.of(self.container.config[CONTEXT])

    def start(self) -> None:
        """Begin to listen; raises `OSError` when the address cannot be had."""
        if self._listener is not None:
            self._listener.start()

    def stop(self) -> None:
        """Listen no more."""
        if self._listener is not None:
            self._listener.stop()
