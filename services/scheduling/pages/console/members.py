"""The members of an organisation: its people see who they are, and invite their colleagues."""

from collections.abc import Mapping
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

from services.scheduling.domain import staffing
from services.scheduling.domain.editing.revisions import Invalid, Unknown
from services.scheduling.domain.permissions import may_invite_to
from services.scheduling.models import Organisation
from services.scheduling.pages.console.editors import EDITORS, account_id
from services.scheduling.pages.console.storing import row_or_404
from services.scheduling.queries.staff import members_of
from shared.i18n import current_locale
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.sign_in import current_account, require_staff

blueprint = Blueprint(
    "console_members", __name__, url_prefix="/console/organisations/<uuid:organisation_id>/members"
)


@blueprint.get("")
@require_staff(*EDITORS)
def index(organisation_id: UUID) -> ResponseReturnValue:
    """List the members, and offer to invite another."""
    return _page(organisation_id, {"name": "", "email": ""}, {})


@blueprint.post("")
@require_staff(*EDITORS)
def invite(organisation_id: UUID) -> ResponseReturnValue:
    """Let a colleague in, for this organisation."""
    _check(organisation_id)
    values = {name: request.form.get(name, "").strip() for name in ("name", "email")}
    standing = staffing.Standing(frozenset({"organiser"}), frozenset({organisation_id}))
    context = current_context()
    try:
        with context.database.write() as db:
            row_or_404(db, Organisation, organisation_id)
            account = staffing.invite(
                db,
                values,
                standing,
                _by(),
                page=context.settings.public_url + url_for("sign_in.ask"),
                locale=current_locale(),
            )
    except Invalid as invalid:
        return _page(organisation_id, values, invalid.faults)
    except staffing.Refused as refused:
        return _page(organisation_id, values, {"email": refused.sentence})
    flash(_("L’invitation part à %(email)s.", email=account.email), "success")
    return redirect(url_for(".index", organisation_id=organisation_id), 303)


@blueprint.post("/<uuid:member_id>/remove")
@require_staff(*EDITORS)
def remove(organisation_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Let somebody act for the organisation no longer; their account stays."""
    _check(organisation_id)
    try:
        with current_context().database.write() as db:
            staffing.leave_organisation(db, member_id, organisation_id, _by())
    except Unknown:
        abort(404)
    except staffing.Refused as refused:
        flash(str(refused.sentence), "error")
    else:
        flash(_("C’est fait : cette personne n’agit plus pour la structure."), "success")
    return redirect(url_for(".index", organisation_id=organisation_id), 303)


def _check(organisation_id: UUID) -> None:
    account = current_account()
    if account is None or not may_invite_to(account, organisation_id):
        abort(403)


def _by() -> staffing.By:
    return staffing.By(account_id(), current_context().clock())


def _page(
    organisation_id: UUID, values: Mapping[str, str], faults: Mapping[str, Any]
) -> ResponseReturnValue:
    _check(organisation_id)
    with current_context().database.read() as db:
        page = render_template(
            "console/members.html",
            organisation=row_or_404(db, Organisation, organisation_id),
            members=members_of(db, organisation_id),
            values=values,
            errors={name: str(sentence) for name, sentence in faults.items()},
            own_id=account_id(),
        )
    return make_response(page, 422 if faults else 200)
