"""What would stand in the way of a session somewhere, before it is moved there.

GET /api/v1/draft/sessions/0199…/check?venue=0198…&starts_at=2026-10-03T10:00:00%2B02:00&ends_at=…
→ {"items": [{"kind": "space_taken", "level": "blocks", "sentence": {"fr": …, "en": …}, …}]}
"""

from typing import Any
from uuid import UUID

from flask import Response, json
from marshmallow import RAISE, Schema, fields

from services.scheduling.api.conflicts import EXAMPLE as CONFLICTS_EXAMPLE
from services.scheduling.api.conflicts import ConflictSchema, told
from services.scheduling.api.drafts.answers import invalid, unknown
from services.scheduling.api.drafts.noun import READ
from services.scheduling.domain.conflicts import check_placement
from services.scheduling.domain.editing.revisions import Unknown
from services.scheduling.schemas import Moment
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG
from shared.web.caching import conditional_json
from shared.web.tokens import current_token, require_scope

blueprint = ApiBlueprint(
    "Drafts: placing",
    __name__,
    url_prefix="/api/v1/draft",
    description="What would be in conflict with a session somewhere",
)


class PlacementQuery(Schema):
    """Where and when the session would be."""

    venue = fields.UUID(required=True, metadata={"description": "The venue's id"})
    space = fields.UUID(metadata={"description": "The id of a room or yard of the venue"})
    starts_at = Moment(required=True, metadata={"description": "An instant with its offset"})
    ends_at = Moment(required=True, metadata={"description": "An instant with its offset"})


class FoundSchema(Schema):
    """What would be in conflict, the gravest first."""

    items = fields.List(fields.Nested(ConflictSchema), required=True)


_ID = {
    "in": "path",
    "name": "row_id",
    "description": "The id of a session, or of one that waits to be placed",
}


@blueprint.get("/sessions/<uuid:row_id>/check", parameters=[_ID])
@require_scope(READ)
@blueprint.arguments(PlacementQuery, location="query", unknown=RAISE)
@blueprint.response(200, FoundSchema, example={"items": CONFLICTS_EXAMPLE["items"]}, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="There is no such session, venue or space")
def check_session_placement(query: dict[str, Any], row_id: UUID) -> Response:
    """Tell what would be in conflict with the session there and then; nothing is changed."""
    if query["ends_at"] <= query["starts_at"]:
        raise invalid({"ends_at": _("La fin doit venir après le début.")}, "query")
    context = current_context()
    try:
        with context.database.read() as db:
            found = check_placement(
                db,
                row_id,
                starts_at=query["starts_at"],
                ends_at=query["ends_at"],
                venue_id=query["venue"],
                space_id=query.get("space"),
                now=context.clock(),
                viewer=current_token(),
            )
    except Unknown as error:
        raise unknown() from error
    body = json.dumps(FoundSchema().dump({"items": [told(one) for one in found]})).encode()
    return conditional_json(body)
