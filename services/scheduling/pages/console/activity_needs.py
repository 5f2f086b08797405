"""What the sessions of an activity need, in a form of its own below the activity's."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession
from werkzeug.wrappers import Response

from services.scheduling.domain.editing.fields import Fault
from services.scheduling.domain.editing.needs import need_no_longer, need_resource, needs_of
from services.scheduling.domain.editing.revisions import Invalid, Unknown
from services.scheduling.models import Activity
from services.scheduling.pages.console.editors import EDITORS, account_id
from services.scheduling.pages.console.inputs import read_identifier, read_whole
from services.scheduling.pages.console.storing import row_or_404
from services.scheduling.queries.resources import resources
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.sign_in import require_staff

blueprint = Blueprint(
    "console_activity_needs",
    __name__,
    url_prefix="/console/editions/<slug>/activities/<uuid:activity_id>/resources",
)


def needs_shown(db: DbSession, activity: Activity | None) -> dict[str, Any]:
    """Return what the page of an activity shows of its needs."""
    if activity is None:
        return {"needs": (), "lendable": ()}
    needs = needs_of(db, activity.id)
    needed = {need.resource_id for need in needs}
    return {
        "needs": needs,
        "lendable": [
            (str(row.id), row.name, row.organisation or "")
            for row in resources(db)
            if row.id not in needed
        ],
    }


@blueprint.post("")
@require_staff(*EDITORS)
def add(slug: str, activity_id: UUID) -> ResponseReturnValue:
    """Say that every session of the activity needs a resource."""
    context = current_context()
    try:
        resource_id = read_identifier(request.form.get("resource_id", ""))
        copies = read_whole(request.form.get("copies", "")) or 1
        with context.database.write() as db:
            row_or_404(db, Activity, activity_id)
            need_resource(
                db, activity_id, resource_id, copies, account_id=account_id(), now=context.clock()
            )
    except Fault as fault:
        flash(str(fault.sentence), "error")
    except Invalid as invalid:
        flash(" ".join(str(sentence) for sentence in invalid.faults.values()), "error")
    else:
        flash(_("C’est noté : chaque séance le demandera."), "success")
    return _back(slug, activity_id)


@blueprint.post("/<uuid:resource_id>/remove")
@require_staff(*EDITORS)
def remove(slug: str, activity_id: UUID, resource_id: UUID) -> ResponseReturnValue:
    """Say that the activity does without it."""
    context = current_context()
    with context.database.write() as db:
        if db.get(Activity, activity_id) is None:
            abort(404)
        with suppress(Unknown):  # somebody else took it away: it is gone all the same
            need_no_longer(
                db, activity_id, resource_id, account_id=account_id(), now=context.clock()
            )
    flash(_("C’est retiré."), "success")
    return _back(slug, activity_id)


def _back(slug: str, activity_id: UUID) -> Response:
    return redirect(
        url_for("console_activities.edit", slug=slug, activity_id=activity_id, _anchor="needs"), 303
    )
