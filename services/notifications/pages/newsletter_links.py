"""The pages behind the links of the letter's mails: confirm, choose, unsubscribe, erase.

Mail filters open links, so opening one changes nothing: each page has a button that posts. One
exception posts without having opened anything: the button of a mail program (RFC 8058).
"""

from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)

from services.notifications.domain.newsletter import subscriptions
from services.notifications.domain.newsletter.choices import Choices, find_choices, topic_words
from services.notifications.domain.newsletter.erasing import erase_address, refuse_for_ever
from services.notifications.domain.newsletter.subscriptions import UnknownLink
from services.notifications.domain.newsletter.topics import Topics
from services.notifications.domain.wording import in_locale
from services.notifications.models import Subscription, SubscriptionRequest
from services.notifications.pages.newsletter_form import (
    FREQUENCY_LABELS,
    Form,
    frequency_options,
    read_preferences,
)
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.security import keep_secret

blueprint = Blueprint("newsletter_links", __name__, url_prefix="/newsletter")


@blueprint.get("/confirm/<token>")
def ask_to_confirm(token: str) -> Response:
    """Show what was asked for, with the button that confirms it."""
    context = current_context()
    with context.database.read() as db:
        try:
            asked = subscriptions.request_of(db, token, now=context.clock())
        except UnknownLink:
            return _already(token)
        choices = find_choices(db, now=context.clock())
    return _secret(render_template("newsletter_confirm.html", **_asked(asked, choices, token)))


@blueprint.post("/confirm/<token>")
def confirm(token: str) -> Response:
    """Begin what was asked for."""
    context = current_context()
    with context.database.write() as db:
        try:
            subscriptions.confirm(db, token, now=context.clock())
        except UnknownLink:
            return _already(token)
    flash(_("C’est confirmé, merci. Vos choix se changent ici à tout moment."), "success")
    return _on(token)


@blueprint.post("/confirm/<token>/refuse")
def refuse(token: str) -> Response:
    """Never write to the address again: whoever typed it was somebody else."""
    context = current_context()
    with context.database.write() as db:
        try:
            asked = subscriptions.request_of(db, token, now=context.clock())
        except UnknownLink:
            return _dead_link()
        refuse_for_ever(db, asked.email, now=context.clock())
    return _secret(render_template("newsletter_over.html", what="refused", token=None))


@blueprint.get("/preferences/<token>")
def preferences(token: str) -> Response:
    """Show what the link's address is subscribed to."""
    return _preferences(token)


@blueprint.post("/preferences/<token>")
def change(token: str) -> Response:
    """Keep how often the letter comes, about what, in which language."""
    context = current_context()
    with context.database.read() as db:
        form = read_preferences(request.form, find_choices(db, now=context.clock()))
    if form.errors:
        return _preferences(token, form)
    with context.database.write() as db:
        try:
            subscriptions.change(
                db,
                token,
                frequency=form.chosen_frequency,
                topics=form.topics,
                locale=form.locale,
                now=context.clock(),
            )
        except UnknownLink:
            return _dead_link()
    flash(_("Vos choix sont enregistrés."), "success")
    return _on(token)


@blueprint.post("/preferences/<token>/stop/<uuid:subscription_id>")
def stop(token: str, subscription_id: UUID) -> Response:
    """End one of the things that the link's address is subscribed to."""
    context = current_context()
    with context.database.write() as db:
        try:
            email = subscriptions.subscription_of(db, token).email
        except UnknownLink:
            return _dead_link()
        for one in subscriptions.running_of(db, email):
            if one.id == subscription_id:
                subscriptions.unsubscribe(db, one.token, "page", now=context.clock())
    flash(_("C’est fait : plus rien ne partira à ce sujet."), "success")
    return _on(token)


@blueprint.get("/preferences/<token>/erase")
def ask_to_erase(token: str) -> Response:
    """Ask whether everything about the address is to be erased."""
    with current_context().database.read() as db:
        try:
            email = subscriptions.subscription_of(db, token).email
        except UnknownLink:
            return _dead_link()
    return _secret(render_template("newsletter_erase.html", email=email, token=token))


