"""The picture of an activity: put on with its alternative text, and taken off.

PUT /api/v1/draft/activities/0199…/picture    If-Match: "3"
    {"picture_id": "0199…", "alt_fr": "Une trace dans la brume", "credit": "Ada Martin"}
→ 200  ETag: "4"  the activity
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import Schema
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts.activities import ACTIVITIES, ActivityDraft
from services.scheduling.api.drafts.answers import as_problem, check_row, fresh
from services.scheduling.api.drafts.fields import reference, text
from services.scheduling.api.drafts.noun import WRITE, answer_one, identified
from services.scheduling.domain.editing.activities import save_activity
from services.scheduling.domain.editing.revisions import Invalid
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG
from shared.web.conditional import needs_if_match, seen_revision
from shared.web.idempotency import written_once
from shared.web.tokens import current_token, require_scope

blueprint = ApiBlueprint(
    "Drafts: pictures of activities",
    __name__,
    url_prefix="/api/v1/draft/activities",
    description="Which picture an activity has, and what is said of it",
)

#: What the activity keeps of it, by its name here.
_COLUMNS = {
    "picture_id": "image_id",
    "alt_fr": "image_alt_fr",
    "alt_en": "image_alt_en",
    "credit": "image_credit",
}
_NAMES = {column: name for name, column in _COLUMNS.items()}

_BODY = {
    "picture_id": "01a1b2c3-0000-7000-8000-000000000091",
    "alt_fr": "Une trace claire traverse une brume noire.",
    "alt_en": "A bright track crosses black mist.",
    "credit": "Ada Martin",
}
_WITH = {**ACTIVITIES.example, **{column: _BODY[name] for name, column in _COLUMNS.items()}}


class ActivityPictureBody(Schema):
    """Which picture, and what is said of it; what is left out is empty."""

    picture_id = reference("A picture handed in before", required=True)
    alt_fr = text(300, "What it shows, for those who do not see it", required=True)
    alt_en = text(300)
    credit = text(200, "Whose it is")


@blueprint.put("/<uuid:row_id>/picture", parameters=identified(ACTIVITIES))
@require_scope(WRITE)
@needs_if_match
@blueprint.arguments(ActivityPictureBody, example=_BODY)
@blueprint.response(200, ActivityDraft, example=_WITH, headers=ETAG)
@blueprint.alt_response(404, description="There is no such activity")
@written_once(needs_key=False)
def put_activity_picture(db: DbSession, values: Mapping[str, Any], row_id: UUID) -> Response:
    """Put a picture on an activity, in the place of the one that it has."""
    return _save(db, row_id, {column: values.get(name) for name, column in _COLUMNS.items()})


@blueprint.delete("/<uuid:row_id>/picture", parameters=identified(ACTIVITIES))
@require_scope(WRITE)
@needs_if_match
@blueprint.response(200, ActivityDraft, example=ACTIVITIES.example, headers=ETAG)
@blueprint.alt_response(404, description="There is no such activity")
@written_once(needs_key=False)
def take_activity_picture_off(db: DbSession, row_id: UUID) -> Response:
    """Take the picture off an activity, with all that was said of it."""
    return _save(db, row_id, dict.fromkeys(_NAMES))


def _save(db: DbSession, row_id: UUID, columns: Mapping[str, Any]) -> Response:
    who: dict[str, Any] = {
        "account_id": current_token().account_id,
        "now": current_context().clock(),
    }
    check_row(db, "change", fresh(db, ACTIVITIES, row_id))
    with as_problem(ACTIVITIES, db):
        try:
            save_activity(db, row_id, seen_revision(), columns, **who)
        except Invalid as error:
            faults = {_NAMES.get(name, name): said for name, said in error.faults.items()}
            raise Invalid(faults) from error
    return answer_one(ACTIVITIES, fresh(db, ACTIVITIES, row_id))
