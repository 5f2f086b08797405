"""The desk: the console's form that registers whoever telephones or stands at the counter.

The first field has the focus and Enter sends; then the code to be read out stands large above the
form, which is empty again and has the focus.
"""

from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue

from services.registration.desk_entry import enter_once, entered_just_now
from services.registration.domain.allotments import AllotmentRefused, allotments_of
from services.registration.domain.desk import Entered, entered_by
from services.registration.domain.registering import MADE, REFUSED
from services.registration.domain.rules import Rules, rules_of
from services.registration.models import Allotment, SessionCopy
from services.registration.pages.booking_form import categories_of
from services.registration.pages.desk_form import DeskForm, empty_desk_form, read_desk_form
from services.registration.pages.desk_words import refusal_words
from services.registration.pages.staff import ACTORS, identifier, open_session, viewer, when_of
from services.registration.pages.submitting import is_form_key
from services.registration.queries import SessionPage, session_page
from shared.i18n import gettext as _
from shared.identifiers import new_token
from shared.web import current_context
from shared.web.caching import uncached
from shared.web.sign_in import require_staff

blueprint = Blueprint("desk", __name__, url_prefix="/console/registration/sessions")


class _Desk:
    """A session as the desk needs it, read once for a page."""

    def __init__(self, session_id: UUID) -> None:
        context = current_context()
        with context.database.read() as db:
            copy, _seats = open_session(db, session_id, "desk")
            page = session_page(db, session_id, now=context.clock())
            if page is None:
                abort(404)
            self.copy: SessionCopy = copy
            self.session: SessionPage = page
            self.rules: Rules = rules_of(db, [session_id])[session_id]
            self.allotments: list[Allotment] = [
                one for one in allotments_of(db, session_id) if one.released_at is None
            ]

    @property
    def categories(self) -> tuple[str, ...]:
        return tuple(categories_of(self.session))


@blueprint.get("/<uuid:session_id>/desk")
@require_staff(*ACTORS)
def form(session_id: UUID) -> ResponseReturnValue:
    """Show the form, under what was entered with it a moment ago."""
    desk = _Desk(session_id)
    made, entered = identifier("made"), None
    if made is not None:
        context = current_context()
        with context.database.read() as db:
            entered = entered_by(db, made, session_id, viewer().id, now=context.clock())
    return _shown(desk, empty_desk_form(desk.categories), entered=entered)


@blueprint.post("/<uuid:session_id>/desk")
@require_staff(*ACTORS)
def register(session_id: UUID) -> ResponseReturnValue:
    """Register what was entered, once; show the form again with what is wrong."""
    desk = _Desk(session_id)
    filled = read_desk_form(request.form, session_id, desk.categories, desk.rules.questions)
    if filled.values["allotment"] not in ("", *(str(one.id) for one in desk.allotments)):
        filled = filled.with_error("allotment", _("Ce contingent n’existe plus."))
    if filled.errors:
        return _shown(desk, filled, status=422)
    sent = request.form.get("key", "")
    entry = filled.entry(f"desk:{sent if is_form_key(sent) else new_token()}", viewer())
    if request.form.get("again") != "1":
        before = entered_just_now(entry)
        if before is not None:
            return _shown(desk, filled, status=409, repeated=before)
    try:
        answer = enter_once(entry)
    except AllotmentRefused:
        filled = filled.with_error("allotment", _("Ce contingent n’existe plus."))
        return _shown(desk, filled, status=409)
    if answer.status == MADE:
        address = f"{request.path}?made={answer.body['id']}"
        return make_response(redirect(address, 303))
    if answer.status == REFUSED:
        [reason] = answer.body["bookings"]
        field, sentence = refusal_words(reason, desk.session)
        is_full = reason["code"] == "full"
        return _shown(
            _Desk(session_id), filled.with_error(field, sentence), status=409, may_wait=is_full
        )
    flash(_("Ce formulaire avait déjà servi : rien n’a été enregistré. Envoyez-le de nouveau."))
    return _shown(desk, filled, status=409)


def _shown(
    desk: _Desk,
    filled: DeskForm,
    *,
    status: int = 200,
    entered: Entered | None = None,
    repeated: Entered | None = None,
    may_wait: bool = False,
) -> Response:
    copy = desk.copy
    body = render_template(
        "desk.html",
        copy=copy,
        session=desk.session,
        rules=desk.rules,
        allotments=desk.allotments,
        categories=desk.categories,
        form=filled,
        entered=entered,
        repeated=repeated,
        may_wait=may_wait or desk.session.availability == "full",
        key=new_token(),
        when=when_of(dict(copy.details), copy.starts_at, copy.ends_at),
    )
    response = make_response(body, status)
    return uncached(response)
