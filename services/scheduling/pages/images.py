"""Pictures of the programme: public, never changed under their address."""

from uuid import UUID

from flask import Blueprint, Response, abort

from services.scheduling.domain.images import image_file
from shared.web import current_context

blueprint = Blueprint("images", __name__, url_prefix="/images")


@blueprint.get("/<uuid:image_id>/<int:width>.webp")
def show(image_id: UUID, width: int) -> Response:
    """Give a picture at least so many pixels wide, or as wide as it is."""
    with current_context().database.read() as db:
        content = image_file(db, image_id, min(width, 10_000))
    if content is None:
        abort(404)
    response = Response(content, mimetype="image/webp")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
