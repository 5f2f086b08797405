"""The console's pages on the letter: who gets it, what is written for it, when it goes out."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.notifications.domain.newsletter import campaigns
from services.notifications.domain.newsletter.campaigns import TEXTS, Changed, Faulty, NotADraft
from services.notifications.domain.newsletter.periods import FREQUENCIES, ZONE, next_period
from services.notifications.models import Campaign
from services.notifications.pages.campaign_words import (
    FREQUENCY_WORDS,
    STATUS_LABELS,
    STATUS_TONES,
)
from services.notifications.pages.moments import moment
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.sign_in import current_account, require_staff

blueprint = Blueprint("console_newsletter", __name__, url_prefix="/console/newsletter")


@blueprint.get("")
@require_staff("coordinator")
def listing() -> ResponseReturnValue:
    """Show how many people are subscribed, when the next letters leave, and what was written."""
    context = current_context()
    now = context.clock()
    with context.database.read() as db:
        counts = campaigns.subscriber_counts(db)
        listed = [(one, campaigns.sent_count(db, one.id)) for one in campaigns.all_campaigns(db)]
    return render_template(
        "console_newsletter.html",
        counts=counts,
        campaigns=listed,
        upcoming={one: moment(next_period(now, one).begins_at) for one in FREQUENCIES},
        status_labels=STATUS_LABELS,
        status_tones=STATUS_TONES,
        frequency_words=FREQUENCY_WORDS,
        moment=moment,
    )


@blueprint.get("/new")
@require_staff("coordinator")
def new() -> ResponseReturnValue:
    """Begin a letter."""
    return _form(None, {"frequencies": list(FREQUENCIES), "revision": "0"})


@blueprint.post("/new")
@require_staff("coordinator")
def create() -> ResponseReturnValue:
    """Keep a new letter."""
    return _save(None)


@blueprint.get("/<uuid:campaign_id>")
@require_staff("coordinator")
def one(campaign_id: UUID) -> ResponseReturnValue:
    """Show a letter: its text while it is a draft, what became of it afterwards."""
    campaign = find(campaign_id)
    if campaign.status != "draft":
        return _over(campaign)
    return _form(campaign, _values(campaign))


@blueprint.post("/<uuid:campaign_id>")
@require_staff("coordinator")
def save(campaign_id: UUID) -> ResponseReturnValue:
    """Keep the text of a draft."""
    find(campaign_id)
    return _save(campaign_id)


@blueprint.post("/<uuid:campaign_id>/plan")
@require_staff("coordinator")
def plan(campaign_id: UUID) -> ResponseReturnValue:
    """Say when a draft is sent."""
    context = current_context()
    campaign = find(campaign_id)
    typed = {name: request.form.get(name, "").strip() for name in ("day", "hour")}
    planned_at = _moment_of(typed)
    if planned_at is None:
        return _form(campaign, _values(campaign) | typed, _no_moment(typed), status=422)
    try:
        with context.database.write() as db:
            campaigns.plan(db, campaign_id, planned_at, now=context.clock())
    except Faulty as faulty:
        errors = {"hour": str(faulty.faults["planned_at"])}
        return _form(campaign, _values(campaign) | typed, errors, status=422)
    except NotADraft:
        flash(_("Cette lettre n’est plus un brouillon."), "info")
    else:
        flash(_("La lettre partira à l’heure dite. Jusque-là, vous pouvez la rappeler."), "success")
    return _on(campaign_id)


@blueprint.post("/<uuid:campaign_id>/call-back")
@require_staff("coordinator")
def call_back(campaign_id: UUID) -> ResponseReturnValue:
    """Make a planned letter a draft again."""
    find(campaign_id)
    try:
        with current_context().database.write() as db:
            campaigns.call_back(db, campaign_id)
    except NotADraft:
        flash(_("Trop tard : la lettre a commencé à partir."), "error")
    else:
        flash(_("La lettre est de nouveau un brouillon."), "success")
    return _on(campaign_id)


@blueprint.post("/<uuid:campaign_id>/delete")
@require_staff("coordinator")
def delete(campaign_id: UUID) -> ResponseReturnValue:
    """Delete a draft."""
    find(campaign_id)
    try:
        with current_context().database.write() as db:
            campaigns.delete_draft(db, campaign_id)
    except NotADraft:
        flash(_("Cette lettre n’est plus un brouillon."), "info")
        return _on(campaign_id)
    flash(_("Le brouillon est supprimé."), "success")
    return redirect(url_for(".listing"), 303)


def find(campaign_id: UUID) -> Campaign:
    """Return a campaign, or answer 404."""
    with current_context().database.read() as db:
        campaign = db.get(Campaign, campaign_id)
    if campaign is None:
        abort(404)
    return campaign


def _save(campaign_id: UUID | None) -> ResponseReturnValue:
    context, account = current_context(), current_account()
    texts = {name: request.form.get(name, "").replace("\r\n", "\n") for name in TEXTS}
    frequencies = request.form.getlist("frequencies")
    revision = request.form.get("revision", "")
    values: dict[str, Any] = {**texts, "frequencies": frequencies, "revision": revision}
    campaign = find(campaign_id) if campaign_id else None
    try:
        with context.database.write() as db:
            saved = campaigns.write(
                db,
                campaign_id,
                texts,
                frequencies,
                revision=int(revision) if revision.isdecimal() else -1,
                by=account.name if account else "",
                now=context.clock(),
            ).id
    except Faulty as faulty:
        errors = {name: str(sentence) for name, sentence in faulty.faults.items()}
        return _form(campaign, values, errors, status=422)
    except Changed:
        assert campaign is not None  # noqa: S101 - a new one has nothing that could have changed
        values["revision"] = str(campaign.revision)
        told = _(
            "%(who)s a changé cette lettre pendant que vous l’écriviez. Enregistrez de nouveau "
            "pour garder votre texte.",
            who=campaign.written_by,
        )
        return _form(campaign, values, {"subject_fr": told}, status=409)
    except NotADraft:
        flash(_("Cette lettre n’est plus un brouillon."), "info")
        return redirect(url_for(".listing"), 303)
    flash(_("La lettre est enregistrée."), "success")
    return _on(saved)


def _form(
    campaign: Campaign | None,
    values: dict[str, Any],
    errors: dict[str, str] | None = None,
    *,
    status: int = 200,
) -> ResponseReturnValue:
    context = current_context()
    frequencies = campaign.frequencies if campaign else values["frequencies"]
    with context.database.read() as db:
        reach = campaigns.reach(db, frequencies)
    start = next_period(context.clock(), "weekly").begins_at.astimezone(ZoneInfo(ZONE))
    body = render_template(
        "console_campaign.html",
        campaign=campaign,
        values={"day": start.date().isoformat(), "hour": "09:00"} | values,
        errors=errors or {},
        reach=reach,
        frequency_words=FREQUENCY_WORDS,
    )
    return body, status


def _over(campaign: Campaign) -> ResponseReturnValue:
    with current_context().database.read() as db:
        sent = campaigns.sent_count(db, campaign.id)
        reach = campaigns.reach(db, campaign.frequencies)
    return render_template(
        "console_campaign_over.html",
        campaign=campaign,
        sent=sent,
        reach=reach,
        status_labels=STATUS_LABELS,
        status_tones=STATUS_TONES,
        frequency_words=FREQUENCY_WORDS,
        moment=moment,
    )


def _values(campaign: Campaign) -> dict[str, Any]:
    return {
        **campaign.texts,
        "frequencies": campaign.frequencies,
        "revision": str(campaign.revision),
    }


def _moment_of(typed: dict[str, str]) -> datetime | None:
    """Return the instant of a local day and hour; None if either is not one."""
    try:
        day, hour = date.fromisoformat(typed["day"]), time.fromisoformat(typed["hour"])
    except ValueError:
        return None
    return datetime.combine(day, hour.replace(tzinfo=None), ZoneInfo(ZONE))


def _no_moment(typed: dict[str, str]) -> dict[str, str]:
    errors = {}
    try:
        date.fromisoformat(typed["day"])
    except ValueError:
        errors["day"] = _("Donnez un jour.")
    try:
        time.fromisoformat(typed["hour"])
    except ValueError:
        errors["hour"] = _("Donnez une heure.")
    return errors


def _on(campaign_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".one", campaign_id=campaign_id), 303)
