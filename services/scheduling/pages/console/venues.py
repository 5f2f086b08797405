"""Venues in the console: listed, made, changed, with their spaces."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.duplicates import Likeness
from services.scheduling.domain.editing.communes import ensure_commune
from services.scheduling.domain.editing.fields import known_time_zones
from services.scheduling.domain.editing.venues import create_venue, delete_venue, save_venue
from services.scheduling.models import PublishedSession, Venue
from services.scheduling.pages.console.duplicates import likely_of
from services.scheduling.pages.console.editors import (
    COORDINATION,
    PLACE_EDITORS,
    PLACE_READERS,
    own_venues,
    state_of,
)
from services.scheduling.pages.console.inputs import read_identifier
from services.scheduling.pages.console.saving import Attempt, opened
from services.scheduling.pages.console.showing import edit_page
from services.scheduling.pages.console.storing import (
    create_posted,
    delete_posted,
    posted_identifier,
    row_or_404,
    save_posted,
    tell_saved,
)
from services.scheduling.pages.console.venue_form import FORM
from services.scheduling.queries import console_partners as partners
from shared.web import current_context
from shared.web.paging import read_page
from shared.web.repeating import asks_for_rows
from shared.web.sign_in import require_staff

PAGE_SIZE = 100

blueprint = Blueprint("console_venues", __name__, url_prefix="/console/venues")


@blueprint.get("")
@require_staff(*PLACE_READERS)
def index() -> ResponseReturnValue:
    """List the venues."""
    words = request.args.get("q", "").replace("\x00", "")[:100]
    commune = request.args.get("commune", "")
    with current_context().database.read() as db:
        communes = partners.communes(db)
        known = {str(row.id) for row in communes}
        chosen = read_identifier(commune) if commune in known else None
        found = own_venues(partners.venues(db, words, chosen))
    page = read_page(request.args.get("page"), size=PAGE_SIZE, total=len(found))
    return render_template(
        "console/venues.html",
        venues=found[page.offset : page.offset + page.size],
        page=page,
        words=words,
        commune=commune,
        communes=communes,
    )


@blueprint.get("/new")
@require_staff(*COORDINATION)
def new() -> ResponseReturnValue:
    """Show the form of a new venue."""
    return _page(Attempt(FORM.blank()))


@blueprint.post("/new")
@require_staff(*COORDINATION)
def create() -> ResponseReturnValue:
    """Make a venue."""
    shown = FORM.posted(request.form)
    with current_context().database.read() as db:
        made = db.get(Venue, posted_identifier("id") or UUID(int=0))
        likely = [] if made else likely_of(db, "venues", shown)
    if likely and not asks_for_rows(request.form):
        return _page(Attempt(shown, is_changed=True), likely=likely)
    attempt = create_posted(FORM, Venue, _with_commune(create_venue))
    if attempt.saved is None:
        return _page(attempt)
    tell_saved(attempt, waits=False)
    return redirect(url_for(".edit", venue_id=attempt.saved.id), 303)


@blueprint.get("/<uuid:venue_id>")
@require_staff(*PLACE_READERS)
def edit(venue_id: UUID) -> ResponseReturnValue:
    """Show a venue's form and its spaces."""
    with current_context().database.read() as db:
        attempt = opened(FORM, row_or_404(db, Venue, venue_id))
    return _page(attempt, venue_id)


@blueprint.post("/<uuid:venue_id>")
@require_staff(*PLACE_EDITORS)
def save(venue_id: UUID) -> ResponseReturnValue:
    """Save a venue."""
    attempt = save_posted(FORM, Venue, venue_id, _with_commune(save_venue))
    if attempt.saved is None:
        return _page(attempt, venue_id)
    with current_context().database.read() as db:
        waits = partners.is_announced(db, PublishedSession.venue_id, venue_id)
    tell_saved(attempt, waits=waits)
    return redirect(url_for(".edit", venue_id=venue_id), 303)


@blueprint.get("/<uuid:venue_id>/state")
@require_staff(*PLACE_READERS)
def state(venue_id: UUID) -> ResponseReturnValue:
    """Tell an open form whether somebody changed the venue meanwhile."""
    with current_context().database.read() as db:
        return state_of(db, db.get(Venue, venue_id))


@blueprint.get("/<uuid:venue_id>/spaces")
@require_staff(*PLACE_READERS)
def spaces(venue_id: UUID) -> ResponseReturnValue:
    """Give a venue's spaces as choices, to a form in which it was just chosen."""
    with current_context().database.read() as db:
        row_or_404(db, Venue, venue_id)
        return render_template(
            "console/parts/space_choices.html", spaces=partners.spaces_of(db, venue_id), chosen=""
        )


@blueprint.post("/<uuid:venue_id>/delete")
@require_staff(*COORDINATION)
def delete(venue_id: UUID) -> ResponseReturnValue:
    """Delete a venue where nothing takes place."""
    if delete_posted(venue_id, delete_venue):
        return redirect(url_for(".index"), 303)
    return redirect(url_for(".edit", venue_id=venue_id), 303)


def _with_commune(store: Any) -> Any:
    """Return what stores a venue after its commune, which may be a new one."""

    def stored(db: DbSession, *arguments: Any, **options: Any) -> Any:
        *before, values = arguments
        return store(db, *before, _commune_found(db, values), **options)

    return stored


def _commune_found(db: DbSession, values: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(values)
    name, code = found.pop("commune_name"), found.pop("insee_code")
    if name or code:
        found["commune_id"] = ensure_commune(db, name, code).id
    return found


def _page(
    attempt: Attempt, venue_id: UUID | None = None, *, likely: Sequence[Likeness] = ()
) -> ResponseReturnValue:
    with current_context().database.read() as db:
        venue = row_or_404(db, Venue, venue_id) if venue_id else None
        return edit_page(
            db,
            "console/venue.html",
            attempt,
            venue,
            likely=likely,
            spaces=partners.spaces_of(db, venue_id) if venue_id else [],
            communes=partners.communes(db),
            time_zones=known_time_zones(),
            organisations=[(str(found.id), found.name) for found in partners.organisations(db)],
        )
