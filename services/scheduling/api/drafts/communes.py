"""Communes: known by their INSEE code, and made with the first venue that names them.

PATCH /api/v1/draft/communes/0199…    If-Match: "9d1c…"    {"school_hours": [{"weekday": 1, …}]}
→ 200  ETag: "4f02…"  {"id": …, "name": "Grenoble", "school_hours": […], …}
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Response, json
from marshmallow import RAISE, Schema, fields, validate
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts.answers import as_problem, check_ever, fresh, tagged
from services.scheduling.api.drafts.fields import changes_of, openings, text
from services.scheduling.api.drafts.history import add_history
from services.scheduling.api.drafts.noun import READ, RELEASE, WRITE
from services.scheduling.domain.editing.communes import save_commune
from services.scheduling.models import Commune
from services.scheduling.schemas import WordsQuery, page_of, words_in
from shared.contracts.scheduling import Opening
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG
from shared.web.caching import conditional_json, digest_of
from shared.web.conditional import needs_if_match, seen_tag, stale
from shared.web.cursors import after, read_cursor, write_cursor
from shared.web.idempotency import written_once
from shared.web.tokens import check_scope, current_token, require_scope

blueprint = ApiBlueprint(
    "Drafts: communes",
    __name__,
    url_prefix="/api/v1/draft/communes",
    description="The communes where there are venues, and the hours of their schools",
)

_ID = {"in": "path", "name": "row_id", "description": "The commune's id"}


class CommuneBody(Schema):
    """What the coordination says of a commune."""

    name = text(120, required=True)
    latitude = fields.Float(
        allow_none=True,
        validate=validate.Range(-90, 90),
        metadata={"description": "Where it is found on the map; with the longitude, or neither"},
    )
    longitude = fields.Float(allow_none=True, validate=validate.Range(-180, 180))
    school_hours = openings("When its schools are open, local; empty: the usual hours")


class CommuneDraft(Schema):
    """A commune as the coordination knows it."""

    id = fields.UUID(required=True)
    insee_code = fields.String(
        required=True, allow_none=True, metadata={"description": "Null: abroad"}
    )
    name = fields.String(required=True)
    latitude = fields.Float(required=True, allow_none=True)
    longitude = fields.Float(required=True, allow_none=True)
    school_hours = fields.List(fields.Nested(Opening), required=True)


class CommunesQuery(WordsQuery):
    """Which communes are wanted."""

    insee_code = fields.String(
        validate=validate.Regexp(r"^[^\x00-\x1f\x7f]*$"),
        metadata={"description": "The one with this INSEE code"},
    )


@dataclass(frozen=True)
class _Kind:
    """What the history and the problems of a row are told by."""

    singular: str = "commune"
    model: type[Commune] = Commune
    answer: type[Schema] = CommuneDraft
    options: tuple[Any, ...] = ()


COMMUNES = _Kind()
PAGE = page_of(CommuneDraft)
CHANGES = changes_of(CommuneBody)

_BODY = {
    "name": "Grenoble",
    "latitude": 45.1874,
    "longitude": 5.7357,
    "school_hours": [{"weekday": 1, "opens": "08:30", "closes": "11:30"}],
}
EXAMPLE = {"id": "01a1b2c3-0000-7000-8000-000000000068", "insee_code": "38185", **_BODY}


@blueprint.get("")
@require_scope(READ)
@blueprint.arguments(CommunesQuery, location="query", unknown=RAISE)
@blueprint.response(200, PAGE, example={"items": [EXAMPLE], "next": None}, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
def list_draft_communes(query: dict[str, Any]) -> Response:
    """List the communes, in the order in which they were made."""
    position, limit = read_cursor(query.get("cursor"), UUID), query["limit"]
    wanted = sa.select(Commune).where(*_conditions(query))
    if position is not None:
        wanted = wanted.where(after((Commune.id,), position))
    with current_context().database.read() as db:
        rows = db.scalars(wanted.order_by(Commune.id).limit(limit + 1)).all()
        following = write_cursor(rows[limit - 1].id) if len(rows) > limit else None
        content = PAGE.dump({"items": rows[:limit], "next": following})
    return _answer(content)


@blueprint.get("/<uuid:row_id>", parameters=[_ID])
@require_scope(READ)
@blueprint.response(200, CommuneDraft, example=EXAMPLE, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="There is no such commune")
def get_draft_commune(row_id: UUID) -> Response:
    """Give one commune."""
    with current_context().database.read() as db:
        return _answer(CommuneDraft().dump(fresh(db, COMMUNES, row_id)))


@blueprint.patch("/<uuid:row_id>", parameters=[_ID])
@require_scope(WRITE)
@needs_if_match
@blueprint.arguments(CHANGES, example=_BODY)
@blueprint.response(200, CommuneDraft, example=EXAMPLE, headers=ETAG)
@blueprint.alt_response(404, description="There is no such commune")
@written_once(needs_key=False)
def change_draft_commune(db: DbSession, values: Mapping[str, Any], row_id: UUID) -> Response:
    """Change one commune; whatever is left out stays as it is. For the coordination.

    Its name and its place on the map are public at once: they need `releases:write` too.
    """
    check_ever("change", Commune)
    if values.keys() & {"name", "latitude", "longitude"}:
        check_scope(RELEASE)
    locked = sa.select(Commune.id).where(Commune.id == row_id).with_for_update(key_share=True)
    db.execute(locked)
    current = CommuneDraft().dump(fresh(db, COMMUNES, row_id))
    if seen_tag() != _tag(current):
        raise stale(_tag(current), current)
    who: dict[str, Any] = {
        "account_id": current_token().account_id,
        "now": current_context().clock(),
    }
    with as_problem(COMMUNES, db):
        save_commune(db, row_id, values, **who)
    content = CommuneDraft().dump(fresh(db, COMMUNES, row_id))
    return tagged(Response(json.dumps(content), content_type="application/json"), _tag(content))


add_history(blueprint, COMMUNES)


def _conditions(query: Mapping[str, Any]) -> Iterable[Any]:
    if "insee_code" in query:
        yield Commune.insee_code == query["insee_code"]
    yield from words_in(Commune.name, query)


def _tag(content: Any) -> str:
    return digest_of(json.dumps(content).encode())


def _answer(content: Any) -> Response:
    return conditional_json(json.dumps(content).encode())
