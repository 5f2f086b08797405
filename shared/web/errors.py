"""Errors as people meet them: a page in their language, or a problem for a client of the API."""

from flask import Flask, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import BadRequest, HTTPException, ServiceUnavailable

from shared.database import GateTimeout
from shared.deadlines import TooSlow
from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _
from shared.observability import correlation_id, get_logger
from shared.web.problems import problem_response
from shared.web.sign_in import ROLE_LABELS, SignedInAccount, current_account

_log = get_logger(__name__)

#: Seconds after which it is worth asking again when the database does not answer.
TRY_AGAIN_AFTER = 5

#: What is raised when it does not.
DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout, GateTimeout, TooSlow)

#: For each status, what happened and what the reader can do.
EXPLANATIONS: dict[int, tuple[LazyText, LazyText]] = {
    400: (
        _("Cette demande n’a pas pu être comprise"),
        _("Revenez à la page précédente et essayez de nouveau."),
    ),
    403: (
        _("Ceci ne vous est pas ouvert"),
        _(
            "Votre compte n’a pas le rôle qu’il faut, ou ceci est à une autre structure, à un autre"
            " lieu. Demandez-le à la coordination du festival."
        ),
    ),
    404: (
        _("Cette page n’existe pas, ou plus"),
        _("L’adresse est peut-être incomplète. Le programme, lui, est à sa place."),
    ),
    405: (
        _("On n’entre pas ici de cette façon"),
        _("Cette adresse reçoit un formulaire. Revenez à la page où il se trouve."),
    ),
    413: (
        _("C’est trop lourd pour nous"),
        _("Ce que vous avez envoyé dépasse la taille permise. Raccourcissez-le et réessayez."),
    ),
    429: (
        _("Pas si vite"),
        _("Trop de demandes sont arrivées d’un coup. Attendez une minute et réessayez."),
    ),
    500: (
        _("Quelque chose s’est cassé chez nous"),
        _("Ce n’est pas votre faute, et l’erreur est notée. Réessayez dans quelques minutes."),
    ),
    503: (
        _("Un instant, nous revenons"),
        _("Le service est momentanément indisponible. Réessayez dans quelques secondes."),
    ),
}

FORM_EXPIRED = (
    _("Ce formulaire a expiré"),
    _("Revenez à la page précédente, rechargez-la et envoyez-la de nouveau."),
)


def install_errors(app: Flask) -> None:
    """Answer every error: those of HTTP, a database that does not answer or cannot keep a value."""
    app.register_error_handler(HTTPException, error_response)
    app.register_error_handler(DataError, unstorable)
    for kind in DATABASE_AWAY:
        app.register_error_handler(kind, database_unavailable)


def error_response(error: HTTPException) -> Response:
    """Return the answer to an error: problem+json under `/api/`, else a page."""
    if error.response is not None:  # somebody made the whole answer already
        return make_response(error.response)
    if request.path.startswith("/api/"):
        return problem_response(error)
    return _page(error)


def _page(error: HTTPException) -> Response:
    status = error.code or 500
    nearest = status if status in EXPLANATIONS else (500 if status >= 500 else 400)
    title, advice = EXPLANATIONS[nearest]
    if isinstance(error, CSRFError):
        title, advice = FORM_EXPIRED
    body = render_template(
        "error.html",
        status=status,
        heading=title,
        advice=advice,
        reference=correlation_id(),
        refused=current_account() if status == 403 else None,
        role_words=_role_words,
    )
    response = make_response(body, status)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response


def _role_words(account: SignedInAccount) -> str:
    return ", ".join(str(ROLE_LABELS.get(role, role)) for role in account.roles)


def unstorable(error: Exception) -> Response:
    """Return the answer to a value that PostgreSQL keeps nowhere, such as a text with a NUL."""
    _log.error("value_refused", kind=type(error).__name__, exc_info=error)
    return error_response(BadRequest())


def database_unavailable(error: Exception) -> Response:
    """Return the answer where the database does not answer, or not in time."""
    _log.error("database_unavailable", kind=type(error).__name__, exc_info=error)
    return error_response(ServiceUnavailable(retry_after=TRY_AGAIN_AFTER))
