"""Publishing to kombu's in-memory transport, for the embedded mode: one process, no broker."""

from collections.abc import Sequence
from typing import Any

from kombu.connection import Connection
from kombu.entity import Exchange
from kombu.pools import producers

from shared.messaging.publisher import CONTROL_EXCHANGE, Message, Outcome, exchange_name


class MemoryPublisher:
    """Puts messages into the queues of this process; what has no queue is left to catch-up."""

    def __init__(self, amqp_url: str, service: str) -> None:
        self._connection = Connection(amqp_url)
        self._exchanges = {
            exchange_name(service): Exchange(exchange_name(service), "topic", durable=True),
            CONTROL_EXCHANGE: Exchange(CONTROL_EXCHANGE, "direct", durable=True),
        }

    def publish(self, messages: Sequence[Message]) -> Outcome:
        """Publish all; in memory nothing can be refused."""
        with producers[self._connection].acquire(block=True) as producer:
            for message in messages:
                exchange: Any = self._exchanges.get(message.exchange)
                producer.publish(
                    message.body,
                    exchange=exchange or "",
                    routing_key=message.routing_key,
                    declare=[exchange] if exchange else [],
                    serializer="json",
                    message_id=message.id,
                )
        return Outcome(frozenset(range(len(messages))))

    def close(self) -> None:
        """Nothing is held that another may need."""
