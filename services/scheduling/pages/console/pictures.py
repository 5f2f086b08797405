"""Pictures that come with a form of the console, or ahead of it as soon as they are chosen."""

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from services.scheduling.domain.editing.fields import Fault
from services.scheduling.domain.images import LARGEST, prepare_image, store_image
from services.scheduling.models import Image
from services.scheduling.pages.console.editors import EDITORS, account_id
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.large_bodies import allow_large_bodies
from shared.web.sign_in import require_staff

blueprint = Blueprint("console_pictures", __name__, url_prefix="/console/pictures")
allow_large_bodies(blueprint, LARGEST, "receive")


@blueprint.post("")
@require_staff(*EDITORS)
def receive() -> ResponseReturnValue:
    """Take a picture as soon as it is chosen: its id and address, or what is wrong with it."""
    try:
        image = received_picture("file")
    except Fault as fault:
        return jsonify(error=str(fault.sentence)), 422
    if image is None:
        return jsonify(error=_("Choisissez une image.")), 422
    src = url_for("images.show", image_id=image.id, width=480)
    return jsonify(id=str(image.id), src=src, width=image.width, height=image.height), 201


def received_picture(field: str, *, is_private: bool = False) -> Image | None:
    """Store the picture that the request's form brings in this field; None where it brings none.

    Raises `Fault` with what is wrong with it.
    """
    file = request.files.get(field)
    content = file.read(LARGEST + 1) if file else b""
    if not content:
        return None
    prepared = prepare_image(content)
    context = current_context()
    with context.database.write() as db:
        return store_image(
            db, prepared, is_private=is_private, account_id=account_id(), now=context.clock()
        )


def with_picture(field: str, column: str) -> tuple[MultiDict[str, str], dict[str, str]]:
    """Return the request's form with the picture that it brings in a column, and what is wrong.

    Without JavaScript a picture comes with the whole form. It stays stored while the rest of the
    form is corrected, so that it need not be chosen again.
    """
    posted = MultiDict(request.form)
    try:
        image = received_picture(field)
    except Fault as fault:
        return posted, {field: str(fault.sentence)}
    if image is not None:
        posted[column] = str(image.id)
    elif posted.get(f"remove-{field}"):
        posted[column] = ""
    return posted, {}
