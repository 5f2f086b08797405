"""`parvis worker SERVICE…`: the handlers, timers and relay of one or more services."""

import deploy.green  # noqa: F401, I001 - first: makes the rest cooperative

import signal
import sys
from typing import Any

import eventlet
from eventlet import wsgi
from kombu.connection import Connection
from shared.readiness import is_ready

from deploy.containers import Containers
from deploy.environment import distributed_settings
from shared.context import ServiceContext, build_context
from shared.observability import configure_logs, get_logger

_log = get_logger(__name__)


def work(services: tuple[str, ...], health: tuple[str, int] | None) -> None:
    """Work until SIGINT or SIGTERM; raises `SettingsError` before anything is started.

    Exits with status 1 when a service dies, so that the supervisor starts the process again.
    """
    configure_logs(service="+".join(services))
    contexts = [build_context(settings) for settings in distributed_settings(services, "worker")]
    containers = Containers(contexts)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: containers.end())
    if health is not None:
        listener = eventlet.listen(health)
        eventlet.spawn(wsgi.server, listener, health_application(contexts), log_output=False)
    containers.start()
    _log.info("worker started", services=services)
    containers.over.wait()
    containers.stop()
    _log.info("worker stopped", services=services)
    if containers.failed:
        sys.exit(1)


def health_application(contexts: list[ServiceContext]) -> Any:
    """Return the WSGI application of `/healthz` and `/readyz` for a worker."""

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        path = environ["PATH_INFO"]
        if path == "/healthz":
            fine = True
        elif path == "/readyz":
            fine = all(
                is_ready(context.database, context.service) and _reaches_broker(context)
                for context in contexts
            )
        else:
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"not found\n"]
        start_response(
            "200 OK" if fine else "503 Service Unavailable", [("Content-Type", "text/plain")]
        )
        return [b"ok\n" if fine else b"not ready\n"]

    return application


def _reaches_broker(context: ServiceContext) -> bool:
    try:
        with Connection(context.settings.amqp_url, connect_timeout=2) as connection:
            connection.ensure_connection(max_retries=0, timeout=2)
        return True
    except Exception:
        return False
