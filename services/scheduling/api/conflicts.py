"""The conflicts of an edition, as programs read them.

GET /api/v1/editions/fds-2026/conflicts?level=blocks
→ {"counts": {"blocks": 1, "warns": 0, "informs": 4}, "items": [{"kind": "space_taken", …}]}
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, json
from marshmallow import RAISE, Schema, fields, validate

from services.scheduling.api.drafts.answers import edition_id_of
from services.scheduling.api.drafts.noun import READ
from services.scheduling.domain.conflicts import LEVELS, Conflict, check_edition, counts_by_level
from services.scheduling.domain.conflicts.rules import RULES
from services.scheduling.schemas import PageQuery
from shared.contracts.scheduling import Text
from shared.i18n import LOCALES, speaking, translator
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG
from shared.web.caching import conditional_json
from shared.web.cursors import read_cursor, write_cursor
from shared.web.tokens import current_token, require_scope

blueprint = ApiBlueprint(
    "Conflicts",
    __name__,
    url_prefix="/api/v1/editions/<slug>",
    description="What stands in the way of an edition's sessions",
)

_SLUG = {"in": "path", "name": "slug", "description": "The edition's slug"}
_GRAVITY = {level: number for number, level in enumerate(LEVELS)}


class ConflictsQuery(PageQuery):
    """Which conflicts are wanted."""

    level = fields.String(
        validate=validate.OneOf(LEVELS), metadata={"description": "Conflicts of this level alone"}
    )
    kind = fields.String(
        validate=validate.OneOf(list(RULES)), metadata={"description": "Of this kind alone"}
    )
    session = fields.UUID(metadata={"description": "Those that this session is part of"})
    accepted = fields.Boolean(
        truthy={"true"},
        falsy={"false"},
        metadata={"description": "Only those that somebody accepted, or only the others"},
    )


class AcceptanceSchema(Schema):
    """Who wants a conflict to be as it is, and why."""

    by = fields.String(required=True, allow_none=True)
    at = fields.AwareDateTime(required=True)
    note = fields.String(required=True, allow_none=True)


class ConflictSchema(Schema):
    """A conflict; `key` stays the same while the same things are in conflict."""

    key = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(RULES)))
    level = fields.String(required=True, validate=validate.OneOf(LEVELS))
    sentence = fields.Nested(Text, required=True)
    at = fields.AwareDateTime(required=True, metadata={"description": "When it begins"})
    sessions = fields.List(fields.UUID(), required=True)
    stops = fields.List(
        fields.UUID(), required=True, metadata={"description": "Stops of travelling exhibitions"}
    )
    accepted = fields.Nested(AcceptanceSchema, required=True, allow_none=True)


class ConflictsSchema(Schema):
    """Conflicts, the gravest first; `counts` are those that nobody accepted, by level."""

    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    items = fields.List(fields.Nested(ConflictSchema), required=True)
    next = fields.String(required=True, allow_none=True)


EXAMPLE: dict[str, Any] = {
    "counts": {"blocks": 1, "warns": 0, "informs": 0},
    "items": [
        {
            "key": "space_taken-0a1b2c3d4e5f60718293a4b5",
            "kind": "space_taken",
            "level": "blocks",
            "sentence": {
                "fr": "Auditorium, Muséum ne reçoit qu’une séance à la fois : « Voir un muon » et "
                "« Peser un atome », samedi 3 octobre, 10 h 30 – 11 h 00.",
                "en": "Auditorium, Muséum takes one session at a time: “See a muon” and “Weigh an "
                "atom”, Saturday 3 October, 10:30 – 11:00.",
            },
            "at": "2026-10-03T08:30:00+00:00",
            "sessions": [
                "01a1b2c3-0000-7000-8000-000000000066",
                "01a1b2c3-0000-7000-8000-000000000067",
            ],
            "stops": [],
            "accepted": None,
        }
    ],
    "next": None,
}


@blueprint.get("/conflicts", parameters=[_SLUG])
@require_scope(READ)
@blueprint.arguments(ConflictsQuery, location="query", unknown=RAISE)
@blueprint.response(200, ConflictsSchema, example=EXAMPLE, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="There is no such edition")
def list_conflicts(query: dict[str, Any], slug: str) -> Response:
    """Check the working copy of an edition, and tell what is in conflict."""
    cursor = read_cursor(query.get("cursor"), int, datetime.fromisoformat, str)
    limit = query["limit"]
    context = current_context()
    with context.database.read() as db:
        found = check_edition(
            db, edition_id_of(db, slug), now=context.clock(), viewer=current_token()
        )
    wanted = [
        conflict
        for conflict in found
        if _is_wanted(conflict, query) and (cursor is None or _place(conflict) > cursor)
    ]
    page = wanted[:limit]
    content = {
        "counts": counts_by_level(found),
        "items": [told(conflict) for conflict in page],
        "next": write_cursor(*_place(page[-1])) if len(wanted) > limit else None,
    }
    body = json.dumps(ConflictsSchema().dump(content)).encode()
    return conditional_json(body)


def _is_wanted(conflict: Conflict, query: dict[str, Any]) -> bool:
    session: UUID | None = query.get("session")
    return (
        query.get("level") in (None, conflict.level)
        and query.get("kind") in (None, conflict.kind)
        and (session is None or session in conflict.sessions)
        and query.get("accepted") in (None, conflict.accepted is not None)
    )


def _place(conflict: Conflict) -> tuple[int, datetime, str]:
    return _GRAVITY[conflict.level], conflict.at, conflict.key


def told(conflict: Conflict) -> dict[str, Any]:
    """Return a conflict as the API tells it: its sentence in every language."""
    sentence = {}
    for locale in LOCALES:
        with speaking(translator("services.scheduling", locale)):
            sentence[locale] = str(conflict.sentence)
    return {
        "key": conflict.key,
        "kind": conflict.kind,
        "level": conflict.level,
        "sentence": sentence,
        "at": conflict.at,
        "sessions": conflict.sessions,
        "stops": conflict.stops,
        "accepted": conflict.accepted,
    }
