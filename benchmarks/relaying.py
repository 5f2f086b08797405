"""Events from the outbox to a quorum queue, all confirmed, against py-amqp one by one."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import amqp

from benchmarks.facts import made_registration
from benchmarks.figure import Figure, WrongResult, compare
from benchmarks.laboratory import Laboratory
from shared.clock import system_clock
from shared.contracts.registration import REGISTRATION_MADE
from shared.identifiers import new_id
from shared.messaging.envelope import Envelope
from shared.messaging.publisher import exchange_name
from shared.migrations import migrate

_ROOT = Path(__file__).parents[1]
_QUEUE = "benchmark"
_EXCHANGE = exchange_name(REGISTRATION_MADE.service)

#: Events of each run of the relay, seconds of each run of the yardstick, and runs of each.
EVENTS, SECONDS, ROUNDS = 30_000, 4, 3


def relayed(laboratory: Laboratory) -> Figure:
    """Measure the relay as a worker runs it, against a loop that confirms each message."""
    url = laboratory.rabbitmq.url
    database_url = laboratory.postgresql.create_database()
    migrate(database_url, "registration")
    values, yardsticks = [], []
    try:
        for _ in range(ROUNDS):
            yardsticks.append(_one_by_one(url))
            laboratory.settle()
            values.append(_relay(database_url, url))
            laboratory.tell(f"relay {values[-1]:,.0f}/s, one by one {yardsticks[-1]:,.0f}/s")
    finally:
        laboratory.postgresql.drop_database(database_url)
    return compare("events-relayed", "events/s", 2.0, values=values, yardsticks=yardsticks)


def _relay(database_url: str, amqp_url: str) -> float:
    with _queue(amqp_url) as channel:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.relay_process", database_url, amqp_url, str(EVENTS)],
            cwd=_ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise WrongResult(f"the relay failed:\n{done.stderr[-2000:]}")
        result = json.loads(done.stdout)
        arrived = channel.queue_declare(_QUEUE, passive=True).message_count
    if (result["sent"], result["unsent"], result["gaps"], arrived) != (
        EVENTS,
        0,
        0,
        EVENTS + result["first"],
    ):
        raise WrongResult(f"of {EVENTS} events {arrived} arrived: {result}")
    return float(EVENTS / result["seconds"])


def _one_by_one(amqp_url: str) -> float:
    """Publish as the relay does, but wait for each confirm; return the messages per second."""
    now = system_clock()
    envelope = Envelope(
        new_id(), REGISTRATION_MADE.type, 1, new_id(), 1, now, new_id().hex, made_registration(now)
    )
    body = json.dumps(envelope.to_json(), ensure_ascii=False, separators=(",", ":"))
    with _queue(amqp_url) as channel:
        number, begun = 0, time.perf_counter()
        while time.perf_counter() - begun < SECONDS:
            channel.basic_publish_confirm(
                amqp.Message(body, content_type="application/json", delivery_mode=2),
                exchange=_EXCHANGE,
                routing_key=REGISTRATION_MADE.name,
                mandatory=True,
            )
            number += 1
        return number / (time.perf_counter() - begun)


@contextmanager
def _queue(amqp_url: str) -> Iterator[Any]:
    """Give a channel to a new quorum queue that takes the events; delete it afterwards."""
    parts = urlsplit(amqp_url)
    with amqp.Connection(
        host=f"{parts.hostname}:{parts.port}",
        userid=parts.username,
        password=parts.password,
        virtual_host=parts.path[1:],
        confirm_publish=True,
    ) as connection:
        channel = connection.channel()
        channel.exchange_declare(_EXCHANGE, "topic", durable=True, auto_delete=False)
        channel.queue_declare(
            _QUEUE,
            durable=True,
            exclusive=False,
            auto_delete=False,
            arguments={"x-queue-type": "quorum"},
        )
        channel.queue_bind(_QUEUE, _EXCHANGE, REGISTRATION_MADE.name)
        try:
            yield channel
        finally:
            channel.queue_delete(_QUEUE)
