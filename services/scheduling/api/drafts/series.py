"""Recurring sessions: a rhythm over several days is shown as its times, then made in one step.

POST /api/v1/draft/sessions/series/preview
    {"activity_id": …, "venue_id": …, "days": ["2026-10-03"], "first": "10:00", "until": "12:00",
     "lasts": 30, "every": 45, "pauses": []}
→ {"time_zone": "Europe/Paris", "times": [{"starts_at": "2026-10-03T08:00:00+00:00", …}, …]}
"""

from collections.abc import Mapping
from datetime import time
from typing import Any

import sqlalchemy as sa
from flask import Response, json
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts.answers import as_problem, check_ever, check_row
from services.scheduling.api.drafts.fields import word
from services.scheduling.api.drafts.noun import WRITE
from services.scheduling.api.drafts.sessions import SESSIONS, SessionBody, SessionDraft
from services.scheduling.domain.editing.editions import LONGEST_DAYS
from services.scheduling.domain.editing.series import (
    KINDS,
    LONGEST,
    Occurrence,
    Rhythm,
    create_series,
    occurrences,
    zone_of_series,
)
from services.scheduling.models import Session
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.idempotency import written_once
from shared.web.tokens import current_token, require_scope

blueprint = ApiBlueprint(
    "Drafts: series of sessions",
    __name__,
    url_prefix="/api/v1/draft/sessions/series",
    description="Sessions in a rhythm; once made, each is a session of its own",
)

#: What a rhythm says in the place of a session's own fields.
_NOT_TAKEN = ("starts_at", "ends_at", "weekly_hours", "closures")
_RHYTHM = ("days", "first", "until", "every", "lasts", "pauses")


def _clock(description: str) -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Regexp(r"^([01][0-9]|2[0-3]):[0-5][0-9]$"),
        metadata={"description": description},
    )


def _minutes(description: str, *, required: bool = False) -> fields.Integer:
    return fields.Integer(
        required=required,
        strict=True,
        validate=validate.Range(1, LONGEST),
        metadata={"description": description},
    )


class PauseBody(Schema):
    """A time of day that no session touches; the rhythm begins anew after it."""

    begins = _clock("Local, HH:MM")
    ends = _clock("Local, HH:MM")


class SeriesBody(SessionBody):
    """A rhythm by local clocks, and what the sessions have in common."""

    class Meta:
        """Leaves out what the rhythm says."""

        exclude = _NOT_TAKEN

    kind = word(KINDS, "timed unless it is given")
    days = fields.List(fields.Date(), required=True, validate=validate.Length(max=LONGEST_DAYS))
    first = _clock("When the first of each day begins: local, HH:MM")
    until = _clock("When the last of each day has ended: local, HH:MM")
    lasts = _minutes("How many minutes each lasts", required=True)
    every = _minutes("How many minutes after one began the next begins; as long as one lasts")
    pauses = fields.List(
        fields.Nested(PauseBody), load_default=list, validate=validate.Length(max=20)
    )


class OccurrenceSchema(Schema):
    """One session of the series."""

    day = fields.Date(required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)


class SeriesPreview(Schema):
    """The times that a rhythm means, by the clocks of the venue."""

    time_zone = fields.String(required=True)
    times = fields.List(fields.Nested(OccurrenceSchema), required=True)


class SeriesSchema(Schema):
    """The sessions that were made, in order of time."""

    items = fields.List(fields.Nested(SessionDraft), required=True)


_BODY = {
    **{name: SESSIONS.example_body[name] for name in ("activity_id", "venue_id", "space_id")},
    "registration": "here",
    "capacity": 20,
    "days": ["2026-10-03"],
    "first": "10:00",
    "until": "12:00",
    "lasts": 60,
    "every": 60,
    "pauses": [{"begins": "11:00", "ends": "11:15"}],
}
_PREVIEW = {
    "time_zone": "Europe/Paris",
    "times": [
        {
            "day": "2026-10-03",
            "starts_at": "2026-10-03T08:00:00+00:00",
            "ends_at": "2026-10-03T09:00:00+00:00",
        }
    ],
}


@blueprint.post("/preview")
@require_scope(WRITE)
@blueprint.arguments(SeriesBody, example=_BODY)
@blueprint.response(200, SeriesPreview, example=_PREVIEW)
def preview_series(body: Mapping[str, Any]) -> Response:
    """Show the times that a rhythm means; nothing is made."""
    check_ever("create", Session)
    with current_context().database.read() as db, as_problem(SESSIONS, db):
        zone, times = _times(db, body)
    told = SeriesPreview().dump({"time_zone": zone, "times": times})
    return Response(json.dumps(told), content_type="application/json")


@blueprint.post("")
@require_scope(WRITE)
@blueprint.arguments(SeriesBody, example=_BODY)
@blueprint.response(201, SeriesSchema, example={"items": [SESSIONS.example]})
@written_once()
def create_draft_series(db: DbSession, body: Mapping[str, Any]) -> Response:
    """Make a session of each time of a rhythm: all of them or none, as drafts."""
    check_ever("create", Session)
    values = {name: value for name, value in body.items() if name not in _RHYTHM}
    account_id, now = current_token().account_id, current_context().clock()
    with as_problem(SESSIONS, db):
        _zone, times = _times(db, body)
        made = create_series(db, values, times, account_id=account_id, now=now)
    db.flush()
    rows = db.scalars(
        sa.select(Session)
        .where(Session.id.in_([session.id for session in made]))
        .order_by(Session.starts_at, Session.id)
        .execution_options(populate_existing=True)
    ).all()
    body_text = json.dumps(SeriesSchema().dump({"items": rows}))
    return Response(body_text, 201, content_type="application/json")


def _times(db: DbSession, body: Mapping[str, Any]) -> tuple[str, list[Occurrence]]:
    zone = zone_of_series(db, body["activity_id"], body["venue_id"])
    one = Session(activity_id=body["activity_id"], venue_id=body["venue_id"])
    check_row(db, "create", one)  # before anything is worked out for them
    rhythm = Rhythm(
        tuple(body["days"]),
        _read(body["first"]),
        _read(body["until"]),
        body.get("every", body["lasts"]),
        body["lasts"],
        tuple((_read(pause["begins"]), _read(pause["ends"])) for pause in body["pauses"]),
    )
    return zone, occurrences(rhythm, zone)


def _read(clock: str) -> time:
    return time.fromisoformat(clock.strip())
