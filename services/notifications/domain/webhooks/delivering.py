"""Delivering: a webhook's turn is claimed, what is due to it is sent, and each attempt settled.

At least once: a worker that dies after it sent, and before it wrote that down, leaves the delivery
due. It is sent again under the same `webhook-id`, by which receivers know it.
"""

import time
from collections.abc import Mapping
from typing import Protocol

from services.notifications.domain.webhooks.claiming import Turn, claim_turn, end_turn, free_all
from services.notifications.domain.webhooks.payloads import body_of
from services.notifications.domain.webhooks.posting import Answer
from services.notifications.domain.webhooks.settling import settle
from services.notifications.domain.webhooks.signing import headers_of
from services.notifications.models import Webhook, WebhookDelivery
from shared.clock import Clock
from shared.database import Database
from shared.observability import correlated, get_logger

#: Deliveries of one turn at most, and the seconds after which it begins no other.
MOST, TURN = 20, 30.0

_log = get_logger(__name__)


class Posts(Protocol):
    """What makes one attempt."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Make it; whatever goes wrong is in the answer."""


class WebhookDeliverer:
    """Delivers to the webhooks; any number of workers and threads may do so at once."""

    def __init__(self, database: Database, poster: Posts, public_url: str, clock: Clock) -> None:
        self._database = database
        self._poster = poster
        self._public_url = public_url
        self._clock = clock
        self._stopping = False

    def stop(self) -> None:
        """Begin no other attempt: the process is about to end."""
        self._stopping = True

    def free_all(self) -> None:
        """Free what a dead worker held, when no other can be alive."""
        free_all(self._database)

    def deliver_turn(self) -> int:
        """Send what is due to one webhook; return how many attempts were made."""
        turn = claim_turn(self._database, now=self._clock(), most=MOST)
        if turn is None:
            return 0
        began, attempts = time.monotonic(), 0
        for delivery in turn.deliveries:
            attempts += 1
            goes_on = self._deliver(turn, delivery) and not self._stopping
            if not goes_on or time.monotonic() - began > TURN:
                break
        end_turn(self._database, turn)
        return attempts

    def deliver_all(self) -> int:
        """Deliver until nothing is due; return how many attempts were made."""
        total = 0
        while attempts := self.deliver_turn():
            total += attempts
        return total

    def _deliver(self, turn: Turn, delivery: WebhookDelivery) -> bool:
        with correlated(delivery.correlation_id):
            body = body_of(delivery.payload)
            timestamp = int(self._clock().timestamp())
            signed = headers_of(
                message_id_of(delivery), timestamp, body, self._secrets(turn.webhook)
            )
            headers = {
                "Content-Type": "application/json; charset=utf-8",
                "User-Agent": "Parvis-Webhooks/1",
                "Connection": "close",
                **signed,
            }
            answer = self._poster.post(turn.webhook.url, body, headers)
            _log.info(
                "webhook told" if answer.fault is None else "webhook not told",
                webhook=str(turn.webhook.id),
                delivery=str(delivery.id),
                fault=answer.fault,
                status=answer.status,
                duration_ms=answer.duration_ms,
            )
            return settle(
                self._database,
                turn,
                delivery,
                answer,
                public_url=self._public_url,
                now=self._clock(),
            )

    def _secrets(self, webhook: Webhook) -> list[str]:
        until = webhook.previous_until
        if webhook.previous_secret and until is not None and self._clock() < until:
            return [webhook.secret, webhook.previous_secret]
        return [webhook.secret]


def message_id_of(delivery: WebhookDelivery) -> str:
    """Return the message's id: one for each webhook and event, whenever it is sent."""
    return f"msg_{delivery.id.hex}"
