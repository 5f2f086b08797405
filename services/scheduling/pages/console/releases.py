"""Releasing in the console: what waits, side by side; what was released, and when."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from services.scheduling.domain.releasing import (
    ChangedMeanwhile,
    Pending,
    SessionChange,
    hold_back,
    note_alike,
    pending_changes,
    presented,
    presented_by,
    public_but_not_accepted,
    release,
)
from services.scheduling.pages.console.editions_shown import edition_or_404
from services.scheduling.pages.console.editors import account_id, own_organisations
from services.scheduling.pages.console.release_cards import (
    TOLD,
    card_of,
    grouped,
    presented_rows,
    told_of,
)
from services.scheduling.pages.console.release_conflicts import conflicts_shown, is_agreed_to
from services.scheduling.queries.releases import (
    one_release,
    released_sessions,
    releases_of,
)
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.web import current_context
from shared.web.paging import read_page
from shared.web.sign_in import current_account, require_staff

#: The kinds of changes in the order in which they are looked at: what touches people comes first.
KINDS = ("cancelled", "moved", "reinstated", "changed", "new")

#: How many changes one page shows.
PAGE_SIZE = 50

#: The longest note of a release.
LONGEST_NOTE = 500

KIND_LABELS = {
    "cancelled": _l("Annulées"),
    "moved": _l("Déplacées"),
    "reinstated": _l("Rétablies"),
    "changed": _l("Modifiées"),
    "new": _l("Nouvelles"),
}

blueprint = Blueprint("console_releases", __name__, url_prefix="/console/editions/<slug>")


@blueprint.get("/changes")
@require_staff("coordinator", "organiser", "reader")
def changes(slug: str) -> ResponseReturnValue:
    """Show what waits to be released, before and after, and how many people it touches.

    What was edited and taken back by hand is noted, so that the console stops counting it.
    """
    database = current_context().database
    with database.read() as db:
        pending = pending_changes(db, edition_or_404(db, slug).id)
        if pending.alike:
            with database.write() as writing:
                note_alike(writing, pending)
        return _changes_page(slug, pending)


@blueprint.post("/changes/hold")
@require_staff("coordinator", "organiser")
def hold(slug: str) -> ResponseReturnValue:
    """Leave the chosen changes out of releases, or take them in again."""
    held = request.form.get("do") != "take"
    chosen = _chosen(request.form.getlist("id"))
    with current_context().database.write() as db:
        edition = edition_or_404(db, slug)
        if request.form.get("everything"):
            pending = pending_changes(db, edition.id)
            chosen = [change.id for change in _listed(pending, request.args.get("kind", ""))]
        hold_back(
            db,
            edition.id,
            chosen,
            held=held,
            own=own_organisations(),
            account_id=account_id(),
            now=current_context().clock(),
        )
    if not chosen:
        flash(_("Aucun changement n’était choisi."))
    kind = request.args.get("kind") or None
    return redirect(url_for(".changes", slug=slug, kind=kind), 303)


@blueprint.post("/releases")
@require_staff("coordinator")
def publish(slug: str) -> ResponseReturnValue:
    """Release everything that is not held back, if it is still what was looked at.

    What is in conflict so that it blocks is released only where just that was ticked.
    """
    context = current_context()
    account = current_account()
    note = " ".join(request.form.get("note", "").split())[:LONGEST_NOTE] or None
    with context.database.read() as db:
        pending = pending_changes(db, edition_or_404(db, slug).id)
        clashes = conflicts_shown(db, pending)
        is_seen = pending.digest == request.form.get("seen", "")
        if is_seen and not is_agreed_to(clashes["blocking"]):
            return _changes_page(slug, pending, note=note, is_unticked=True), 422
    try:
        with context.database.write() as db:
            edition = edition_or_404(db, slug)
            released = release(
                db,
                edition.id,
                now=context.clock(),
                account_id=account.id if account else None,
                note=note,
                leave_out=_chosen(request.form.getlist("leave_out")),
                seen=request.form.get("seen", ""),
                blocking_conflicts=len(clashes["blocking"]),
            )
    except ChangedMeanwhile:
        with context.database.read() as db:
            pending = pending_changes(db, edition_or_404(db, slug).id)
            return _changes_page(slug, pending, is_stale=True, note=note), 409
    if released is None:
        flash(_("Il n’y avait rien à publier."))
        return redirect(url_for(".changes", slug=slug), 303)
    words = _("C’est publié : le public voit maintenant ces changements.")
    link = Markup('<a href="{}">{}</a>').format(f"/?edition={slug}", _("Voir le programme"))
    flash(Markup("{} {}").format(words, link), "success")
    return redirect(url_for(".one", slug=slug, number=released.number), 303)


@blueprint.get("/releases")
@require_staff("coordinator", "organiser", "reader")
def history(slug: str) -> ResponseReturnValue:
    """List an edition's releases, the latest first."""
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
        return render_template(
            "console/releases.html",
            edition=edition,
            releases=releases_of(db, edition.id),
            kinds=KINDS,
        )


