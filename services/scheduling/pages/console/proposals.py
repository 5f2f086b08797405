"""The proposals of an edition: the coordination's table, an organiser's own list, a new one."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.activities import LONGEST_TITLE
from services.scheduling.domain.editing.fields import UNKNOWN_CHOICE
from services.scheduling.domain.editing.revisions import Invalid, Unknown
from services.scheduling.domain.proposals.beginning import begin
from services.scheduling.domain.proposals.moving import move
from services.scheduling.domain.proposals.reading import rules_for
from services.scheduling.domain.proposals.steps import NotOpen
from services.scheduling.domain.saved_views import forget_view, save_view
from services.scheduling.models import Activity, Edition
from services.scheduling.pages.console.editions_shown import edition_or_404, to_current_edition
from services.scheduling.pages.console.forms import Form
from services.scheduling.pages.console.inputs import Input, read_identifier
from services.scheduling.pages.console.proposal_viewers import VIEWERS, Viewer, current_viewer
from services.scheduling.pages.console.proposal_words import (
    LABEL_LABELS,
    LABEL_TONES,
    STAGE_LABELS,
    STATE_LABELS,
    STATE_TONES,
)
from services.scheduling.pages.console.proposals_listed import in_order, proposals
from services.scheduling.pages.console.proposals_table import (
    TABLE,
    address_of,
    read_filter,
    read_query,
    read_uuid,
    table_of,
)
from services.scheduling.pages.console.saving import Attempt
from services.scheduling.pages.console.storing import create_posted
from services.scheduling.queries import console_partners as partners
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.i18n import ngettext
from shared.identifiers import new_id
from shared.web import current_context
from shared.web.sign_in import require_staff

NEW = Form(
    Input("title_fr", _l("Titre")),
    Input("organisation_id", _l("Structure"), read_identifier),
)

blueprint = Blueprint("console_proposals", __name__, url_prefix="/console")


@blueprint.get("/proposals")
@require_staff(*VIEWERS)
def somewhere() -> ResponseReturnValue:
    """Lead to the proposals of the edition looked at last."""
    return to_current_edition(".index")


@blueprint.get("/editions/<slug>/proposals")
@require_staff(*VIEWERS)
def index(slug: str) -> ResponseReturnValue:
    """Show the table of all proposals, or to organisers those of their own organisations."""
    with current_context().database.read() as db:
        edition, viewer = edition_or_404(db, slug), current_viewer(db)
        rules = rules_for(db, edition.id)
        words: dict[str, Any] = {
            "edition": edition,
            "slug": slug,
            "viewer": viewer,
            "rules": rules,
            "today": current_context().clock().date(),
            "state_labels": STATE_LABELS,
            "state_tones": STATE_TONES,
            "label_labels": LABEL_LABELS,
            "label_tones": LABEL_TONES,
            "stage_labels": STAGE_LABELS,
        }
        if not viewer.sees_all:
            mine = proposals(db, edition.id, rules, organisations=viewer.organisations)
            return render_template(
                "console/proposals_mine.html", proposals=in_order(mine, "todo"), **words
            )
        return render_template(
            "console/proposals.html",
            **words,
            **table_of(db, edition, viewer, proposals(db, edition.id, rules)),
        )


@blueprint.post("/editions/<slug>/proposals/accept")
@require_staff("coordinator")
def accept(slug: str) -> ResponseReturnValue:
    """Accept the chosen proposals that can be accepted; each is told to its makers."""
    context = current_context()
    query = read_query(request.form.get("query", ""))
    accepted = 0
    with context.database.write() as db:
        edition, viewer = edition_or_404(db, slug), current_viewer(db)
        rows = proposals(db, edition.id, rules_for(db, edition.id))
        known = {row.activity.id for row in rows}
        if request.form.get("everything"):
            chosen = [row.activity.id for row in rows if read_filter(query).take(row)]
        else:
            chosen = [
                one for text in request.form.getlist("id") if (one := read_uuid(text)) in known
            ]
        mover = viewer.mover(db)
        for activity_id in sorted(filter(None, chosen)):
            try:
                move(
                    db,
                    activity_id,
                    "accept",
                    mover=mover,
                    now=context.clock(),
                    public_url=context.settings.public_url,
                )
                accepted += 1
            except (NotOpen, Unknown):
                continue
    if accepted:
        words = ngettext(
            "%(n)s projet validé, et annoncé par courriel.",
            "%(n)s projets validés, et annoncés par courriel.",
            accepted,
        )
        flash(words, "success")
    if not chosen:
        flash(_("Aucun projet n’était choisi."))
    elif len(chosen) > accepted:
        others = len(chosen) - accepted
        words = ngettext(
            "%(n)s autre ne peut pas être validé : il l’est déjà, ou il est retiré.",
            "%(n)s autres ne peuvent pas être validés : ils le sont déjà, ou ils sont retirés.",
            others,
        )
        flash(words)
    return redirect(address_of(slug, query), 303)


@blueprint.post("/editions/<slug>/proposals/views")
@require_staff(*VIEWERS)
def keep_view(slug: str) -> ResponseReturnValue:
    """Keep the filters and the order being looked at under a name."""
    context, query = current_context(), read_query(request.form.get("query", ""))
    try:
        with context.database.write() as db:
            viewer = current_viewer(db)
            save_view(
                db,
                edition_or_404(db, slug).id,
                viewer.account_id,
                TABLE,
                name=request.form.get("name", ""),
                query=urlencode(list(query.items(multi=True))),
                is_shared=bool(request.form.get("is_shared")) and viewer.is_coordinator,
                now=context.clock(),
            )
    except Invalid as refusal:
        flash(str(refusal.faults["name"]), "error")
    return redirect(address_of(slug, query), 303)


@blueprint.post("/editions/<slug>/proposals/views/<uuid:view_id>/remove")
@require_staff(*VIEWERS)
def remove_view(slug: str, view_id: UUID) -> ResponseReturnValue:
    """Forget one of one's own views."""
    with current_context().database.write() as db:
        if not forget_view(db, view_id, current_viewer(db).account_id):
            abort(404)
    return redirect(url_for(".index", slug=slug), 303)


