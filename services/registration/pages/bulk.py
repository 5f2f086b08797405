"""What is done to the ticked rows of a session's list: write to them, or cancel them.

The list posts the rows; a page says how many there are and whom, and asks; only that page's form
does it.
"""

from collections.abc import Sequence
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue

from services.registration.domain.messages import (
    LONGEST_MESSAGE,
    LONGEST_SUBJECT,
    Message,
    recipients_of,
    write_message,
)
from services.registration.domain.organising import cancel_bookings
from services.registration.domain.staff_notes import LONGEST_NOTE, readable
from services.registration.list_queries import STATES, BookedParty, booked_parties, narrowed
from services.registration.models import SessionCopy
from services.registration.pages.staff import (
    ACTORS,
    as_id,
    log_names,
    open_session,
    viewer,
    when_of,
)
from services.registration.pages.submitting import is_form_key
from shared.i18n import gettext as _
from shared.i18n import ngettext
from shared.identifiers import new_token
from shared.web import current_context
from shared.web.paging import read_words
from shared.web.sign_in import require_staff

blueprint = Blueprint(
    "bulk", __name__, url_prefix="/console/registration/sessions/<uuid:session_id>"
)


@blueprint.post("/chosen")
@require_staff(*ACTORS)
def choose(session_id: UUID) -> ResponseReturnValue:
    """Ask about what is to be done with the ticked rows."""
    copy, chosen = _chosen(session_id)
    if not chosen:
        flash(_nobody(), "info")
        return _back(session_id)
    if request.form.get("action") == "cancel":
        log_names(copy, "page", len(chosen))
        return _page("bulk_cancel.html", copy, chosen)
    return _message_form(copy, chosen)


@blueprint.post("/cancel")
@require_staff(*ACTORS)
def cancel(session_id: UUID) -> ResponseReturnValue:
    """Cancel the bookings, all or none; their contacts are told and the waitlist is served."""
    context = current_context()
    with context.database.read() as db:
        open_session(db, session_id, "act")
    ids = _ids(request.form.get("ids", ""))
    with context.database.write() as db:
        ended = cancel_bookings(db, session_id, ids, now=context.clock())
        to_call = sum(one.email is None for one in ended)
    if ended:
        words = ngettext(
            "%(n)s inscription est annulée.", "%(n)s inscriptions sont annulées.", len(ended)
        )
        flash(f"{words} {_called(to_call)}".strip(), "success")
    else:
        flash(_("Ces inscriptions étaient déjà annulées."), "info")
    return _back(session_id)


@blueprint.post("/message")
@require_staff(*ACTORS)
def message(session_id: UUID) -> ResponseReturnValue:
    """Show the message as it will arrive, then send it: once, however often the form comes."""
    copy, chosen = _chosen(session_id)
    if not chosen:
        return _back(session_id)
    subject = " ".join(readable(request.form.get("subject", "")).split())
    text = readable(request.form.get("text", ""))
    errors = _faults(subject, text)
    if errors or request.form.get("step") != "send":
        is_shown = not errors and request.form.get("step") == "preview"
        status = 422 if errors else 200
        return _message_form(
            copy, chosen, subject=subject, text=text, errors=errors, preview=is_shown, status=status
        )
    context, who = current_context(), viewer()
    key = request.form.get("key", "")
    note = _("Message envoyé : %(subject)s", subject=subject) + f"\n\n{text}"
    wanted = Message(
        key=key if is_form_key(key) else new_token(),
        subject=subject,
        text=text,
        note=note[:LONGEST_NOTE],
        account_id=who.id,
        account_name=who.name,
    )
    with context.database.write() as db:
        written = write_message(
            db, copy, [one.booking_id for one in chosen], wanted, now=context.clock()
        )
        mailed = len(written.mailed) if written else 0
        to_call = len(written.called) if written else 0
    if written is None:
        flash(_("Ce message était déjà parti, il n’est pas envoyé deux fois."), "info")
        return _back(session_id)
    log_names(copy, "page", mailed + to_call, _("message : %(subject)s", subject=subject)[:200])
    words = ngettext(
        "Le message part à %(n)s personne.", "Le message part à %(n)s personnes.", mailed
    )
    flash(f"{words} {_called(to_call)}".strip(), "success")
    return _back(session_id)


