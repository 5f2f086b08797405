"""The console's page on a service's messages: their state, those in trouble, trying them again."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shared.i18n import LazyText, ngettext
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.messaging.state import (
    TROUBLED,
    message_counts,
    retry,
    retry_all_dead,
    troubled_messages,
)
from shared.web.parts import current_context
from shared.web.sign_in import require_staff

#: The most messages that the page lists.
LISTED = 100

SERVICE_NAMES: dict[str, LazyText] = {
    "scheduling": _l("Programme"),
    "registration": _l("Inscriptions"),
    "notifications": _l("Courriels"),
}


def messages_blueprint(service: str) -> Blueprint:
    """Return the blueprint that shows a service's messages under `/console/{service}/messages`."""
    blueprint = Blueprint("messages", __name__, url_prefix=f"/console/{service}/messages")

    @blueprint.get("")
    @require_staff("coordinator")
    def state() -> ResponseReturnValue:
        context = current_context()
        wanted = request.args.get("status", "")
        statuses = (wanted,) if wanted in TROUBLED else TROUBLED
        with context.database.read() as db:
            counts = message_counts(db)
            messages = troubled_messages(db, statuses, LISTED)
        return render_template(
            "messages.html",
            service=service,
            service_name=SERVICE_NAMES.get(service, service),
            counts=counts,
            messages=messages,
            status=wanted if wanted in TROUBLED else None,
            listed=LISTED,
        )

    @blueprint.post("/<uuid:event_id>/<handler>/retry")
    @require_staff("coordinator")
    def retry_one(event_id: UUID, handler: str) -> ResponseReturnValue:
        context = current_context()
        with context.database.write() as db:
            found = retry(db, event_id, handler, now=context.clock())
        if found:
            flash(_("Le message sera traité de nouveau dans un instant."), "success")
        else:
            flash(_("Ce message est déjà traité."), "info")
        return redirect(url_for("messages.state"), 303)

    @blueprint.post("/retry-dead")
    @require_staff("coordinator")
    def retry_dead() -> ResponseReturnValue:
        context = current_context()
        with context.database.write() as db:
            number = retry_all_dead(db, now=context.clock())
        flash(
            ngettext(
                "%(n)s message sera traité de nouveau.",
                "%(n)s messages seront traités de nouveau.",
                number,
            ),
            "success",
        )
        return redirect(url_for("messages.state"), 303)

    return blueprint
