"""The spaces of a venue in the console: made, changed, deleted."""

from uuid import UUID

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from services.scheduling.domain.editing.spaces import create_space, delete_space, save_space
from services.scheduling.models import PublishedSession, Space, Venue
from services.scheduling.pages.code_words import ACCESSIBILITY_LABELS
from services.scheduling.pages.console.editors import (
    PLACE_EDITORS,
    PLACE_READERS,
    may_do,
    state_of,
)
from services.scheduling.pages.console.saving import Attempt, opened
from services.scheduling.pages.console.showing import edit_page
from services.scheduling.pages.console.space_form import SpaceForm
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

FORM = SpaceForm()

blueprint = Blueprint(
    "console_spaces", __name__, url_prefix="/console/venues/<uuid:venue_id>/spaces"
)


@blueprint.get("/new")
@require_staff(*PLACE_EDITORS)
def new(venue_id: UUID) -> ResponseReturnValue:
    """Show the form of a new space."""
    return _page(Attempt(FORM.blank(sessions_at_once="1")), venue_id)


@blueprint.post("/new")
@require_staff(*PLACE_EDITORS)
def create(venue_id: UUID) -> ResponseReturnValue:
    """Make a space."""
    attempt = create_posted(FORM, Space, create_space, venue_id=venue_id)
    if attempt.saved is None:
        return _page(attempt, venue_id)
    tell_saved(attempt, waits=False)
    return _back(venue_id)


@blueprint.get("/<uuid:space_id>")
@require_staff(*PLACE_READERS)
def edit(venue_id: UUID, space_id: UUID) -> ResponseReturnValue:
    """Show a space's form."""
    with current_context().database.read() as db:
        attempt = opened(FORM, row_or_404(db, Space, space_id))
    return _page(attempt, venue_id, space_id)


@blueprint.post("/<uuid:space_id>")
@require_staff(*PLACE_EDITORS)
def save(venue_id: UUID, space_id: UUID) -> ResponseReturnValue:
    """Save a space."""
    attempt = save_posted(FORM, Space, space_id, save_space)
    if attempt.saved is None:
        return _page(attempt, venue_id, space_id)
    with current_context().database.read() as db:
        waits = partners.is_announced(db, PublishedSession.space_id, space_id)
    tell_saved(attempt, waits=waits)
    return _back(venue_id)


@blueprint.get("/<uuid:space_id>/state")
@require_staff(*PLACE_READERS)
def state(venue_id: UUID, space_id: UUID) -> ResponseReturnValue:
    """Tell an open form whether somebody changed the space meanwhile."""
    with current_context().database.read() as db:
        return state_of(db, db.get(Space, space_id))


@blueprint.post("/<uuid:space_id>/delete")
@require_staff(*PLACE_EDITORS)
def delete(venue_id: UUID, space_id: UUID) -> ResponseReturnValue:
    """Delete a space that no session is in."""
    if delete_posted(space_id, delete_space):
        return _back(venue_id)
    return redirect(url_for(".edit", venue_id=venue_id, space_id=space_id), 303)


def _back(venue_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("console_venues.edit", venue_id=venue_id, _anchor="spaces"), 303)


def _page(attempt: Attempt, venue_id: UUID, space_id: UUID | None = None) -> ResponseReturnValue:
    with current_context().database.read() as db:
        venue = row_or_404(db, Venue, venue_id)
        if space_id is None and not may_do(db, "change", venue):
            abort(403)
        space = row_or_404(db, Space, space_id) if space_id else None
        if space is not None and space.venue_id != venue.id:
            abort(404)
        codes = [str(ACCESSIBILITY_LABELS[code]) for code in venue.accessibility]
        return edit_page(
            db,
            "console/space.html",
            attempt,
            space,
            venue=venue,
            venue_accessibility=", ".join(codes),
        )
