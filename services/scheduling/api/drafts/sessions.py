"""Drafts of sessions; a released one is not deleted but cancelled: `{"status": "cancelled"}`."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts.answers import as_problem, fresh
from services.scheduling.api.drafts.fields import (
    Sourced,
    changes_of,
    closed_days,
    instant,
    openings,
    reference,
    text,
    whole,
    word,
)
from services.scheduling.api.drafts.noun import (
    WRITE,
    Noun,
    answer_one,
    draft_blueprint,
    identified,
)
from services.scheduling.domain.editing import sessions as domain
from services.scheduling.domain.editing.category_fields import MOST
from services.scheduling.domain.releasing import revert_session
from services.scheduling.domain.releasing.reverting import NeverReleased
from services.scheduling.models import Session
from services.scheduling.schemas import DraftSessionsQuery, in_edition
from shared.contracts.scheduling import KINDS, STATUSES, WAYS_IN, Opening
from shared.i18n import gettext as _
from shared.text import fold
from shared.web import current_context
from shared.web.api_description import ETAG
from shared.web.conditional import needs_if_match, seen_revision
from shared.web.idempotency import written_once
from shared.web.problems import Problem
from shared.web.tokens import current_token, require_scope


class SessionBody(Schema):
    """A dated occurrence of an activity. What belongs to another way in is left out."""

    activity_id = reference("What takes place", required=True)
    venue_id = reference("Where", required=True)
    space_id = reference("Which room or yard of the venue")
    kind = word(KINDS, "timed unless it is given")
    starts_at = instant(required=True)
    ends_at = instant(required=True)
    weekly_hours = openings("Hours of an exhibition, local")
    closures = closed_days()
    registration = word(WAYS_IN, "How people get in; none (free entry) unless it is given")
    registration_link = text(2000)
    registration_telephone = text(40)
    registration_email = text(254)
    registration_full = fields.Boolean(truthy={True}, falsy={False})
    registration_opens_at = instant(
        "Null: as the edition says; without effect where registration closes before that"
    )
    registration_closes_at = instant(
        "Null: at the start of a timed session, at the end of any other"
    )
    capacity = whole("How many seats; null: without limit")
    seat_categories = fields.List(
        fields.String(validate=validate.Length(max=60)),
        validate=validate.Length(max=MOST),
        metadata={"description": "Who takes a seat: codes of the edition's `party_categories`"},
    )


class SessionChangesBody(SessionBody):
    """What is to change in a session, its status included."""

    status = word(STATUSES)


class SessionDraft(Sourced):
    """A session as the organisers work on it."""

    uid = fields.String(required=True, metadata={"description": "Its calendar entry's, for ever"})
    edition_id = fields.UUID(required=True)
    activity_id = fields.UUID(required=True)
    venue_id = fields.UUID(required=True)
    space_id = fields.UUID(required=True, allow_none=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    weekly_hours = fields.List(fields.Nested(Opening), required=True)
    closures = fields.List(fields.String(), required=True)
    registration = fields.String(required=True, validate=validate.OneOf(WAYS_IN))
    registration_link = fields.String(required=True, allow_none=True)
    registration_telephone = fields.String(required=True, allow_none=True)
    registration_email = fields.String(required=True, allow_none=True)
    registration_full = fields.Boolean(required=True)
    registration_opens_at = fields.AwareDateTime(required=True, allow_none=True)
    registration_closes_at = fields.AwareDateTime(required=True, allow_none=True)
    capacity = fields.Integer(required=True, allow_none=True)
    seat_categories = fields.List(fields.String(), required=True)


def _conditions(query: Mapping[str, Any]) -> Iterable[Any]:
    yield from in_edition(Session.edition_id, query)
    for name in ("activity", "venue", "space"):
        if name in query:
            yield getattr(Session, f"{name}_id") == query[name]
    if "status" in query:
        yield Session.status == query["status"]
    if "starting" in query:
        yield Session.ends_at >= query["starting"]
    if "ending" in query:
        yield Session.starts_at <= query["ending"]
    for each in fold(query.get("q", "")).split():
        yield Session.searchable.contains(each, autoescape=True)


def _save(
    db: DbSession, session_id: UUID, seen: int, values: Mapping[str, Any], **who: Any
) -> Session:
    """Change a session, then its status where that is asked for too."""
    own = {name: value for name, value in values.items() if name != "status"}
    session = domain.save_session(db, session_id, seen, own, **who)
    change = {"cancelled": domain.cancel_session, "confirmed": domain.reinstate_session}
    if "status" in values:
        return change[values["status"]](db, session_id, None, **who)
    return session


_BODY = {
    "activity_id": "01a1b2c3-0000-7000-8000-000000000065",
    "venue_id": "01a1b2c3-0000-7000-8000-000000000063",
    "space_id": "01a1b2c3-0000-7000-8000-000000000064",
    "kind": "timed",
    "starts_at": "2026-10-03T08:00:00+00:00",
    "ends_at": "2026-10-03T09:00:00+00:00",
    "weekly_hours": [],
    "closures": [],
    "registration": "here",
    "registration_link": None,
    "registration_telephone": None,
    "registration_email": None,
    "registration_full": False,
    "registration_opens_at": None,
    "registration_closes_at": None,
    "capacity": 20,
    "seat_categories": ["adults", "children"],
}

SESSIONS = Noun(
    singular="session",
    plural="sessions",
    model=Session,
    body=SessionBody,
    changes=changes_of(SessionChangesBody),
    answer=SessionDraft,
    create=domain.create_session,
    save=_save,
    delete=domain.delete_session,
    query=DraftSessionsQuery,
    conditions=_conditions,
    example_body=_BODY,
    example={
        "id": "01a1b2c3-0000-7000-8000-000000000066",
        "revision": 2,
        "edited_at": "2026-06-02T10:10:00+00:00",
        "edited_by": "01a1b2c3-0000-7000-8000-000000000040",
        "source": None,
        "source_id": None,
        "uid": "01a1b2c3-0000-7000-8000-000000000066@parvis",
        "edition_id": "01a1b2c3-0000-7000-8000-000000000061",
        "status": "confirmed",
        **_BODY,
    },
)

blueprint = draft_blueprint(SESSIONS)


@blueprint.post("/<uuid:row_id>/revert", parameters=identified(SESSIONS))
@require_scope(WRITE)
@needs_if_match
@blueprint.response(200, SessionDraft, example=SESSIONS.example, headers=ETAG)
@blueprint.alt_response(404, description="There is no such session")
@blueprint.alt_response(409, description="never_released: there is nothing to go back to")
@written_once(needs_key=False)
def revert_draft_session(db: DbSession, row_id: UUID) -> Response:
    """Take the session's changes back: it becomes again what the public is shown."""
    account_id, now = current_token().account_id, current_context().clock()
    try:
        with as_problem(SESSIONS, db):
            revert_session(db, row_id, seen_revision(), account_id=account_id, now=now)
    except NeverReleased as error:
        detail = _("Cette séance n’a jamais été publiée : elle peut être supprimée.")
        raise Problem(409, "never_released", detail=detail) from error
    return answer_one(SESSIONS, fresh(db, SESSIONS, row_id))
