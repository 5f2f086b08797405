"""Publishing to RabbitMQ: pipelined, persistent, mandatory, confirmed, and with deadlines.

Messages of a batch are written one after the other, and their confirms are gathered together
(RabbitMQ: "Publisher Confirms"). With a frozen broker, a write or a wait times out: no blocking.
"""

import contextlib
import json
import threading
import time
from collections.abc import Sequence
from typing import Any

import amqp
from kombu.connection import Connection
from kombu.exceptions import OperationalError

from shared.messaging.publisher import (
    CONTROL_EXCHANGE,
    BrokerUnavailable,
    Message,
    Outcome,
    exchange_name,
)

#: Seconds within which a batch must be written and confirmed.
DEADLINE = 10.0

_PERSISTENT = 2


class AmqpPublisher:
    """A connection of its own, opened when first needed and again after every fault."""

    def __init__(self, amqp_url: str, service: str, *, deadline: float = DEADLINE) -> None:
        self._url = amqp_url
        self._service = service
        self._deadline = deadline
        self._one_at_a_time = threading.Lock()
        self._connection: Any = None
        self._channel: Any = None
        self._open: set[int] = set()
        self._nacked: set[int] = set()
        self._returned: set[str] = set()
        self._last_tag = 0
        self._settled_to = 0

    def publish(self, messages: Sequence[Message]) -> Outcome:
        """Publish all and wait for the confirms; raises `BrokerUnavailable` when none came."""
        if not messages:
            return Outcome(frozenset())
        with self._one_at_a_time:  # two greenthreads must not read one connection
            return self._try(messages)

    def _try(self, messages: Sequence[Message]) -> Outcome:
        try:
            self._connect()
            return self._publish(messages)
        except (OSError, amqp.AMQPError, OperationalError) as error:
            self.close()
            raise BrokerUnavailable(type(error).__name__) from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Drop the connection without waiting for the broker's goodbye."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            with contextlib.suppress(Exception):  # it is being thrown away
                connection.collect(socket_timeout=0.1)

    def _connect(self) -> None:
        if self._connection is not None and self._connection.connected:
            return
        self._connection = Connection(
            self._url,
            connect_timeout=self._deadline,
            transport_options={
                "confirm_publish": False,
                "read_timeout": self._deadline,
                "write_timeout": self._deadline,
            },
        )
        self._connection.ensure_connection(max_retries=1, timeout=self._deadline)
        channel = self._connection.channel()
        channel.exchange_declare(
            exchange_name(self._service), "topic", durable=True, auto_delete=False
        )
        channel.exchange_declare(CONTROL_EXCHANGE, "direct", durable=True, auto_delete=False)
        channel.confirm_select()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        channel.events["basic_return"].add(self._on_return)
        self._channel = channel
        self._last_tag = self._settled_to = 0

    def _publish(self, messages: Sequence[Message]) -> Outcome:
        first = self._last_tag + 1
        self._open, self._nacked, self._returned = set(), set(), set()
        end = time.monotonic() + self._deadline
        for message in messages:
            self._last_tag += 1
            self._open.add(self._last_tag)
            self._channel.basic_publish(
                amqp.Message(
                    json.dumps(message.body, ensure_ascii=False, separators=(",", ":")),
                    content_type="application/json",
                    content_encoding="utf-8",
                    delivery_mode=_PERSISTENT,
                    message_id=message.id,
                ),
                exchange=message.exchange,
                routing_key=message.routing_key,
                mandatory=True,
            )
        while self._open:
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError("confirms did not come in time")
            self._connection.drain_events(timeout=left)
        return Outcome(
            confirmed=frozenset(
                index for index in range(len(messages)) if first + index not in self._nacked
            ),
            returned=frozenset(
                index for index, message in enumerate(messages) if message.id in self._returned
            ),
        )

    def _settle(self, tag: int, multiple: bool) -> set[int]:
        settled = self._open.intersection(
            range(self._settled_to + 1, tag + 1) if multiple else (tag,)
        )
        if multiple:
            self._settled_to = tag
        self._open -= settled
        return settled

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._settle(tag, multiple)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._nacked |= self._settle(tag, multiple)

    def _on_return(
        self, _error: Any, _exchange: str, _routing_key: str, message: amqp.Message
    ) -> None:
        self._returned.add(message.properties.get("message_id", ""))
