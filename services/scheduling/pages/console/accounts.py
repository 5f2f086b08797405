"""Accounts in the console: who is let in, as what, for whom; invited, changed, let in no longer."""

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
from werkzeug.datastructures import MultiDict

from services.scheduling.domain import staffing
from services.scheduling.domain.editing.fields import Fault
from services.scheduling.domain.editing.revisions import Invalid, Unknown
from services.scheduling.domain.feed_tokens import feeds_made
from services.scheduling.domain.memberships import rights_of
from services.scheduling.domain.permissions import ROLES
from services.scheduling.models import Account
from services.scheduling.pages.console.editors import COORDINATION, account_id
from services.scheduling.pages.console.history_panel import panel_of
from services.scheduling.pages.console.inputs import read_identifier
from services.scheduling.queries.staff import good_tokens_of, places_to_choose, staff
from shared.i18n import LazyText, current_locale
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.web import current_context
from shared.web.paging import read_page, read_words
from shared.web.repeating import asks_for_rows, read_rows
from shared.web.sign_in import ROLE_LABELS, require_staff

PAGE_SIZE = 100

#: What each role may do, as the form says it.
ROLE_HINTS: dict[str, LazyText] = {
    "coordinator": _l("Tout : le programme, les comptes, les publications, les imports."),
    "organiser": _l("Les animations et les séances de ses structures."),
    "venue": _l("Les informations de ses lieux ; y voit les séances."),
    "door": _l("L’accueil du public, le jour venu."),
    "reader": _l("Lit tout le programme de travail, ne modifie rien, ne voit aucun nom."),
}

blueprint = Blueprint("console_accounts", __name__, url_prefix="/console/accounts")


@blueprint.get("")
@require_staff(*COORDINATION)
def index() -> ResponseReturnValue:
    """List the accounts."""
    words = read_words(request.args.get("q"))
    role = request.args.get("role", "")
    with current_context().database.read() as db:
        found = staff(db, words, role if role in ROLES else None)
    page = read_page(request.args.get("page"), size=PAGE_SIZE, total=len(found))
    return render_template(
        "console/accounts.html",
        accounts=found[page.offset : page.offset + page.size],
        page=page,
        words=words,
        role=role,
        role_labels=ROLE_LABELS,
    )


@blueprint.get("/new")
@require_staff(*COORDINATION)
def new() -> ResponseReturnValue:
    """Show the form of an invitation."""
    organisation = request.args.get("organisation", "")
    values = _blank()
    if organisation:
        values |= {"roles": ["organiser"], "organisations": [{"id": organisation}]}
    return _page(values, {})


@blueprint.post("/new")
@require_staff(*COORDINATION)
def invite() -> ResponseReturnValue:
    """Let somebody in, and mail them what they are invited to."""
    values = _posted(request.form)
    if asks_for_rows(request.form):
        return _page(values, {}, is_changed=True)
    context = current_context()
    try:
        with context.database.write() as db:
            account = staffing.invite(
                db,
                {"name": values["name"], "email": values["email"]},
                _standing(values),
                _by(),
                page=context.settings.public_url + url_for("sign_in.ask"),
                locale=current_locale(),
            )
    except Invalid as invalid:
        return _page(values, invalid.faults)
    except staffing.Refused as refused:
        return _page(values, {refused.field: refused.sentence})
    flash(_("L’invitation part à %(email)s.", email=account.email), "success")
    return redirect(url_for(".index"), 303)


@blueprint.get("/<uuid:account_id>")
@require_staff(*COORDINATION)
def edit(account_id: UUID) -> ResponseReturnValue:
    """Show what an account is allowed."""
    with current_context().database.read() as db:
        account = db.get(Account, account_id) or abort(404)
        rights = rights_of(db, account)
    values = {
        "name": account.name,
        "email": account.email,
        "roles": list(rights.roles),
        "organisations": [{"id": str(one)} for one in rights.organisation_ids],
        "venues": [{"id": str(one)} for one in rights.venue_ids],
        "sees_names": rights.sees_names,
    }
    return _page(values, {}, account_id)


