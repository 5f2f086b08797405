"""Changes that wait to be released: told, held back.

GET /api/v1/editions/fds-2026/changes
→ ETag: "9d1c…"  {"counts": {"moved": 2}, "items": [{"kind": "moved", "before": …, "after": …}]}
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, json
from marshmallow import RAISE
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.conflicts import told
from services.scheduling.api.drafts.answers import edition_id_of
from services.scheduling.api.drafts.noun import READ, WRITE
from services.scheduling.api.release_schemas import (
    BLOCKING_EXAMPLE,
    CHANGE_EXAMPLE,
    EXAMPLE_ID,
    BlockingSchema,
    ChangesQuery,
    ChangesSchema,
    HoldBody,
)
from services.scheduling.domain.releasing import (
    LeftOut,
    Pending,
    SessionChange,
    hold_back,
    pending_changes,
    presented,
)
from services.scheduling.domain.releasing.in_conflict import (
    blocking,
    conflicts_to_release,
    digest_of_conflicts,
)
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG
from shared.web.caching import conditional_json, digest_of
from shared.web.cursors import read_cursor, write_cursor
from shared.web.idempotency import written_once
from shared.web.tokens import current_token, require_scope

blueprint = ApiBlueprint(
    "Changes",
    __name__,
    url_prefix="/api/v1/editions/<slug>",
    description="What waits to be released",
)

_SLUG = {"in": "path", "name": "slug", "description": "The edition's slug"}


@blueprint.get("/changes", parameters=[_SLUG])
@require_scope(READ)
@blueprint.arguments(ChangesQuery, location="query", unknown=RAISE)
@blueprint.response(200, ChangesSchema, example=CHANGE_EXAMPLE, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="There is no such edition")
def list_changes(query: dict[str, Any], slug: str) -> Response:
    """Tell what waits to be released, side by side, and whom each change touches.

    The ETag names what a release would do now: send it as `If-Match` to release just that.
    """
    position, limit = read_cursor(query.get("cursor"), datetime.fromisoformat, UUID), query["limit"]
    with current_context().database.read() as db:
        pending = pending_changes(db, edition_id_of(db, slug))
        wanted = [
            change
            for change in pending.changes
            if query.get("kind") in (None, change.kind)
            and (position is None or _place(change) > position)
        ]
        page = wanted[:limit]
        content = {
            **overview(pending),
            "items": [_change(change) for change in page],
            "next": write_cursor(*_place(page[-1])) if len(wanted) > limit else None,
        }
        body = json.dumps(ChangesSchema().dump(content)).encode()
    return conditional_json(body, f"{pending.digest}-{digest_of(body)}")


@blueprint.get("/changes/conflicts", parameters=[_SLUG])
@require_scope(READ)
@blueprint.response(200, BlockingSchema, example=BLOCKING_EXAMPLE, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="There is no such edition")
def list_blocking_conflicts(slug: str) -> Response:
    """Tell which conflicts block what waits; a release is made despite just these, or none.

    Those that somebody accepted, and those of what is held back, stand in no way.
    """
    context = current_context()
    with context.database.read() as db:
        pending = pending_changes(db, edition_id_of(db, slug))
        found = blocking(
            conflicts_to_release(db, pending, now=context.clock(), viewer=current_token())
        )
    content = {"digest": digest_of_conflicts(found), "items": [told(one) for one in found]}
    body = json.dumps(BlockingSchema().dump(content)).encode()
    return conditional_json(body)


@blueprint.post("/changes/hold", parameters=[_SLUG])
@require_scope(WRITE)
@blueprint.arguments(HoldBody, example={"sessions": [EXAMPLE_ID], "held": True})
@blueprint.response(204, description="Held back, or let go")
@blueprint.alt_response(404, description="There is no such edition")
@written_once(needs_key=False)
def hold_changes(db: DbSession, body: dict[str, Any], slug: str) -> Response:
    """Leave sessions' changes out of releases for now, or take them in again.

    What is asked for is a state, so asking again changes nothing more. Sessions of other editions
    are not touched.
    """
    token = current_token()
    hold_back(
        db,
        edition_id_of(db, slug),
        body["sessions"],
        held=body["held"],
        own=None if "coordinator" in token.roles else token.organisation_ids,
        account_id=token.account_id,
        now=current_context().clock(),
    )
    return Response(status=204)


def _left_out(left: LeftOut) -> dict[str, Any]:
    return {
        "activity_id": left.activity.id,
        "title": {"fr": left.activity.title_fr, "en": left.activity.title_en},
        "sessions": left.sessions,
        "lacks": [lack.name for lack in left.lacks],
    }


def overview(pending: Pending) -> dict[str, Any]:
    """Return what waits in figures, with what names it and what cannot be released yet."""
    return {
        "digest": pending.digest,
        "counts": pending.counts,
        "held_back": len(pending.held_back),
        "edition_fields": list(pending.edition_fields),
        "organisations": [presented(one) for one in pending.organisations],
        "left_out": [_left_out(one) for one in pending.left_out],
    }


def _place(change: SessionChange) -> tuple[datetime, UUID]:
    return change.parts.session.starts_at, change.id


def _change(change: SessionChange) -> dict[str, Any]:
    before, after = change.for_history()
    return {
        "session_id": change.id,
        "kind": change.kind,
        "title": change.after["title"],
        "held_back": change.is_held_back,
        "before": before,
        "after": after,
        "bookings": change.audience.bookings,
        "seats_taken": change.audience.seats_taken,
        "waiting": change.audience.waiting,
    }
