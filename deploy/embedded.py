"""`parvis up`: every service, the broker in memory and the pages, in one process."""

import deploy.green  # noqa: F401, I001 - first: makes the rest cooperative

import errno
import fcntl
import os
import signal
import socket
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any

import eventlet
from eventlet import wsgi

from deploy.containers import Containers
from deploy.environment import ADDRESS_FILE, embedded_settings, prepare_data_folder
from deploy.migrate import migrate
from deploy.routes import SERVICES, service_for
from deploy.wsgi import build_application
from shared.context import ServiceContext, build_context
from shared.observability import configure_logs

#: Connections that are served at the same time.
MOST_CONNECTIONS = 200

#: Seconds after which a browser's idle connection makes room for another.
IDLE_CONNECTION = 30

Progress = Callable[[str], None]
Seed = Callable[[list[ServiceContext]], None]


class CannotStart(Exception):
    """The process cannot start; the text is one sentence that says what to do."""


def run(
    host: str,
    port: int,
    data: Path,
    *,
    progress: Progress,
    before_serving: Seed,
    ready: Callable[[str], None],
) -> None:
    """Serve on `host` and `port` from the data folder until SIGINT or SIGTERM.

    `before_serving` is called once the databases are migrated, `ready` with the public address
    when the first page can be asked for. Raises `CannotStart` and `DataFolderError`.
    """
    prepare_data_folder(data)
    configure_logs(json=False, level=os.environ.get("PARVIS_LOG_LEVEL", "WARNING"))
    folder_lock = _lock(data)
    listener = _listen(host, port)
    address = os.environ.get("PUBLIC_URL") or _address(host, listener.getsockname()[1])
    (data / ADDRESS_FILE).write_text(f"{address}\n")
    contexts = [build_context(embedded_settings(name, data, address)) for name in SERVICES]
    containers = Containers(contexts)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: containers.end())
    progress("Preparing the databases")
    for context in contexts:
        migrate(context.settings.database_url, context.service)
    before_serving(contexts)
    progress("Starting the services")
    applications = {context.service: build_application(context.settings) for context in contexts}
    containers.start()
    containers.wait_until_started()
    server = eventlet.spawn(
        wsgi.server,
        listener,
        dispatcher(applications),
        log_output=False,
        max_size=MOST_CONNECTIONS,
        socket_timeout=IDLE_CONNECTION,
        debug=False,
    )
    ready(address)
    containers.over.wait()
    progress("Stopping")
    server.kill()
    containers.stop()
    for context in contexts:
        context.database.dispose()
    folder_lock.close()
    if containers.failed:
        raise CannotStart("A service died: the lines above say why.")


def dispatcher(applications: dict[str, Any]) -> Any:
    """Return one WSGI application that hands each path to the service that serves it."""

    def dispatch(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        application = applications[service_for(environ.get("PATH_INFO", "/"))]
        answer: Iterable[bytes] = application(environ, start_response)
        return answer

    return dispatch


def _lock(data: Path) -> IO[str]:
    file = (data / ".lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise CannotStart(
            f"Parvis is running already on the data folder {data}: "
            "stop it first, or choose another folder with --data."
        ) from error
    return file


def _listen(host: str, port: int) -> Any:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return eventlet.listen((host, port), family=family, reuse_port=False)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(
                f"Port {port} of {host} is in use: stop what uses it, or choose one with --port."
            ) from error
        raise CannotStart(f"Cannot listen on {host}, port {port}: {error.strerror}.") from error


def _address(host: str, port: int) -> str:
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host)  # noqa: S104 - shown, not bound
    return f"http://{name or (f'[{host}]' if ':' in host else host)}:{port}"
