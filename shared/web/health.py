"""What a supervisor asks: is the process alive, and can it take requests."""

from flask import Flask, Response, jsonify

from shared.readiness import why_not_ready
from shared.web.caching import uncached
from shared.web.parts import current_context


def install_health(app: Flask) -> None:
    """Serve `/healthz`, which needs nothing, and `/readyz`, which asks the database."""
    app.add_url_rule("/healthz", endpoint="healthz", view_func=_alive)
    app.add_url_rule("/readyz", endpoint="readyz", view_func=_ready)


def _alive() -> Response:
    return uncached(jsonify(status="alive", service=current_context().service))


def _ready() -> Response:
    context = current_context()
    reason = why_not_ready(context.database, context.service)
    response = jsonify(status=reason or "ready", service=context.service)
    response.status_code = 503 if reason else 200
    return uncached(response)
