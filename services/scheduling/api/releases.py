"""Releases: made of the changes that were seen, listed, told.

POST /api/v1/editions/fds-2026/releases    If-Match: "9d1c…"    {"leave_out": []}
→ 201  {"number": 3, …}
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Response, json
from marshmallow import RAISE
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.changes import overview
from services.scheduling.api.drafts.answers import edition_id_of, read_note, tagged, unknown
from services.scheduling.api.drafts.noun import READ, RELEASE
from services.scheduling.api.release_schemas import (
    LONGEST_NOTE,
    RELEASE_EXAMPLE,
    RELEASE_WITH_SESSIONS_EXAMPLE,
    RELEASED_EXAMPLE,
    ReleaseBody,
    ReleasedSchema,
    ReleaseSchema,
    ReleaseWithSessions,
)
from services.scheduling.domain.releasing import (
    ChangedMeanwhile,
    pending_changes,
    presented_by,
    release,
)
from services.scheduling.domain.releasing.in_conflict import (
    blocking,
    conflicts_to_release,
    digest_of_conflicts,
)
from services.scheduling.models import Account, Release, ReleasedSession
from services.scheduling.schemas import PageQuery, page_of
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG, LOCATION
from shared.web.caching import conditional_json
from shared.web.conditional import needs_if_match, seen_tag, stale
from shared.web.cursors import read_cursor, write_cursor
from shared.web.idempotency import written_once
from shared.web.problems import Problem
from shared.web.tokens import current_token, require_scope

blueprint = ApiBlueprint(
    "Releases",
    __name__,
    url_prefix="/api/v1/editions/<slug>",
    description="What was released, and releasing",
)

RELEASES = page_of(ReleaseSchema)

_SLUG = {"in": "path", "name": "slug", "description": "The edition's slug"}
_NUMBER = {"in": "path", "name": "number", "description": "The release's number in its edition"}


@blueprint.post("/releases", parameters=[_SLUG])
@require_scope(RELEASE)
@needs_if_match
@blueprint.arguments(ReleaseBody, example={"note": "Le vendredi est complet.", "leave_out": []})
@blueprint.response(201, ReleasedSchema, example=RELEASED_EXAMPLE, headers={**ETAG, **LOCATION})
@blueprint.alt_response(404, description="There is no such edition")
@blueprint.alt_response(
    409,
    description="nothing_to_release: all is public; blocking_conflicts: see `/changes/conflicts`",
)
@written_once()
def create_release(db: DbSession, body: dict[str, Any], slug: str) -> Response:
    """Release the changes that were seen, together: everybody concerned is told once.

    `If-Match` has the ETag of `/changes`; what is held back stays out, and so does `leave_out`.
    """
    edition_id = edition_id_of(db, slug)
    blocked = _blocking(db, edition_id, body)
    try:
        released = release(
            db,
            edition_id,
            now=current_context().clock(),
            account_id=current_token().account_id,
            note=read_note(body.get("note"), LONGEST_NOTE),
            seen=seen_tag().partition("-")[0],
            leave_out=body["leave_out"],
            blocking_conflicts=blocked,
        )
    except ChangedMeanwhile as error:
        pending = pending_changes(db, edition_id)
        raise stale(pending.digest, overview(pending)) from error
    if released is None:
        raise Problem(409, "nothing_to_release", detail=_("Il n’y a rien à publier."))
    row = _one_release(db, edition_id, released.number)
    text = json.dumps(ReleasedSchema().dump(_with_organisations(db, edition_id, row)))
    headers = {"Location": f"/api/v1/editions/{slug}/releases/{released.number}"}
    answer = Response(text, 201, headers, content_type="application/json")
    return tagged(answer, released.id.hex)


@blueprint.get("/releases", parameters=[_SLUG])
@require_scope(READ)
@blueprint.arguments(PageQuery, location="query", unknown=RAISE)
@blueprint.response(200, RELEASES, example={"items": [RELEASE_EXAMPLE], "next": None}, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="There is no such edition")
def list_releases(query: dict[str, Any], slug: str) -> Response:
    """List the edition's releases, the latest first."""
    position, limit = read_cursor(query.get("cursor"), _small), query["limit"]
    with current_context().database.read() as db:
        wanted = _RELEASES.where(Release.edition_id == edition_id_of(db, slug))
        if position is not None:
            wanted = wanted.where(Release.number < position[0])
        rows = db.execute(wanted.order_by(Release.number.desc()).limit(limit + 1)).all()
    following = write_cursor(rows[limit - 1].number) if len(rows) > limit else None
    return _answer(
        RELEASES.dump({"items": [_told(row) for row in rows[:limit]], "next": following})
    )


