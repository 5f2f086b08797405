"""Condition reports of a stop: how the exhibition arrived and left, for the parties of the loan.

POST /api/v1/draft/stops/0199…/reports
    (multipart/form-data: moment=arrival, condition=worn, note=…, photos=…, photos=…)
→ 201  {"items": [{"moment": "arrival", "condition": "worn", "photos": [{"address": …}], …}]}
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Response, json, request
from flask_smorest.fields import Upload
from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy.orm import Session as DbSession
from werkzeug.datastructures import FileStorage

from services.scheduling.api.drafts.answers import invalid, unknown
from services.scheduling.api.drafts.fields import text
from services.scheduling.api.drafts.noun import READ, WRITE, identified
from services.scheduling.api.drafts.stops import STOPS
from services.scheduling.api.drafts.touring_rights import parties_of_stop
from services.scheduling.domain.editing.fields import Fault
from services.scheduling.domain.editing.revisions import Invalid, Unknown
from services.scheduling.domain.images import image_file, store_image
from services.scheduling.domain.touring.condition import (
    CONDITIONS,
    LARGEST_REPORT,
    MOMENTS,
    MOST_PHOTOS,
    photos_of,
    prepare_photos,
    report_condition,
    reports_of,
    stop_of_photo,
)
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG
from shared.web.caching import conditional_json
from shared.web.idempotency import written_once
from shared.web.large_bodies import FORM
from shared.web.problems import Problem
from shared.web.tokens import current_token, require_scope

blueprint = ApiBlueprint(
    "Drafts: condition reports",
    __name__,
    url_prefix="/api/v1/draft/stops/<uuid:row_id>",
    description="How a travelling exhibition arrived at a stop and left it; for its parties alone",
)

#: In which width a photograph is given, in pixels.
WIDTH = 1600

_PHOTO = {"in": "path", "name": "image_id", "description": "The photograph's id"}


class PhotoFile(Upload):
    """A file of a form; a text that is sent in its place is none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> FileStorage:
        if not isinstance(value, FileStorage):
            raise ValidationError(_("Choisissez un fichier ; celui-ci est vide ou manque."))
        return value


class ReportBody(Schema):
    """A report, which is never changed."""

    moment = fields.String(required=True, validate=validate.OneOf(MOMENTS))
    condition = fields.String(required=True, validate=validate.OneOf(CONDITIONS))
    note = text(5_000, "Required for what is damaged", allow_none=False)
    caption = text(200, "What the photographs show", allow_none=False)
    photos: Any = fields.List(
        PhotoFile(),
        validate=validate.Length(max=MOST_PHOTOS),
        metadata={
            "description": f"JPEG, PNG, WebP, GIF, TIFF or BMP; {LARGEST_REPORT // 2**20} MB in all"
        },
    )


class PhotoSchema(Schema):
    """A photograph of a report."""

    id = fields.UUID(required=True)
    caption = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, metadata={"description": "It asks for a token too"})


class ReportSchema(Schema):
    """In what condition the exhibition was."""

    id = fields.UUID(required=True)
    moment = fields.String(required=True, validate=validate.OneOf(MOMENTS))
    condition = fields.String(required=True, validate=validate.OneOf(CONDITIONS))
    note = fields.String(required=True)
    account_id = fields.UUID(required=True, allow_none=True)
    reported_at = fields.AwareDateTime(required=True)
    photos = fields.List(fields.Nested(PhotoSchema), required=True)


class ReportsSchema(Schema):
    """The reports of a stop, in the order in which they were made."""

    items = fields.List(fields.Nested(ReportSchema), required=True)


_STOP_ID, _IMAGE_ID = STOPS.example["id"], "01a1b2c3-0000-7000-8000-000000000092"

EXAMPLE = {
    "items": [
        {
            "id": "01a1b2c3-0000-7000-8000-000000000074",
            "moment": "arrival",
            "condition": "worn",
            "note": "Un panneau rayé.",
            "account_id": "01a1b2c3-0000-7000-8000-000000000040",
            "reported_at": "2026-10-01T08:40:00+00:00",
            "photos": [
                {
                    "id": _IMAGE_ID,
                    "caption": "Panneau 3",
                    "address": "https://parvis.example/api/v1/draft/stops/"
                    f"{_STOP_ID}/photos/{_IMAGE_ID}",
                }
            ],
        }
    ]
}


