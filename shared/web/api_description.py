"""What the OpenAPI document of every service says beside its operations."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from flask import Flask

from shared.api_tokens import PREFIX, SCOPES

#: The name of the security scheme of API tokens.
SCHEME = "bearerAuth"

#: Headers of answers, as `blueprint.response(…, headers=…)` takes them.
ETAG = {
    "ETag": {
        "description": "Names this version; send it back as If-None-Match or If-Match",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[!#-~]+"$'},
    }
}
LOCATION = {
    "Location": {
        "description": "Where what was made is from now on",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    }
}

_ABOUT = """\
Times are instants with their offset; days and weekly hours are local. Errors are problem details
(RFC 9457), with `code` for programs and `detail` for people, in the language of `Accept-Language`
(French or English). Lists come in pages: `next` is the `cursor` of the following one.

What anybody may read needs no token. The rest takes `Authorization: Bearer parvis_…`; the
console's cookie is not accepted. A write takes an `Idempotency-Key`: repeated with the same body it
gets its first answer and is done once. To change or delete what was read, send its `ETag` back as
`If-Match`; if somebody else was faster, the answer is 412 with what there is now."""

_SCOPE_LINES = "\n".join(f"- `{scope}`: {meaning}." for scope, meaning in SCOPES.items())

_SECURITY = {
    SCHEME: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": f"{PREFIX}…",
        "description": "A token made in the console, with the scopes that an operation names:\n\n"
        f"{_SCOPE_LINES}\n\nThe scope to write includes the one to read the same.",
    }
}


def description_settings(service: str, public_url: str) -> dict[str, Any]:
    """Return what flask-smorest is told of the document."""
    return {
        "API_TITLE": f"Parvis: {service}",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": f"/api/v1/{service}",
        "OPENAPI_JSON_PATH": "openapi.json",
        "API_SPEC_OPTIONS": {
            "info": {
                "description": _ABOUT,
                "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
            },
            "servers": [{"url": public_url}],
            "components": {"securitySchemes": _SECURITY},
        },
    }


def api_description(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document of an application's API."""
    described: dict[str, Any] = app.extensions["flask-smorest"]["apis"][""][
        "ext_obj"
    ].spec.to_dict()
    return described


def describe(
    view: Any,
    *,
    parameters: Sequence[Mapping[str, Any]] = (),
    responses: Mapping[int, str] | None = None,
    **operation: Any,
) -> None:
    """Add to what flask-smorest will say of a view.

    `parameters` are OpenAPI's, `responses` names the component of each status, such as
    `UNAUTHORIZED`, and `operation` is any further member of the operation.
    """
    doc = view._apidoc = deepcopy(getattr(view, "_apidoc", {}))
    if parameters:
        doc.setdefault("arguments", {}).setdefault("parameters", []).extend(parameters)
    known = doc.setdefault("response", {}).setdefault("responses", {})
    for status, component in (responses or {}).items():
        known.setdefault(status, []).append(component)
    doc.setdefault("manual_doc", {}).update(operation)
