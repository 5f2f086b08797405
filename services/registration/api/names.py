"""The names of those who are registered for one session, for programs that may see them.

GET /api/v1/registration/sessions/0199…/registrations
→ {"items": [{"name": "Ada Martin", "email": …, "status": "confirmed", "party": {"adults": 2}, …}]}
"""

from typing import Any
from uuid import UUID

from flask import Response, json
from marshmallow import Schema, fields, validate

from services.registration.console_queries import session_line
from services.registration.domain.names import log_access, may_see_names
from services.registration.list_queries import booked_parties
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.caching import uncached
from shared.web.problems import Problem
from shared.web.tokens import current_token, require_scope

blueprint = ApiBlueprint(
    "Names",
    __name__,
    url_prefix="/api/v1/registration/sessions",
    description="Who is registered for a session; every answer is logged",
)

EXAMPLE = {
    "name": "Ada Martin",
    "email": "ada@example.org",
    "code": "7KQ2M4TX",
    "status": "confirmed",
    "party": {"adults": 2, "children": 1},
    "seats": 3,
    "registered_at": "2026-09-21T08:12:00+00:00",
}


class BookedPartySchema(Schema):
    """One party, with whoever registered it."""

    name = fields.String(required=True)
    email = fields.String(
        required=True, allow_none=True, metadata={"description": "Null: entered at the desk"}
    )
    code = fields.String(required=True)
    status = fields.String(
        required=True, validate=validate.OneOf(("confirmed", "offered", "waitlisted"))
    )
    party = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    seats = fields.Integer(required=True)
    registered_at = fields.AwareDateTime(required=True)


class BookedParties(Schema):
    """Everybody who comes or waits, those who come first, by name."""

    items = fields.List(fields.Nested(BookedPartySchema), required=True)


@blueprint.get(
    "/<uuid:session_id>/registrations",
    parameters=[{"in": "path", "name": "session_id", "description": "The session's id"}],
)
@require_scope("registrations:read")
@blueprint.response(200, BookedParties, example={"items": [EXAMPLE]})
@blueprint.alt_response(404, description="No such session was released")
def list_names(session_id: UUID) -> Response:
    """Give the names of a session of one's own; whoever made the token must be let see them."""
    context, token = current_context(), current_token()
    with context.database.read() as db:
        found = session_line(db, session_id)
        if found is None:
            raise Problem(404, "unknown_session", detail=_("Cette séance n’existe pas."))
        copy = found[0]
        if not may_see_names(token, copy.organisation_id, copy.venue_id):
            raise Problem(
                403,
                "names_hidden",
                detail=_("Les noms sont pour la structure et le lieu de la séance."),
            )
        parties = booked_parties(db, session_id)
    with context.database.write() as db:
        log_access(
            db,
            copy,
            account_id=token.account_id,
            account_name=token.account_name,
            token_name=token.name,
            kind="api",
            names=len(parties),
            now=context.clock(),
        )
    body: dict[str, Any] = BookedParties().dump({"items": parties})
    response = Response(json.dumps(body), content_type="application/json")
    return uncached(response)
