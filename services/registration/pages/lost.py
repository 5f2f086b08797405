"""A lost link: somebody types an address, and its registrations' links are mailed to it.

The answer is the same for every address: who is registered is nobody's business.
"""

from flask import Blueprint, Response, current_app, make_response, render_template, request

from services.registration.domain.links import ask_for_links
from services.registration.pages.booking_form import read_address
from shared.i18n import current_locale
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.asking import AskingGuard
from shared.web.caching import uncached

blueprint = Blueprint("lost", __name__)

#: Mails to one address, and the seconds over which as many are sent again. Beyond it none is sent,
#: and nothing else shows it.
PER_EMAIL = (3, 900)

#: Requests from one network, of a school or a library too; beyond it they are refused.
PER_NETWORK = (30, 900)

_EXTENSION = "parvis.registration.lost_guard"


@blueprint.record_once
def _begin_to_count(state: object) -> None:
    app = state.app  # type: ignore[attr-defined]
    app.extensions[_EXTENSION] = AskingGuard(per_email=PER_EMAIL, per_network=PER_NETWORK)


@blueprint.get("/registrations/lost")
def ask() -> Response:
    """Show where to type the address."""
    return _page()


@blueprint.post("/registrations/lost")
def send() -> Response:
    """Write the request down, and say what is said to everybody."""
    email = request.form.get("email", "").strip()
    form = read_address({"email": email})
    if form.errors:
        return _page(422, email=email, error=form.errors["email"])
    context = current_context()
    guard: AskingGuard = current_app.extensions[_EXTENSION]
    verdict = guard.verdict(request.environ, request.form, email, now=context.clock().timestamp())
    if verdict == "refused":
        refused = _page(
            429,
            email=email,
            error=_(
                "Beaucoup de demandes viennent de votre réseau. Réessayez dans quelques minutes."
            ),
        )
        refused.headers["Retry-After"] = "60"
        return refused
    if verdict == "heard":
        with context.database.write() as db:
            ask_for_links(db, email, locale=current_locale(), now=context.clock())
    return uncached(make_response(render_template("lost_sent.html", email=email)))


def _page(status: int = 200, *, email: str = "", error: str = "") -> Response:
    body = render_template("lost.html", email=email, error=error)
    return uncached(make_response(body, status))
