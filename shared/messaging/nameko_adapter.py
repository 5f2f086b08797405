"""The one place where Parvis meets nameko: handlers, timers, and what runs beside them.

Only a worker imports this module; web processes never do, because nameko runs on eventlet.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial, wraps
from typing import Any

import eventlet
from amqp import AMQPError
from kombu.entity import Exchange, Queue
from kombu.exceptions import KombuError
from nameko.events import EventHandler
from nameko.extensions import DependencyProvider, Extension
from nameko.messaging import QueueConsumer
from nameko.timer import Timer

from shared.context import ServiceContext
from shared.contracts.event import Event
from shared.messaging import catch_up
from shared.messaging.handlers import Effect, Handler, Kind
from shared.messaging.inbox import Inbox
from shared.messaging.publisher import (
    CONTROL_EXCHANGE,
    BrokerUnavailable,
    exchange_name,
    publisher_for,
)
from shared.messaging.relay import POLL, Relay
from shared.observability import get_logger

#: The key under which the container's configuration carries the service's context.
CONTEXT = "PARVIS_CONTEXT"

#: Seconds without a message after which a consumer asks whether it has missed any.
IDLE = 2.0

#: Seconds between two such questions while nothing is missing.
ASK_AGAIN = 5.0

#: Seconds after which it asks even though messages keep coming.
ASK_ANYWAY = 60.0

#: Longest pause, in seconds, before a message is tried again that the inbox could not take.
LONGEST_PAUSE = 30.0

_QUORUM = {"x-queue-type": "quorum"}

_log = get_logger(__name__)


def handles(event: Event, *, kind: Kind) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a method take every event of one contract, once, inside the inbox's transaction.

    The method is called with the session and the envelope. Its name names the queue for ever.
    """

    def decorate(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def receive(self: Any, message: dict[str, Any]) -> None:
            self.messaging.receive(method.__name__, message)

        receive.subscription = (event, kind, method)  # type: ignore[attr-defined]
        entrypoint: Any = EventConsumer.decorator(event.service, event.name)
        decorated: Callable[..., Any] = entrypoint(receive)
        return decorated

    return decorate


def every(*, seconds: float) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a method run again and again; one run ends before the next begins."""
    decorate: Callable[[Callable[..., Any]], Callable[..., Any]] = SteadyTimer.decorator(seconds)
    return decorate


def handlers_of(service: type) -> dict[str, tuple[Handler, Callable[..., Any]]]:
    """Return a nameko service's handlers, by name, with the methods that they wrap."""
    found = {}
    for name, member in vars(service).items():
        subscription = getattr(member, "subscription", None)
        if subscription is not None:
            event, kind, method = subscription
            found[name] = (Handler(service.name, name, event, kind), method)  # type: ignore[attr-defined]
    return found


class SteadyTimer(Timer):  # type: ignore[misc]
    """nameko's timer, but each pause is counted from the end of the last run.

    nameko's own follows the wall clock: set back an hour, it rests an hour; after a night's
    suspension it makes up for every run that was missed.
    """

    def _run(self) -> None:
        while True:
            with eventlet.Timeout(self.interval, False):
                self.should_stop.wait()
                return
            self.handle_timer_tick()
            self.worker_complete.wait()
            self.worker_complete.reset()


def settle(settle: Callable[[Any], None], message: Any) -> None:
    """Acknowledge or give back; on a broken connection the broker takes the message back itself.

    nameko lets the socket's own errors through, which would kill the container.
    """
    with suppress(OSError, AMQPError, KombuError):
        settle(message)


class EventConsumer(EventHandler):  # type: ignore[misc]
    """nameko's event handler on a quorum queue; acknowledges what the inbox has taken."""

    def setup(self) -> None:
        """Declare the queue, durable and replicated, and bind it to the publisher's exchange."""
        service = self.container.service_cls
        handler = handlers_of(service)[self.method_name][0]
        self.queue = Queue(
            handler.queue,
            exchange=Exchange(exchange_name(self.source_service), "topic", durable=True),
            routing_key=self.event_type,
            durable=True,
            queue_arguments=_QUORUM,
        )
        self.failures = 0
        self.queue_consumer.register_provider(self)

    def handle_message_processed(
        self, message: Any, result: Any = None, exc_info: Any = None
    ) -> None:
        """Acknowledge after the commit; otherwise give the message back, later each time."""
        if exc_info is None:
            self.failures = 0
            settle(self.queue_consumer.ack_message, message)
            return
        self.failures += 1
        pause = min(2.0 ** min(self.failures, 10) / 2, LONGEST_PAUSE)
        _log.error("inbox cannot be written", handler=self.method_name, pause=pause)
        self.container.spawn_managed_thread(
            partial(self._give_back, message, pause), identifier="give back"
        )

    def _give_back(self, message: Any, pause: float) -> None:
        eventlet.sleep(pause)
        settle(self.queue_consumer.requeue_message, message)


class ControlConsumer(Extension):  # type: ignore[misc]
    """Takes the messages of catch-up from one queue; a lost one is asked for again."""

    queue_consumer = QueueConsumer()

    def __init__(self, name: Callable[[str], str]) -> None:
        self._name = name
        self.take: Callable[[dict[str, Any]], None] | None = None

    def setup(self) -> None:
        """Declare the queue of this service's name and consume from it."""
        name = self._name(self.container.service_name)
        self.queue = Queue(
            name,
            exchange=Exchange(CONTROL_EXCHANGE, "direct", durable=True),
            routing_key=name,
            durable=True,
            message_ttl=60,
        )
        self.queue_consumer.register_provider(self)

    def stop(self) -> None:
        """Stop consuming."""
        self.queue_consumer.unregister_provider(self)

    def handle_message(self, body: dict[str, Any], message: Any) -> None:
        """Do what was asked and acknowledge; a failure is logged, and the asker asks again."""
        try:
            if self.take is not None:
                self.take(body)
        except Exception:
            _log.warning("catch-up failed", exc_info=True)
        finally:
            settle(self.queue_consumer.ack_message, message)


class ServiceMessaging(DependencyProvider):  # type: ignore[misc]
    """What a service's methods reach as `self.messaging`; runs relay, retries and catch-up."""

    requests = ControlConsumer(catch_up.request_queue)
    replies = ControlConsumer(catch_up.reply_queue)

    def setup(self) -> None:
        """Put the parts together around the service's context."""
        self.context: ServiceContext = self.container.config[CONTEXT]
        context, service = self.context, self.container.service_cls
        database, clock, url = context.database, context.clock, context.settings.amqp_url
        self.inbox = Inbox(database, clock)
        self.handlers = handlers_of(service)
        self.relay = Relay(database, publisher_for(url, service.name), clock, service.name)
        control = publisher_for(url, service.name)
        self.consumer = catch_up.Consumer(
            database,
            control,
            clock,
            service.name,
            [handler for handler, _ in self.handlers.values()],
        )
        self.answerer = catch_up.Answerer(database, publisher_for(url, service.name), clock)
        self.requests.take = self.answerer.answer
        self.replies.take = self._complete
        self._asked_at = self._received_at = 0.0
        self._stopping = False

    def start(self) -> None:
        """Begin relaying, retrying and asking."""
        for job in (self._relay, self._retry, self._ask):
            self.container.spawn_managed_thread(job, identifier=job.__name__)

    def stop(self) -> None:
        """Let the jobs end at their next look."""
        self._stopping = True
        self.relay.close()

    def get_dependency(self, worker_ctx: Any) -> "Messaging":
        """Give the service's methods what they need of this."""
        return Messaging(self, worker_ctx.service)

    def receive(self, name: str, message: dict[str, Any], instance: Any) -> None:
        """Pass one message through the inbox to the handler of that name."""
        self._received_at = time.monotonic()
        handler, method = self.handlers[name]
        self.inbox.receive(handler, message, partial(method, instance))

    def _effects(self) -> dict[str, tuple[Handler, Effect]]:
        instance = self.container.service_cls()
        setattr(instance, self.attr_name, Messaging(self, instance))
        return {
            name: (handler, partial(method, instance))
            for name, (handler, method) in self.handlers.items()
        }

    def _relay(self) -> None:
        self._repeat(POLL, self.relay.run_once)

    def _retry(self) -> None:
        effects = self._effects()

        def retry() -> None:
            self.inbox.retry_due(effects)
            self.relay.blank_expired()

        self._repeat(0.5, retry)

    def _ask(self) -> None:
        def ask() -> None:
            now = time.monotonic()
            is_idle = now - self._received_at > IDLE and now - self._asked_at > ASK_AGAIN
            if is_idle or now - self._asked_at > ASK_ANYWAY:
                self._asked_at = now
                for source in {handler.event.service for handler in self.consumer.handlers}:
                    self.consumer.ask(source)

        self._repeat(0.2, ask)

    def _complete(self, reply: dict[str, Any]) -> None:
        for _ in range(100):
            if self.consumer.complete(reply):
                if reply["more"]:
                    self._asked_at = self._received_at = 0.0
                return
            eventlet.sleep(0.05)

    def _repeat(self, pause: float, job: Callable[[], Any]) -> None:
        failures = 0
        while not self._stopping:
            try:
                job()
                failures = 0
            except BrokerUnavailable as error:
                failures += 1
                _log.warning("broker unavailable", service=self.context.service, reason=str(error))
            except Exception:
                failures += 1
                _log.error("job failed", service=self.context.service, exc_info=True)
            eventlet.sleep(pause if not failures else min(pause * 2**failures, 2.0))


class Messaging:
    """The face that `ServiceMessaging` shows to a service's methods."""

    def __init__(self, provider: ServiceMessaging, instance: Any) -> None:
        self._provider = provider
        self._instance = instance

    @property
    def context(self) -> ServiceContext:
        """Return the service's settings, database and clock."""
        return self._provider.context

    def receive(self, name: str, message: dict[str, Any]) -> None:
        """Pass one message through the inbox to the handler of that name."""
        self._provider.receive(name, message, self._instance)
