"""Recurring sessions in the console: a rhythm is shown as its times, then made in one step."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.revisions import Invalid
from services.scheduling.domain.editing.series import KINDS, create_series
from services.scheduling.models import Activity, Edition, Session
from services.scheduling.pages.console.editions_shown import edition_or_404
from services.scheduling.pages.console.editors import EDITORS, own_organisations
from services.scheduling.pages.console.saving import Attempt
from services.scheduling.pages.console.series_form import SeriesForm
from services.scheduling.pages.console.session_words import (
    KIND_CHOICES,
    WAY_IN_CHOICES,
    category_choices,
)
from services.scheduling.pages.console.showing import edit_page
from services.scheduling.pages.console.storing import create_posted
from services.scheduling.queries import console_partners as partners
from services.scheduling.queries.console_activities import activity_names
from services.scheduling.queries.console_session import latest_session, venue_choices
from shared.i18n import ngettext
from shared.web import current_context
from shared.web.sign_in import require_staff

#: The days of an edition that are offered as boxes; others are written down.
MOST_DAYS = 31

blueprint = Blueprint(
    "console_series", __name__, url_prefix="/console/editions/<slug>/sessions/series"
)


@blueprint.get("")
@require_staff(*EDITORS)
def new(slug: str) -> ResponseReturnValue:
    """Show the form of recurring sessions, of the activity that is asked for."""
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
        shown = _first_shown(db, edition, _form(db, edition))
    return _page(slug, Attempt(shown))


@blueprint.post("")
@require_staff(*EDITORS)
def create(slug: str) -> ResponseReturnValue:
    """Make the sessions, or show their times first when asked to."""
    with current_context().database.read() as db:
        form = _form(db, edition_or_404(db, slug))
    made: list[Session] = []

    def store(db: DbSession, values: dict[str, Any], **who: Any) -> Session:
        wanted = values.pop("occurrences", None)
        if wanted is None:  # what is wrong with the rhythm is said by the form
            raise Invalid({})
        made[:] = create_series(db, values, wanted, **who)
        return made[0]

    attempt = create_posted(form, Session, store)
    if attempt.saved is None:
        return _page(slug, attempt)
    if made:
        flash(
            ngettext("%(n)s séance est créée.", "%(n)s séances sont créées.", len(made)), "success"
        )
    activity_id = attempt.saved.activity_id
    return redirect(
        url_for("console_activities.edit", slug=slug, activity_id=activity_id, _anchor="sessions"),
        303,
    )


def _form(db: DbSession, edition: Edition) -> SeriesForm:
    zones = {str(row.id): row.time_zone for row in venue_choices(db) if row.time_zone}
    return SeriesForm(edition.time_zone, zones, {}, edition.party_categories)


def _first_shown(db: DbSession, edition: Edition, form: SeriesForm) -> dict[str, Any]:
    try:
        activity = db.get(Activity, UUID(request.args.get("activity", "")))
    except ValueError:
        activity = None
    if activity is None or activity.edition_id != edition.id:
        return form.blank(every="", lasts="")
    lasts = str(activity.duration_minutes or "")
    latest = latest_session(db, activity.id)
    if latest is None:
        return form.blank(activity_id=str(activity.id), lasts=lasts)
    minutes = round((latest.ends_at - latest.starts_at).total_seconds() / 60)
    shown = form.shown(latest)
    no_time = {"day": "", "starts": "", "ends_on": "", "ends": "", "closes_on": "", "closes_at": ""}
    usual = str(minutes) if latest.kind == "timed" and minutes < 24 * 60 else lasts
    rhythm = {"lasts": lasts or usual, "first": shown["starts"]}
    kind = "timed" if latest.kind == "exhibition" else latest.kind
    return {**form.blank(), **shown, **no_time, **rhythm, "kind": kind}


def _page(slug: str, attempt: Attempt) -> ResponseReturnValue:
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
        form = _form(db, edition)
        venues = venue_choices(db)
        shown = attempt.shown
        known = {str(row.id) for row in venues}
        spaces = (
            partners.spaces_of(db, UUID(shown["venue_id"])) if shown["venue_id"] in known else []
        )
        foreseen = form.values(shown)[0].get("occurrences", []) if attempt.is_changed else []
        return edit_page(
            db,
            "console/series.html",
            attempt,
            edition=edition,
            occurrences=foreseen,
            days=_days(edition),
            time_zone=form.zone_of(shown),
            activities=activity_names(
                db, edition.id, own_organisations(), str(shown["activity_id"])
            ),
            venues=venues,
            spaces=spaces,
            kinds=[kind for kind in KIND_CHOICES if kind[0] in KINDS],
            ways_in=WAY_IN_CHOICES,
            categories=category_choices(edition.party_categories),
            standing=None,
            rows=[],
            warnings={},
        )


def _days(edition: Edition) -> list[date]:
    number = (edition.ends_on - edition.starts_on).days + 1
    if number > MOST_DAYS:
        return []
    return [edition.starts_on + timedelta(days=n) for n in range(number)]