def _chosen(session_id: UUID) -> tuple[SessionCopy, list[BookedParty]]:
    """Return the session and the rows that were ticked, or all that match what was looked for."""
    with current_context().database.read() as db:
        copy, _seats = open_session(db, session_id, "act")
        everybody = booked_parties(db, session_id)
    if request.form.get("everything"):
        state = request.form.get("state", "")
        statuses = STATES.get(state, STATES[""])
        shown = [one for one in everybody if one.status in statuses]
        return copy, narrowed(shown, words=read_words(request.form.get("q")), sort="")
    wanted = set(_ids(" ".join(request.form.getlist("id")) or request.form.get("ids", "")))
    return copy, [one for one in everybody if one.booking_id in wanted]


def _nobody() -> str:
    """Say why nothing is done to anybody: those who cancelled are left in peace."""
    if request.form.get("everything") and request.form.get("state") == "cancelled":
        return _(
            "Ces inscriptions sont annulées : on ne peut plus ni les annuler ni leur écrire d’ici."
        )
    return _("Cochez d’abord les inscriptions dont il s’agit.")


def _ids(text: str) -> list[UUID]:
    return [found for word in text.split() if (found := as_id(word)) is not None]


def _faults(subject: str, text: str) -> dict[str, str]:
    if "subject" not in request.form:
        return {}
    errors = {}
    if not subject:
        errors["subject"] = _("Dites en quelques mots de quoi il s’agit.")
    elif len(subject) > LONGEST_SUBJECT:
        errors["subject"] = _("L’objet compte au plus %(n)s caractères.", n=LONGEST_SUBJECT)
    if not text:
        errors["text"] = _("Écrivez le message.")
    elif len(text) > LONGEST_MESSAGE:
        errors["text"] = _("Le message compte au plus %(n)s caractères.", n=LONGEST_MESSAGE)
    return errors


def _message_form(
    copy: SessionCopy,
    chosen: Sequence[BookedParty],
    *,
    subject: str = "",
    text: str = "",
    errors: dict[str, str] | None = None,
    preview: bool = False,
    status: int = 200,
) -> Response:
    with current_context().database.read() as db:
        recipients = recipients_of(db, copy.id, [one.booking_id for one in chosen])
    log_names(copy, "page", len(chosen))
    sent = request.form.get("key", "")
    return _page(
        "bulk_message.html",
        copy,
        chosen,
        status=status,
        recipients=recipients,
        subject=subject,
        text=text,
        errors=errors or {},
        preview=preview,
        key=sent if is_form_key(sent) else new_token(),
        longest_subject=LONGEST_SUBJECT,
        longest_message=LONGEST_MESSAGE,
    )


def _page(
    template: str,
    copy: SessionCopy,
    chosen: Sequence[BookedParty],
    status: int = 200,
    **more: object,
) -> Response:
    body = render_template(
        template,
        copy=copy,
        chosen=chosen,
        ids=" ".join(str(one.booking_id) for one in chosen),
        when=when_of(dict(copy.details), copy.starts_at, copy.ends_at),
        **more,
    )
    return make_response(body, status)


def _called(to_call: int) -> str:
    if not to_call:
        return ""
    return ngettext(
        "%(n)s personne sans adresse est sur la liste d’appels.",
        "%(n)s personnes sans adresse sont sur la liste d’appels.",
        to_call,
    )


def _back(session_id: UUID) -> Response:
    return make_response(redirect(f"/console/registration/sessions/{session_id}", 303))
