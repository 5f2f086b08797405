"""The coordination's page for whoever asks what is held of them: mails, subscriptions, webhooks.

The address is sent by POST: in a link it would stay in histories and logs.
"""

import json

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from services.notifications.domain.identity import Identity
from services.notifications.domain.newsletter.erasing import erase_address
from services.notifications.domain.wording import in_locale
from services.notifications.pages.journal import WHY, journal_of
from services.notifications.pages.labels import (
    STATUS_LABELS,
    STATUS_TONES,
    SUPPRESSION_LABELS,
    TEMPLATE_LABELS,
)
from services.notifications.pages.moments import moment
from services.notifications.personal_data import as_json, held_of
from shared.i18n import gettext as _
from shared.observability import get_logger
from shared.web import current_context
from shared.web.caching import uncached
from shared.web.sign_in import current_account, require_staff

blueprint = Blueprint("mails_personal_data", __name__, url_prefix="/console/mails/personal-data")

_log = get_logger(__name__)


@blueprint.get("")
@require_staff("coordinator")
def ask() -> ResponseReturnValue:
    """Ask for the address."""
    return _shown("")


@blueprint.post("")
@require_staff("coordinator")
def show() -> ResponseReturnValue:
    """List the mails to an address."""
    return _shown(_who())


@blueprint.post("/file")
@require_staff("coordinator")
def download() -> ResponseReturnValue:
    """Return the mails to an address as a file, to be sent to whoever asked."""
    context, who = current_context(), _who()
    with context.database.read() as db:
        held = held_of(db, who)
    if not held.is_known:
        return _shown(who)
    _note(len(held.mails))
    data = as_json(held, who, Identity.of(context.settings), now=context.clock())
    text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    response = Response(text, content_type="application/json; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename="parvis-mails.json")
    return uncached(response)


@blueprint.post("/erase-subscriptions")
@require_staff("coordinator")
def erase_subscriptions() -> ResponseReturnValue:
    """Erase what an address subscribed to, with the proofs, and the letters that it was sent."""
    context, who, account = current_context(), _who(), current_account()
    with context.database.write() as db:
        number = erase_address(db, who, now=context.clock())
    by = str(account.id) if account else None
    _log.info("subscriptions of one address were erased", account=by)
    if number:
        flash(_("Les abonnements de cette adresse sont effacés."), "success")
    else:
        flash(_("Cette adresse n’avait pas d’abonnement confirmé ; rien n’en reste."), "info")
    return redirect(url_for(".ask"), 303)


def _who() -> str:
    return request.form.get("who", "").strip()[:320]


def _shown(who: str) -> Response:
    """Show the form, with the mails to the address if there is one."""
    with current_context().database.read() as db:
        held = held_of(db, who)
    error = ""
    if request.method == "POST" and not held.is_known:
        error = (
            _("Nous ne gardons aucun courriel envoyé à cette adresse.")
            if "@" in who
            else _("Indiquez une adresse électronique.")
        )
    if held.is_known:
        _note(len(held.mails))
    body = render_template(
        "mails_personal_data.html",
        who=who,
        mails=held.mails,
        is_known=held.is_known,
        journals={mail.id: journal_of(mail, held.steps[mail.id]) for mail in held.mails},
        why=WHY,
        suppressions=held.suppressions,
        suppression_labels=SUPPRESSION_LABELS,
        webhooks=held.webhooks,
        subscriptions=held.subscriptions,
        refused_at=held.refused_at,
        in_our_words=in_locale,
        error=error,
        moment=moment,
        status_labels=STATUS_LABELS,
        status_tones=STATUS_TONES,
        template_labels=TEMPLATE_LABELS,
    )
    status = 200 if not error else 404 if "@" in who else 422
    return make_response(body, status)


def _note(number: int) -> None:
    """Keep in the log of the service who looked: ids and numbers, no data."""
    account = current_account()
    _log.info(
        "mails to one address were shown",
        account=str(account.id) if account else None,
        mails=number,
    )
