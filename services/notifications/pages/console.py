"""The console's pages on the mails: the list, one mail, sending it again."""

from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.notifications.domain.addresses import UnusableAddress
from services.notifications.domain.identity import Identity
from services.notifications.domain.retrying import (
    MayArriveTwice,
    NothingToRetry,
    StillSuppressed,
    can_retry,
    retry_mail,
)
from services.notifications.domain.suppressions import KEPT_BACK
from services.notifications.domain.viewing import ShownMail, shown
from services.notifications.models import OutgoingMail
from services.notifications.pages.journal import WHY, journal_of
from services.notifications.pages.labels import (
    STATUS_LABELS,
    STATUS_MEANINGS,
    STATUS_TONES,
    TEMPLATE_LABELS,
    reason_label,
)
from services.notifications.pages.moments import moment
from services.notifications.queries import (
    STATUSES,
    mail_by_id,
    mail_counts,
    mail_page,
    steps_of,
)
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.cursors import read_cursor, write_cursor
from shared.web.paging import read_words
from shared.web.sign_in import require_staff

#: Mails on one page of the list.
LISTED = 50

#: The HTML of a mail is shown in a frame that can do nothing: no script, no form, no connection.
MAIL_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox"
)

blueprint = Blueprint("mails", __name__, url_prefix="/console/mails")


@blueprint.get("")
@require_staff("coordinator")
def listing() -> ResponseReturnValue:
    """Show the mails, newest first, by state and words."""
    status = request.args.get("status", "")
    words = read_words(request.args.get("q"))
    cursor = read_cursor(request.args.get("cursor"), UUID)
    chosen = status if status in STATUSES else None
    with current_context().database.read() as db:
        counts = mail_counts(db)
        page = mail_page(
            db, status=chosen, words=words, before=cursor[0] if cursor else None, most=LISTED
        )
    return render_template(
        "mails.html",
        counts=counts,
        mails=page.lines,
        next_cursor=write_cursor(page.lines[-1].id) if page.more else None,
        is_first_page=cursor is None,
        status=chosen,
        words=words,
        status_labels=STATUS_LABELS,
        status_tones=STATUS_TONES,
        template_labels=TEMPLATE_LABELS,
        reason_label=reason_label,
        moment=moment,
    )


@blueprint.get("/<uuid:mail_id>")
@require_staff("coordinator")
def mail(mail_id: UUID) -> ResponseReturnValue:
    """Show one mail: its state, its headers, its pages and what is attached."""
    found = _mail(mail_id)
    with current_context().database.read() as db:
        steps = steps_of(db, [mail_id])[mail_id]
    try:
        content = _shown(found)
    except UnusableAddress:
        content = None
    return render_template(
        "mail.html",
        mail=found,
        content=content,
        journal=journal_of(found, steps),
        why=WHY.get(found.template),
        can_retry=can_retry(found),
        is_kept_back=found.reason in KEPT_BACK.values(),
        status_labels=STATUS_LABELS,
        status_tones=STATUS_TONES,
        status_meanings=STATUS_MEANINGS,
        template_labels=TEMPLATE_LABELS,
        reason_label=reason_label,
        moment=moment,
    )


@blueprint.get("/<uuid:mail_id>/html")
@require_staff("coordinator")
def html(mail_id: UUID) -> ResponseReturnValue:
    """Return the mail's HTML page, for the frame that shows it."""
    response = Response(_content(mail_id).html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.get("/<uuid:mail_id>/message.eml")
@require_staff("coordinator")
def source(mail_id: UUID) -> ResponseReturnValue:
    """Return the whole mail as a file."""
    return _download(_content(mail_id).source, "message/rfc822", f"{mail_id}.eml")


@blueprint.get("/<uuid:mail_id>/attachments/<int:number>")
@require_staff("coordinator")
def attachment(mail_id: UUID, number: int) -> ResponseReturnValue:
    """Return one attached file."""
    parts = _content(mail_id).attachments
    if number >= len(parts):
        abort(404)
    part = parts[number]
    return _download(part.body, part.content_type, part.filename)


@blueprint.post("/<uuid:mail_id>/retry")
@require_staff("coordinator")
def retry(mail_id: UUID) -> ResponseReturnValue:
    """Send a mail again."""
    context = current_context()
    even_twice = request.form.get("even_twice") == "yes"
    try:
        with context.database.write() as db:
            retry_mail(db, mail_id, now=context.clock(), even_twice=even_twice)
    except MayArriveTwice:
        flash(_("Cochez la case : ce courriel peut arriver deux fois."), "warning")
    except StillSuppressed:
        flash(_("Cette adresse est bloquée : levez d’abord le blocage."), "warning")
    except NothingToRetry:
        flash(_("Ce courriel n’est pas à renvoyer."), "info")
    else:
        flash(_("Le courriel va repartir dans un instant."), "success")
    return redirect(url_for("mails.mail", mail_id=mail_id), 303)


def _mail(mail_id: UUID) -> OutgoingMail:
    with current_context().database.read() as db:
        found = mail_by_id(db, mail_id)
    if found is None:
        abort(404)
    return found


def _content(mail_id: UUID) -> ShownMail:
    try:
        return _shown(_mail(mail_id))
    except UnusableAddress:
        abort(404)


def _shown(found: OutgoingMail) -> ShownMail:
    return shown(found, Identity.of(current_context().settings))


def _download(body: bytes, content_type: str, filename: str) -> Response:
    response = Response(body, content_type=content_type)
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response
