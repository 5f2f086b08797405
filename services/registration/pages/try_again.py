"""A form that met a database that does not answer: what was typed is shown, to be sent again."""

from dataclasses import dataclass

from flask import Flask, Response, make_response, render_template, request

from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _
from shared.web.asking import HONEYPOT
from shared.web.caching import uncached
from shared.web.errors import DATABASE_AWAY, TRY_AGAIN_AFTER, database_unavailable

#: Forms in which somebody has written something, by the beginning of their path.
_FORMS = ("/register", "/selection", "/registrations/")

#: Those among them that are about a registration that there is already.
_OF_REGISTRATIONS = "/registrations/"

#: What is shown again of it, in this order; everything else is kept without being shown.
_SHOWN: dict[str, LazyText] = {
    "name": _("Nom"),
    "email": _("Adresse électronique"),
    "telephone": _("Téléphone"),
}


@dataclass(frozen=True)
class _Typed:
    label: LazyText
    value: str


def install_try_again(app: Flask) -> None:
    """Answer the forms of registration so; everything else is answered as everywhere."""
    for kind in DATABASE_AWAY:
        app.register_error_handler(kind, _away)


def _away(error: Exception) -> Response:
    usual = database_unavailable(error)
    if request.method != "POST" or not request.path.startswith(_FORMS):
        return usual
    kept = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in ("csrf_token", HONEYPOT)
    ]
    shown = [
        _Typed(label, request.form[name].strip())
        for name, label in _SHOWN.items()
        if request.form.get(name, "").strip()
    ]
    body = render_template(
        "try_again.html",
        kept=kept,
        shown=shown,
        action=request.full_path,
        registers=not request.path.startswith(_OF_REGISTRATIONS),
    )
    response = make_response(body, 503)
    response.headers["Retry-After"] = str(TRY_AGAIN_AFTER)
    return uncached(response)
