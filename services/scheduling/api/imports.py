"""Bringing programmes in from files: hand one in, look at the plan, apply it.

POST /api/v1/imports?edition=fds-2026&filename=schedule.xml    (the file is the body)
→ 201  {"id": …, "state": "waiting", …}
GET  /api/v1/imports/0199…    → ETag: "…"  {"state": "planned", "plan": {"counts": …}, …}
POST /api/v1/imports/0199…/apply    If-Match: "…"    {"as": "drafts"}
"""

from io import BytesIO
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Response, json, request, send_file
from marshmallow import RAISE
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts.answers import invalid, unknown
from services.scheduling.api.import_schemas import (
    EXAMPLE,
    ApplyBody,
    ImportPage,
    ImportQuery,
    ImportSchema,
    shown,
)
from services.scheduling.domain.editing.fields import Fault, line
from services.scheduling.domain.import_jobs import LARGEST_FILE, NotNow, abandon, accept, add_job
from services.scheduling.domain.importing import ImportRefused, Options
from services.scheduling.models import Edition
from services.scheduling.queries.imports import corrections_of, job_shown, recent_jobs
from shared.i18n import current_locale
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.api import ApiBlueprint, takes_a_file
from shared.web.api_description import ETAG, LOCATION
from shared.web.caching import conditional_json, digest_of, uncached
from shared.web.conditional import needs_if_match, seen_tag, stale
from shared.web.idempotency import written_once
from shared.web.problems import Problem
from shared.web.tokens import check_scope, current_token, require_scope

SCOPE, RELEASE = "imports:write", "releases:write"