@blueprint.get("/releases/<int(max=2147483647):number>")
@require_staff("coordinator", "organiser", "reader")
def one(slug: str, number: int) -> ResponseReturnValue:
    """Show what one release changed."""
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
        found = one_release(db, edition.id, number)
        if found is None:
            abort(404)
        total = sum(found.counts.values())
        page = read_page(request.args.get("page"), size=PAGE_SIZE, total=total)
        rows = released_sessions(db, found.id, KINDS, page.offset, page.size)
        return render_template(
            "console/release.html",
            edition=edition,
            release=found,
            page=page,
            sessions=[told_of(row) for row in rows],
            organisations=[
                (each, presented_rows(each))
                for each in presented_by(db, edition.id, number, found.released_at)
            ],
            kinds=KINDS,
            latest=releases_of(db, edition.id)[0].number,
            may_publish=may_release(),
        )


def may_release() -> bool:
    """Tell whether who is signed in may release, and take back."""
    account = current_account()
    return account is not None and account.has_role("coordinator")


def _changes_page(
    slug: str,
    pending: Pending,
    *,
    is_stale: bool = False,
    is_unticked: bool = False,
    note: str | None = None,
) -> str:
    kind = request.args.get("kind", "")
    listed = _listed(pending, kind)
    cards = grouped(listed)
    page = read_page(request.args.get("page"), size=PAGE_SIZE, total=len(cards))
    return render_template(
        "console/changes.html",
        edition=pending.edition,
        pending=pending,
        presented=[(each, presented_rows(each)) for each in map(presented, pending.organisations)],
        own=own_organisations(),
        kind=kind,
        kinds=[name for name in KINDS if name in pending.counts],
        tabs=_tabs(pending, kind),
        page=page,
        changes=[card_of(changes) for changes in cards[page.offset : page.offset + page.size]],
        listed=len(listed),
        mails=_mails(pending),
        is_stale=is_stale,
        is_unticked=is_unticked,
        note=note or "",
        longest_note=LONGEST_NOTE,
        slug=slug,
        **_warnings(pending),
    )


def _warnings(pending: Pending) -> dict[str, Any]:
    """Return what is public and accepted no longer, and what is in conflict."""
    with current_context().database.read() as db:
        unaccepted = public_but_not_accepted(db, pending.edition.id)
        return {"unaccepted": unaccepted, **conflicts_shown(db, pending)}


def _tabs(pending: Pending, kind: str) -> list[tuple[str, str, int]]:
    """Return the ways to narrow the list: a name for the address, its words, how many there are."""
    counts = pending.counts
    tabs = [("", _("Tout"), len(pending.to_release))]
    tabs += [(name, str(KIND_LABELS[name]), counts[name]) for name in KINDS if name in counts]
    if pending.held_back or kind == "held":
        tabs.append(("held", _("Mises de côté"), len(pending.held_back)))
    return tabs


def _listed(pending: Pending, kind: str) -> Sequence[SessionChange]:
    """Return the changes of one kind, those held back, or all that would be released."""
    if kind == "held":
        return pending.held_back
    taken = [change for change in pending.to_release if kind in ("", change.kind)]
    return sorted(taken, key=lambda change: KINDS.index(change.kind))


def _mails(pending: Pending) -> int:
    """Return how many mails a release would send, at most: one party may have several sessions."""
    return sum(
        change.audience.bookings + change.audience.waiting
        for change in pending.to_release
        if change.kind in TOLD
    )


def _chosen(texts: Sequence[str]) -> list[UUID]:
    """Return the ids that were ticked; one box may stand for several sessions."""
    chosen = []
    for word in " ".join(texts).split():
        try:
            chosen.append(UUID(word))
        except ValueError:
            continue
    return chosen
