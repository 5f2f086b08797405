"""A letter as a subscriber with some choices would get it, and the trial that its writer gets."""

from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.notifications.domain.addresses import UnusableAddress, deliverable
from services.notifications.domain.identity import Identity
from services.notifications.domain.newsletter import previews
from services.notifications.domain.newsletter.choices import find_choices
from services.notifications.domain.newsletter.periods import Frequency
from services.notifications.domain.newsletter.topics import KINDS, Topics
from services.notifications.domain.viewing import shown
from services.notifications.pages.console import MAIL_POLICY
from services.notifications.pages.console_newsletter import find
from shared.i18n import LOCALES
from shared.i18n import gettext as _
from shared.observability import get_logger
from shared.web import current_context
from shared.web.sign_in import current_account, require_staff
from shared.web.visitors import Allowance

blueprint = Blueprint("console_newsletter_preview", __name__, url_prefix="/console/newsletter")

#: Trials that one person of the staff sends, and the seconds over which as many are sent again.
TRIALS = (20, 3600)

_EXTENSION = "parvis.notifications.letter_trials"

_log = get_logger(__name__)


@blueprint.record_once
def _begin_to_count(state: object) -> None:
    state.app.extensions[_EXTENSION] = Allowance(*TRIALS)  # type: ignore[attr-defined]


@blueprint.get("/<uuid:campaign_id>/preview")
@require_staff("coordinator")
def preview(campaign_id: UUID) -> ResponseReturnValue:
    """Show the letter as somebody with the choices in the address would get it."""
    return _page(campaign_id)


@blueprint.get("/<uuid:campaign_id>/preview/html")
@require_staff("coordinator")
def html(campaign_id: UUID) -> ResponseReturnValue:
    """Return the letter's HTML page, for the frame that shows it."""
    context = current_context()
    with context.database.read() as db:
        content = _content(db, campaign_id)
    mail = previews.preview_mail(content, _locale(), now=context.clock())
    response = Response(shown(mail, Identity.of(context.settings)).html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.post("/<uuid:campaign_id>/preview")
@require_staff("coordinator")
def try_out(campaign_id: UUID) -> ResponseReturnValue:
    """Send the letter that is shown to whoever writes it."""
    context, account = current_context(), current_account()
    address = request.form.get("address", "").strip()
    now = context.clock()
    try:
        deliverable(address)
    except UnusableAddress:
        error = _("Cette adresse n’est pas complète : elle s’écrit nom@exemple.fr.")
        return _page(campaign_id, address, error, 422)
    allowance: Allowance = current_app.extensions[_EXTENSION]
    who = str(account.id) if account else ""
    if allowance.wait(who, now.timestamp()):
        return _page(
            campaign_id, address, _("Beaucoup d’essais sont partis : attendez un peu."), 429
        )
    allowance.count(who, now.timestamp())
    with context.database.write() as db:
        previews.send_test(db, _content(db, campaign_id), address, _locale(), now=now)
    _log.info("letter tried", account=who, campaign=str(campaign_id))
    flash(_("L’essai part vers %(address)s.", address=address), "success")
    there = url_for(".preview", campaign_id=campaign_id, **_arguments())
    return redirect(there, 303)


def _page(
    campaign_id: UUID, address: str = "", error: str = "", status: int = 200
) -> ResponseReturnValue:
    context = current_context()
    campaign = find(campaign_id)
    with context.database.read() as db:
        choices = find_choices(db, now=context.clock())
    body = render_template(
        "console_campaign_preview.html",
        campaign=campaign,
        choices=choices,
        chosen={kind: request.args.get(kind, "") for kind in KINDS},
        frequency=_frequency(),
        locale=_locale(),
        arguments=_arguments(),
        address=address,
        error=error,
    )
    return body, status


def _content(db: Session, campaign_id: UUID) -> dict[str, Any]:
    now = current_context().clock()
    chosen = {kind: [one for one in request.args.getlist(kind) if one] for kind in KINDS}
    topics = Topics.read(chosen)
    return previews.preview_content(db, find(campaign_id), topics, _frequency(), now=now)


def _arguments() -> dict[str, Any]:
    """Return the profile in the address, to be kept in links."""
    return {name: request.args.getlist(name) for name in ("frequency", "letter", *KINDS)}


def _frequency() -> Frequency:
    return "monthly" if request.args.get("frequency") == "monthly" else "weekly"


def _locale() -> str:
    asked = request.args.get("letter", "")
    return asked if asked in LOCALES else "fr"
