"""How many people are registered for the sessions: numbers, and nobody's name.

GET /api/v1/registration/sessions?edition=0199…
→ {"items": [{"id": …, "capacity": 20, "seats_taken": 18, "waiting": 2, …}], "next": null}
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, json
from marshmallow import RAISE, Schema, fields, validate

from services.registration.domain.names import sessions_open_to
from services.registration.queries import SessionCount, session_counts
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG
from shared.web.caching import conditional_json
from shared.web.cursors import read_cursor, write_cursor
from shared.web.problems import Problem
from shared.web.tokens import current_token, require_scope

READ = "registrations:read"

DEFAULT_LIMIT, LARGEST_LIMIT = 50, 200

blueprint = ApiBlueprint(
    "Seats",
    __name__,
    url_prefix="/api/v1/registration/sessions",
    description="How many people are registered for each session",
)

EXAMPLE = {
    "id": "01a1b2c3-0000-7000-8000-000000000066",
    "starts_at": "2026-10-03T08:00:00+00:00",
    "status": "confirmed",
    "registration": "here",
    "capacity": 40,
    "seats_taken": 34,
    "seats_left": 6,
    "overbooked": False,
    "bookings": 12,
    "waiting": 3,
}


class CountsQuery(Schema):
    """Which sessions are wanted."""

    cursor = fields.String(metadata={"description": "`next` of the page before"})
    limit = fields.Integer(
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(1, LARGEST_LIMIT),
        metadata={"description": "How many items a page has at most"},
    )
    edition = fields.UUID(metadata={"description": "The edition's id"})


class SessionCountSchema(Schema):
    """The seats of one session, as registration counts them now."""

    id = fields.UUID(required=True)
    starts_at = fields.AwareDateTime(required=True)
    status = fields.String(required=True, validate=validate.OneOf(("confirmed", "cancelled")))
    registration = fields.String(
        required=True, validate=validate.OneOf(("none", "here", "elsewhere"))
    )
    capacity = fields.Integer(required=True, allow_none=True)
    seats_taken = fields.Integer(required=True)
    seats_left = fields.Integer(required=True, allow_none=True)
    overbooked = fields.Boolean(required=True)
    bookings = fields.Integer(required=True, metadata={"description": "Parties with seats"})
    waiting = fields.Integer(required=True, metadata={"description": "Parties on the waiting list"})


class SessionCountPage(Schema):
    """One page of the list; `next` is null on the last."""

    items = fields.List(fields.Nested(SessionCountSchema), required=True)
    next = fields.String(required=True, allow_none=True)


@blueprint.get("")
@require_scope(READ)
@blueprint.arguments(CountsQuery, location="query", unknown=RAISE)
@blueprint.response(200, SessionCountPage, example={"items": [EXAMPLE], "next": None}, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
def list_session_counts(query: dict[str, Any]) -> Response:
    """Tell how many people are registered for each session, in order of their starts."""
    position, limit = read_cursor(query.get("cursor"), datetime.fromisoformat, UUID), query["limit"]
    with current_context().database.read() as db:
        counts = session_counts(
            db,
            edition_id=query.get("edition"),
            after=position,
            most=limit + 1,
            open_to=sessions_open_to(current_token()),
        )
    page = counts[:limit]
    following = write_cursor(page[-1].starts_at, page[-1].id) if len(counts) > limit else None
    return _answer(SessionCountPage().dump({"items": page, "next": following}))


@blueprint.get(
    "/<uuid:session_id>",
    parameters=[{"in": "path", "name": "session_id", "description": "The session's id"}],
)
@require_scope(READ)
@blueprint.response(200, SessionCountSchema, example=EXAMPLE, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="No such session was released")
def get_session_count(session_id: UUID) -> Response:
    """Tell how many people are registered for one session."""
    with current_context().database.read() as db:
        found: list[SessionCount] = session_counts(
            db, session_id=session_id, open_to=sessions_open_to(current_token())
        )
    if not found:
        raise Problem(404, "unknown_session", detail=_("Cette séance n’existe pas."))
    return _answer(SessionCountSchema().dump(found[0]))


def _answer(content: Any) -> Response:
    body = json.dumps(content).encode()
    return conditional_json(body)
