"""The token that asks: what it is, and giving it up.

    GET /api/v1/token
    → {"id": …, "name": "Agenda de la métropole", "scopes": ["programme:read"], …}

The console makes and lists them: no token makes another, or knows of another.
"""

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from services.scheduling.domain import tokens
from shared.api_tokens import SCOPES
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.tokens import current_token, require_token

blueprint = ApiBlueprint(
    "Token", __name__, url_prefix="/api/v1/token", description="The token that asks"
)

EXAMPLE = {
    "id": "01a1b2c3-0000-7000-8000-000000000051",
    "name": "Agenda de la métropole",
    "account": {"id": "01a1b2c3-0000-7000-8000-000000000040", "name": "Nour Belkacem"},
    "scopes": ["programme:read", "registrations:read"],
    "expires_at": "2026-12-31T23:00:00+00:00",
}


class TokenAccount(Schema):
    """The person who made a token; what it writes is written in their name."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)


class TokenSchema(Schema):
    """A token without its value, which nobody knows but its holder."""

    id = fields.UUID(required=True)
    name = fields.String(required=True, metadata={"description": "What it is for"})
    account = fields.Nested(TokenAccount, required=True)
    scopes = fields.List(fields.String(validate=validate.OneOf(SCOPES)), required=True)
    expires_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "Null: never"}
    )


@blueprint.get("")
@require_token
@blueprint.response(200, TokenSchema, example=EXAMPLE)
def get_token() -> dict[str, Any]:
    """Tell what the token allows, and until when."""
    token = current_token()
    return {
        "id": token.id,
        "name": token.name,
        "account": {"id": token.account_id, "name": token.account_name},
        "scopes": token.scopes,
        "expires_at": token.expires_at,
    }


@blueprint.delete("")
@require_token
@blueprint.response(204, description="Revoked: it is refused from now on")
def revoke_token() -> Response:
    """Give the token up, such as when it may have leaked: it is refused everywhere from now on."""
    context = current_context()
    with context.database.write() as db:
        tokens.revoke(db, current_token().id, context.clock())
    return Response(status=204)
