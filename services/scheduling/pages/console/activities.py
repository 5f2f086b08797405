"""Activities in the console: listed with filters, made and changed, with their sessions."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.activities import (
    LONGEST_DESCRIPTION,
    LONGEST_TITLE,
    create_activity,
    delete_activity,
    save_activity,
)
from services.scheduling.domain.editing.fields import Fault
from services.scheduling.domain.images import LARGEST
from services.scheduling.domain.languages import LANGUAGES
from services.scheduling.domain.proposals.beginning import begin
from services.scheduling.models import Activity, PublishedSession
from services.scheduling.pages.code_words import language_name
from services.scheduling.pages.console.activity_form import FORM
from services.scheduling.pages.console.activity_needs import needs_shown
from services.scheduling.pages.console.editions_shown import edition_or_404, to_current_edition
from services.scheduling.pages.console.editors import (
    EDITORS,
    READERS,
    own_organisations,
    state_of,
)
from services.scheduling.pages.console.inputs import read_identifier
from services.scheduling.pages.console.pictures import with_picture
from services.scheduling.pages.console.saving import Attempt, opened, sent_back
from services.scheduling.pages.console.showing import edit_page
from services.scheduling.pages.console.standing import standings_of_activity
from services.scheduling.pages.console.storing import (
    create_posted,
    delete_posted,
    row_or_404,
    save_posted,
    tell_saved,
)
from services.scheduling.pages.words import ACTIVITY_FORMATS, ACTIVITY_THEMES, AUDIENCE_LABELS
from services.scheduling.queries import console_activities as queries
from services.scheduling.queries import console_partners as partners
from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _l
from shared.web import current_context
from shared.web.large_bodies import allow_large_bodies
from shared.web.paging import read_page, read_words
from shared.web.sign_in import current_account, require_staff

PAGE_SIZE = 50

STATE_LABELS: dict[str, LazyText] = {
    "empty": _l("Sans séance"),
    "draft": _l("Brouillon"),
    "changed": _l("Modifiée"),
    "released": _l("Publiée"),
}

blueprint = Blueprint("console_activities", __name__, url_prefix="/console")
allow_large_bodies(blueprint, LARGEST, "create", "save")


@blueprint.get("/activities")
@require_staff(*READERS)
def somewhere() -> ResponseReturnValue:
    """Lead to the activities of the edition looked at last."""
    return to_current_edition(".index")


@blueprint.get("/editions/<slug>/activities")
@require_staff(*READERS)
def index(slug: str) -> ResponseReturnValue:
    """List an edition's activities."""
    filters, sort = _filters(), request.args.get("sort", "title")
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
        found = queries.activities(db, edition.id, filters, sort)
        page = read_page(request.args.get("page"), size=PAGE_SIZE, total=len(found))
        return render_template(
            "console/activities.html",
            edition=edition,
            activities=found[page.offset : page.offset + page.size],
            page=page,
            filters=filters,
            sort=sort,
            organisations=partners.organisations(db),
            themes=queries.themes(db, edition.id),
            state_labels=STATE_LABELS,
        )


@blueprint.get("/editions/<slug>/activities/new")
@require_staff(*EDITORS)
def new(slug: str) -> ResponseReturnValue:
    """Show the form of a new activity."""
    organisation = request.args.get("organisation", "")
    return _page(slug, Attempt(FORM.blank(organisation_id=organisation, audience="everyone")))


@blueprint.post("/editions/<slug>/activities/new")
@require_staff(*EDITORS)
def create(slug: str) -> ResponseReturnValue:
    """Make an activity; its sessions come next."""
    with current_context().database.read() as db:
        edition_id = edition_or_404(db, slug).id
    posted, faults = with_picture("image", "image_id")
    account = current_account()
    is_coordinator = account is not None and account.has_role("coordinator")
    make = create_activity if is_coordinator else begin  # what organisers add is a proposal
    if faults:
        return _page(slug, sent_back(FORM, posted, faults))
    attempt = create_posted(FORM, Activity, make, posted, edition_id=edition_id)
    if attempt.saved is None:
        return _page(slug, attempt)
    tell_saved(attempt, waits=False)
    return redirect(
        url_for(".edit", slug=slug, activity_id=attempt.saved.id, _anchor="sessions"), 303
    )


