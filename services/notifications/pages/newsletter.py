"""The public pages on which one subscribes: to the letter, or to one activity.

The answer is the same for every address: who is subscribed is nobody's business. Nothing begins
before the link in the mail is followed, and its button pressed.
"""

import hashlib
import hmac
from uuid import UUID

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request

from services.notifications.domain.newsletter.asking import Proof, Wanted, ask, known_activity
from services.notifications.domain.newsletter.choices import Choices, find_choices
from services.notifications.domain.newsletter.consent import VERSION, Kind, consent_words
from services.notifications.domain.wording import in_locale
from services.notifications.pages.newsletter_form import (
    Form,
    frequency_options,
    from_address,
    read_follow,
    read_letter,
)
from shared.i18n import current_locale
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.asking import AskingGuard
from shared.web.caching import uncached
from shared.web.visitors import network_of, visitor_address

blueprint = Blueprint("newsletter", __name__, url_prefix="/newsletter")

#: Requests for one address, and the seconds over which as many are heard again. Beyond it no mail
#: goes out, and nothing else shows it.
PER_EMAIL = (3, 900)

#: Requests from one network, of a school or a library too; beyond it they are refused.
PER_NETWORK = (30, 900)

_EXTENSION = "parvis.notifications.newsletter_guard"


@blueprint.record_once
def _begin_to_count(state: object) -> None:
    app = state.app  # type: ignore[attr-defined]
    app.extensions[_EXTENSION] = AskingGuard(per_email=PER_EMAIL, per_network=PER_NETWORK)


@blueprint.get("")
def subscribe() -> Response:
    """Show the form; an address such as `?commune=38563` ticks what it names."""
    choices = _choices()
    return _letter_page(from_address(choices), choices)


@blueprint.post("")
def send() -> Response:
    """Write the request down, and say what is said to everybody."""
    choices = _choices()
    form = read_letter(request.form, choices)
    wanted = Wanted("digest", frequency=form.chosen_frequency, topics=form.topics)
    status = _ask(form, wanted)
    return _letter_page(form, choices, status) if status else _sent(form)


@blueprint.get("/follow/<uuid:activity_id>")
def follow(activity_id: UUID) -> Response:
    """Show the form that follows one activity."""
    return _follow_page(Form(), activity_id, _title(activity_id))


@blueprint.post("/follow/<uuid:activity_id>")
def send_follow(activity_id: UUID) -> Response:
    """Write the request down, and say what is said to everybody."""
    title = _title(activity_id)
    form = read_follow(request.form)
    wanted = Wanted("follow", activity_id=activity_id, activity_title=title)
    status = _ask(form, wanted)
    return _follow_page(form, activity_id, title, status) if status else _sent(form)


def network_hash(address: str, secret_key: str) -> str | None:
    """Return what tells an address's network apart from others, and names none (HMAC-SHA-256)."""
    network = network_of(address)
    if network is None:
        return None
    told = f"newsletter:{network}".encode()
    return hmac.new(secret_key.encode(), told, hashlib.sha256).hexdigest()


def _ask(form: Form, wanted: Wanted) -> int:
    """Write a valid request down; return the status of the form that is shown again, else 0."""
    if form.errors:
        return 422
    context = current_context()
    guard: AskingGuard = current_app.extensions[_EXTENSION]
    now = context.clock()
    verdict = guard.verdict(request.environ, request.form, form.email, now=now.timestamp())
    if verdict == "refused":
        form.errors["email"] = _(
            "Beaucoup de demandes viennent de votre réseau. Réessayez dans quelques minutes."
        )
        return 429
    if verdict == "heard":
        proof = Proof(
            words=consent_words(wanted.kind),
            version=VERSION,
            page=request.path,
            network_hash=network_hash(visitor_address(request), context.settings.secret_key),
        )
        with context.database.write() as db:
            ask(db, form.email, wanted, proof, locale=current_locale(), now=now)
    return 0


def _choices() -> Choices:
    context = current_context()
    with context.database.read() as db:
        return find_choices(db, now=context.clock())


def _title(activity_id: UUID) -> dict[str, str | None]:
    with current_context().database.read() as db:
        title = known_activity(db, activity_id)
    if title is None:
        abort(404)
    return dict(title)


def _letter_page(form: Form, choices: Choices, status: int = 200) -> Response:
    body = render_template(
        "newsletter.html",
        form=form,
        choices=choices,
        frequencies=frequency_options(),
        words=consent_words("digest"),
    )
    return _page(body, status)


def _follow_page(
    form: Form, activity_id: UUID, title: dict[str, str | None], status: int = 200
) -> Response:
    kind: Kind = "follow"
    body = render_template(
        "newsletter_follow.html",
        form=form,
        activity_id=activity_id,
        title=in_locale(title),
        words=consent_words(kind),
    )
    return _page(body, status)


def _sent(form: Form) -> Response:
    return _page(render_template("newsletter_sent.html", email=form.email), 200)


def _page(body: str, status: int) -> Response:
    response = uncached(make_response(body, status))
    if status == 429:
        response.headers["Retry-After"] = "60"
    return response
