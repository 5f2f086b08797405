"""Signing in to the console, by a mailed link or a typed code, and signing out."""

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from marshmallow.validate import Email

from services.scheduling.domain import sign_in as domain
from services.scheduling.domain.accounts import normalise_email
from services.scheduling.domain.memberships import Rights, rights_of
from services.scheduling.models import Account, SignIn
from services.scheduling.pages.sign_in_limits import check_visitor, may_mail
from shared.i18n import current_locale
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.caching import uncached
from shared.web.security import cookie_name, keep_secret
from shared.web.sign_in import (
    SignedInAccount,
    clear_account_cookie,
    current_account,
    issue_account_cookie,
    safe_next,
)

#: Holds the secret of a sign-in for as long as it may be renewed; scheduling alone reads it.
COOKIE = "parvis_sign_in"

#: The longest e-mail address (RFC 5321, section 4.5.3.1.3, less the brackets).
LONGEST_EMAIL = 254

# In the browser's own session: the address that was typed, and the page to go on to.
_EMAIL, _NEXT = "sign_in_email", "sign_in_next"

blueprint = Blueprint("sign_in", __name__, url_prefix="/console")


@blueprint.get("/sign-in")
def ask() -> ResponseReturnValue:
    """Show where to type one's address."""
    wanted = safe_next(request.args.get("next"))
    if current_account() is not None:
        return redirect(wanted, 303)
    session[_NEXT] = wanted
    return _page("sign_in.html", email=session.get(_EMAIL, ""), error=None)


@blueprint.post("/sign-in")
def send() -> ResponseReturnValue:
    """Mail a link and a code; the answer is the same whether the address is known or not."""
    check_visitor(request)
    email = request.form.get("email", "").strip()
    error = _fault_of(email)
    if error:
        return _page("sign_in.html", 422, email=email, error=error)
    session[_EMAIL] = email
    if may_mail(normalise_email(email)):
        context = current_context()
        page = context.settings.public_url + url_for("sign_in.ask")
        with context.database.write() as db:
            domain.request_sign_in(db, email, context.clock(), page=page, locale=current_locale())
    return redirect(url_for("sign_in.code"), 303)


@blueprint.get("/sign-in/code")
def code() -> ResponseReturnValue:
    """Show where to type the code."""
    return _code_page(session.get(_EMAIL, ""))


@blueprint.post("/sign-in/code")
def type_code() -> ResponseReturnValue:
    """Let in whoever typed the right code."""
    check_visitor(request)
    email = request.form.get("email", "").strip()
    error = _fault_of(email)
    if error:
        return _code_page(email, 422, email_error=error)
    context = current_context()
    with context.database.write() as db:
        started = domain.sign_in_by_code(
            db,
            email,
            request.form.get("code", "")[:40],
            context.clock(),
            locale=current_locale(),
        )
    if started is None:
        fault = _(
            "Ce code n’est pas le bon, ou ne l’est plus. Relisez-le, ou demandez-en un autre."
        )
        return _code_page(email, 422, code_error=fault)
    return _let_in(started)


@blueprint.get("/sign-in/renew")
def renew() -> ResponseReturnValue:
    """Renew the short cookie of whoever is still signed in; others are asked to sign in."""
    wanted = safe_next(request.args.get("next"))
    context = current_context()
    token = request.cookies.get(cookie_name(COOKIE, context.settings), "")
    with context.database.read() as db:
        found = domain.find_sign_in(db, token, context.clock()) if token else None
        rights = rights_of(db, found.account) if found else None
    if found is None or rights is None:
        return _unstored(redirect(url_for("sign_in.ask", next=wanted), 303))
    response = _unstored(redirect(wanted, 303))
    issue_account_cookie(response, _signed_in(found.account, rights, found))
    return response


@blueprint.get("/sign-in/<token>")
def link(token: str) -> ResponseReturnValue:
    """Show the button that signs in: a mail filter that opens the link changes nothing."""
    context = current_context()
    with context.database.read() as db:
        is_live = domain.is_live_link(db, token, context.clock())
    return keep_secret(_link_page(token) if is_live else _dead_link_page())


@blueprint.post("/sign-in/<token>")
def use_link(token: str) -> ResponseReturnValue:
    """Let in whoever has a link that is still good."""
    check_visitor(request)
    context = current_context()
    with context.database.write() as db:
        started = domain.sign_in_by_link(db, token, context.clock(), locale=current_locale())
    return _let_in(started) if started else keep_secret(_dead_link_page())


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the sign-in, here and in the other services."""
    context = current_context()
    name = cookie_name(COOKIE, context.settings)
    account = current_account()
    now = context.clock()
    with context.database.write() as db:
        found = domain.find_sign_in(db, request.cookies.get(name, ""), now)
        for sign_in_id in {account.sign_in_id if account else None, found.id if found else None}:
            if sign_in_id is not None:
                domain.revoke(db, sign_in_id, now)
    session.clear()
    flash(_("Vous êtes déconnecté·e."), "success")
    response = _unstored(redirect(url_for("sign_in.ask"), 303))
    clear_account_cookie(response)
    response.delete_cookie(name, httponly=True, samesite="Lax", secure=context.settings.is_secure)
    return response


def _let_in(started: domain.StartedSignIn) -> Response:
    """Go on to the page that was wanted, with both cookies and a session of the browser's anew."""
    settings = current_context().settings
    wanted = safe_next(session.get(_NEXT))
    session.clear()
    response = _unstored(redirect(wanted, 303))
    with current_context().database.read() as db:
        rights = rights_of(db, started.account)
    issue_account_cookie(response, _signed_in(started.account, rights, started.sign_in))
    response.set_cookie(
        cookie_name(COOKIE, settings),
        started.token,
        max_age=int(domain.LIFETIME.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.is_secure,
    )
    return response


def _signed_in(account: Account, rights: Rights, sign_in: SignIn) -> SignedInAccount:
    return SignedInAccount(
        account.id,
        account.name,
        rights.roles,
        sign_in.id,
        rights.organisation_ids,
        rights.venue_ids,
        rights.sees_names,
    )


def _fault_of(email: str) -> str | None:
    try:
        if not email.isprintable() or len(email) > LONGEST_EMAIL:
            raise ValidationError("")
        Email()(email)
    except ValidationError:
        return _("Écrivez une adresse complète, comme prenom.nom@exemple.fr.")
    return None


def _code_page(
    email: str, status: int = 200, *, email_error: str | None = None, code_error: str | None = None
) -> Response:
    return _page(
        "sign_in_code.html",
        status,
        email=email,
        email_error=email_error,
        code_error=code_error,
        is_embedded=current_context().settings.embedded,
    )


def _link_page(token: str) -> Response:
    return _page("sign_in_link.html", token=token)


def _dead_link_page() -> Response:
    return _page("sign_in_dead_link.html", 410)


def _page(template: str, status: int = 200, **values: object) -> Response:
    return _unstored(make_response(render_template(template, **values), status))


def _unstored(response: object) -> Response:
    return uncached(make_response(response))
