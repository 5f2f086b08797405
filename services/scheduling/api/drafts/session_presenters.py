"""Who is at one session: everybody whom its activity credits, or only some of them.

PUT /api/v1/draft/sessions/0199…/presenters    {"presenters": ["0198…"]}
→ 200  ETag: "4"  {"presenters": ["0198…"], "are_all": false}
"""

from typing import Any
from uuid import UUID

from flask import Response, json
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts.answers import as_problem, check_row, fresh, tagged
from services.scheduling.api.drafts.noun import READ, WRITE, identified
from services.scheduling.api.drafts.sessions import SESSIONS
from services.scheduling.domain.casting import casts_of
from services.scheduling.domain.editing.presenters import narrow_session
from services.scheduling.models import Session
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG
from shared.web.caching import conditional_json, digest_of
from shared.web.idempotency import written_once
from shared.web.tokens import current_token, require_scope

blueprint = ApiBlueprint(
    "Drafts: presenters of sessions",
    __name__,
    url_prefix="/api/v1/draft/sessions/<uuid:row_id>/presenters",
    description="Who of its activity's presenters is at a session",
)


class PresentersBody(Schema):
    """Who is at the session."""

    presenters = fields.List(
        fields.UUID(),
        required=True,
        validate=validate.Length(max=50),
        metadata={
            "description": "Those whom its activity does not credit are left out; none: everybody"
        },
    )


class PresentersSchema(Schema):
    """Who is at the session, in the order in which its activity credits them."""

    presenters = fields.List(fields.UUID(), required=True)
    are_all = fields.Boolean(
        required=True, metadata={"description": "They are all of its activity's"}
    )


EXAMPLE = {"presenters": ["01a1b2c3-0000-7000-8000-000000000072"], "are_all": False}


@blueprint.get("", parameters=identified(SESSIONS))
@require_scope(READ)
@blueprint.response(200, PresentersSchema, example=EXAMPLE, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="There is no such session")
def list_session_presenters(row_id: UUID) -> Response:
    """Tell who is at the session."""
    with current_context().database.read() as db:
        body = _content(db, fresh(db, SESSIONS, row_id))
    return conditional_json(body)


@blueprint.put("", parameters=identified(SESSIONS))
@require_scope(WRITE)
@blueprint.arguments(PresentersBody, example={"presenters": EXAMPLE["presenters"]})
@blueprint.response(200, PresentersSchema, example=EXAMPLE, headers=ETAG)
@blueprint.alt_response(404, description="There is no such session")
@written_once(needs_key=False)
def set_session_presenters(db: DbSession, values: dict[str, Any], row_id: UUID) -> Response:
    """Say who of its activity's presenters is at the session."""
    check_row(db, "change", fresh(db, SESSIONS, row_id))
    who: dict[str, Any] = {
        "account_id": current_token().account_id,
        "now": current_context().clock(),
    }
    with as_problem(SESSIONS, db):
        narrow_session(db, row_id, set(values["presenters"]), **who)
    body = _content(db, fresh(db, SESSIONS, row_id))
    return tagged(Response(body, content_type="application/json"), digest_of(body))


def _content(db: DbSession, session: Session) -> bytes:
    cast = casts_of(db, [session])[session.id]
    content = {"presenters": cast.ids, "are_all": cast.names is None}
    return json.dumps(PresentersSchema().dump(content)).encode()
