"""The nameko containers of one process: started together, watched, and stopped within a time."""

import logging
from contextlib import suppress
from importlib import import_module
from typing import Any

import eventlet
from eventlet.event import Event
from nameko.containers import ServiceContainer

from shared.context import ServiceContext
from shared.messaging.nameko_adapter import CONTEXT
from shared.observability import get_logger

#: Events that one service handles at the same time.
MOST_AT_ONCE = 10

#: Seconds between two looks at the in-memory queues.
MEMORY_POLLING = 0.02

#: Seconds that a service is given to finish what it does; nameko waits for a lost broker for ever.
PARTING = 10.0

_log = get_logger(__name__)


class Containers:
    """The services of one process; `over` is sent when the process has to end.

    When one of them dies, the process ends, with `failed` set: whoever started it starts it again.
    """

    def __init__(self, contexts: list[ServiceContext]) -> None:
        self._containers = [build_container(context) for context in contexts]
        self._running: list[Any] = []
        self._started = [Event() for _ in self._containers]
        self.over = Event()
        self.failed = False

    def start(self) -> None:
        """Begin starting all; a service that finds no broker keeps trying."""
        for container, started in zip(self._containers, self._started, strict=True):
            self._running.append(eventlet.spawn(self._run, container, started))

    def wait_until_started(self) -> None:
        """Wait until every service takes its messages."""
        for started in self._started:
            started.wait()

    def end(self) -> None:
        """Say that the process has to end; saying it again changes nothing."""
        if not self.over.ready():
            self.over.send()

    def stop(self) -> None:
        """Stop all, side by side, within `PARTING` seconds and a little."""
        # It warns of each thread that it ends, which is what stopping means.
        logging.getLogger("nameko.containers").setLevel(logging.ERROR)
        for stopping in [eventlet.spawn(_stop, container) for container in self._containers]:
            stopping.wait()
        for running in self._running:
            running.kill()

    def _run(self, container: ServiceContainer, started: Event) -> None:
        try:
            container.start()
            started.send()
            container.wait()
        except Exception:
            self.failed = True
            _log.critical("service died", service=container.service_name, exc_info=True)
        finally:
            if not started.ready():
                started.send()
            self.end()


def build_container(context: ServiceContext) -> ServiceContainer:
    """Return the container, not yet started, of the service that the context belongs to."""
    module = import_module(f"services.{context.service}.service")
    options: dict[str, Any] = {}
    if context.settings.amqp_url.startswith("memory:"):
        options["polling_interval"] = MEMORY_POLLING
    config = {
        "AMQP_URI": context.settings.amqp_url,
        "TRANSPORT_OPTIONS": options,
        "max_workers": MOST_AT_ONCE,
        CONTEXT: context,
    }
    return ServiceContainer(getattr(module, f"{context.service.capitalize()}Service"), config)


def _stop(container: ServiceContainer) -> None:
    """Stop as nameko does; where it cannot, for want of a broker, end what must end by itself."""
    with suppress(Exception), eventlet.Timeout(PARTING, False):
        container.stop()
        return
    _log.warning("service did not stop by itself", service=container.service_name)
    for dependency in container.dependencies:
        with suppress(Exception):
            dependency.stop()
    with suppress(Exception), eventlet.Timeout(PARTING / 2, False):
        container.kill()
