"""Releases compared in the console, and taken back."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.scheduling.domain.releasing import SessionDifference, compare_releases, take_back
from services.scheduling.domain.session_state import State
from services.scheduling.pages.console.change_words import difference_rows, when, where
from services.scheduling.pages.console.editions_shown import edition_or_404
from services.scheduling.pages.console.releases import KINDS, PAGE_SIZE
from services.scheduling.queries.releases import one_release, published_details, releases_of
from shared.i18n import gettext as _
from shared.i18n import ngettext
from shared.web import current_context
from shared.web.paging import read_page
from shared.web.sign_in import current_account, require_staff

blueprint = Blueprint("console_compared", __name__, url_prefix="/console/editions/<slug>")


@blueprint.get("/releases/compare")
@require_staff("coordinator", "organiser", "reader")
def compare(slug: str) -> ResponseReturnValue:
    """Show what differs between two releases; without numbers, between the last two."""
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
        releases = releases_of(db, edition.id)
        latest = releases[0].number if releases else 0
        later = _number(request.args.get("to", ""), latest, latest)
        earlier = _number(request.args.get("from", ""), max(0, later - 1), latest)
        earlier, later = min(earlier, later), max(earlier, later)
        found = compare_releases(db, edition.id, earlier, later)
        found.sort(key=lambda one: (KINDS.index(one.kind), one.title_fr, one.session_id))
        page = read_page(request.args.get("page"), size=PAGE_SIZE, total=len(found))
        shown = found[page.offset : page.offset + page.size]
        details = published_details(db, [one.session_id for one in shown])
        return render_template(
            "console/compare_releases.html",
            edition=edition,
            releases=releases,
            earlier=earlier,
            later=later,
            page=page,
            sessions=[_differing(one, details[one.session_id]) for one in shown],
        )


@blueprint.post("/releases/<int(max=2147483647):number>/take-back")
@require_staff("coordinator")
def undo(slug: str, number: int) -> ResponseReturnValue:
    """Undo a release in the working copy; what that changes waits to be released."""
    context, account = current_context(), current_account()
    with context.database.write() as db:
        found = one_release(db, edition_or_404(db, slug).id, number)
        if found is None:
            abort(404)
        done = take_back(
            db, found.id, account_id=account.id if account else None, now=context.clock()
        )
    if done.undone or done.cancelled:
        words = _(
            "La publication %(n)s est défaite dans le brouillon : publiez pour que le public "
            "le voie.",
            n=number,
        )
        flash(words, "success")
    if done.changed_since:
        flash(
            ngettext(
                "%(n)s séance a changé depuis et reste comme elle est.",
                "%(n)s séances ont changé depuis et restent comme elles sont.",
                len(done.changed_since),
            ),
            "error" if not (done.undone or done.cancelled) else "info",
        )
    if done.shared:
        flash(
            ngettext(
                "%(n)s séance tient ce changement d’un lieu, d’une structure, de l’édition ou "
                "d’une itinérance, et reste comme elle est.",
                "%(n)s séances tiennent ce changement d’un lieu, d’une structure, de l’édition ou "
                "d’une itinérance, et restent comme elles sont.",
                len(done.shared),
            )
        )
    return redirect(url_for("console_releases.changes", slug=slug), 303)


def _number(text: str, default: int, largest: int) -> int:
    """Return the number of a release from an address; what is none is the usual one."""
    is_number = text.isascii() and text.isdigit() and len(text) < 10
    return min(int(text), largest) if is_number else default


def _differing(one: SessionDifference, details: State) -> dict[str, Any]:
    before, after = {**details, **one.before}, {**details, **one.after}
    return {
        "id": one.session_id,
        "kind": one.kind,
        "title": {"fr": one.title_fr, "en": one.title_en},
        "rows": [] if one.is_new else difference_rows(before, after, list(one.after)),
        "when": when(after),
        "where": where(after),
    }
