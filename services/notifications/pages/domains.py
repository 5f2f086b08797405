"""The console's page on domains: where mail waits or does not arrive, sending all of one again."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.notifications.domain.retrying import NothingToRetry, StillSuppressed, retry_mail
from services.notifications.domain_queries import domain_lines, lost_in
from services.notifications.pages.labels import reason_label
from shared.i18n import gettext as _
from shared.i18n import ngettext
from shared.web import current_context
from shared.web.sign_in import require_staff

blueprint = Blueprint("mail_domains", __name__, url_prefix="/console/mails/domains")

#: Mails that are sent again in one go; the rest can be, in the next.
MOST = 1000


@blueprint.get("")
@require_staff("coordinator")
def listing() -> ResponseReturnValue:
    """List the domains to which mail waits or does not arrive."""
    with current_context().database.read() as db:
        lines = domain_lines(db)
    return render_template("mails_domains.html", lines=lines, reason_label=reason_label)


@blueprint.post("")
@require_staff("coordinator")
def retry() -> ResponseReturnValue:
    """Send again what a domain refused or brought back, but to addresses that are blocked."""
    context = current_context()
    domain = request.form.get("domain", "")[:255]
    again = kept = 0
    with context.database.write() as db:
        for mail_id in lost_in(db, domain, most=MOST):
            try:
                retry_mail(db, mail_id, now=context.clock())
            except StillSuppressed:
                kept += 1
            except NothingToRetry:
                continue
            else:
                again += 1
    if again:
        words = ngettext("%(n)s courriel repart.", "%(n)s courriels repartent.", again)
        flash(words, "success")
    if kept:
        words = ngettext(
            "%(n)s courriel reste : son adresse est bloquée.",
            "%(n)s courriels restent : leurs adresses sont bloquées.",
            kept,
        )
        flash(words, "warning")
    if not (again or kept):
        flash(_("Il n’y a rien à renvoyer à ce domaine."), "info")
    return redirect(url_for(".listing"), 303)