@blueprint.post("/preferences/<token>/erase")
def erase(token: str) -> Response:
    """Erase everything about the address and the letter."""
    context = current_context()
    with context.database.write() as db:
        try:
            email = subscriptions.subscription_of(db, token).email
        except UnknownLink:
            return _dead_link()
        erase_address(db, email, now=context.clock())
    return _secret(render_template("newsletter_over.html", what="erased", token=None))


@blueprint.get("/unsubscribe/<token>")
def ask_to_unsubscribe(token: str) -> Response:
    """Ask whether what a mail belongs to is to end."""
    with current_context().database.read() as db:
        try:
            found = subscriptions.subscription_of(db, token)
        except UnknownLink:
            return _dead_link()
        title = in_locale(subscriptions.title_of(db, found)) if found.kind == "follow" else ""
    values = {"email": found.email, "title": title, "token": token}
    return _secret(render_template("newsletter_unsubscribe.html", **values))


@blueprint.post("/unsubscribe/<token>")
def unsubscribe(token: str) -> Response:
    """End what a mail belongs to: for the button of the page, and for a mail program's.

    A program posts `List-Unsubscribe=One-Click` without cookies or a token of ours (RFC 8058,
    sections 3.1 and 3.2): who knows the address in the mail's header may. Once more changes
    nothing, and a link that is not known any more has nothing left to end.
    """
    context = current_context()
    one_click = request.form.get("List-Unsubscribe") == "One-Click"
    with context.database.write() as db:
        try:
            reason: subscriptions.Reason = "one_click" if one_click else "page"
            found = subscriptions.unsubscribe(db, token, reason, now=context.clock())
        except UnknownLink:
            return _dead_link(200 if one_click else 404)
    what = "unfollowed" if found.kind == "follow" else "unsubscribed"
    return _secret(render_template("newsletter_over.html", what=what, token=token))


def _preferences(token: str, form: Form | None = None) -> Response:
    context = current_context()
    with context.database.read() as db:
        try:
            email = subscriptions.subscription_of(db, token).email
        except UnknownLink:
            return _dead_link()
        running = subscriptions.running_of(db, email)
        follows = [
            (one, in_locale(subscriptions.title_of(db, one)))
            for one in running
            if one.kind == "follow"
        ]
        choices = find_choices(db, now=context.clock())
    letter = next((one for one in running if one.kind == "digest"), None)
    body = render_template(
        "newsletter_preferences.html",
        token=token,
        email=email,
        letter=letter,
        form=form or (_form_of(letter) if letter else None),
        follows=follows,
        choices=choices,
        frequencies=frequency_options(),
    )
    return _secret(body, 422 if form else 200)


def _form_of(letter: Subscription) -> Form:
    return Form(
        frequency=letter.frequency or "", locale=letter.locale, topics=Topics.read(letter.topics)
    )


def _asked(asked: SubscriptionRequest, choices: Choices, token: str) -> dict[str, Any]:
    wanted = asked.wanted
    frequency = FREQUENCY_LABELS.get(wanted["frequency"])
    return {
        "token": token,
        "email": asked.email,
        "title": in_locale(wanted["activity_title"]) if wanted["kind"] == "follow" else "",
        "frequency": str(frequency[0]) if frequency else "",
        "topics": topic_words(Topics.read(wanted["topics"]), choices),
        "words": asked.words,
    }


def _already(token: str) -> Response:
    """Lead whoever has confirmed already to their choices; tell others that the link is over."""
    with current_context().database.read() as db:
        try:
            subscriptions.subscription_of(db, token)
        except UnknownLink:
            return _dead_link()
    return _on(token)


def _on(token: str) -> Response:
    there = url_for("newsletter_links.preferences", token=token)
    return keep_secret(make_response(redirect(there, 303)))


def _dead_link(status: int = 404) -> Response:
    return _secret(render_template("newsletter_over.html", what="dead", token=None), status)


def _secret(body: str, status: int = 200) -> Response:
    return keep_secret(make_response(body, status))
