"""Structured logs, and the correlation id that follows one request through every service.

No personal data is ever logged: log ids and counts, never names, addresses or tokens.
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog

from shared.identifiers import new_id

_correlation_id: ContextVar[str | None] = ContextVar("correlation_id", default=None)


def correlation_id() -> str:
    """Return the correlation id of what is being done now, a new one if there is none."""
    return _correlation_id.get() or new_id().hex


@contextmanager
def correlated(identifier: str | None = None) -> Iterator[str]:
    """Do the block under a correlation id: the given one, else a new one."""
    chosen = identifier or new_id().hex
    token = _correlation_id.set(chosen)
    try:
        yield chosen
    finally:
        _correlation_id.reset(token)


def configure_logs(*, service: str | None = None, json: bool = True, level: str = "INFO") -> None:
    """Send every log, the libraries' included, to standard error as one line each."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_correlation_id,
        structlog.processors.format_exc_info,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            exception_formatter=structlog.dev.plain_traceback,  # never the values of variables
        )
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Every look at whether a database is migrated, as health checks take, would be two lines.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.clear_contextvars()
    if service:
        structlog.contextvars.bind_contextvars(service=service)


def get_logger(name: str) -> Any:
    """Return the structured logger for a module."""
    return structlog.get_logger(name)


def _add_correlation_id(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    current = _correlation_id.get()
    return {**event, "correlation_id": current} if current else event
