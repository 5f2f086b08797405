"""`parvis web SERVICE`: one service's pages and API on Granian's threads."""

import os

from granian import Granian
from granian.constants import HTTPModes, Interfaces

from deploy.environment import distributed_settings
from shared.observability import configure_logs


def serve(service: str, host: str, port: int, *, processes: int, threads: int) -> None:
    """Serve until told to stop; raises `SettingsError` before anything is started."""
    distributed_settings((service,), "web")
    os.environ["PARVIS_SERVICE"] = service
    configure_logs(service=service)
    Granian(
        "deploy.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=threads,
        factory=True,
        http=HTTPModes.http1,  # as Caddy speaks to it
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
    ).serve()
