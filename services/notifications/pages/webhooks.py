"""The console's pages of webhooks: the list, a new one, one with what it was told, changing it."""

from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from services.notifications.domain.webhooks.keeping import TooMany, change, create
from services.notifications.models import Webhook
from services.notifications.pages.moments import local_time, moment
from services.notifications.pages.webhook_form import WebhookForm
from services.notifications.pages.webhook_labels import (
    DELIVERY_LABELS,
    DELIVERY_TONES,
    KIND_LABELS,
    about,
    result_of,
    scope_label,
    state_of,
)
from services.notifications.queries import (
    DELIVERY_STATUSES,
    delivery_counts,
    delivery_page,
    last_attempts,
    oldest_missed,
    scopes_of,
    webhook_by_id,
    webhooks_of,
)
from shared.i18n import current_locale
from shared.i18n import gettext as _
from shared.identifiers import new_id
from shared.web import current_context
from shared.web.cursors import read_cursor, write_cursor
from shared.web.security import keep_secret
from shared.web.sign_in import SignedInAccount, current_account, require_staff

#: Who has webhooks: each for its own organisations, the coordination for all.
HOLDERS = ("coordinator", "organiser")

blueprint = Blueprint("webhooks", __name__, url_prefix="/console/notifications/webhooks")


def viewer() -> SignedInAccount:
    """Return who is signed in, in a view behind `require_staff`."""
    return current_account() or abort(401)


@blueprint.get("")
@require_staff(*HOLDERS)
def listing() -> ResponseReturnValue:
    """Show the webhooks, those that need somebody first."""
    with current_context().database.read() as db:
        webhooks = webhooks_of(db, viewer())
    return render_template(
        "webhooks.html",
        webhooks=webhooks,
        state_of=state_of,
        scope_label=scope_label,
        kind_labels=KIND_LABELS,
        moment=moment,
    )


@blueprint.get("/new")
@require_staff(*HOLDERS)
def ask() -> ResponseReturnValue:
    """Ask what is to be told, and to which address."""
    return _form(WebhookForm(new_id()))


@blueprint.post("/new")
@require_staff(*HOLDERS)
def make() -> ResponseReturnValue:
    """Make a webhook and show its secret, this once."""
    context = current_context()
    form = WebhookForm.read(request.form)
    with context.database.read() as db:
        scopes = scopes_of(db, viewer())
    wanted = form.wanted(allow_private=context.settings.webhooks_allow_private)
    scope = form.chosen(scopes)
    if wanted is None or scope is None:
        return _form(form)
    try:
        with context.database.write() as db:
            webhook = create(
                db,
                form.webhook_id,
                scope,
                wanted,
                locale=current_locale(),
                now=context.clock(),
            )
    except TooMany:
        form.errors["scope"] = _("Il y a déjà dix webhooks ici : supprimez-en un d’abord.")
        return _form(form)
    if webhook is None:
        flash(_("Ce webhook est déjà fait. Son secret ne peut plus être montré."), "info")
        return redirect(url_for(".listing"), 303)
    return show_secret(webhook, _("Le webhook « %(name)s » est prêt", name=webhook.name))


@blueprint.get("/<uuid:webhook_id>")
@require_staff(*HOLDERS)
def webhook(webhook_id: UUID) -> ResponseReturnValue:
    """Show one webhook: how it stands, what it was told, what can be done."""
    status = request.args.get("status", "")
    chosen = status if status in DELIVERY_STATUSES else None
    cursor = read_cursor(request.args.get("cursor"), UUID)
    context = current_context()
    with context.database.read() as db:
        found = webhook_by_id(db, viewer(), webhook_id) or abort(404)
        page = delivery_page(db, found.id, status=chosen, before=cursor[0] if cursor else None)
        missed_since = oldest_missed(db, found)
        return render_template(
            "webhook.html",
            webhook=found,
            state=state_of(found),
            deliveries=page.lines,
            attempts=last_attempts(db, page.lines),
            counts=delivery_counts(db, found.id),
            status=chosen,
            next_cursor=write_cursor(page.lines[-1].id) if page.more else None,
            is_first_page=cursor is None,
            missed_since=local_time(missed_since) if missed_since else None,
            signs_twice=found.previous_until is not None and found.previous_until > context.clock(),
            kind_labels=KIND_LABELS,
            labels=DELIVERY_LABELS,
            tones=DELIVERY_TONES,
            result_of=result_of,
            about=about,
            scope_label=scope_label,
            moment=moment,
        )


@blueprint.get("/<uuid:webhook_id>/edit")
@require_staff(*HOLDERS)
def ask_to_change(webhook_id: UUID) -> ResponseReturnValue:
    """Ask what is to be different."""
    with current_context().database.read() as db:
        found = webhook_by_id(db, viewer(), webhook_id) or abort(404)
    return _form(WebhookForm.of(found), found)


@blueprint.post("/<uuid:webhook_id>/edit")
@require_staff(*HOLDERS)
def save(webhook_id: UUID) -> ResponseReturnValue:
    """Change a webhook."""
    context = current_context()
    form = WebhookForm.read(request.form)
    wanted = form.wanted(allow_private=context.settings.webhooks_allow_private)
    with context.database.write() as db:
        found = webhook_by_id(db, viewer(), webhook_id, to_change=True) or abort(404)
        if wanted is not None:
            change(found, wanted, locale=current_locale())
    if wanted is None:
        return _form(form, found)
    flash(_("Le webhook est modifié."), "success")
    return redirect(url_for(".webhook", webhook_id=webhook_id), 303)


def show_secret(webhook: Webhook, heading: str, *, is_replaced: bool = False) -> Response:
    """Return the page that shows a secret, once."""
    page = render_template(
        "webhook_secret.html", webhook=webhook, heading=heading, is_replaced=is_replaced
    )
    return keep_secret(make_response(page))


def _form(form: WebhookForm, webhook: Webhook | None = None) -> Response:
    """Show the form, of a new webhook or of one that there is."""
    scopes = []
    if webhook is None:
        with current_context().database.read() as db:
            scopes = scopes_of(db, viewer())
    page = render_template(
        "webhook_form.html",
        form=form,
        webhook=webhook,
        scopes=[
            (
                scope.key,
                scope_label(scope.name)
                if scope.organisation_id
                else _("Toute l’édition : %(name)s", name=scope.name),
            )
            for scope in scopes
        ],
        kinds=[(kind, words) for kind, words in KIND_LABELS.items() if kind != "webhook.test"],
    )
    return make_response(page, 422 if form.errors else 200)
