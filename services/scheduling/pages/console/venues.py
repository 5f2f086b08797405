"""Venues in the console: listed, made, changed, with their spaces."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.duplicates import Likeness
from services.scheduling.domain.editing.communes import ensure_commune
from services.scheduling.domain.editing.fields import known_time_zones
from services.scheduling.domain.editing.venues import create_venue, delete_venue, save_venue
from services.scheduling.models import PublishedSession, Venue
from services.scheduling.pages.console.editors import (
    COORDINATION,
    PLACE_EDITORS,
    PLACE_READERS,
    own_venues,
)
from services.scheduling.pages.console.inputs import read_identifier
from services.scheduling.pages.console.noun_pages import NounPages, add_noun_pages
from services.scheduling.pages.console.saving import Attempt
from services.scheduling.pages.console.showing import edit_page
from services.scheduling.pages.console.storing import (
    row_or_404,
)
from services.scheduling.pages.console.venue_form import FORM
from services.scheduling.queries import console_partners as partners
from shared.web import current_context
from shared.web.paging import read_page, read_words
from shared.web.sign_in import require_staff

PAGE_SIZE = 100

blueprint = Blueprint("console_venues", __name__, url_prefix="/console/venues")


@blueprint.get("")
@require_staff(*PLACE_READERS)
def index() -> ResponseReturnValue:
    """List the venues."""
    words = read_words(request.args.get("q"))
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


@blueprint.get("/<uuid:venue_id>/spaces")
@require_staff(*PLACE_READERS)
def spaces(venue_id: UUID) -> ResponseReturnValue:
    """Give a venue's spaces as choices, to a form in which it was just chosen."""
    with current_context().database.read() as db:
        row_or_404(db, Venue, venue_id)
        return render_template(
            "console/parts/space_choices.html", spaces=partners.spaces_of(db, venue_id), chosen=""
        )


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
    attempt: Attempt, row_id: UUID | None = None, *, likely: Sequence[Likeness] = ()
) -> ResponseReturnValue:
    with current_context().database.read() as db:
        venue = row_or_404(db, Venue, row_id) if row_id else None
        return edit_page(
            db,
            "console/venue.html",
            attempt,
            venue,
            likely=likely,
            spaces=partners.spaces_of(db, row_id) if row_id else [],
            communes=partners.communes(db),
            time_zones=known_time_zones(),
            organisations=[(str(found.id), found.name) for found in partners.organisations(db)],
        )


def _is_announced(attempt: Attempt) -> bool:
    with current_context().database.read() as db:
        return partners.is_announced(db, PublishedSession.venue_id, attempt.saved.id)


add_noun_pages(
    blueprint,
    NounPages(
        Venue,
        "venue_id",
        FORM,
        _with_commune(create_venue),
        _with_commune(save_venue),
        delete_venue,
        _page,
        readers=PLACE_READERS,
        editors=PLACE_EDITORS,
        makers=COORDINATION,
        waits=_is_announced,
        alike="venues",
    ),
)
