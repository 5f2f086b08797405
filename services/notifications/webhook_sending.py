"""The senders of webhooks, beside the worker's handlers: greenthreads that wait for the network."""

from collections.abc import Callable
from typing import Any

import eventlet
from nameko.extensions import DependencyProvider

from services.notifications.domain.webhooks.delivering import WebhookDeliverer
from services.notifications.domain.webhooks.posting import WHOLE, Poster
from shared.context import ServiceContext
from shared.messaging.nameko_adapter import CONTEXT
from shared.observability import get_logger

#: Webhooks that are sent to at the same time.
SENDERS = 4

#: Seconds between two looks at what is due.
LOOK = 0.5

#: Seconds after which an attempt is ended that did not end itself, such as in the resolver.
LIMIT = WHOLE + 10.0

#: Seconds that a sender is given to finish its attempt when the worker stops.
PARTING = 5.0

_log = get_logger(__name__)


class WebhookSending(DependencyProvider):
    """Sends to the webhooks; whatever it leaves undone is due again, under the same id."""

    def setup(self) -> None:
        """Put the deliverer together around the service's context."""
        context: ServiceContext = self.container.config[CONTEXT]
        settings = context.settings
        self._is_alone = settings.embedded
        poster = Poster(
            allow_private=settings.webhooks_allow_private,
            ca_file=settings.webhooks_ca,
            within=lambda: eventlet.Timeout(LIMIT, TimeoutError),
        )
        self._deliverer = WebhookDeliverer(
            context.database, poster, settings.public_url, context.clock
        )
        self._stopping = False
        self._jobs: list[Any] = []

    def start(self) -> None:
        """Begin sending; in the embedded mode nobody else can hold a webhook, so free them all."""
        if self._is_alone:
            self._deliverer.free_all()
        self._jobs = [
            self.container.spawn_managed_thread(self._send, identifier=f"send webhooks {number}")
            for number in range(SENDERS)
        ]

    def stop(self) -> None:
        """Let each sender finish the attempt that it is at; what takes longer is sent again."""
        self._stopping = True
        self._deliverer.stop()
        with eventlet.Timeout(PARTING, False):
            for job in self._jobs:
                job.wait()

    def _send(self) -> None:
        while not self._stopping:
            eventlet.sleep(0 if self._try(self._deliverer.deliver_turn) else LOOK)

    def _try(self, job: Callable[[], int]) -> int:
        try:
            return job()
        except Exception:
            _log.error("sending to webhooks failed", exc_info=True)
            eventlet.sleep(1)
            return 0
