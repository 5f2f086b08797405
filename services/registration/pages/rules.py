"""Setting a session's rules in the console: saved at once, for it and for others if wanted."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from services.registration.domain.rules import rules_of
from services.registration.domain.saving_rules import (
    InvalidRules,
    RulesChanged,
    faults_of,
    may_set_rules,
    save_rules,
    sessions_beside,
)
from services.registration.domain.spare_seats import (
    LARGEST_ATTENDANCE,
    NotYetHeld,
    note_attendance,
)
from services.registration.pages.rules_form import read_form
from services.registration.pages.rules_page import (
    EDITORS,
    SmallForm,
    categories_of_copy,
    editable_session,
    shown,
)
from services.registration.pages.staff import viewer
from services.registration.rule_words import fault_words
from shared.i18n import gettext as _
from shared.i18n import ngettext
from shared.web import current_context
from shared.web.sign_in import require_staff

blueprint = Blueprint("session_rules", __name__, url_prefix="/console/registration/sessions")


@blueprint.app_context_processor
def _for_templates() -> dict[str, Any]:
    """Let the pages of a session link to its rules for those who set them."""
    return {"sets_rules": lambda copy: may_set_rules(viewer(), copy.organisation_id)}


@blueprint.get("/<uuid:session_id>/rules")
@require_staff(*EDITORS)
def show(session_id: UUID) -> ResponseReturnValue:
    """Show what is decided about a session, ready to be changed."""
    return shown(session_id)


@blueprint.post("/<uuid:session_id>/rules")
@require_staff(*EDITORS)
def save(session_id: UUID) -> ResponseReturnValue:
    """Save the rules; show what is wrong at its field, or that somebody else was faster."""
    context = current_context()
    now = context.clock()
    with context.database.read() as db:
        copy, _seats = editable_session(db, session_id)
        beside = sessions_beside(db, session_id, now=now)
        known = rules_of(db, [session_id])[session_id]
    revision = request.form.get("revision", "")
    form = read_form(
        request.form.to_dict(),
        categories_of_copy(copy),
        int(revision) if revision.isdecimal() and len(revision) < 10 else -1,
    )
    form = form.with_faults(faults_of(copy, form.rules, form.wheelchair_places))
    if form.errors:
        is_conflict = known.revision != form.rules.revision
        return shown(session_id, form, is_conflict=is_conflict, status=422)
    also = beside if request.form.get("all") == "1" else []
    try:
        with context.database.write() as db:
            save_rules(db, session_id, form.rules, form.wheelchair_places, now=now, also=also)
    except InvalidRules as invalid:
        return shown(session_id, form.with_faults(invalid.faults), status=422)
    except RulesChanged:
        return shown(session_id, form, is_conflict=True, status=409)
    if also:
        flash(
            ngettext(
                "C’est enregistré, aussi pour %(n)s autre séance.",
                "C’est enregistré, aussi pour %(n)s autres séances.",
                len(also),
            ),
            "success",
        )
    else:
        flash(_("C’est enregistré et vaut dès maintenant."), "success")
    return back(session_id)


@blueprint.post("/<uuid:session_id>/attendance")
@require_staff(*EDITORS)
def attend(session_id: UUID) -> ResponseReturnValue:
    """Keep how many came to a session that has begun: a number, nobody's name."""
    context = current_context()
    with context.database.read() as db:
        editable_session(db, session_id)
    typed = request.form.get("came", "").strip()
    if not typed.isdecimal() or not typed.isascii() or len(typed) > 9:
        return _refused(session_id, typed, fault_words("came", "not_count"))
    if int(typed) > LARGEST_ATTENDANCE:
        return _refused(session_id, typed, fault_words("came", "out_of_range"))
    try:
        with context.database.write() as db:
            note_attendance(db, session_id, int(typed), by=viewer().name, now=context.clock())
    except NotYetHeld:
        return _refused(session_id, typed, _("La séance n’a pas encore commencé."))
    flash(
        _("C’est noté, merci. Les prochaines séances de ce genre en tiendront compte."), "success"
    )
    return back(session_id)


def back(session_id: UUID) -> Response:
    """Send the reader to the page as it is now."""
    return make_response(redirect(url_for("session_rules.show", session_id=session_id), 303))


def _refused(session_id: UUID, typed: str, sentence: str) -> Response:
    small = SmallForm("came", {"came": typed}, {"came": sentence})
    return shown(session_id, small=small, status=422)
