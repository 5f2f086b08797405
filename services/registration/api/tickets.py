"""What admits people without a network: the keys that verify tickets, and who is not to come in.

GET /api/v1/registration/ticket-keys
→ {"items": [{"generation": 1, "key_id": "1f0a3c5d", "public_key": "…", "revoked_at": null}]}
GET /api/v1/registration/revocations
→ {"items": [{"id": "0199…", "reason": "cancelled", "at": …}], "next": "WyIy…", "more": false}
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Response, json
from marshmallow import RAISE, Schema, fields, validate

from services.registration.domain.ticket_keys import generations
from services.registration.door_queries import revocations
from services.registration.parts import current_ticket_keys
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG
from shared.web.caching import Validators, conditional_json, conditional_response, digest_of
from shared.web.cursors import read_cursor, write_cursor
from shared.web.tokens import require_scope

DEFAULT_LIMIT, LARGEST_LIMIT = 500, 2000

#: How far the last page's `next` goes back: what ended at the same time may be stored later.
OVERLAP = timedelta(minutes=1)

_NOBODY = UUID(int=0)

blueprint = ApiBlueprint(
    "Tickets",
    __name__,
    url_prefix="/api/v1/registration",
    description="What verifies tickets without a network, and which of them admit nobody",
)

KEY_EXAMPLE = {
    "generation": 1,
    "key_id": "1f0a3c5d",
    "public_key": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "begun_at": "2026-09-01T08:00:00+00:00",
    "revoked_at": None,
}

REVOCATION_EXAMPLE = {
    "id": "01a1b2c3-0000-7000-8000-000000000080",
    "reason": "cancelled",
    "at": "2026-10-02T17:40:12+00:00",
}


class TicketKeySchema(Schema):
    """One generation of the keys. A ticket names its key by the four bytes after `P1.`."""

    generation = fields.Integer(required=True)
    key_id = fields.String(
        required=True, metadata={"description": "The four bytes, in hexadecimal digits"}
    )
    public_key = fields.String(
        required=True, metadata={"description": "Ed25519, as `x` of a JWK has it (RFC 8037)"}
    )
    begun_at = fields.AwareDateTime(required=True)
    revoked_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "From then on its tickets admit nobody"},
    )


class TicketKeys(Schema):
    """Every generation, the oldest first."""

    items = fields.List(fields.Nested(TicketKeySchema), required=True)


class RevocationSchema(Schema):
    """A registration whose ticket admits nobody any more."""

    id = fields.UUID(required=True, metadata={"description": "The id that the ticket carries"})
    reason = fields.String(required=True, validate=validate.OneOf(("cancelled", "erased")))
    at = fields.AwareDateTime(required=True)


class Revocations(Schema):
    """What ended, in order; a registration may come more than once.

    `next` is the cursor of the following page while there is `more`, and of the next visit then.
    """

    items = fields.List(fields.Nested(RevocationSchema), required=True)
    next = fields.String(required=True, allow_none=True)
    more = fields.Boolean(required=True)


class RevocationsQuery(Schema):
    """Where to go on."""

    cursor = fields.String(metadata={"description": "`next` of the answer before"})
    limit = fields.Integer(
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(1, LARGEST_LIMIT),
        metadata={"description": "How many items a page has at most"},
    )


@blueprint.get("/ticket-keys")
@blueprint.response(200, TicketKeys, example={"items": [KEY_EXAMPLE]}, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
def list_ticket_keys() -> Response:
    """Give the public keys that verify tickets; those of a revoked generation are to be refused."""
    current_ticket_keys().ensure()
    with current_context().database.read() as db:
        items = [
            {
                "generation": one.number,
                "key_id": one.key_id.hex(),
                "public_key": one.public_text,
                "begun_at": one.begun_at,
                "revoked_at": one.revoked_at,
            }
            for one in generations(db)
        ]
    body = json.dumps(TicketKeys().dump({"items": items})).encode()
    return conditional_response(
        body, content_type="application/json", validators=Validators(digest_of(body))
    )


@blueprint.get("/revocations")
@require_scope("door:read")
@blueprint.arguments(RevocationsQuery, location="query", unknown=RAISE)
@blueprint.response(
    200,
    Revocations,
    example={"items": [REVOCATION_EXAMPLE], "next": "WyIyMDI2Il0", "more": False},
    headers=ETAG,
)
@blueprint.alt_response(304, description="Unchanged: nothing ended since")
def list_revocations(query: dict[str, Any]) -> Response:
    """Tell which registrations admit nobody any more, in the order in which they ended."""
    context, limit = current_context(), query["limit"]
    position = read_cursor(query.get("cursor"), datetime.fromisoformat, UUID)
    with context.database.read() as db:
        found = revocations(db, now=context.clock(), after=position, most=limit + 1)
    page, more = found[:limit], len(found) > limit
    following = query.get("cursor")
    if page:
        end = (page[-1].at, page[-1].id) if more else (page[-1].at - OVERLAP, _NOBODY)
        following = write_cursor(*end)
    content = Revocations().dump({"items": page, "next": following, "more": more})
    return conditional_json(json.dumps(content).encode())
