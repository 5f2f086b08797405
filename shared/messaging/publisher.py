"""How a batch of messages reaches the broker: RabbitMQ with confirms, or kombu's memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

#: The direct exchange of catch-up, where consumers ask and publishers answer.
CONTROL_EXCHANGE = "parvis.control"


class BrokerUnavailable(Exception):
    """The broker did not take, or did not confirm, everything within the deadline."""


@dataclass(frozen=True)
class Message:
    """One message: JSON body, where it goes, and its identifier."""

    exchange: str
    routing_key: str
    body: dict[str, Any]
    id: str = ""


@dataclass(frozen=True)
class Outcome:
    """Which messages, by their index, the broker confirmed and which it could not route."""

    confirmed: frozenset[int]
    returned: frozenset[int] = field(default_factory=frozenset)


class Publisher(Protocol):
    """Publishes; declares the exchanges that it needs."""

    def publish(self, messages: Sequence[Message]) -> Outcome:
        """Publish all; raises `BrokerUnavailable` when not even one is sure to have arrived."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


def exchange_name(service: str) -> str:
    """Return the name of a service's topic exchange."""
    return f"{service}.events"


def publisher_for(amqp_url: str, service: str) -> Publisher:
    """Return the publisher for the broker that `amqp_url` names."""
    if amqp_url.startswith("memory:"):
        from shared.messaging.memory_publisher import MemoryPublisher

        return MemoryPublisher(amqp_url, service)
    from shared.messaging.amqp_publisher import AmqpPublisher

    return AmqpPublisher(amqp_url, service)
