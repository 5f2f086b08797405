"""The console's pages on suppressed addresses: which, since when and why; adding, lifting one."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.notifications.domain.addresses import UnusableAddress, deliverable
from services.notifications.domain.suppressions import (
    LONGEST_NOTE,
    NoteMissing,
    NotSuppressed,
    Reason,
    lift,
    suppress,
)
from services.notifications.pages.labels import SUPPRESSION_LABELS
from services.notifications.pages.moments import moment
from services.notifications.suppression_queries import suppression_by_id, suppressions
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.paging import read_page, read_words
from shared.web.sign_in import current_account, require_staff

blueprint = Blueprint("suppressed_addresses", __name__, url_prefix="/console/mails/suppressed")

#: Addresses on one page of the list.
LISTED = 50


@blueprint.get("")
@require_staff("coordinator")
def listing() -> ResponseReturnValue:
    """List the addresses that are not written to, or those that were and are again."""
    return _listed()


@blueprint.post("")
@require_staff("coordinator")
def block() -> ResponseReturnValue:
    """Write to an address no more, since somebody said so: by telephone, or in an answer."""
    context, account = current_context(), current_account()
    address = request.form.get("address", "").strip()[:320]
    reason: Reason = "complaint" if request.form.get("reason") == "complaint" else "hard_bounce"
    try:
        deliverable(address)
    except UnusableAddress:
        return _listed(error=_("Indiquez une adresse électronique, comme nom@exemple.fr.")), 422
    words = _("ajoutée par %(who)s", who=account.name) if account else None
    with context.database.write() as db:
        is_new = suppress(db, address, reason, now=context.clock(), words=words)
    if is_new:
        flash(_("Nous n’écrirons plus à cette adresse."), "success")
    else:
        flash(_("Cette adresse est déjà bloquée."), "info")
    return redirect(url_for(".listing"), 303)


@blueprint.get("/<uuid:suppression_id>")
@require_staff("coordinator")
def ask(suppression_id: UUID) -> ResponseReturnValue:
    """Ask why an address is to be written to again."""
    return _asked(suppression_id)


@blueprint.post("/<uuid:suppression_id>")
@require_staff("coordinator")
def lift_one(suppression_id: UUID) -> ResponseReturnValue:
    """Write to an address again."""
    context, account = current_context(), current_account()
    note = request.form.get("note", "")
    try:
        with context.database.write() as db:
            name = account.name if account else ""
            lift(db, suppression_id, by=name, note=note, now=context.clock())
    except NoteMissing:
        error = _("Dites pourquoi : la prochaine personne qui lira cette liste voudra le savoir.")
        return _asked(suppression_id, error=error), 422
    except NotSuppressed:
        flash(_("Cette adresse n’est plus bloquée."), "info")
    else:
        flash(_("Nous écrirons de nouveau à cette adresse."), "success")
    return redirect(url_for(".listing"), 303)


def _listed(*, error: str = "") -> str:
    is_lifted = request.args.get("state") == "lifted"
    words = read_words(request.args.get("q"))
    with current_context().database.read() as db:
        _some, total = suppressions(db, is_lifted=is_lifted, words=words, most=1)
        page = read_page(request.args.get("page"), size=LISTED, total=total)
        found, _total = suppressions(
            db, is_lifted=is_lifted, words=words, offset=page.offset, most=LISTED
        )
        _others, other_total = suppressions(db, is_lifted=not is_lifted, words=words, most=1)
    return render_template(
        "mails_suppressed.html",
        found=found,
        page=page,
        is_lifted=is_lifted,
        counts={
            "standing": other_total if is_lifted else total,
            "lifted": total if is_lifted else other_total,
        },
        words=words,
        error=error,
        address=request.form.get("address", "")[:320],
        reason=request.form.get("reason", "hard_bounce"),
        labels=SUPPRESSION_LABELS,
        moment=moment,
    )


def _asked(suppression_id: UUID, *, error: str = "") -> str:
    with current_context().database.read() as db:
        found = suppression_by_id(db, suppression_id)
    if found is None:
        abort(404)
    return render_template(
        "mails_suppressed_lift.html",
        one=found,
        note=request.form.get("note", "")[:LONGEST_NOTE],
        error=error,
        labels=SUPPRESSION_LABELS,
        moment=moment,
    )
