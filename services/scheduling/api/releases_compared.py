"""Releases compared with one another and with the drafts, and taken back.

GET  /api/v1/editions/fds-2026/releases/compare?from=2&to=drafts
→ {"from": 2, "to": null, "counts": {"moved": 2}, "items": [{"kind": "moved", …}], "next": null}
POST /api/v1/editions/fds-2026/releases/3/take-back/preview
→ {"undone": 12, "cancelled": 1, "changed_since": [], "shared": []}
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, json
from marshmallow import RAISE, Schema, fields, validate
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts.answers import edition_id_of, invalid, unknown
from services.scheduling.api.drafts.noun import READ, RELEASE
from services.scheduling.api.release_schemas import (
    EXAMPLE_ID,
    KINDS,
    RELEASE_WITH_SESSIONS_EXAMPLE,
    ReleasedChange,
)
from services.scheduling.domain.releasing import (
    SessionDifference,
    TakenBack,
    compare_releases,
    compare_with_drafts,
    foresee_taking_back,
    take_back,
)
from services.scheduling.queries.releases import latest_number, one_release
from services.scheduling.schemas import PageQuery
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG
from shared.web.caching import conditional_json
from shared.web.cursors import read_cursor, write_cursor
from shared.web.idempotency import written_once
from shared.web.tokens import current_token, require_scope

DRAFTS = "drafts"

blueprint = ApiBlueprint(
    "Releases compared",
    __name__,
    url_prefix="/api/v1/editions/<slug>/releases",
    description="What differs between releases and drafts, and taking a release back",
)

_SLUG = {"in": "path", "name": "slug", "description": "The edition's slug"}
_NUMBER = {"in": "path", "name": "number", "description": "The release's number in its edition"}


class ComparisonQuery(PageQuery):
    """Which two are compared."""

    earlier = fields.Integer(
        data_key="from",
        validate=validate.Range(0, 2**31 - 1),
        metadata={"description": "A release's number, 0 before the first; the one before `to`"},
    )
    later = fields.String(
        data_key="to",
        validate=validate.Regexp(r"^(drafts|[0-9]{1,9})$"),
        metadata={"description": "A release's number, or `drafts`; the latest unless it is given"},
    )
    kind = fields.String(
        validate=validate.OneOf(KINDS), metadata={"description": "Changes of this kind alone"}
    )


class ComparisonSchema(Schema):
    """What differs, once for each session; what was changed and changed back does not."""

    earlier = fields.Integer(required=True, data_key="from")
    later = fields.Integer(
        required=True, allow_none=True, data_key="to", metadata={"description": "Null: the drafts"}
    )
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    items = fields.List(fields.Nested(ReleasedChange), required=True)
    next = fields.String(required=True, allow_none=True)


class TakenBackSchema(Schema):
    """What came of it, or would; what is undone waits to be released like any change."""

    undone = fields.Integer(
        required=True, metadata={"description": "Sessions that are as they were before it"}
    )
    cancelled = fields.Integer(
        required=True, metadata={"description": "Sessions that it made public"}
    )
    changed_since = fields.List(
        fields.UUID(),
        required=True,
        metadata={"description": "Sessions that stay: a later release or a draft changed the same"},
    )
    shared = fields.List(
        fields.UUID(),
        required=True,
        metadata={
            "description": "Sessions that stay: what changed is a venue's, an organisation's, the "
            "edition's or a tour's"
        },
    )


COMPARISON_EXAMPLE = {
    "from": 2,
    "to": None,
    "counts": {"moved": 1},
    "items": RELEASE_WITH_SESSIONS_EXAMPLE["sessions"],
    "next": None,
}
TAKEN_BACK_EXAMPLE = {"undone": 12, "cancelled": 1, "changed_since": [EXAMPLE_ID], "shared": []}


@blueprint.get("/compare", endpoint="compare_releases", parameters=[_SLUG])
@require_scope(READ)
@blueprint.arguments(ComparisonQuery, location="query", unknown=RAISE)
@blueprint.response(200, ComparisonSchema, example=COMPARISON_EXAMPLE, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="There is no such edition")
def compare(query: dict[str, Any], slug: str) -> Response:
    """Tell what differs between two releases, or between a release and the drafts."""
    cursor, limit = read_cursor(query.get("cursor"), UUID), query["limit"]
    with current_context().database.read() as db:
        edition_id = edition_id_of(db, slug)
        earlier, later = _compared(query, latest_number(db, edition_id))
        if later is None:
            found = compare_with_drafts(db, edition_id, earlier)
        else:
            found = compare_releases(db, edition_id, earlier, later)
    wanted = sorted(
        (one for one in found if query.get("kind") in (None, one.kind)),
        key=lambda one: one.session_id,
    )
    rest = [one for one in wanted if cursor is None or one.session_id > cursor[0]]
    page = rest[:limit]
    content = {
        "earlier": earlier,
        "later": later,
        "counts": dict(Counter(one.kind for one in found)),
        "items": [_differing(one) for one in page],
        "next": write_cursor(page[-1].session_id) if len(rest) > limit else None,
    }
    body = json.dumps(ComparisonSchema().dump(content)).encode()
    return conditional_json(body)


@blueprint.post("/<int(max=2147483647):number>/take-back/preview", parameters=[_SLUG, _NUMBER])
@require_scope(RELEASE)
@blueprint.response(200, TakenBackSchema, example=TAKEN_BACK_EXAMPLE)
@blueprint.alt_response(404, description="There is no such edition or release")
@written_once(needs_key=False)
def preview_taking_back(db: DbSession, slug: str, number: int) -> Mapping[str, Any]:
    """Tell what taking a release back would do now; nothing is changed."""
    return _told(foresee_taking_back(db, _release_id(db, slug, number), **_who()))


@blueprint.post("/<int(max=2147483647):number>/take-back", parameters=[_SLUG, _NUMBER])
@require_scope(RELEASE)
@blueprint.response(200, TakenBackSchema, example=TAKEN_BACK_EXAMPLE)
@blueprint.alt_response(404, description="There is no such edition or release")
@written_once()
def take_release_back(db: DbSession, slug: str, number: int) -> Mapping[str, Any]:
    """Undo a release in the working copy; the public sees it once that is released.

    What is public is never rewritten: people who were told of a change are told of its end.
    """
    return _told(take_back(db, _release_id(db, slug, number), **_who()))


def _compared(query: Mapping[str, Any], latest: int) -> tuple[int, int | None]:
    """Return the two numbers, None for the drafts; refuses a release that there is not."""
    to = query.get("later", str(latest))
    later = None if to == DRAFTS else int(to)
    if later is not None and later > latest:
        raise invalid({"to": _no_such(latest)}, "query")
    last = latest if later is None else later
    usual = latest if later is None else max(0, last - 1)
    earlier = query.get("earlier", usual)
    if earlier > last:
        raise invalid({"from": _no_such(last)}, "query")
    return earlier, later


def _no_such(latest: int) -> str:
    return _("Choisissez le numéro d’une publication, de 0 (avant la première) à %(n)s.", n=latest)


def _release_id(db: DbSession, slug: str, number: int) -> UUID:
    row = one_release(db, edition_id_of(db, slug), number)
    if row is None:
        raise unknown()
    release_id: UUID = row.id
    return release_id


def _who() -> dict[str, Any]:
    return {"account_id": current_token().account_id, "now": current_context().clock()}


def _differing(one: SessionDifference) -> dict[str, Any]:
    return {
        "session_id": one.session_id,
        "kind": one.kind,
        "title": {"fr": one.title_fr, "en": one.title_en},
        "before": one.before,
        "after": one.after,
    }


def _told(done: TakenBack) -> dict[str, Any]:
    told: dict[str, Any] = TakenBackSchema().dump(done)
    return told
