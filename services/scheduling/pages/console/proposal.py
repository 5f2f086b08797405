"""One proposal: a page with all of it, saved as it is typed, and taken a step further."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from services.scheduling.domain import history
from services.scheduling.domain.editing.activities import save_activity
from services.scheduling.domain.editing.fields import UNKNOWN_CHOICE
from services.scheduling.domain.editing.revisions import Unknown, take
from services.scheduling.domain.images import LARGEST
from services.scheduling.models import Activity
from services.scheduling.pages.console.autosaving import save_typed
from services.scheduling.pages.console.editors import account_id, editor_name
from services.scheduling.pages.console.inputs import read_identifier
from services.scheduling.pages.console.pictures import with_picture
from services.scheduling.pages.console.proposal_form import FORM, LABELS, may_give_to
from services.scheduling.pages.console.proposal_shown import (
    find_proposal,
    proposal_page,
    stages_told,
)
from services.scheduling.pages.console.proposal_viewers import VIEWERS, Viewer
from services.scheduling.pages.console.saving import Attempt, opened
from services.scheduling.pages.console.standing import standings_of_activity
from services.scheduling.pages.console.storing import save_posted
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.large_bodies import allow_large_bodies
from shared.web.sign_in import require_staff

blueprint = Blueprint(
    "console_proposal", __name__, url_prefix="/console/editions/<slug>/proposals/<uuid:activity_id>"
)
allow_large_bodies(blueprint, LARGEST, "save")


@blueprint.get("")
@require_staff(*VIEWERS)
def page(slug: str, activity_id: UUID) -> ResponseReturnValue:
    """Show a proposal with all that there is of it."""
    with current_context().database.read() as db:
        _edition, activity, _viewer = find_proposal(db, slug, activity_id)
    return proposal_page(slug, activity_id, opened(FORM, activity))


@blueprint.post("")
@require_staff("coordinator", "organiser")
def save(slug: str, activity_id: UUID) -> ResponseReturnValue:
    """Save the whole form, where nothing saves it as it is typed."""
    with current_context().database.read() as db:
        _edition, _activity, viewer = find_proposal(db, slug, activity_id, to_edit=True)
    posted, faults = with_picture("image", "image_id")
    faults |= _refused(viewer, posted)
    if faults:
        return proposal_page(slug, activity_id, _with(faults, posted))
    attempt = save_posted(FORM, Activity, activity_id, save_activity, posted)
    if attempt.saved is None:
        return proposal_page(slug, activity_id, attempt)
    flash(_("Enregistré."), "success")
    return redirect(url_for(".page", slug=slug, activity_id=activity_id), 303)


@blueprint.patch("")
@require_staff("coordinator", "organiser")
def type_in(slug: str, activity_id: UUID) -> ResponseReturnValue:
    """Save the fields that were typed, and tell what others changed meanwhile.

    {"fields": {"title_fr": "…"}, "seen": {"title_fr": "…"}, "keep": ["title_fr"]} is answered by
    the whole form as it is now, what was saved, what both changed, and what is missing.
    """
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        abort(400)
    typed, seen, keep = (body.get(name) or {} for name in ("fields", "seen", "keep"))
    if not isinstance(typed, dict) or not isinstance(seen, dict):
        abort(400)
    context = current_context()
    with context.database.write() as db:
        _edition, _activity, viewer = find_proposal(db, slug, activity_id, to_edit=True)
        try:
            activity = take(db, Activity, activity_id, None)
        except Unknown:
            abort(404)
        faults = _refused(viewer, typed)
        left = {name: value for name, value in typed.items() if name not in faults}

        def store(values: dict[str, Any]) -> Any:
            return save_activity(
                db, activity_id, None, values, account_id=account_id(), now=context.clock()
            )

        outcome = save_typed(FORM, activity, left, seen, frozenset(keep), store)
        if outcome.saved:
            me, now = account_id(), context.clock()
            history.join_with_last(db, "activities", activity_id, account_id=me, now=now)
        answer = {
            "revision": activity.revision,
            "fields": FORM.shown(activity),
            "saved": outcome.saved,
            "faults": {**outcome.faults, **faults},
            "conflicts": {
                name: {"label": str(LABELS[name]), "theirs": value}
                for name, value in outcome.conflicts.items()
            },
            "who": editor_name(db, activity),
            "checklist": render_template(
                "console/parts/proposal_checklist.html", **stages_told(db, activity)
            ),
        }
    return jsonify(answer)


@blueprint.get("/state")
@require_staff(*VIEWERS)
def state(slug: str, activity_id: UUID) -> ResponseReturnValue:
    """Tell an open page what the fields are by now; 304 while nobody changed anything."""
    with current_context().database.read() as db:
        _edition, activity, _viewer = find_proposal(db, slug, activity_id)
        checklist = render_template(
            "console/parts/proposal_checklist.html", **stages_told(db, activity)
        )
        response = jsonify(
            revision=activity.revision,
            fields=FORM.shown(activity),
            saved=[],
            faults={},
            conflicts={},
            who=editor_name(db, activity),
            checklist=checklist,
        )
        response.set_etag(str(activity.revision))
    response.headers["Cache-Control"] = "no-store"
    return response.make_conditional(request.environ)


@blueprint.get("/preview")
@require_staff(*VIEWERS)
def preview(slug: str, activity_id: UUID) -> ResponseReturnValue:
    """Show the proposal as the public would see it."""
    with current_context().database.read() as db:
        edition, activity, _viewer = find_proposal(db, slug, activity_id)
        return render_template(
            "console/proposal_preview.html",
            edition=edition,
            activity=activity,
            sessions=standings_of_activity(db, activity.id),
        )


def _with(faults: dict[str, str], posted: MultiDict[str, str]) -> Attempt:
    revision = posted.get("revision", "")
    return Attempt(
        FORM.posted(posted),
        int(revision) if revision.isdigit() and len(revision) < 10 else 0,
        errors=faults,
        is_changed=True,
    )


def _refused(viewer: Viewer, typed: Mapping[str, Any]) -> dict[str, str]:
    """Refuse to give a proposal away to an organisation that is not one's own."""
    if "organisation_id" not in typed:
        return {}
    try:
        organisation = read_identifier(str(typed["organisation_id"]))
    except Exception:
        organisation = None
    if may_give_to(viewer, organisation):
        return {}
    return {"organisation_id": str(UNKNOWN_CHOICE)}
