"""One session in the console: made, changed, taken back, cancelled, deleted."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.revisions import Conflict, Unknown
from services.scheduling.domain.editing.session_warnings import warnings_of
from services.scheduling.domain.editing.sessions import (
    cancel_session,
    create_session,
    delete_session,
    reinstate_session,
    save_session,
)
from services.scheduling.domain.releasing import revert_session
from services.scheduling.domain.releasing.reverting import NeverReleased
from services.scheduling.models import Activity, Edition, Session
from services.scheduling.pages.console.change_words import difference_rows
from services.scheduling.pages.console.conflicts import conflicts_of_form
from services.scheduling.pages.console.editions_shown import edition_or_404
from services.scheduling.pages.console.editors import (
    EDITORS,
    PLACE_READERS,
    account_id,
    own_organisations,
    state_of,
)
from services.scheduling.pages.console.saving import Attempt, opened, posted_revision
from services.scheduling.pages.console.session_form import SessionForm
from services.scheduling.pages.console.session_words import (
    KIND_CHOICES,
    WAY_IN_CHOICES,
    category_choices,
)
from services.scheduling.pages.console.showing import edit_page
from services.scheduling.pages.console.standing import standing
from services.scheduling.pages.console.storing import (
    create_posted,
    delete_posted,
    row_or_404,
    save_posted,
    tell_saved,
)
from services.scheduling.queries import console_partners as partners
from services.scheduling.queries.console_activities import activity_names
from services.scheduling.queries.console_session import latest_session, venue_choices
from services.scheduling.queries.presenters import cast_choices
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.sign_in import require_staff

blueprint = Blueprint("console_session", __name__, url_prefix="/console/editions/<slug>/sessions")


@blueprint.get("/new")
@require_staff(*EDITORS)
def new(slug: str) -> ResponseReturnValue:
    """Show the form of a new session: like another one, or like its activity's last one."""
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
        form = _form(db, edition)
        shown = _first_shown(db, edition, form)
    return _page(slug, Attempt(shown))


@blueprint.post("/new")
@require_staff(*EDITORS)
def create(slug: str) -> ResponseReturnValue:
    """Make a session."""
    with current_context().database.read() as db:
        form = _form(db, edition_or_404(db, slug))
    attempt = create_posted(form, Session, create_session)
    if attempt.saved is None:
        return _page(slug, attempt)
    _tell(form, attempt, slug)
    return redirect(url_for(".edit", slug=slug, session_id=attempt.saved.id), 303)


@blueprint.get("/<uuid:session_id>")
@require_staff(*PLACE_READERS)
def edit(slug: str, session_id: UUID) -> ResponseReturnValue:
    """Show a session's form, and what is published of it beside the draft."""
    with current_context().database.read() as db:
        form = _form(db, edition_or_404(db, slug))
        attempt = opened(form, row_or_404(db, Session, session_id))
    return _page(slug, attempt, session_id)


@blueprint.post("/<uuid:session_id>")
@require_staff(*EDITORS)
def save(slug: str, session_id: UUID) -> ResponseReturnValue:
    """Save a session as a draft."""
    with current_context().database.read() as db:
        form = _form(db, edition_or_404(db, slug), session_id)
    attempt = save_posted(form, Session, session_id, save_session)
    if attempt.saved is None:
        return _page(slug, attempt, session_id)
    _tell(form, attempt, slug)
    return redirect(url_for(".edit", slug=slug, session_id=session_id), 303)


@blueprint.get("/<uuid:session_id>/state")
@require_staff(*PLACE_READERS)
def state(slug: str, session_id: UUID) -> ResponseReturnValue:
    """Tell an open form whether somebody changed the session meanwhile."""
    with current_context().database.read() as db:
        return state_of(db, db.get(Session, session_id))


@blueprint.get("/<uuid:session_id>/cancel")
@require_staff(*EDITORS)
def ask_to_cancel(slug: str, session_id: UUID) -> ResponseReturnValue:
    """Ask whether to cancel, and say how many people it touches."""
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
        found = standing(db, session_id)
        if found is None or found.session.edition_id != edition.id:
            abort(404)
        return render_template("console/session_cancel.html", edition=edition, standing=found)


@blueprint.post("/<uuid:session_id>/cancel")
@require_staff(*EDITORS)
def cancel(slug: str, session_id: UUID) -> ResponseReturnValue:
    """Cancel a session, as a draft."""
    words = _("La séance est annulée dans le brouillon. Publiez pour prévenir les inscrits.")
    return _change(slug, session_id, cancel_session, words)


@blueprint.post("/<uuid:session_id>/reinstate")
@require_staff(*EDITORS)
def reinstate(slug: str, session_id: UUID) -> ResponseReturnValue:
    """Take a cancellation back, as a draft."""
    words = _("La séance n’est plus annulée dans le brouillon.")
    return _change(slug, session_id, reinstate_session, words)