blueprint = ApiBlueprint(
    "Imports",
    __name__,
    url_prefix="/api/v1/imports",
    description="Files on their way into the programme, latest first",
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILE = {"type": "string", "format": "binary"}
_JOB = [{"in": "path", "name": "job_id", "description": "The import's id"}]


@blueprint.get("")
@require_scope(SCOPE)
@blueprint.response(200, ImportPage, example={"items": [EXAMPLE]}, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
def list_imports() -> Response:
    """List the latest imports, without their plans and reports."""
    with current_context().database.read() as db:
        rows = recent_jobs(db)
    return _answer(ImportPage().dump({"items": [shown(row) for row in rows]}))


@blueprint.post("")
@require_scope(SCOPE)
@takes_a_file(LARGEST_FILE, "The file: schedule XML or JSON, OpenAgenda JSON or iCalendar")
@blueprint.arguments(ImportQuery, location="query", unknown=RAISE)
@blueprint.response(201, ImportSchema, example=EXAMPLE, headers=LOCATION)
@blueprint.alt_response(413, description=f"The file is larger than {LARGEST_FILE // 2**20} MB")
@written_once()
def create_import(db: DbSession, query: dict[str, Any]) -> Response:
    """Hand a file in, to be read and planned; nothing is written into the programme yet.

    Its kind is seen from its content. Follow the import until its `state` is `planned`.
    """
    edition = db.scalars(sa.select(Edition).where(Edition.slug == query["edition"])).one_or_none()
    if edition is None:
        raise invalid({"edition": _("Choisissez l’édition dans laquelle importer.")}, "query")
    content = request.get_data(cache=True)
    if not content:
        raise invalid({"body": _("Envoyez le fichier dans le corps de la demande.")}, "body")
    try:
        options = Options(query.get("registration"), query.get("capacity"))
    except ImportRefused as refusal:
        raise invalid({"capacity": str(refusal.sentence)}, "query") from refusal
    job = add_job(
        db,
        edition,
        filename=_filename(query["filename"]),
        content=content,
        options=options,
        account_id=current_token().account_id,
        now=current_context().clock(),
    )
    body = json.dumps(ImportSchema().dump(shown(_found(db, job.id))))
    headers = {"Location": f"{blueprint.url_prefix}/{job.id}"}
    return Response(body, 201, headers, content_type="application/json")


@blueprint.get("/<uuid:job_id>", parameters=_JOB)
@require_scope(SCOPE)
@blueprint.response(200, ImportSchema, example=EXAMPLE, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="There is no such import")
def get_import(job_id: UUID) -> Response:
    """Tell how far an import is, what it would do, what it did.

    The ETag of a planned one names the plan: send it as `If-Match` to apply just that.
    """
    with current_context().database.read() as db:
        row = _found(db, job_id)
    return _answer(ImportSchema().dump(shown(row)), prefix=_plan_tag(row))


@blueprint.post("/<uuid:job_id>/apply", parameters=_JOB)
@require_scope(SCOPE)
@needs_if_match
@blueprint.arguments(ApplyBody, example={"as": "drafts"})
@blueprint.response(200, ImportSchema, example=EXAMPLE)
@blueprint.alt_response(404, description="There is no such import")
@blueprint.alt_response(409, description="not_now: it is not planned, or applied already")
@written_once(needs_key=False)
def apply_import(db: DbSession, body: dict[str, Any], job_id: UUID) -> Response:
    """Apply the plan that was seen, as drafts or released at once (scope `releases:write`)."""
    is_released = body["as_"] == "released"
    if is_released:
        check_scope(RELEASE)
    row = _found(db, job_id)
    if row.state == "planned" and seen_tag().partition("-")[0] != _plan_tag(row):
        raise stale(_plan_tag(row), ImportSchema().dump(shown(row)))
    try:
        accept(db, job_id, is_released=is_released, now=current_context().clock())
    except NotNow as error:
        detail = _("Cet import n’attend plus d’être appliqué.")
        raise Problem(409, "not_now", detail=detail) from error
    text = json.dumps(ImportSchema().dump(shown(_found(db, job_id))))
    return Response(text, 200, content_type="application/json")


@blueprint.get("/<uuid:job_id>/corrections", parameters=_JOB)
@require_scope(SCOPE)
@blueprint.doc(responses={"200": {"description": "The file", "content": {XLSX: {"schema": _FILE}}}})
@blueprint.alt_response(
    404, description="There is no such import, or nothing to correct in a sheet"
)
def get_import_corrections(job_id: UUID) -> Response:
    """Give a spreadsheet back with the cells that are wrong in colour (XLSX)."""
    with current_context().database.read() as db:
        found = corrections_of(db, job_id, current_locale())
    if found is None:
        raise unknown()
    stem = found.filename.rpartition(".")[0] or found.filename
    answer = send_file(
        BytesIO(found.corrections),
        mimetype=XLSX,
        as_attachment=True,
        download_name=_("%(name)s à corriger.xlsx", name=stem),
    )
    return uncached(answer)


@blueprint.delete("/<uuid:job_id>", parameters=_JOB)
@require_scope(SCOPE)
@blueprint.response(204, description="Given up: nothing was written")
@blueprint.alt_response(404, description="There is no such import")
@blueprint.alt_response(409, description="not_now: it is being applied, or has ended")
@written_once(needs_key=False)
def abandon_import(db: DbSession, job_id: UUID) -> Response:
    """Give an import up before anything of it is written."""
    _found(db, job_id)
    try:
        abandon(db, job_id, now=current_context().clock())
    except NotNow as error:
        detail = _("Cet import ne peut plus être abandonné.")
        raise Problem(409, "not_now", detail=detail) from error
    return Response(status=204)


def _found(db: DbSession, job_id: UUID) -> Any:
    row = job_shown(db, job_id)
    if row is None:
        raise unknown()
    return row


def _plan_tag(row: Any) -> str:
    return str((row.plan or {}).get("digest", row.state))


def _filename(text: str) -> str:
    try:
        return str(line(200, required=True)(text.rpartition("/")[2]))
    except Fault as fault:
        raise invalid({"filename": fault.sentence}, "query") from fault


def _answer(content: Any, prefix: str = "") -> Response:
    body = json.dumps(content).encode()
    return conditional_json(body, f"{prefix}-{digest_of(body)}" if prefix else None)
