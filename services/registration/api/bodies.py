"""What requests of registration's API bring: a JSON body, and a key under which to repeat them."""

import json
from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import Schema

from services.registration.schemas import MESSAGES, InvalidBody, is_idempotency_key, load
from shared.i18n import gettext as _
from shared.web.problems import Problem

#: The header, as the API's description tells it.
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 180, "pattern": "^[!-~]+$"},
    "description": "The same key with the same body gives the same answer again, once.",
}


def body_of(schema: type, example: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the API's description tells of a body."""
    content = {"schema": schema, "example": example}
    return {"required": True, "content": {"application/json": content}}


def read_key() -> str:
    """Return the request's idempotency key; raises a `Problem` (422) if there is none."""
    key = request.headers.get("Idempotency-Key", "")
    if not is_idempotency_key(key):
        raise invalid("headers", {"Idempotency-Key": [str(MESSAGES["key"])]})
    return key


def read_body(schema: Schema) -> dict[str, Any]:
    """Return the request's body, validated; raises a `Problem` (400, 422) naming every fault."""
    try:
        body = json.loads(request.get_data(cache=False))
    except (ValueError, RecursionError) as error:
        raise Problem(400, "not_json", detail=_("Le corps n’est pas du JSON.")) from error
    try:
        return load(schema, body)
    except InvalidBody as error:
        raise invalid("json", error.sentences) from error


def invalid(place: str, sentences: dict[str, list[str]]) -> Problem:
    """Return what is told of values at fault, by where they are (`json`, `headers`)."""
    detail = _("Certaines valeurs sont à corriger.")
    return Problem(422, "invalid", detail=detail, errors={place: sentences})
