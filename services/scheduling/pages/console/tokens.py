"""Tokens of the JSON API in the console: made and shown once, listed, revoked."""

from collections.abc import Mapping
from datetime import datetime
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

from services.scheduling.domain import tokens as domain
from services.scheduling.models import ApiToken
from shared.api_tokens import SCOPES
from shared.i18n import LazyText
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.identifiers import new_id
from shared.web import current_context
from shared.web.security import keep_secret
from shared.web.sign_in import current_account, require_staff

#: What each scope lets a program do, in the words of the form.
SCOPE_LABELS: dict[str, LazyText] = {
    "programme:read": _l("Lire le programme de travail, brouillons et publications compris"),
    "programme:write": _l("Créer, modifier et supprimer des brouillons, fermer des agendas privés"),
    "releases:write": _l("Publier les changements, modifier ce qui est public aussitôt"),
    "imports:write": _l("Importer des programmes"),
    "registrations:read": _l("Lire combien de personnes sont inscrites à chaque séance"),
    "registrations:write": _l("Régler comment on s’inscrit à une séance"),
    "desk:write": _l("Inscrire qui téléphone ou se présente à l’accueil"),
    "door:read": _l("Lire quelles inscriptions ne donnent plus accès, pour l’accueil"),
    "mails:read": _l("Lire combien de courriels sont dans quel état"),
    "accounts:read": _l("Lire qui a un compte, avec quels droits"),
    "accounts:write": _l("Inviter des personnes et changer leurs droits"),
}

#: For how long a token may be good, in the words of the form; the first is proposed.
LIFETIMES: dict[str, LazyText] = {
    "90": _l("90 jours"),
    "30": _l("30 jours"),
    "365": _l("Un an"),
    "": _l("Sans limite"),
}

blueprint = Blueprint("console_tokens", __name__, url_prefix="/console/tokens")


@blueprint.get("")
@require_staff("coordinator")
def index() -> ResponseReturnValue:
    """List the tokens, and offer to make another."""
    return _page({}, {})


@blueprint.post("")
@require_staff("coordinator")
def make() -> ResponseReturnValue:
    """Make a token and show its value, this once."""
    account = current_account()
    assert account is not None  # noqa: S101 - require_staff let nobody else in
    form = request.form
    name = " ".join(form.get("name", "").split())
    scopes = [scope for scope in form.getlist("scopes") if scope in SCOPES]
    token_id = _identifier(form.get("token_id", ""))
    lifetime = form.get("lifetime", "")
    errors = _faults(name, scopes, lifetime)
    if errors:
        values = {"name": name, "scopes": scopes, "lifetime": lifetime, "token_id": str(token_id)}
        return make_response(_page(values, errors), 422)
    context = current_context()
    with context.database.write() as db:
        issued = domain.issue(
            db,
            token_id=token_id,
            account_id=account.id,
            name=name,
            scopes=scopes,
            days=int(lifetime) if lifetime else None,
            now=context.clock(),
        )
    if issued is None:
        flash(_("Ce jeton est déjà fait. Sa valeur ne peut plus être montrée."), "info")
        return redirect(url_for(".index"), 303)
    page = render_template(
        "console/token_made.html",
        token=issued.token,
        value=issued.value,
        labels=SCOPE_LABELS,
        public_url=context.settings.public_url,
    )
    return keep_secret(make_response(page))


@blueprint.get("/<uuid:token_id>/revoke")
@require_staff("coordinator")
def ask_to_revoke(token_id: UUID) -> ResponseReturnValue:
    """Ask whether a token is really to be refused from now on."""
    with current_context().database.read() as db:
        token = domain.token_by_id(db, token_id) or abort(404)
    return render_template("console/token_revoke.html", token=token)


@blueprint.post("/<uuid:token_id>/revoke")
@require_staff("coordinator")
def revoke(token_id: UUID) -> ResponseReturnValue:
    """Refuse a token from now on, everywhere."""
    context = current_context()
    with context.database.write() as db:
        token = domain.token_by_id(db, token_id) or abort(404)
        revoked = domain.revoke(db, token_id, context.clock())
    if revoked:
        flash(_("Le jeton « %(name)s » est révoqué.", name=token.name), "success")
    else:
        flash(_("Ce jeton était déjà révoqué."), "info")
    return redirect(url_for(".index"), 303)


def _page(values: Mapping[str, object], errors: Mapping[str, str]) -> str:
    context = current_context()
    now = context.clock()
    with context.database.read() as db:
        tokens = domain.listed_tokens(db, now)
    return render_template(
        "console/tokens.html",
        tokens=tokens,
        state_of=lambda token: _state(token, now),
        values={**_blank(), **values},
        errors=errors,
        labels=SCOPE_LABELS,
        lifetimes=list(LIFETIMES.items()),
        documents=("scheduling", "registration", "notifications"),
    )


def _blank() -> dict[str, object]:
    return {"token_id": str(new_id()), "name": "", "scopes": (), "lifetime": "90"}


def _state(token: ApiToken, now: datetime) -> str:
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expires_at is not None and token.expires_at <= now else "good"


def _faults(name: str, scopes: list[str], lifetime: str) -> dict[str, str]:
    errors = {}
    if not name:
        errors["name"] = _("Donnez un nom au jeton : celui du programme qui s’en servira.")
    elif len(name) > domain.LONGEST_NAME or not name.isprintable():
        errors["name"] = _("Choisissez un nom plus court, de %(n)s lettres au plus.", n=80)
    if not scopes:
        errors["scopes"] = _("Cochez au moins une portée.")
    if lifetime not in LIFETIMES:
        errors["lifetime"] = _("Choisissez une durée de la liste.")
    return errors


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return new_id()
