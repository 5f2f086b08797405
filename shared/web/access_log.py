"""One log line for each request, under a correlation id, with the route and never the address."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, request

from shared.observability import correlated, correlation_id, get_logger

_log = get_logger("parvis.access")
_STARTED = "parvis.started"

WsgiApplication = Callable[..., Iterable[bytes]]


def install_access_log(app: Flask) -> None:
    """Give every request a correlation id, and log it when it is answered."""
    app.wsgi_app = _correlate(app.wsgi_app)  # type: ignore[method-assign]
    app.after_request(_log_request)


def _correlate(application: WsgiApplication) -> WsgiApplication:
    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        # The id is always our own: one taken from a header would let a visitor forge the trail.
        with correlated():
            environ[_STARTED] = time.perf_counter()
            return application(environ, start_response)

    return answer


def _log_request(response: Response) -> Response:
    response.headers["X-Correlation-Id"] = correlation_id()
    started = request.environ.get(_STARTED)
    _log.info(
        "request",
        method=request.method,
        route=request.url_rule.rule if request.url_rule else None,
        status=response.status_code,
        ms=round((time.perf_counter() - started) * 1000, 1) if started else None,
    )
    return response