@blueprint.post("/<uuid:account_id>")
@require_staff(*COORDINATION)
def save(account_id: UUID) -> ResponseReturnValue:
    """Change what an account is called and allowed."""
    values = _posted(request.form)
    if asks_for_rows(request.form):
        return _page(values, {}, account_id, is_changed=True)
    try:
        with current_context().database.write() as db:
            staffing.change_standing(db, account_id, _standing(values), _by())
            staffing.rename(db, account_id, values["name"], _by())
    except Unknown:
        abort(404)
    except Invalid as invalid:
        return _page(values, invalid.faults, account_id)
    except staffing.Refused as refused:
        return _page(values, {refused.field: refused.sentence}, account_id)
    flash(_("Enregistré."), "success")
    return redirect(url_for(".edit", account_id=account_id), 303)


@blueprint.get("/<uuid:account_id>/disable")
@require_staff(*COORDINATION)
def ask_to_disable(account_id: UUID) -> ResponseReturnValue:
    """Ask whether an account is to be let in no longer."""
    with current_context().database.read() as db:
        account = db.get(Account, account_id) or abort(404)
        return render_template(
            "console/account_disable.html",
            account=account,
            tokens=good_tokens_of(db, account_id),
            feeds=len(feeds_made(db, account_id)),
        )


@blueprint.post("/<uuid:account_id>/disable")
@require_staff(*COORDINATION)
def disable(account_id: UUID) -> ResponseReturnValue:
    """Let an account in no longer, from now on, everywhere."""
    try:
        with current_context().database.write() as db:
            account = staffing.disable(db, account_id, _by())
    except Unknown:
        abort(404)
    except staffing.Refused as refused:
        flash(str(refused.sentence), "error")
    else:
        flash(_("%(name)s n’entre plus, nulle part.", name=account.name), "success")
    return redirect(url_for(".edit", account_id=account_id), 303)


@blueprint.post("/<uuid:account_id>/enable")
@require_staff(*COORDINATION)
def enable(account_id: UUID) -> ResponseReturnValue:
    """Let an account in again."""
    try:
        with current_context().database.write() as db:
            account = staffing.enable(db, account_id, _by())
    except Unknown:
        abort(404)
    flash(_("%(name)s peut de nouveau se connecter.", name=account.name), "success")
    return redirect(url_for(".edit", account_id=account_id), 303)


def _by() -> staffing.By:
    return staffing.By(account_id(), current_context().clock())


def _blank() -> dict[str, Any]:
    return {
        "name": "",
        "email": "",
        "roles": [],
        "organisations": [],
        "venues": [],
        "sees_names": False,
    }


def _posted(form: MultiDict[str, str]) -> dict[str, Any]:
    return {
        "name": " ".join(form.get("name", "").split()),
        "email": form.get("email", "").strip(),
        "roles": [role for role in form.getlist("roles") if role in ROLES],
        "organisations": read_rows(form, "organisations", ("id",)),
        "venues": read_rows(form, "venues", ("id",)),
        "sees_names": bool(form.get("sees_names")),
    }


def _standing(values: Mapping[str, Any]) -> staffing.Standing:
    """Return what was chosen; what cannot be read was not."""
    return staffing.standing_of(
        values["roles"],
        _identifiers(values["organisations"]),
        _identifiers(values["venues"]),
        sees_names=values["sees_names"],
    )


def _identifiers(rows: list[dict[str, str]]) -> frozenset[UUID]:
    found = set()
    for row in rows:
        try:
            found.add(read_identifier(row["id"]))
        except Fault:
            continue
    return frozenset(one for one in found if one is not None)


def _page(
    values: Mapping[str, Any],
    faults: Mapping[str, Any],
    shown_id: UUID | None = None,
    *,
    is_changed: bool = False,
) -> ResponseReturnValue:
    with current_context().database.read() as db:
        account = (db.get(Account, shown_id) or abort(404)) if shown_id else None
        page = render_template(
            "console/account.html",
            account=account,
            values={
                **values,
                "organisations": values["organisations"] or [{"id": ""}],
                "venues": values["venues"] or [{"id": ""}],
            },
            errors={name: str(sentence) for name, sentence in faults.items()},
            is_changed=is_changed or bool(faults),
            is_self=shown_id is not None and shown_id == account_id(),
            roles=[(role, ROLE_LABELS[role], ROLE_HINTS[role]) for role in ROLES],
            history=panel_of(db, "accounts", shown_id) if shown_id else None,
            **places_to_choose(db),
        )
    return make_response(page, 422 if faults else 200)
