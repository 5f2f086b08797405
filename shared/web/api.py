"""The JSON API of a service: flask-smorest, described with OpenAPI, with problems for errors."""

import json
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import flask
from flask import Flask, Response
from flask_smorest import Api
from flask_smorest import Blueprint as SmorestBlueprint
from flask_wtf.csrf import CSRFProtect
from webargs.core import is_json
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import CombinedMultiDict
from werkzeug.exceptions import HTTPException

from shared.context import ServiceContext
from shared.i18n import gettext as _
from shared.web.api_description import describe, description_settings
from shared.web.errors import error_response
from shared.web.problems import CONTENT_TYPE, Problem, ProblemSchema


class BodyParser(FlaskParser):
    """webargs, which refuses a body that is not JSON rather than take it for an empty one.

    `multipart` is where a form's fields and its files are taken together.
    """

    __location_map__ = FlaskParser.__location_map__ | {"multipart": "load_multipart"}

    def load_multipart(self, req: flask.Request, schema: Any) -> Any:
        """Return the fields and the files of a form."""
        return MultiDictProxy(CombinedMultiDict([req.form, req.files]), schema)

    def _raw_load_json(self, req: flask.Request) -> Any:
        if not is_json(req.mimetype):
            raise Problem(
                415,
                "not_json",
                detail=_("Le corps doit être du JSON (Content-Type: application/json)."),
            )
        try:
            return json.loads(req.get_data(cache=True), parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise Problem(400, "not_json", detail=_("Le corps n’est pas du JSON.")) from error


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


class ApiBlueprint(SmorestBlueprint):  # type: ignore[misc]
    """A group of operations; each is named after its view, and tells of its errors as problems."""

    ARGUMENTS_PARSER = BodyParser()
    DEFAULT_LOCATION_CONTENT_TYPE_MAPPING = (
        SmorestBlueprint.DEFAULT_LOCATION_CONTENT_TYPE_MAPPING
        | {"multipart": "multipart/form-data"}
    )

    def arguments(self, schema: Any, *, location: str = "json", **options: Any) -> Any:
        """Take arguments by a schema; a body also tells what it is refused for."""
        described = super().arguments(schema, location=location, **options)

        def decorate(view: Any) -> Any:
            decorated = described(view)
            if location == "json":
                describe(decorated, responses={400: "BAD_REQUEST", 415: "UNSUPPORTED_MEDIA_TYPE"})
            return decorated

        return decorate

    def alt_response(
        self, status_code: int, response: Any = None, **options: Any
    ) -> Callable[[Any], Any]:
        """Describe another answer; an error is a problem unless its schema is given."""
        if status_code >= 400 and response is None and "schema" not in options:
            options |= {"schema": ProblemSchema, "content_type": CONTENT_TYPE}
        decorate: Callable[[Any], Any] = super().alt_response(status_code, response, **options)
        return decorate

    def _store_endpoint_docs(self, endpoint: str, *args: Any, **options: Any) -> None:
        super()._store_endpoint_docs(endpoint, *args, **options)
        for method, doc in self._docs[endpoint].items():
            if method != "parameters":
                doc.setdefault("manual_doc", {}).setdefault("operationId", endpoint)

    @staticmethod
    def _prepare_response_doc(doc: Any, doc_info: Any, **options: Any) -> Any:
        prepared = SmorestBlueprint._prepare_response_doc(doc, doc_info, **options)
        # Every error that a client can cause is named; what is left over is ours.
        responses = prepared["responses"]
        responses["5XX"] = responses.pop("default")
        return prepared


def takes_a_file(largest: int, description: str) -> Callable[[Any], Any]:
    """Let a view's body be a file of so many bytes, and describe it; it stands outside the others.

    The view reads it with `request.get_data(cache=True)`.
    """

    def decorate(view: Any) -> Any:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            flask.request.max_content_length = largest
            return view(*args, **kwargs)

        content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        body = {"description": description, "required": True, "content": content}
        describe(guarded, requestBody=body)
        return guarded

    return decorate


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
    app: Flask, blueprints: Iterable[Any], *, context: ServiceContext, protection: CSRFProtect
) -> None:
    """Serve the API's blueprints, and their description; they use no cookie, hence no CSRF."""
    found: list[flask.Blueprint] = list(blueprints)
    if not found:
        return
    app.config.update(description_settings(context.service, context.settings.public_url))
    api = ProblemApi(app)
    for blueprint in found:
        protection.exempt(blueprint)
        api.register_blueprint(blueprint)
