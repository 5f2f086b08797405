"""Festivals and their editions in the console: listed together; editions made and changed."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.scheduling.domain.editing.editions import (
    create_edition,
    delete_edition,
    save_edition,
)
from services.scheduling.domain.editing.fields import known_time_zones
from services.scheduling.models import Edition
from services.scheduling.pages.console.edition_form import EditionForm
from services.scheduling.pages.console.editions_shown import edition_or_404
from services.scheduling.pages.console.editors import COORDINATION, READERS, state_of
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
from shared.web import current_context
from shared.web.sign_in import require_staff

FORM = EditionForm()

blueprint = Blueprint("console_editions", __name__, url_prefix="/console/editions")


@blueprint.get("")
@require_staff(*READERS)
def index() -> ResponseReturnValue:
    """List the festivals, each with its editions."""
    with current_context().database.read() as db:
        return render_template(
            "console/editions.html",
            festivals=partners.festivals(db),
            editions=partners.editions(db),
        )


@blueprint.get("/new")
@require_staff(*COORDINATION)
def new() -> ResponseReturnValue:
    """Show the form of a new edition, of the festival that is asked for."""
    festival = request.args.get("festival", "")
    return _page(Attempt(FORM.blank(festival_id=festival, time_zone="Europe/Paris")))


@blueprint.post("/new")
@require_staff(*COORDINATION)
def create() -> ResponseReturnValue:
    """Make an edition."""
    attempt = create_posted(FORM, Edition, create_edition)
    if attempt.saved is None:
        return _page(attempt)
    tell_saved(attempt, waits=False)
    return redirect(url_for("console_activities.index", slug=attempt.saved.slug), 303)


@blueprint.get("/<slug>")
@require_staff(*READERS)
def edit(slug: str) -> ResponseReturnValue:
    """Show an edition's form."""
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
    return _page(opened(FORM, edition), edition.id)


@blueprint.post("/<slug>")
@require_staff(*COORDINATION)
def save(slug: str) -> ResponseReturnValue:
    """Save an edition."""
    edition_id = _id_of(slug)
    attempt = save_posted(FORM, Edition, edition_id, save_edition)
    if attempt.saved is None:
        return _page(attempt, edition_id)
    tell_saved(attempt, waits=attempt.saved.published is not None, slug=attempt.saved.slug)
    return redirect(url_for(".edit", slug=attempt.saved.slug), 303)


@blueprint.get("/<slug>/state")
@require_staff(*READERS)
def state(slug: str) -> ResponseReturnValue:
    """Tell an open form whether somebody changed the edition meanwhile."""
    with current_context().database.read() as db:
        return state_of(db, edition_or_404(db, slug))


@blueprint.post("/<slug>/delete")
@require_staff(*COORDINATION)
def delete(slug: str) -> ResponseReturnValue:
    """Delete an edition that is empty and was never released."""
    if delete_posted(_id_of(slug), delete_edition):
        return redirect(url_for(".index"), 303)
    return redirect(url_for(".edit", slug=slug), 303)


def _id_of(slug: str) -> UUID:
    with current_context().database.read() as db:
        return edition_or_404(db, slug).id


def _page(attempt: Attempt, edition_id: UUID | None = None) -> ResponseReturnValue:
    with current_context().database.read() as db:
        return edit_page(
            db,
            "console/edition.html",
            attempt,
            row_or_404(db, Edition, edition_id) if edition_id else None,
            festivals=partners.festivals(db),
            time_zones=known_time_zones(),
        )