@blueprint.get("/releases/<int(max=2147483647):number>", parameters=[_SLUG, _NUMBER])
@require_scope(READ)
@blueprint.response(200, ReleaseWithSessions, example=RELEASE_WITH_SESSIONS_EXAMPLE, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="There is no such edition or release")
def get_release(slug: str, number: int) -> Response:
    """Give one release with what it changed, before and after."""
    with current_context().database.read() as db:
        edition_id = edition_id_of(db, slug)
        row = _one_release(db, edition_id, number)
        told = _with_organisations(db, edition_id, row)
        sessions = db.scalars(
            sa.select(ReleasedSession)
            .where(ReleasedSession.release_id == row.id)
            .order_by(ReleasedSession.session_id)
        ).all()
    content = {**told, "sessions": [_released(each) for each in sessions]}
    return _answer(ReleaseWithSessions().dump(content))


_RELEASES = sa.select(
    Release.id,
    Release.number,
    Release.note,
    Release.released_at,
    Release.counts,
    Release.blocking_conflicts,
    Account.name.label("released_by"),
).outerjoin(Account, Account.id == Release.account_id)


def _blocking(db: DbSession, edition_id: UUID, body: Mapping[str, Any]) -> int:
    """Return how many conflicts block what would be released; refuses them if not agreed to.

    What is agreed to is all that blocks what waits, whatever this release leaves out of it.
    """
    pending, now = pending_changes(db, edition_id), current_context().clock()
    out = set(body["leave_out"])
    ids = {change.id for change in pending.to_release} - out
    found = conflicts_to_release(db, pending, now=now, viewer=current_token())
    all_blocking = blocking(found)
    blocked = sum(not ids.isdisjoint(one.sessions) for one in all_blocking)
    is_agreed = body["despite_conflicts"] == digest_of_conflicts(all_blocking)
    if blocked and not is_agreed and seen_tag().partition("-")[0] == pending.digest:
        detail = _("Des conflits bloquent : corrigez-les, ou demandez de publier malgré eux.")
        raise Problem(409, "blocking_conflicts", detail=detail)
    return blocked


def _one_release(db: DbSession, edition_id: UUID, number: int) -> Any:
    query = _RELEASES.where(Release.edition_id == edition_id, Release.number == number)
    row = db.execute(query).one_or_none()
    if row is None:
        raise unknown()
    return row


def _told(row: Any) -> Mapping[str, Any]:
    return dict(row._mapping)


def _with_organisations(db: DbSession, edition_id: UUID, row: Any) -> Mapping[str, Any]:
    found = presented_by(db, edition_id, row.number, row.released_at)
    return {**_told(row), "organisations": found}


def _released(row: ReleasedSession) -> dict[str, Any]:
    return {
        "session_id": row.session_id,
        "kind": row.kind,
        "title": {"fr": row.title_fr, "en": row.title_en},
        "before": row.before,
        "after": row.after,
    }


def _answer(content: Any) -> Response:
    body = json.dumps(content).encode()
    return conditional_json(body)


def _small(text: str) -> int:
    number = int(text)
    if not 0 < number < 2**31:
        raise ValueError(text)
    return number
