"""Sessions that have no time or place yet, and how they get them: placed, and taken off again.

POST /api/v1/draft/unplaced_sessions/0199…/place    If-Match: "1"
    {"venue_id": …, "starts_at": "2026-10-03T08:00:00+00:00", "ends_at": …}
→ 200  ETag: "2"  the session, under the same id
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts import sessions
from services.scheduling.api.drafts.answers import as_problem, fresh
from services.scheduling.api.drafts.fields import (
    DraftSchema,
    changes_of,
    instant,
    reference,
    text,
)
from services.scheduling.api.drafts.noun import (
    WRITE,
    Noun,
    answer_one,
    draft_blueprint,
    identified,
)
from services.scheduling.domain.editing.session_rules import LONGEST
from services.scheduling.domain.planning.kept import EDITED, edited_values
from services.scheduling.domain.planning.placing import place, unplace
from services.scheduling.domain.planning.unplaced import (
    create_unplaced,
    delete_unplaced,
    save_unplaced,
)
from services.scheduling.models import Activity, UnplacedSession
from services.scheduling.schemas import EditionQuery, in_edition, words_in
from shared.contracts.scheduling import Opening
from shared.web import current_context
from shared.web.api_description import ETAG
from shared.web.conditional import needs_if_match, seen_revision
from shared.web.idempotency import written_once
from shared.web.tokens import current_token, require_scope

_MOST_MINUTES = int(LONGEST.total_seconds()) // 60

#: What is said of a session when it is placed, and of none that is not.
_TIMES = ("starts_at", "ends_at")


class UnplacedSessionBody(sessions.SessionBody):
    """A session that waits for its time; its venue and its space are wishes."""

    class Meta:
        """Leaves out what it does not have yet."""

        exclude = _TIMES

    venue_id = reference("Where it is wished")
    minutes = fields.Integer(
        strict=True,
        allow_none=True,
        validate=validate.Range(1, _MOST_MINUTES),
        metadata={"description": "How long it lasts; null: as long as its activity, or an hour"},
    )
    note = text(2000, "For the staff alone")


class UnplacedSessionDraft(DraftSchema):
    """A session in the tray as the organisers work on it."""

    edition_id = fields.UUID(required=True)
    activity_id = fields.UUID(required=True)
    venue_id = fields.UUID(required=True, allow_none=True)
    space_id = fields.UUID(required=True, allow_none=True)
    minutes = fields.Integer(required=True)
    note = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True)
    weekly_hours = fields.List(fields.Nested(Opening), required=True)
    closures = fields.List(fields.String(), required=True)
    registration = fields.String(required=True)
    registration_link = fields.String(required=True, allow_none=True)
    registration_telephone = fields.String(required=True, allow_none=True)
    registration_email = fields.String(required=True, allow_none=True)
    registration_full = fields.Boolean(required=True)
    registration_opens_at = fields.AwareDateTime(required=True, allow_none=True)
    registration_closes_at = fields.AwareDateTime(required=True, allow_none=True)
    capacity = fields.Integer(required=True, allow_none=True)
    seat_categories = fields.List(fields.String(), required=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """Return a column, or what is kept of a session in `rest`."""
        return edited_values(obj.rest)[attr] if attr in EDITED else getattr(obj, attr)


class PlaceBody(Schema):
    """When and where a session is to be."""

    venue_id = reference("Where", required=True)
    space_id = reference("Which room or yard of the venue")
    starts_at = instant(required=True)
    ends_at = instant(required=True)


class UnplacedSessionsQuery(EditionQuery):
    """Which sessions of the tray are wanted."""

    activity = fields.UUID(metadata={"description": "The activity's id"})


def _conditions(query: Mapping[str, Any]) -> Iterable[Any]:
    yield from in_edition(UnplacedSession.edition_id, query)
    if "activity" in query:
        yield UnplacedSession.activity_id == query["activity"]
    for condition in words_in(Activity.title_fr, query):
        yield UnplacedSession.activity.has(condition)


_PLACE = {name: sessions.SESSIONS.example_body[name] for name in PlaceBody._declared_fields}
_BODY = {
    **{k: v for k, v in sessions.SESSIONS.example_body.items() if k not in _TIMES},
    "minutes": 60,
    "note": "Needs a dark room",
}

UNPLACED_SESSIONS = Noun(
    singular="unplaced_session",
    plural="unplaced_sessions",
    model=UnplacedSession,
    body=UnplacedSessionBody,
    changes=changes_of(UnplacedSessionBody),
    answer=UnplacedSessionDraft,
    create=create_unplaced,
    save=save_unplaced,
    delete=delete_unplaced,
    query=UnplacedSessionsQuery,
    conditions=_conditions,
    example_body=_BODY,
    example={
        "id": "01a1b2c3-0000-7000-8000-000000000067",
        "revision": 1,
        "edited_at": "2026-06-02T10:10:00+00:00",
        "edited_by": "01a1b2c3-0000-7000-8000-000000000040",
        "edition_id": "01a1b2c3-0000-7000-8000-000000000061",
        **_BODY,
    },
)

blueprint = draft_blueprint(UNPLACED_SESSIONS)


@blueprint.post("/<uuid:row_id>/place", parameters=identified(UNPLACED_SESSIONS))
@require_scope(WRITE)
@needs_if_match
@blueprint.arguments(PlaceBody, example=_PLACE)
@blueprint.response(200, sessions.SessionDraft, example=sessions.SESSIONS.example, headers=ETAG)
@blueprint.alt_response(404, description="There is no such unplaced_session")
@written_once(needs_key=False)
def place_draft_session(db: DbSession, values: dict[str, Any], row_id: UUID) -> Response:
    """Place a session of the tray: it becomes a session under the same id."""
    account_id, now = current_token().account_id, current_context().clock()
    with as_problem(UNPLACED_SESSIONS, db):
        place(db, row_id, seen_revision(), values, account_id=account_id, now=now)
    return answer_one(sessions.SESSIONS, fresh(db, sessions.SESSIONS, row_id))


@sessions.blueprint.post("/<uuid:row_id>/unplace", parameters=identified(sessions.SESSIONS))
@require_scope(WRITE)
@needs_if_match
@blueprint.response(200, UnplacedSessionDraft, example=UNPLACED_SESSIONS.example, headers=ETAG)
@blueprint.alt_response(404, description="There is no such session")
@blueprint.alt_response(409, description="in_use: it was released, or it is a stop of a tour")
@written_once(needs_key=False)
def unplace_draft_session(db: DbSession, row_id: UUID) -> Response:
    """Take a session off the grid that was never released: it waits in the tray, as it was."""
    account_id, now = current_token().account_id, current_context().clock()
    with as_problem(sessions.SESSIONS, db):
        unplace(db, row_id, seen_revision(), account_id=account_id, now=now)
    return answer_one(UNPLACED_SESSIONS, fresh(db, UNPLACED_SESSIONS, row_id))