@blueprint.get("/editions/<slug>/activities/<uuid:activity_id>")
@require_staff(*READERS)
def edit(slug: str, activity_id: UUID) -> ResponseReturnValue:
    """Show an activity's form and its sessions."""
    with current_context().database.read() as db:
        attempt = opened(FORM, row_or_404(db, Activity, activity_id))
    return _page(slug, attempt, activity_id)


@blueprint.post("/editions/<slug>/activities/<uuid:activity_id>")
@require_staff(*EDITORS)
def save(slug: str, activity_id: UUID) -> ResponseReturnValue:
    """Save an activity."""
    posted, faults = with_picture("image", "image_id")
    if faults:
        return _page(slug, sent_back(FORM, posted, faults), activity_id)
    attempt = save_posted(FORM, Activity, activity_id, save_activity, posted)
    if attempt.saved is None:
        return _page(slug, attempt, activity_id)
    with current_context().database.read() as db:
        waits = partners.is_announced(db, PublishedSession.activity_id, activity_id)
    tell_saved(attempt, waits=waits, slug=slug)
    return redirect(url_for(".edit", slug=slug, activity_id=activity_id), 303)


@blueprint.get("/editions/<slug>/activities/<uuid:activity_id>/state")
@require_staff(*READERS)
def state(slug: str, activity_id: UUID) -> ResponseReturnValue:
    """Tell an open form whether somebody changed the activity meanwhile."""
    with current_context().database.read() as db:
        return state_of(db, db.get(Activity, activity_id))


@blueprint.post("/editions/<slug>/activities/<uuid:activity_id>/delete")
@require_staff(*EDITORS)
def delete(slug: str, activity_id: UUID) -> ResponseReturnValue:
    """Delete an activity without sessions."""
    if delete_posted(activity_id, delete_activity):
        return redirect(url_for(".index", slug=slug), 303)
    return redirect(url_for(".edit", slug=slug, activity_id=activity_id), 303)


def _filters() -> queries.Filters:
    arguments = request.args
    try:
        organisation_id = read_identifier(arguments.get("organisation", ""))
    except Fault:
        organisation_id = None
    audience, state = arguments.get("audience", ""), arguments.get("state", "")
    return queries.Filters(
        words=read_words(arguments.get("q")),
        organisation_id=organisation_id,
        theme=arguments.get("theme", "").replace("\x00", "")[:100],
        audience=audience if audience in AUDIENCE_LABELS else "",
        state=state if state in STATE_LABELS else "",
    )


def _page(slug: str, attempt: Attempt, activity_id: UUID | None = None) -> ResponseReturnValue:
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
        activity = row_or_404(db, Activity, activity_id) if activity_id else None
        if activity is not None and activity.edition_id != edition.id:
            abort(404)
        return edit_page(
            db,
            "console/activity.html",
            attempt,
            activity,
            edition=edition,
            sessions=standings_of_activity(db, activity.id) if activity else [],
            **_choices(db, edition.id, attempt.shown["organisation_id"]),
            **needs_shown(db, activity),
        )


def _choices(db: DbSession, edition_id: UUID, chosen: str) -> dict[str, Any]:
    own = own_organisations()
    organisations = [
        (str(row.id), row.name)
        for row in partners.organisations(db)
        if own is None or row.id in own or str(row.id) == chosen
    ]
    return {
        "organisations": organisations,
        "audiences": list(AUDIENCE_LABELS.items()),
        "themes": _usual(ACTIVITY_THEMES, queries.themes(db, edition_id)),
        "formats": _usual(ACTIVITY_FORMATS, queries.formats(db, edition_id)),
        "longest_title": LONGEST_TITLE,
        "longest_description": LONGEST_DESCRIPTION,
        "languages": [(code, language_name(code)) for code in LANGUAGES],
    }


def _usual(usual: tuple[LazyText, ...], used: list[str]) -> list[str]:
    """Return the words to propose, in French as they are stored: those in use come first."""
    return list(dict.fromkeys([*used, *(words.message for words in usual)]))
