"""What every session of an activity needs: resources, each in so many copies.

PUT /api/v1/draft/activities/0199…/resources/0198…    {"copies": 2}
→ 200  ETag: "4"  {"items": [{"resource_id": "0198…", "name": "Microscopes", "copies": 2}]}
"""

from typing import Any
from uuid import UUID

from flask import Response, json
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts.activities import ACTIVITIES
from services.scheduling.api.drafts.answers import as_problem, check_row, fresh, tagged, unknown
from services.scheduling.api.drafts.noun import READ, WRITE, identified
from services.scheduling.domain.editing.needs import need_no_longer, need_resource, needs_of
from services.scheduling.domain.editing.resources import MOST_COPIES
from services.scheduling.models import Activity, Resource
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG
from shared.web.caching import conditional_json
from shared.web.idempotency import written_once
from shared.web.tokens import current_token, require_scope

blueprint = ApiBlueprint(
    "Drafts: resources of activities",
    __name__,
    url_prefix="/api/v1/draft/activities/<uuid:row_id>/resources",
    description="The resources that every session of an activity needs",
)

_RESOURCE = {"in": "path", "name": "resource_id", "description": "The resource's id"}


class NeedBody(Schema):
    """How much is needed at once."""

    copies = fields.Integer(
        load_default=1,
        strict=True,
        validate=validate.Range(1, MOST_COPIES),
        metadata={"description": "No more than there are"},
    )


class NeedSchema(Schema):
    """A resource that is needed."""

    resource_id = fields.UUID(required=True)
    name = fields.String(required=True, attribute="resource.name")
    copies = fields.Integer(required=True)


class NeedsSchema(Schema):
    """All that an activity needs, by name."""

    items = fields.List(fields.Nested(NeedSchema), required=True)


EXAMPLE = {
    "items": [
        {"resource_id": "01a1b2c3-0000-7000-8000-000000000071", "name": "Microscopes", "copies": 2}
    ]
}


@blueprint.get("", parameters=identified(ACTIVITIES))
@require_scope(READ)
@blueprint.response(200, NeedsSchema, example=EXAMPLE, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="There is no such activity")
def list_activity_resources(row_id: UUID) -> Response:
    """List what every session of the activity needs."""
    with current_context().database.read() as db:
        fresh(db, ACTIVITIES, row_id)
        body = _content(db, row_id)
    return conditional_json(body)


@blueprint.put("/<uuid:resource_id>", parameters=[*identified(ACTIVITIES), _RESOURCE])
@require_scope(WRITE)
@blueprint.arguments(NeedBody, example={"copies": 2})
@blueprint.response(200, NeedsSchema, example=EXAMPLE, headers=ETAG)
@blueprint.alt_response(404, description="There is no such activity or resource")
@written_once(needs_key=False)
def need_activity_resource(
    db: DbSession, values: dict[str, Any], row_id: UUID, resource_id: UUID
) -> Response:
    """Say that every session of the activity needs so many copies of a resource."""
    check_row(db, "change", fresh(db, ACTIVITIES, row_id))
    if db.get(Resource, resource_id) is None:
        raise unknown()
    with as_problem(ACTIVITIES, db):
        need_resource(db, row_id, resource_id, values["copies"], **_who())
    return _told(db, fresh(db, ACTIVITIES, row_id))


@blueprint.delete("/<uuid:resource_id>", parameters=[*identified(ACTIVITIES), _RESOURCE])
@require_scope(WRITE)
@blueprint.response(200, NeedsSchema, example=EXAMPLE, headers=ETAG)
@blueprint.alt_response(404, description="There is no such activity, or it needs no such resource")
@written_once(needs_key=False)
def drop_activity_resource(db: DbSession, row_id: UUID, resource_id: UUID) -> Response:
    """Say that the activity does without a resource; answers with what it still needs."""
    check_row(db, "change", fresh(db, ACTIVITIES, row_id))
    with as_problem(ACTIVITIES, db):
        need_no_longer(db, row_id, resource_id, **_who())
    return _told(db, fresh(db, ACTIVITIES, row_id))


def _who() -> dict[str, Any]:
    return {"account_id": current_token().account_id, "now": current_context().clock()}


def _content(db: DbSession, activity_id: UUID) -> bytes:
    return json.dumps(NeedsSchema().dump({"items": needs_of(db, activity_id)})).encode()


def _told(db: DbSession, activity: Activity) -> Response:
    answer = Response(_content(db, activity.id), content_type="application/json")
    return tagged(answer, activity.revision)
