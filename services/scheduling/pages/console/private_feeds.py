"""Private calendar feeds in the console: made and shown once, listed, revoked."""

from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.feed_tokens import (
    LONGEST_NAME,
    acts_for,
    feeds_of,
    issue_feed,
    revoke_feed,
)
from services.scheduling.models import FeedToken, Organisation, Presenter, Venue
from services.scheduling.pages.console.editors import account_id
from services.scheduling.pages.console.storing import posted_identifier
from services.scheduling.pages.console.tour_people import TAKING_PART, current_person
from shared.i18n import gettext as _
from shared.identifiers import new_id
from shared.web import current_context
from shared.web.security import keep_secret
from shared.web.sign_in import require_staff

#: Whose feeds there are: the word in the address, the column, the table.
KINDS: dict[str, tuple[str, Any]] = {
    "venues": ("venue_id", Venue),
    "organisations": ("organisation_id", Organisation),
    "presenters": ("presenter_id", Presenter),
}

blueprint = Blueprint("console_private_feeds", __name__, url_prefix="/console/feeds")


@blueprint.get("/<kind>/<uuid:row_id>")
@require_staff(*TAKING_PART)
def index(kind: str, row_id: UUID) -> ResponseReturnValue:
    """List the private feeds of a venue, an organisation or a presenter."""
    return _page(kind, row_id)


@blueprint.post("/<kind>/<uuid:row_id>")
@require_staff(*TAKING_PART)
def make(kind: str, row_id: UUID) -> ResponseReturnValue:
    """Make a private feed and show its address, this once."""
    name = " ".join(request.form.get("name", "").split())
    error = ""
    if not name:
        error = _("Dites qui s’abonnera : vous saurez lequel révoquer.")
    elif len(name) > LONGEST_NAME or not name.isprintable():
        error = _("Choisissez un nom plus court, de %(n)s lettres au plus.", n=LONGEST_NAME)
    if error:
        return _page(kind, row_id, name, error), 422
    context = current_context()
    with context.database.write() as db:
        row = _row_or_error(db, kind, row_id)
        title = row.name
        issued = issue_feed(
            db,
            token_id=posted_identifier("id") or new_id(),
            owner=KINDS[kind][0],
            row_id=row_id,
            name=name,
            account_id=account_id(),
            now=context.clock(),
        )
    if issued is None:
        flash(_("Cet agenda est déjà fait. Son adresse ne peut plus être montrée."), "info")
        return redirect(url_for(".index", kind=kind, row_id=row_id), 303)
    address = f"{context.settings.public_url}/feeds/private/{issued.value}.ics"
    page = render_template(
        "console/private_feed_made.html",
        kind=kind,
        row_id=row_id,
        title=title,
        feed=issued.token,
        address=address,
    )
    return keep_secret(make_response(page))


@blueprint.get("/<kind>/<uuid:row_id>/<uuid:token_id>/revoke")
@require_staff(*TAKING_PART)
def ask_to_revoke(kind: str, row_id: UUID, token_id: UUID) -> ResponseReturnValue:
    """Ask whether a feed is really to end."""
    with current_context().database.read() as db:
        _row_or_error(db, kind, row_id)
        token = _token_or_404(db, kind, row_id, token_id)
    return render_template("console/private_feed_revoke.html", kind=kind, row_id=row_id, feed=token)


@blueprint.post("/<kind>/<uuid:row_id>/<uuid:token_id>/revoke")
@require_staff(*TAKING_PART)
def revoke(kind: str, row_id: UUID, token_id: UUID) -> ResponseReturnValue:
    """End a feed: its address leads nowhere from now on."""
    context = current_context()
    with context.database.write() as db:
        _row_or_error(db, kind, row_id)
        name = _token_or_404(db, kind, row_id, token_id).name
        revoke_feed(db, token_id, context.clock())
    flash(
        _("L’agenda « %(name)s » est révoqué : son adresse ne mène plus nulle part.", name=name),
        "success",
    )
    return redirect(url_for(".index", kind=kind, row_id=row_id), 303)


def _row_or_error(db: DbSession, kind: str, row_id: UUID) -> Any:
    """Return whose feed it is, to who acts for them; 404 and 403 for everything else."""
    if kind not in KINDS:
        abort(404)
    row = db.get(KINDS[kind][1], row_id) or abort(404)
    if not acts_for(current_person(db), row):
        abort(403)
    return row


def _token_or_404(db: DbSession, kind: str, row_id: UUID, token_id: UUID) -> FeedToken:
    token = db.get(FeedToken, token_id)
    if token is None or getattr(token, KINDS[kind][0]) != row_id:
        abort(404)
    return token


def _page(kind: str, row_id: UUID, name: str = "", error: str = "") -> str:
    with current_context().database.read() as db:
        row = _row_or_error(db, kind, row_id)
        return render_template(
            "console/private_feeds.html",
            kind=kind,
            row_id=row_id,
            title=row.name,
            feeds=feeds_of(db, KINDS[kind][0], row_id),
            new_id=str(new_id()),
            name=name,
            error=error,
        )