@blueprint.post("/<uuid:session_id>/revert")
@require_staff(*EDITORS)
def revert(slug: str, session_id: UUID) -> ResponseReturnValue:
    """Put the draft back to what is published."""
    words = _("La séance est de nouveau comme elle est publiée.")
    return _change(slug, session_id, revert_session, words)


@blueprint.post("/<uuid:session_id>/delete")
@require_staff(*EDITORS)
def delete(slug: str, session_id: UUID) -> ResponseReturnValue:
    """Delete a session that was never released."""
    with current_context().database.read() as db:
        activity_id = row_or_404(db, Session, session_id).activity_id
    if delete_posted(session_id, delete_session):
        return redirect(url_for("console_activities.edit", slug=slug, activity_id=activity_id), 303)
    return redirect(url_for(".edit", slug=slug, session_id=session_id), 303)


def _change(slug: str, session_id: UUID, change: Any, words: str) -> ResponseReturnValue:
    """Do one thing to the session that was seen, and say that it is done."""
    context = current_context()
    try:
        with context.database.write() as db:
            change(
                db,
                session_id,
                posted_revision(request.form),
                account_id=account_id(),
                now=context.clock(),
            )
    except Unknown:
        abort(404)
    except Conflict:
        flash(_("Quelqu’un vient de modifier cette séance : regardez, puis recommencez."), "error")
    except NeverReleased:
        flash(_("Cette séance n’a jamais été publiée : elle peut être supprimée."), "error")
    else:
        flash(words, "success")
    return redirect(url_for(".edit", slug=slug, session_id=session_id), 303)


def _tell(form: SessionForm, attempt: Attempt, slug: str) -> None:
    tell_saved(attempt, slug=slug)
    if attempt.shown:
        for note in form.notes(attempt.shown):
            flash(str(note))


def _form(db: DbSession, edition: Edition, session_id: UUID | None = None) -> SessionForm:
    venues = venue_choices(db)
    zones = {str(row.id): row.time_zone for row in venues if row.time_zone}
    names = {str(row.id): row.name for row in venues}
    names |= {identifier: title for identifier, title, _by in activity_names(db, edition.id)}
    session = db.get(Session, session_id) if session_id else None
    chosen = {request.form.get("venue_id", ""), str(session.venue_id) if session else ""}
    for venue_id in chosen & names.keys():
        names |= {str(row.id): row.name for row in partners.spaces_of(db, UUID(venue_id))}
    return SessionForm(edition.time_zone, zones, names, edition.party_categories)


def _first_shown(db: DbSession, edition: Edition, form: SessionForm) -> dict[str, Any]:
    """Return what the form of a new session begins with."""
    copied = _asked(db, Session, "from")
    if copied is not None and copied.edition_id == edition.id:
        return form.shown(copied)
    activity = _asked(db, Activity, "activity")
    if activity is None or activity.edition_id != edition.id:
        return form.blank()
    latest = latest_session(db, activity.id)
    if latest is None:
        return form.blank(activity_id=str(activity.id))
    return {**form.shown(latest), "day": "", "ends_on": "", "closes_on": "", "closes_at": ""}


def _asked(db: DbSession, model: Any, name: str) -> Any:
    try:
        return db.get(model, UUID(request.args.get(name, "")))
    except ValueError:
        return None


def _page(slug: str, attempt: Attempt, session_id: UUID | None = None) -> ResponseReturnValue:
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
        found = standing(db, session_id) if session_id else None
        if session_id and (found is None or found.session.edition_id != edition.id):
            abort(404)
        change = found.change if found else None
        rows = []
        if change is not None and change.before is not None:
            rows = difference_rows(change.before, change.after, change.fields)
        venues = venue_choices(db)
        shown = attempt.shown
        known = {str(row.id) for row in venues}
        spaces = (
            partners.spaces_of(db, UUID(shown["venue_id"])) if shown["venue_id"] in known else []
        )
        return edit_page(
            db,
            "console/session.html",
            attempt,
            found.session if found else None,
            edition=edition,
            standing=found,
            cast=cast_choices(db, found.session) if found else None,
            rows=rows,
            warnings=warnings_of(found.session) if found else {},
            **conflicts_of_form(db, found.session if found else None),
            time_zone=_form(db, edition).zone_of(shown),
            activities=activity_names(
                db, edition.id, own_organisations(), str(shown["activity_id"])
            ),
            venues=venues,
            spaces=spaces,
            kinds=KIND_CHOICES,
            ways_in=WAY_IN_CHOICES,
            categories=category_choices(edition.party_categories),
        )
