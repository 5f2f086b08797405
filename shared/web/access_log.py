"""One log line for each request, under a correlation id, with the route and never the address."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, request

from shared.observability import correlated, correlation_id
from shared.request_log import log_request

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


def log_answer(environ: dict[str, Any], route: str | None, status: int) -> None:
    """Log a request by its route: an address could carry somebody's secret token."""
    log_request(environ["REQUEST_METHOD"], route, status, environ.get(_STARTED))


def _log_request(response: Response) -> Response:
    response.headers["X-Correlation-Id"] = correlation_id()
    route = request.url_rule.rule if request.url_rule else None
    log_answer(request.environ, route, response.status_code)
    return response
