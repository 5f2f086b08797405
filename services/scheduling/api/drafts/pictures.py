"""Pictures: handed in once, then put on an activity by their id (`activity_picture.py`).

POST /api/v1/draft/pictures    (multipart/form-data, the file in `file`)
→ 201  {"id": "0199…", "width": 1600, "height": 1067, "files": [{"width": 480, "address": …}, …]}
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Response, json, request
from flask_smorest.fields import Upload
from marshmallow import Schema, fields
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts.answers import invalid, unknown
from services.scheduling.api.drafts.noun import READ, WRITE
from services.scheduling.domain.editing.fields import Fault
from services.scheduling.domain.images import (
    LARGEST,
    Prepared,
    address_of,
    prepare_image,
    public_image,
    store_image,
    too_large,
    widths_of,
)
from services.scheduling.models import Image
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG, LOCATION
from shared.web.caching import conditional_json
from shared.web.idempotency import written_once
from shared.web.large_bodies import FORM
from shared.web.problems import Problem
from shared.web.tokens import current_token, require_scope

blueprint = ApiBlueprint(
    "Drafts: pictures",
    __name__,
    url_prefix="/api/v1/draft/pictures",
    description="Pictures for activities: never changed under their address, scaled for pages",
)

_PICTURE = [{"in": "path", "name": "row_id", "description": "The picture's id"}]


class PictureBody(Schema):
    """A picture as it comes from a camera: JPEG, PNG, WebP, GIF, TIFF or BMP."""

    file = Upload(
        required=True,
        metadata={
            "description": f"The file: {LARGEST // 2**20} MB at most, 200 pixels wide or more"
        },
    )


class PictureFile(Schema):
    """The picture in one width, as WebP."""

    width = fields.Integer(required=True)
    address = fields.String(required=True, metadata={"description": "Public, and for good"})


class PictureSchema(Schema):
    """A picture; nothing is kept of where, when and with what it was taken."""

    id = fields.UUID(required=True)
    width = fields.Integer(required=True, metadata={"description": "In pixels, at its largest"})
    height = fields.Integer(required=True)
    created_at = fields.AwareDateTime(required=True)
    files = fields.List(fields.Nested(PictureFile), required=True)


_EXAMPLE_ID = "01a1b2c3-0000-7000-8000-000000000091"

EXAMPLE: Mapping[str, Any] = {
    "id": _EXAMPLE_ID,
    "width": 1600,
    "height": 1067,
    "created_at": "2026-06-02T09:50:00+00:00",
    "files": [
        {"width": width, "address": address_of("https://parvis.example", _EXAMPLE_ID, width)}
        for width in (480, 960, 1600)
    ],
}


def _of_a_size(view: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a file that is too large by what it announces: not a byte of it is read."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        request.max_content_length = LARGEST + FORM
        announced = request.content_length or 0
        if announced > LARGEST + FORM:
            raise _too_large(str(too_large(announced)))
        # Kept for the form, and to know it again when it is sent under the same key.
        if len(request.get_data(cache=True)) >= LARGEST + FORM:  # of which nothing was announced
            words = _("Cette image pèse plus de 20 Mo\u00a0: choisissez-en une plus petite.")
            raise _too_large(words)
        return view(*args, **kwargs)

    return guarded


def _too_large(sentence: str) -> Problem:
    errors = {"files": {"file": [sentence]}}
    return Problem(413, "too_large", detail=sentence, errors=errors)


def _prepared(view: Callable[..., Any]) -> Callable[..., Any]:
    """Give the view the picture scaled for pages: that takes long, and no transaction waits."""

    @wraps(view)
    def guarded(body: Mapping[str, Any]) -> Any:
        content = body["file"].read(LARGEST + 1)
        if not content:
            raise invalid({"file": _("Choisissez une image.")}, "files")
        try:
            return view(prepare_image(content))
        except Fault as fault:
            raise invalid({"file": fault.sentence}, "files") from fault

    return guarded


@blueprint.post("")
@require_scope(WRITE)
@_of_a_size
@blueprint.arguments(PictureBody, location="files")
@blueprint.response(201, PictureSchema, example=EXAMPLE, headers=LOCATION)
@blueprint.alt_response(413, description=f"too_large: more than {LARGEST // 2**20} MB")
@_prepared
@written_once()
def create_draft_picture(db: DbSession, prepared: Prepared) -> Response:
    """Hand a picture in; it is turned upright, stripped of what it tells, and scaled."""
    image = store_image(
        db,
        prepared,
        is_private=False,
        account_id=current_token().account_id,
        now=current_context().clock(),
    )
    headers = {"Location": f"{blueprint.url_prefix}/{image.id}"}
    return Response(_dumped(db, image), 201, headers, content_type="application/json")


@blueprint.get("/<uuid:row_id>", parameters=_PICTURE)
@require_scope(READ)
@blueprint.response(200, PictureSchema, example=EXAMPLE, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="There is no such picture")
def get_draft_picture(row_id: UUID) -> Response:
    """Give one picture's size and addresses."""
    with current_context().database.read() as db:
        image = public_image(db, row_id)
        if image is None:
            raise unknown()
        body = _dumped(db, image)
    return conditional_json(body)


def _dumped(db: DbSession, image: Image) -> bytes:
    site = current_context().settings.public_url
    told = {
        "id": image.id,
        "width": image.width,
        "height": image.height,
        "created_at": image.created_at,
        "files": [
            {"width": width, "address": address_of(site, image.id, width)}
            for width in widths_of(db, image.id)
        ],
    }
    return json.dumps(PictureSchema().dump(told)).encode()
