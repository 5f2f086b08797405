"""Whole editions as files, for other programs: schedule XML or JSON, OpenAgenda, iCalendar, tables.

    GET /api/v1/editions/fete-de-la-science-2026/export?as=frab
    → 200, application/xml, with an ETag: unchanged, it is a 304

What is published is for anybody. Of the working copy, a token is needed.
"""

from flask import Response
from marshmallow import Schema, fields, validate

from services.scheduling.export_answers import answer_export
from services.scheduling.exporters import FORMATS
from shared.i18n import LOCALES
from shared.web.api import ApiBlueprint
from shared.web.tokens import require_scope

blueprint = ApiBlueprint(
    "Exports", __name__, url_prefix="/api/v1", description="Whole editions as files"
)

_SLUG = [{"in": "path", "name": "slug", "description": "The edition's slug"}]
_PUBLIC = tuple(known.name for known in FORMATS if not known.for_staff)
_FORMATS = {known.name: known for known in FORMATS}


class ExportQuery(Schema):
    """Which format the file has."""

    as_ = fields.String(
        required=True,
        data_key="as",
        validate=validate.OneOf(_PUBLIC),
        metadata={"description": "The format"},
    )
    lang = fields.String(
        validate=validate.OneOf(LOCALES),
        metadata={
            "description": "The language of words in sheets and leaflets; French if left out"
        },
    )


class DraftExportQuery(Schema):
    """Which format the file has."""

    as_ = fields.String(
        required=True,
        data_key="as",
        validate=validate.OneOf(tuple(_FORMATS)),
        metadata={"description": "The format"},
    )


def _files(names: tuple[str, ...]) -> dict[str, object]:
    """Return what the description says of an answer that is a file of one of these formats."""
    types = [known.content_type.partition(";")[0] for known in FORMATS if known.name in names]
    return {"description": "The file", "content": {name: _told(name) for name in types}}


def _told(media_type: str) -> dict[str, object]:
    if media_type != "application/json":
        return {"schema": {"type": "string", "format": "binary"}}
    conference = {"acronym": "fete-de-la-science-isere", "title": "Fête de la science, Isère"}
    example = {"schedule": {"version": "3", "conference": conference}}
    return {"schema": {"type": "object"}, "example": example}


@blueprint.get("/editions/<slug>/export", parameters=_SLUG)
@blueprint.arguments(ExportQuery, location="query")
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="There is no such edition, or nothing of it is published")
@blueprint.alt_response(503, description="The file cannot be written now")
@blueprint.doc(responses={"200": _files(_PUBLIC)})
def export_edition(query: dict[str, str], slug: str) -> Response:
    """Give what is published of an edition as a file."""
    return answer_export(slug, _FORMATS[query["as_"]])


@blueprint.get("/draft/editions/<slug>/export", parameters=_SLUG)
@require_scope("programme:read")
@blueprint.arguments(DraftExportQuery, location="query")
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="There is no such edition")
@blueprint.alt_response(503, description="The file cannot be written now")
@blueprint.doc(responses={"200": _files(tuple(_FORMATS))})
def export_drafts(query: dict[str, str], slug: str) -> Response:
    """Give the working copy of an edition as a file."""
    return answer_export(slug, _FORMATS[query["as_"]], drafts=True)
