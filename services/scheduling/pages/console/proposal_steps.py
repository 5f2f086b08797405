"""Steps of a proposal, and the sessions that are wished for it."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from services.scheduling.domain.editing.fields import Fault
from services.scheduling.domain.editing.revisions import Invalid, Unknown
from services.scheduling.domain.planning.unplaced import create_unplaced, delete_unplaced
from services.scheduling.domain.proposals.moving import Incomplete, NotOpen, TooLate, move
from services.scheduling.models import Activity, UnplacedSession
from services.scheduling.pages.console.editors import account_id
from services.scheduling.pages.console.inputs import read_identifier, read_whole
from services.scheduling.pages.console.proposal_form import FORM
from services.scheduling.pages.console.proposal_shown import (
    find_proposal,
    proposal_page,
)
from services.scheduling.pages.console.saving import Attempt
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.sign_in import require_staff

blueprint = Blueprint(
    "console_proposal_steps",
    __name__,
    url_prefix="/console/editions/<slug>/proposals/<uuid:activity_id>",
)


@blueprint.post("/steps")
@require_staff("coordinator", "organiser")
def take_step(slug: str, activity_id: UUID) -> ResponseReturnValue:
    """Take the proposal a step further; what it lacks, or a comment that is missing, is told."""
    context, name = current_context(), request.form.get("step", "")
    comment = request.form.get("comment", "")
    try:
        with context.database.write() as db:
            _edition, _activity, viewer = find_proposal(db, slug, activity_id, to_edit=True)
            move(
                db,
                activity_id,
                name,
                mover=viewer.mover(db),
                now=context.clock(),
                public_url=context.settings.public_url,
                comment=comment,
            )
    except Incomplete as incomplete:
        faults = {lack.field: str(lack.sentence) for lack in incomplete.lacks}
        return _again(slug, activity_id, faults, comment)
    except Invalid as invalid:
        faults = {field: str(sentence) for field, sentence in invalid.faults.items()}
        return _again(slug, activity_id, faults, comment, step=name)
    except (NotOpen, TooLate) as refusal:
        flash(str(refusal.sentence), "error")
    except Unknown:
        abort(404)
    else:
        words = _("Message envoyé.") if name == "comment" else _("C’est fait, et annoncé.")
        flash(words, "success")
    return redirect(url_for("console_proposal.page", slug=slug, activity_id=activity_id), 303)


@blueprint.post("/sessions")
@require_staff("coordinator", "organiser")
def wish(slug: str, activity_id: UUID) -> ResponseReturnValue:
    """Ask for a session: how long, where it is wished; the planner places it later."""
    context = current_context()
    try:
        with context.database.write() as db:
            find_proposal(db, slug, activity_id, to_edit=True)
            values = {
                "activity_id": activity_id,
                "minutes": read_whole(request.form.get("minutes", "")),
                "venue_id": read_identifier(request.form.get("venue_id", "")),
                "note": request.form.get("note", ""),
            }
            create_unplaced(db, values, account_id=account_id(), now=context.clock())
    except Fault as fault:
        flash(str(fault.sentence), "error")
    except Invalid as invalid:
        flash(" ".join(str(sentence) for sentence in invalid.faults.values()), "error")
    return redirect(
        url_for("console_proposal.page", slug=slug, activity_id=activity_id, _anchor="sessions"),
        303,
    )


@blueprint.post("/sessions/<uuid:unplaced_id>/remove")
@require_staff("coordinator", "organiser")
def unwish(slug: str, activity_id: UUID, unplaced_id: UUID) -> ResponseReturnValue:
    """Take a wished session back."""
    with current_context().database.write() as db:
        find_proposal(db, slug, activity_id, to_edit=True)
        wished = db.get(UnplacedSession, unplaced_id)
        if wished is not None and wished.activity_id == activity_id:
            delete_unplaced(db, unplaced_id, None)
    return redirect(
        url_for("console_proposal.page", slug=slug, activity_id=activity_id, _anchor="sessions"),
        303,
    )


def _again(
    slug: str, activity_id: UUID, faults: dict[str, str], comment: str, step: str = ""
) -> ResponseReturnValue:
    """Show the page with what stands in the way of a step."""
    with current_context().database.read() as db:
        activity = db.get_one(Activity, activity_id)
        shown = FORM.shown(activity)
    attempt = Attempt(shown, activity.revision, shown, errors=faults)
    return proposal_page(slug, activity_id, attempt, comment, step)


def _to_sessions(slug: str, activity_id: UUID) -> ResponseReturnValue:
    address = url_for(
        "console_proposal.page", slug=slug, activity_id=activity_id, _anchor="sessions"
    )
    return redirect(address, 303)