def _of_a_size(view: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse what is too large by what it announces: not a byte of it is read."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        request.max_content_length = LARGEST_REPORT + FORM
        if (request.content_length or 0) > LARGEST_REPORT + FORM:
            raise Problem(413, "too_large")
        request.get_data(cache=True)  # for the form, and for who sends it again under its key
        return view(*args, **kwargs)

    return guarded


def _prepared(view: Callable[..., Any]) -> Callable[..., Any]:
    """Give the view the photographs scaled: that takes long, and no transaction waits."""

    @wraps(view)
    def guarded(body: Mapping[str, Any], row_id: UUID) -> Any:
        with current_context().database.read() as db:
            parties_of_stop(db, row_id)
        given = [(file.filename or "", file) for file in body.get("photos", ())]
        try:
            pictures = prepare_photos(given)
        except Fault as fault:
            raise invalid({"photos": fault.sentence}, "multipart") from fault
        return view(body, pictures, row_id)

    return guarded


@blueprint.get("/reports", parameters=identified(STOPS))
@require_scope(READ)
@blueprint.response(200, ReportsSchema, example=EXAMPLE, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="There is no such stop")
def list_stop_reports(row_id: UUID) -> Response:
    """List the reports of a stop that you have a part in."""
    with current_context().database.read() as db:
        parties_of_stop(db, row_id)
        body = _content(db, row_id)
    return conditional_json(body)


@blueprint.post("/reports", parameters=identified(STOPS))
@require_scope(WRITE)
@_of_a_size
@blueprint.arguments(ReportBody, location="multipart")
@blueprint.response(201, ReportsSchema, example=EXAMPLE)
@blueprint.alt_response(404, description="There is no such stop")
@blueprint.alt_response(413, description=f"too_large: more than {LARGEST_REPORT // 2**20} MB")
@_prepared
@written_once()
def create_stop_report(
    db: DbSession, body: Mapping[str, Any], pictures: list[Any], row_id: UUID
) -> Response:
    """Note how the exhibition arrived or left, with photographs; answers with all reports."""
    parties_of_stop(db, row_id)  # who may, may have changed while the photographs were scaled
    who: dict[str, Any] = {
        "account_id": current_token().account_id,
        "now": current_context().clock(),
    }
    photos = [
        (store_image(db, picture, is_private=True, **who), body.get("caption", ""))
        for picture in pictures
    ]
    said = {name: body.get(name, "") for name in ("moment", "condition", "note")}
    try:
        report_condition(db, row_id, **said, photos=photos, **who)
    except Unknown as error:
        raise unknown() from error
    except Invalid as error:
        raise invalid(error.faults, "multipart") from error
    return Response(_content(db, row_id), 201, content_type="application/json")


@blueprint.get("/photos/<uuid:image_id>", parameters=[*identified(STOPS), _PHOTO])
@require_scope(READ)
@blueprint.doc(
    responses={
        "200": {
            "description": "The photograph",
            "content": {"image/webp": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
)
@blueprint.alt_response(404, description="There is no such stop, or no such photograph of it")
def get_stop_photo(row_id: UUID, image_id: UUID) -> Response:
    """Give a photograph of a report."""
    with current_context().database.read() as db:
        parties_of_stop(db, row_id)
        content = None
        if stop_of_photo(db, image_id) == row_id:
            content = image_file(db, image_id, WIDTH, is_private=True)
    if content is None:
        raise unknown()
    answer = Response(content, content_type="image/webp")
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def _content(db: DbSession, stop_id: UUID) -> bytes:
    reports = reports_of(db, stop_id)
    photos = photos_of(db, reports)
    site = current_context().settings.public_url.rstrip("/")
    base = f"{site}/api/v1/draft/stops/{stop_id}/photos"
    items = [
        {
            **{name: getattr(one, name) for name in ReportSchema().fields if name != "photos"},
            "photos": [
                {"id": each.image_id, "caption": each.caption, "address": f"{base}/{each.image_id}"}
                for each in photos[one.id]
            ],
        }
        for one in reports
    ]
    return json.dumps(ReportsSchema().dump({"items": items})).encode()