@blueprint.get("/editions/<slug>/proposals/new")
@require_staff("coordinator", "organiser")
def new(slug: str) -> ResponseReturnValue:
    """Ask for a title and whose proposal it is: the rest comes on its page."""
    return _new_page(slug, Attempt(NEW.blank()))


@blueprint.post("/editions/<slug>/proposals/new")
@require_staff("coordinator", "organiser")
def create(slug: str) -> ResponseReturnValue:
    """Begin a proposal and go on with it on its page."""
    with current_context().database.read() as db:
        edition, viewer = edition_or_404(db, slug), current_viewer(db)
        if not _may_begin(db, edition, viewer):
            abort(403)
        theirs = {value for value, _name in _organisations(db, viewer)}
    if request.form.get("organisation_id") and request.form["organisation_id"] not in theirs:
        shown = NEW.posted(request.form)
        return _new_page(slug, Attempt(shown, errors={"organisation_id": str(UNKNOWN_CHOICE)}))
    attempt = create_posted(NEW, Activity, begin, edition_id=edition.id)
    if attempt.saved is None:
        return _new_page(slug, attempt)
    return redirect(url_for("console_proposal.page", slug=slug, activity_id=attempt.saved.id), 303)


def _new_page(slug: str, attempt: Attempt) -> ResponseReturnValue:
    with current_context().database.read() as db:
        edition, viewer = edition_or_404(db, slug), current_viewer(db)
        page = render_template(
            "console/proposal_new.html",
            edition=edition,
            attempt=attempt,
            values=attempt.shown,
            errors=attempt.errors,
            organisations=_organisations(db, viewer),
            may_begin=_may_begin(db, edition, viewer),
            longest_title=LONGEST_TITLE,
            new_id=str(new_id()),
        )
    return page, attempt.status


def _may_begin(db: DbSession, edition: Edition, viewer: Viewer) -> bool:
    return viewer.is_coordinator or rules_for(db, edition.id).takes_proposals


def _organisations(db: DbSession, viewer: Viewer) -> list[tuple[str, str]]:
    """Return the organisations in whose name one may propose: all, or one's own."""
    return [
        (str(row.id), row.name)
        for row in partners.organisations(db)
        if viewer.is_coordinator or row.id in viewer.organisations
    ]
