"""Festivals in the console: made and changed; they are listed with their editions."""

from uuid import UUID

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from services.scheduling.domain.editing.festivals import (
    create_festival,
    delete_festival,
    save_festival,
)
from services.scheduling.models import Festival
from services.scheduling.pages.console.editors import COORDINATION, READERS, state_of
from services.scheduling.pages.console.forms import Form
from services.scheduling.pages.console.inputs import Input
from services.scheduling.pages.console.saving import Attempt, opened
from services.scheduling.pages.console.showing import edit_page
from services.scheduling.pages.console.storing import (
    create_posted,
    delete_posted,
    row_or_404,
    save_posted,
    tell_saved,
)
from services.scheduling.queries import console_partners as partners
from shared.i18n import lazy_gettext as _l
from shared.web import current_context
from shared.web.sign_in import require_staff

FORM = Form(
    Input("name_fr", _l("Nom")),
    Input("name_en", _l("Nom en anglais")),
    Input("slug", _l("Adresse web")),
)

blueprint = Blueprint("console_festivals", __name__, url_prefix="/console/festivals")


@blueprint.get("")
@require_staff(*READERS)
def index() -> ResponseReturnValue:
    """Lead to where they are listed."""
    return redirect(url_for("console_editions.index"))


@blueprint.get("/new")
@require_staff(*COORDINATION)
def new() -> ResponseReturnValue:
    """Show the form of a new festival."""
    return _page(Attempt(FORM.blank()))


@blueprint.post("/new")
@require_staff(*COORDINATION)
def create() -> ResponseReturnValue:
    """Make a festival, and go on to its first edition."""
    attempt = create_posted(FORM, Festival, create_festival)
    if attempt.saved is None:
        return _page(attempt)
    tell_saved(attempt, waits=False)
    return redirect(url_for("console_editions.new", festival=attempt.saved.id), 303)


@blueprint.get("/<uuid:festival_id>")
@require_staff(*READERS)
def edit(festival_id: UUID) -> ResponseReturnValue:
    """Show a festival's form."""
    with current_context().database.read() as db:
        attempt = opened(FORM, row_or_404(db, Festival, festival_id))
    return _page(attempt, festival_id)


@blueprint.post("/<uuid:festival_id>")
@require_staff(*COORDINATION)
def save(festival_id: UUID) -> ResponseReturnValue:
    """Save a festival."""
    attempt = save_posted(FORM, Festival, festival_id, save_festival)
    if attempt.saved is None:
        return _page(attempt, festival_id)
    with current_context().database.read() as db:
        editions = partners.editions(db)
    waits = any(row.festival_id == festival_id and row.is_released for row in editions)
    tell_saved(attempt, waits=waits)
    return redirect(url_for("console_editions.index"), 303)


@blueprint.get("/<uuid:festival_id>/state")
@require_staff(*READERS)
def state(festival_id: UUID) -> ResponseReturnValue:
    """Tell an open form whether somebody changed the festival meanwhile."""
    with current_context().database.read() as db:
        return state_of(db, db.get(Festival, festival_id))


@blueprint.post("/<uuid:festival_id>/delete")
@require_staff(*COORDINATION)
def delete(festival_id: UUID) -> ResponseReturnValue:
    """Delete a festival without editions."""
    if delete_posted(festival_id, delete_festival):
        return redirect(url_for("console_editions.index"), 303)
    return redirect(url_for(".edit", festival_id=festival_id), 303)


def _page(attempt: Attempt, festival_id: UUID | None = None) -> ResponseReturnValue:
    with current_context().database.read() as db:
        festival = row_or_404(db, Festival, festival_id) if festival_id else None
        editions = [row for row in partners.editions(db) if row.festival_id == festival_id]
        return edit_page(db, "console/festival.html", attempt, festival, editions=editions)
