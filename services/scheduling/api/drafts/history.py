"""The history of one draft: who changed what, the latest first.

GET /api/v1/draft/spaces/0199…/history
→ {"items": [{"at": …, "action": "changed", "account": "Ada Martin", "before": {"capacity": 30},
   "after": {"capacity": 40}, …}], "next": null}
"""

from typing import Any
from uuid import UUID

from flask import Response, json
from marshmallow import RAISE, Schema, fields
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts.answers import fresh, hidden_from_token
from services.scheduling.domain.owners import noun_of
from services.scheduling.queries.history import HistoryFilter, Told, entries
from services.scheduling.schemas import PageQuery, page_of
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.caching import conditional_json
from shared.web.cursors import read_cursor, write_cursor
from shared.web.tokens import require_scope

EXAMPLE = {
    "id": "01a1b2c3-0000-7000-8000-000000000088",
    "at": "2026-06-02T09:40:00+00:00",
    "action": "changed",
    "title": "Auditorium",
    "account": "Ada Martin",
    "origin": None,
    "comment": None,
    "before": {"capacity": 30},
    "after": {"capacity": 40},
}


class Entry(Schema):
    """What somebody did; `before` and `after` have the fields that differ."""

    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    action = fields.String(
        required=True,
        metadata={"description": "`created`, `changed`, `deleted`, or a step of its own"},
    )
    title = fields.String(required=True, metadata={"description": "What it was called then"})
    account = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Who did it, as they are called by now; null for a command"},
    )
    origin = fields.String(
        required=True, allow_none=True, metadata={"description": "`import: ` and the file's name"}
    )
    comment = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What was written with it; null too for who sees no contacts"},
    )
    before = fields.Dict(required=True)
    after = fields.Dict(required=True)


#: One page of entries; every kind of draft has the same.
PAGE = page_of(Entry)


def add_history(blueprint: ApiBlueprint, noun: Any) -> None:
    """Add the operation to the blueprint of a kind of draft."""

    @blueprint.get(
        "/<uuid:row_id>/history",
        endpoint=f"get_{noun.singular}_history",
        parameters=[
            {"in": "path", "name": "row_id", "description": f"The {noun.singular}'s id"},
        ],
    )
    @require_scope("programme:read")
    @blueprint.arguments(PageQuery, location="query", unknown=RAISE)
    @blueprint.response(200, PAGE, example={"items": [EXAMPLE], "next": None})
    @blueprint.alt_response(304, description="Unchanged")
    @blueprint.alt_response(404, description=f"There is no such {noun.singular}")
    def get_history(query: dict[str, Any], row_id: UUID) -> Response:
        """Tell who changed what of it, the latest first."""
        position, limit = read_cursor(query.get("cursor"), UUID), query["limit"]
        with current_context().database.read() as db:
            found, hidden = _found(db, noun, row_id, position[0] if position else None, limit + 1)
        following = write_cursor(found[limit - 1].id) if len(found) > limit else None
        items = [shown(told.without(hidden)) for told in found[:limit]]
        body = json.dumps(PAGE.dump({"items": items, "next": following})).encode()
        return conditional_json(body)


def _found(
    db: DbSession, noun: Any, row_id: UUID, before: UUID | None, most: int
) -> tuple[list[Told], frozenset[str]]:
    row = fresh(db, noun, row_id)
    wanted = HistoryFilter(noun=noun_of(row), row_id=row_id)
    return list(entries(db, wanted, before=before, limit=most)), hidden_from_token(db, row)


def shown(told: Told) -> dict[str, Any]:
    """Return an entry as `Entry` takes it."""
    return {
        "id": told.id,
        "at": told.at,
        "action": told.action,
        "title": told.title,
        "account": told.who,
        "origin": told.origin,
        "comment": told.comment,
        "before": told.before,
        "after": told.after,
    }
