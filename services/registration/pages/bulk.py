"""What is done to the ticked rows of a session's list: write to them, cancel or move them.

The list posts the rows; a page says how many there are and whom, and asks; only that page's form
does it.
"""

from collections.abc import Sequence
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    flash,
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
from services.registration.domain.staff_notes import readable
from services.registration.list_queries import BookedParty
from services.registration.models import SessionCopy
from services.registration.pages.moving import move_form
from services.registration.pages.staff import ACTORS, log_names, open_session, viewer
from services.registration.pages.submitting import is_form_key
from services.registration.pages.ticked import (
    back_to_list,
    called_words,
    ids_in,
    ticked,
    ticked_page,
)
from shared.i18n import gettext as _
from shared.i18n import ngettext
from shared.identifiers import new_token
from shared.web import current_context
from shared.web.sign_in import require_staff

blueprint = Blueprint(
    "bulk", __name__, url_prefix="/console/registration/sessions/<uuid:session_id>"
)


@blueprint.post("/chosen")
@require_staff(*ACTORS)
def choose(session_id: UUID) -> ResponseReturnValue:
    """Ask about what is to be done with the ticked rows."""
    copy, chosen = ticked(session_id)
    if not chosen:
        flash(_nobody(), "info")
        return back_to_list(session_id)
    if request.form.get("action") == "cancel":
        log_names(copy, "page", len(chosen))
        return ticked_page("bulk_cancel.html", copy, chosen)
    if request.form.get("action") == "move":
        return move_form(copy, chosen)
    return _message_form(copy, chosen)


@blueprint.post("/cancel")
@require_staff(*ACTORS)
def cancel(session_id: UUID) -> ResponseReturnValue:
    """Cancel the bookings, all or none; their contacts are told and the waitlist is served."""
    context = current_context()
    with context.database.read() as db:
        open_session(db, session_id, "act")
    ids = ids_in(request.form.get("ids", ""))
    with context.database.write() as db:
        ended = cancel_bookings(db, session_id, ids, now=context.clock())
        to_call = sum(one.email is None for one in ended)
    if ended:
        words = ngettext(
            "%(n)s inscription est annulée.", "%(n)s inscriptions sont annulées.", len(ended)
        )
        flash(f"{words} {called_words(to_call)}".strip(), "success")
    else:
        flash(_("Ces inscriptions étaient déjà annulées."), "info")
    return back_to_list(session_id)


@blueprint.post("/message")
@require_staff(*ACTORS)
def message(session_id: UUID) -> ResponseReturnValue:
    """Show the message as it will arrive, then send it: once, however often the form comes."""
    copy, chosen = ticked(session_id)
    if not chosen:
        return back_to_list(session_id)
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
    wanted = Message(
        key=key if is_form_key(key) else new_token(),
        subject=subject,
        text=text,
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
        return back_to_list(session_id)
    log_names(copy, "page", mailed + to_call, _("message : %(subject)s", subject=subject)[:200])
    flash(f"{_mailed_words(mailed, to_call)} {called_words(to_call)}".strip(), "success")
    return back_to_list(session_id)


def _mailed_words(mailed: int, to_call: int) -> str:
    """Return to how many people the message goes by mail; nothing where all are to be called."""
    if to_call and not mailed:
        return ""
    return ngettext(
        "Le message part par courriel à %(n)s personne.",
        "Le message part par courriel à %(n)s personnes.",
        mailed,
    )


def _nobody() -> str:
    """Say why nothing is done to anybody: those who cancelled are left in peace."""
    if request.form.get("everything") and request.form.get("state") == "cancelled":
        return _(
            "Ces inscriptions sont annulées : on ne peut plus ni les annuler ni leur écrire d’ici."
        )
    return _("Cochez d’abord les inscriptions dont il s’agit.")


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
    return ticked_page(
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
