"""The JSON API of a service: flask-smorest, with problem details for errors."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Flask, Response
from flask_smorest import Api
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException

from shared.web.errors import error_response
from shared.web.problems import CONTENT_TYPE, ProblemSchema


class ProblemApi(Api):  # type: ignore[misc]
    """flask-smorest, whose errors are `application/problem+json` and so described."""

    ERROR_SCHEMA = ProblemSchema

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer an error, of the API or of a page."""
        return error_response(error)

    def _register_responses(self) -> None:
        ordinary: str = Api.DEFAULT_RESPONSE_CONTENT_TYPE
        self.DEFAULT_RESPONSE_CONTENT_TYPE = CONTENT_TYPE
        super()._register_responses()
        self.DEFAULT_RESPONSE_CONTENT_TYPE = ordinary


def install_api(
    app: Flask, blueprints: Iterable[Any], *, service: str, protection: CSRFProtect
) -> None:
    """Serve the API's blueprints, and their description; they use no cookie, hence no CSRF."""
    found: list[Blueprint] = list(blueprints)
    if not found:
        return
    app.config.update(
        API_TITLE=f"Parvis: {service}",
        API_VERSION="v1",
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX=f"/api/v1/{service}",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = ProblemApi(app)
    for blueprint in found:
        protection.exempt(blueprint)
        api.register_blueprint(blueprint)
