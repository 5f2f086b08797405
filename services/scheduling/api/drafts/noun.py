"""What can be done with every kind of draft: list, read, create, change, delete.

PATCH /api/v1/draft/spaces/0199…    If-Match: "3"    {"capacity": 40}
→ 200  ETag: "4"  {"id": …, "revision": 4, "name": "Auditorium", "capacity": 40, …}
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Response, json
from marshmallow import RAISE, Schema
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import object_session

from services.scheduling.api.drafts.answers import (
    as_problem,
    check_ever,
    check_row,
    dumped,
    fresh,
    tagged,
)
from services.scheduling.api.drafts.history import add_history
from services.scheduling.domain.history import acting
from services.scheduling.schemas import PageQuery, page_of
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG, LOCATION
from shared.web.caching import conditional_json
from shared.web.conditional import needs_if_match, seen_revision
from shared.web.cursors import after, read_cursor, write_cursor
from shared.web.idempotency import written_once
from shared.web.tokens import current_token, require_scope

READ, WRITE = "programme:read", "programme:write"

#: What changes the programme for the public: a release, and what needs none.
RELEASE = "releases:write"

Values = Mapping[str, Any]

#: Makes, changes or deletes a row; see `services.scheduling.domain.editing`.
Create = Callable[..., Any]


@dataclass(frozen=True)
class Noun:
    """One kind of draft: its words, its schemas, and the domain's functions.

    `conditions` turns the arguments of a list into conditions; `options` are SQLAlchemy's, for what
    an answer reads of other tables. `example` is an answer, `example_body` makes one. What is a
    part of something else has no history of its own.
    """

    singular: str
    plural: str
    model: Any
    body: type[Schema]
    changes: Schema
    answer: type[Schema]
    create: Create
    save: Create
    delete: Create
    example: Mapping[str, Any]
    example_body: Mapping[str, Any]
    query: type[PageQuery] = PageQuery
    conditions: Callable[[Values], Iterable[Any]] = lambda _query: ()
    options: tuple[Any, ...] = field(default=())
    has_history: bool = True

    @property
    def example_changes(self) -> Mapping[str, Any]:
        """Return a change as an example: of all that can be changed."""
        return {k: v for k, v in self.example_body.items() if k in self.changes.fields}


def draft_blueprint(noun: Noun) -> ApiBlueprint:
    """Return the blueprint with the five operations on a kind of draft."""
    blueprint = ApiBlueprint(
        f"Drafts: {noun.plural}",
        __name__,
        url_prefix=f"/api/v1/draft/{noun.plural}",
        description=f"The {noun.plural} of the working copy, whether released or not",
    )
    _add_reads(blueprint, noun)
    _add_writes(blueprint, noun)
    if noun.has_history:
        add_history(blueprint, noun)
    return blueprint


def identified(noun: Noun) -> list[dict[str, Any]]:
    """Return the description of the id in an address."""
    return [{"in": "path", "name": "row_id", "description": f"The {noun.singular}'s id"}]


def answer_one(noun: Noun, row: Any, status: int = 200, **headers: str) -> Response:
    """Answer with one row under its ETag, as whoever made the token may see it."""
    db: Any = object_session(row)  # in which this request read it
    body = json.dumps(dumped(db, noun.answer(), row))
    return tagged(Response(body, status, headers, content_type="application/json"), row.revision)


def _add_reads(blueprint: ApiBlueprint, noun: Noun) -> None:
    page, answer = page_of(noun.answer), noun.answer()

    @blueprint.get("", endpoint=f"list_draft_{noun.plural}")
    @require_scope(READ)
    @blueprint.arguments(noun.query, location="query", unknown=RAISE)
    @blueprint.response(200, page, example={"items": [noun.example], "next": None}, headers=ETAG)
    @blueprint.alt_response(304, description="Unchanged")
    @summary(f"List the {noun.plural}, in the order in which they were made.")
    def list_drafts(query: dict[str, Any]) -> Response:
        position, limit = read_cursor(query.get("cursor"), UUID), query["limit"]
        wanted = sa.select(noun.model).where(*noun.conditions(query)).options(*noun.options)
        if position is not None:
            wanted = wanted.where(after((noun.model.id,), position))
        with current_context().database.read() as db:
            rows = db.scalars(wanted.order_by(noun.model.id).limit(limit + 1)).all()
            following = write_cursor(rows[limit - 1].id) if len(rows) > limit else None
            items = [dumped(db, answer, row) for row in rows[:limit]]
            content = {"items": items, "next": following}
        body = json.dumps(content).encode()
        return conditional_json(body)

    @blueprint.get(
        "/<uuid:row_id>", endpoint=f"get_draft_{noun.singular}", parameters=identified(noun)
    )
    @require_scope(READ)
    @blueprint.response(200, noun.answer, example=noun.example, headers=ETAG)
    @blueprint.alt_response(304, description="Unchanged")
    @blueprint.alt_response(404, description=f"There is no such {noun.singular}")
    @summary(f"Give one {noun.singular}.")
    def get_draft(row_id: UUID) -> Response:
        with current_context().database.read() as db:
            row = fresh(db, noun, row_id)
            body = json.dumps(dumped(db, answer, row)).encode()
        return conditional_json(body, str(row.revision))


def _add_writes(blueprint: ApiBlueprint, noun: Noun) -> None:
    @blueprint.post("", endpoint=f"create_draft_{noun.singular}")
    @require_scope(WRITE)
    @blueprint.arguments(noun.body, example=noun.example_body)
    @blueprint.response(201, noun.answer, example=noun.example, headers={**ETAG, **LOCATION})
    @written_once()
    @summary(f"Create one {noun.singular}, which nobody sees until it is released.")
    def create_draft(db: DbSession, values: Values) -> Response:
        check_ever("create", noun.model)
        with as_problem(noun, db):
            row = noun.create(db, values, account_id=current_token().account_id, now=_now())
        row = fresh(db, noun, row.id)
        return answer_one(noun, row, 201, Location=f"{blueprint.url_prefix}/{row.id}")

    @blueprint.patch(
        "/<uuid:row_id>", endpoint=f"change_draft_{noun.singular}", parameters=identified(noun)
    )
    @require_scope(WRITE)
    @needs_if_match
    @blueprint.arguments(noun.changes, example=noun.example_changes)
    @blueprint.response(200, noun.answer, example=noun.example, headers=ETAG)
    @blueprint.alt_response(404, description=f"There is no such {noun.singular}")
    @written_once(needs_key=False)
    @summary(f"Change one {noun.singular}; whatever is left out stays as it is.")
    def change_draft(db: DbSession, values: Values, row_id: UUID) -> Response:
        account_id = current_token().account_id
        check_row(db, "change", fresh(db, noun, row_id))
        with as_problem(noun, db):
            noun.save(db, row_id, seen_revision(), values, account_id=account_id, now=_now())
        return answer_one(noun, fresh(db, noun, row_id))

    @blueprint.delete(
        "/<uuid:row_id>", endpoint=f"delete_draft_{noun.singular}", parameters=identified(noun)
    )
    @require_scope(WRITE)
    @needs_if_match
    @blueprint.response(204, description="Deleted")
    @blueprint.alt_response(404, description=f"There is no such {noun.singular}")
    @blueprint.alt_response(409, description="in_use: others refer to it, or it was released")
    @written_once(needs_key=False)
    @summary(f"Delete one {noun.singular} that nothing refers to and that was never released.")
    def delete_draft(db: DbSession, row_id: UUID) -> Response:
        check_row(db, "delete", fresh(db, noun, row_id))
        with as_problem(noun, db):
            acting(db, account_id=current_token().account_id, now=_now())
            noun.delete(db, row_id, seen_revision())
        return Response(status=204)


def summary(sentence: str) -> Callable[[Any], Any]:
    """Give a view that is made here its sentence in the API's description."""

    def decorate(view: Any) -> Any:
        view.__doc__ = sentence
        return view

    return decorate


def _now() -> Any:
    return current_context().clock()
