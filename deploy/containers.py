"""The nameko containers of the services, as a worker or the embedded process runs them."""

from importlib import import_module
from typing import Any

import eventlet
from nameko.containers import ServiceContainer

from shared.context import ServiceContext
from shared.messaging.nameko_adapter import CONTEXT

#: Events that one service handles at the same time.
MOST_AT_ONCE = 10

#: Seconds between two looks at the in-memory queues.
MEMORY_POLLING = 0.02


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


def stop_all(containers: list[ServiceContainer]) -> None:
    """Stop the containers side by side: each waits for what it is doing, and for its broker."""
    for stopping in [eventlet.spawn(container.stop) for container in containers]:
        stopping.wait()
