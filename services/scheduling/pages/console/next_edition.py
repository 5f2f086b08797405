"""Beginning a new edition from another one in the console."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.next_edition import Taken, copy_edition, proposed
from services.scheduling.models import Edition
from services.scheduling.pages.console.edition_form import opening_shown
from services.scheduling.pages.console.editions import FORM
from services.scheduling.pages.console.editions_shown import edition_or_404
from services.scheduling.pages.console.editors import COORDINATION
from services.scheduling.pages.console.saving import Attempt
from services.scheduling.pages.console.showing import edit_page
from services.scheduling.pages.console.storing import create_posted
from services.scheduling.queries import console_partners as partners
from services.scheduling.queries.console_editions import size_of
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.sign_in import require_staff

blueprint = Blueprint("console_next_edition", __name__, url_prefix="/console/editions/<slug>/next")


@blueprint.get("")
@require_staff(*COORDINATION)
def new(slug: str) -> ResponseReturnValue:
    """Show the form of the edition that follows, a year later on the same weekdays."""
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
        after = proposed(edition)
        own = {
            "slug": "",
            "name_fr": after["name_fr"],
            "name_en": after["name_en"] or "",
            "starts_on": after["starts_on"].isoformat(),
            "ends_on": after["ends_on"].isoformat(),
            **opening_shown(after["registration_opens_at"], edition.time_zone),
        }
        shown = FORM.shown(edition)
    return _page(slug, Attempt({**shown, **own}), sessions=True)


@blueprint.post("")
@require_staff(*COORDINATION)
def create(slug: str) -> ResponseReturnValue:
    """Make the edition, with what is taken over."""
    with current_context().database.read() as db:
        edition_id = edition_or_404(db, slug).id
    taken = Taken(sessions="sessions" in request.form, to_confirm="to_confirm" in request.form)

    def store(db: DbSession, values: Any, **who: Any) -> Edition:
        return copy_edition(db, edition_id, values, taken, **who)

    attempt = create_posted(FORM, Edition, store)
    if attempt.saved is None:
        return _page(slug, attempt, sessions=taken.sessions, to_confirm=taken.to_confirm)
    flash(_("L’édition est prête ; rien n’en est public avant une publication."), "success")
    return redirect(url_for("console_activities.index", slug=attempt.saved.slug), 303)


def _page(
    slug: str, attempt: Attempt, *, sessions: bool, to_confirm: bool = False
) -> ResponseReturnValue:
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
        return edit_page(
            db,
            "console/next_edition.html",
            attempt,
            None,
            edition=edition,
            size=size_of(db, edition.id),
            festivals=partners.festivals(db),
            time_zones=[edition.time_zone],
            takes_sessions=sessions,
            to_confirm=to_confirm,
        )
