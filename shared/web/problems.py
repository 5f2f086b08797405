"""Errors of the JSON API, as problem details (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, json
from marshmallow import INCLUDE, Schema, fields
from werkzeug.exceptions import HTTPException

from shared.i18n import lazy_gettext as _
from shared.observability import correlation_id
from shared.web.validation import in_our_words

CONTENT_TYPE = "application/problem+json"

#: What happened, where nobody said it better.
_DETAILS = {
    404: _("Rien n’a cette adresse dans l’API."),
    405: _("Cette adresse ne prend pas cette méthode."),
    413: _("Le corps est trop lourd."),
    422: _("Certaines valeurs sont à corriger."),
    503: _("Le service est momentanément indisponible. Réessayez dans quelques secondes."),
}


class Problem(HTTPException):
    """An error for a client of the API to read.

    `code` is a word that programs may rely on (`full`), `detail` a sentence for people, `errors`
    the faults by place and field, `extra` any further members.
    """

    def __init__(
        self,
        status: int,
        code: str | None = None,
        *,
        detail: str | None = None,
        errors: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(description=detail)
        self.code = status
        self.problem_code = code
        self.errors = errors
        self.extra_headers = dict(headers or {})
        self.extra = extra


class ProblemSchema(Schema):
    """What an error looks like (`application/problem+json`); some have further members."""

    class Meta:
        """Any member may be added: `current`, `bookings`."""

        unknown = INCLUDE

    type = fields.String(
        required=True, metadata={"description": "A URI that names the kind of problem"}
    )
    title = fields.String(required=True, metadata={"description": "The status in words"})
    status = fields.Integer(required=True, metadata={"description": "The status code"})
    code = fields.String(metadata={"description": "A word for the kind, where there is one"})
    detail = fields.String(metadata={"description": "What happened, for people"})
    errors = fields.Dict(metadata={"description": "Faults by place (json, query…) and field"})
    correlation_id = fields.String(metadata={"description": "Quote it when asking for help"})


def problem_body(
    status: int,
    *,
    code: str | None = None,
    detail: str | None = None,
    errors: Mapping[str, Any] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the members of a problem, those that are not known left out."""
    body: dict[str, Any] = {
        "type": f"urn:parvis:problem:{code}" if code else "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": errors,
        "correlation_id": correlation_id(),
        **(extra or {}),
    }
    return {name: value for name, value in body.items() if value is not None}


def problem_response(error: HTTPException) -> Response:
    """Return the answer for an error under `/api/`, flask-smorest's and webargs' included."""
    status = error.code or 500
    data = getattr(error, "data", None) or {}
    if isinstance(error, Problem):
        headers, code, extra = error.extra_headers, error.problem_code, error.extra
        detail, errors = error.description, error.errors
    else:
        headers, extra = {**_headers_of(error), **(data.get("headers") or {})}, {}
        detail = data.get("message") or _detail(error, status)
        errors = in_our_words(data.get("errors") or data.get("messages"))
        code = "invalid" if errors else None
    body = problem_body(status, code=code, detail=detail, errors=errors, extra=extra)
    return Response(json.dumps(body), status, headers, content_type=CONTENT_TYPE)


def _detail(error: HTTPException, status: int) -> str | None:
    if status in _DETAILS:
        return str(_DETAILS[status])
    return error.description if status < 500 else None


def _headers_of(error: HTTPException) -> dict[str, str]:
    return {name: value for name, value in error.get_headers() if name.lower() != "content-type"}
