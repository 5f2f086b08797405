"""The WSGI application of one service, built in each web process from its environment."""

import os
import sys
from importlib import import_module
from typing import Any

from deploy.environment import distributed_settings
from shared.context import build_context
from shared.observability import configure_logs
from shared.request_log import write_requests_to
from shared.settings import Settings


def build_application(settings: Settings) -> Any:
    """Return the Flask application of the service that `settings` names."""
    module = import_module(f"services.{settings.service}.web")
    return module.create_app(build_context(settings))


def application() -> Any:
    """Return the application of the service that `PARVIS_SERVICE` names (Granian's factory)."""
    service = os.environ["PARVIS_SERVICE"]
    configure_logs(service=service)
    write_requests_to(sys.stderr.fileno())
    (settings,) = distributed_settings((service,), "web")
    return build_application(settings)
