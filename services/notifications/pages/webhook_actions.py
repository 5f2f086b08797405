"""What is done to a webhook from the console: tests, pauses, secrets, replays, removing it."""

import json
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.notifications.domain.webhooks.delivering import message_id_of
from services.notifications.domain.webhooks.keeping import enable, pause, rotate, send_test
from services.notifications.domain.webhooks.payloads import body_of
from services.notifications.domain.webhooks.replaying import NotActive, replay, replay_since
from services.notifications.models import Webhook
from services.notifications.pages.moments import ZONE, moment
from services.notifications.pages.webhook_labels import (
    DELIVERY_LABELS,
    DELIVERY_MEANINGS,
    DELIVERY_TONES,
    KIND_LABELS,
    about,
    result_of,
)
from services.notifications.pages.webhooks import HOLDERS, show_secret, viewer
from services.notifications.queries import attempts_of, delivery_by_id, webhook_by_id
from shared.i18n import gettext as _
from shared.i18n import ngettext
from shared.web import current_context
from shared.web.sign_in import require_staff

blueprint = Blueprint("webhook_actions", __name__, url_prefix="/console/notifications/webhooks")


@blueprint.post("/<uuid:webhook_id>/test")
@require_staff(*HOLDERS)
def test(webhook_id: UUID) -> ResponseReturnValue:
    """Send a message that tells of nothing but that it arrives."""
    context = current_context()
    with context.database.write() as db:
        found = _locked(db, webhook_id)
        if found.status == "active":
            send_test(db, found, now=context.clock())
            flash(_("L’essai part dans un instant : rechargez la page pour voir."), "success")
        else:
            flash(_("Réactivez d’abord le webhook."), "warning")
    return _back(webhook_id)


@blueprint.post("/<uuid:webhook_id>/pause")
@require_staff(*HOLDERS)
def stop(webhook_id: UUID) -> ResponseReturnValue:
    """Send nothing for now."""
    with current_context().database.write() as db:
        pause(db, _locked(db, webhook_id))
    flash(_("Le webhook est en pause. Ce qui arrive est gardé 30 jours."), "success")
    return _back(webhook_id)


@blueprint.post("/<uuid:webhook_id>/enable")
@require_staff(*HOLDERS)
def start(webhook_id: UUID) -> ResponseReturnValue:
    """Send again from now on."""
    with current_context().database.write() as db:
        enable(_locked(db, webhook_id))
    flash(_("Le webhook est actif. Ce qui a été gardé ne part que si vous le renvoyez."), "success")
    return _back(webhook_id)


@blueprint.post("/<uuid:webhook_id>/replay")
@require_staff(*HOLDERS)
def send_missed(webhook_id: UUID) -> ResponseReturnValue:
    """Send again what failed or was held since a time, on the clocks of Paris."""
    context = current_context()
    typed = request.form.get("since", "")
    try:
        since = datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    except (ValueError, OverflowError):
        flash(_("Indiquez depuis quand : un jour et une heure."), "warning")
        return _back(webhook_id)
    try:
        with context.database.write() as db:
            number = replay_since(db, _locked(db, webhook_id), since, now=context.clock())
    except NotActive:
        flash(_("Réactivez d’abord le webhook."), "warning")
        return _back(webhook_id)
    if number:
        words = ngettext("%(n)s envoi repart.", "%(n)s envois repartent, dans l’ordre.", number)
        flash(words, "success")
    else:
        flash(_("Rien n’a manqué depuis ce moment."), "info")
    return _back(webhook_id)


@blueprint.get("/<uuid:webhook_id>/secret")
@require_staff(*HOLDERS)
def ask_to_rotate(webhook_id: UUID) -> ResponseReturnValue:
    """Ask whether the secret is really to be replaced."""
    with current_context().database.read() as db:
        return render_template("webhook_rotate.html", webhook=_webhook(db, webhook_id))


@blueprint.post("/<uuid:webhook_id>/secret")
@require_staff(*HOLDERS)
def replace_secret(webhook_id: UUID) -> ResponseReturnValue:
    """Replace the secret and show the new one, once."""
    context = current_context()
    with context.database.write() as db:
        found = _locked(db, webhook_id)
        rotate(found, now=context.clock())
    heading = _("Le nouveau secret de « %(name)s »", name=found.name)
    return show_secret(found, heading, is_replaced=True)


@blueprint.get("/<uuid:webhook_id>/delete")
@require_staff(*HOLDERS)
def ask_to_remove(webhook_id: UUID) -> ResponseReturnValue:
    """Ask whether the webhook is really to be removed."""
    with current_context().database.read() as db:
        return render_template("webhook_delete.html", webhook=_webhook(db, webhook_id))


@blueprint.post("/<uuid:webhook_id>/delete")
@require_staff(*HOLDERS)
def remove(webhook_id: UUID) -> ResponseReturnValue:
    """Remove a webhook with all that it was told."""
    with current_context().database.write() as db:
        found = _locked(db, webhook_id)
        db.delete(found)
    flash(_("Le webhook « %(name)s » est supprimé.", name=found.name), "success")
    return redirect(url_for("webhooks.listing"), 303)


@blueprint.get("/<uuid:webhook_id>/deliveries/<uuid:delivery_id>")
@require_staff(*HOLDERS)
def delivery(webhook_id: UUID, delivery_id: UUID) -> ResponseReturnValue:
    """Show one message, and each attempt to deliver it."""
    with current_context().database.read() as db:
        found = _webhook(db, webhook_id)
        told = delivery_by_id(db, found, delivery_id) or abort(404)
        return render_template(
            "webhook_delivery.html",
            webhook=found,
            delivery=told,
            attempts=attempts_of(db, told),
            message_id=message_id_of(told),
            body=json.dumps(json.loads(body_of(told.payload)), ensure_ascii=False, indent=2),
            about=about,
            kind_labels=KIND_LABELS,
            labels=DELIVERY_LABELS,
            tones=DELIVERY_TONES,
            meanings=DELIVERY_MEANINGS,
            result_of=result_of,
            moment=moment,
        )


@blueprint.post("/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/replay")
@require_staff(*HOLDERS)
def send_again(webhook_id: UUID, delivery_id: UUID) -> ResponseReturnValue:
    """Send one message again."""
    context = current_context()
    try:
        with context.database.write() as db:
            found = _locked(db, webhook_id)
            told = delivery_by_id(db, found, delivery_id) or abort(404)
            replay(found, told, now=context.clock())
    except NotActive:
        flash(_("Réactivez d’abord le webhook."), "warning")
    else:
        flash(_("L’envoi repart dans un instant."), "success")
    return redirect(url_for(".delivery", webhook_id=webhook_id, delivery_id=delivery_id), 303)


def _webhook(db: Session, webhook_id: UUID) -> Webhook:
    return webhook_by_id(db, viewer(), webhook_id) or abort(404)


def _locked(db: Session, webhook_id: UUID) -> Webhook:
    return webhook_by_id(db, viewer(), webhook_id, to_change=True) or abort(404)


def _back(webhook_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("webhooks.webhook", webhook_id=webhook_id), 303)
