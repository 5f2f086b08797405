"""Sessions chosen in the table, changed together: one form, all of them or none."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.fields import Fault
from services.scheduling.domain.editing.revisions import Invalid
from services.scheduling.domain.editing.together import (
    Edit,
    Refused,
    change_together,
    check_edit,
    delete_together,
)
from services.scheduling.domain.history import acting
from services.scheduling.models import Edition
from services.scheduling.pages.console.editions_shown import edition_or_404
from services.scheduling.pages.console.editors import EDITORS, account_id
from services.scheduling.pages.console.inputs import read_identifier, read_whole
from services.scheduling.pages.console.sessions_table import chosen_sessions
from services.scheduling.queries import console_partners as partners
from services.scheduling.queries.console_session import venue_choices
from shared.i18n import gettext as _
from shared.i18n import ngettext
from shared.web import current_context
from shared.web.sign_in import require_staff

FIELDS = ("days", "minutes", "venue_id", "space_id", "capacity")

blueprint = Blueprint(
    "console_together", __name__, url_prefix="/console/editions/<slug>/sessions/together"
)


@blueprint.post("")
@require_staff(*EDITORS)
def show(slug: str) -> ResponseReturnValue:
    """Show the form for the sessions that were chosen in the table."""
    with current_context().database.read() as db:
        chosen = chosen_sessions(db, edition_or_404(db, slug))
    if not chosen:
        flash(_("Aucune séance n’était choisie."), "info")
        return redirect(url_for("console_sessions_table.index", slug=slug), 303)
    return _page(slug, chosen, dict.fromkeys(FIELDS, ""), {})


@blueprint.post("/save")
@require_staff(*EDITORS)
def save(slug: str) -> ResponseReturnValue:
    """Change them all, or say which one cannot be changed so."""
    context = current_context()
    shown = {name: request.form.get(name, "") for name in FIELDS}
    edit, faults = _edit(shown)
    changed, words = 0, ""
    with context.database.write() as db:
        edition = edition_or_404(db, slug)
        chosen = chosen_sessions(db, edition)
        if edit is not None and "add_row" not in request.form:
            try:
                changed = change_together(
                    db,
                    edition.id,
                    chosen,
                    edit,
                    account_id=account_id(),
                    now=context.clock(),
                )
            except Refused as refused:
                db.rollback()
                words = refused.session
                faults = {name: str(said) for name, said in refused.faults.items()}
    if faults or not changed:
        return _page(slug, chosen, shown, faults, words)
    flash(
        ngettext("%(n)s séance est modifiée.", "%(n)s séances sont modifiées.", changed), "success"
    )
    return redirect(url_for("console_sessions_table.index", slug=slug), 303)


@blueprint.post("/delete")
@require_staff(*EDITORS)
def delete(slug: str) -> ResponseReturnValue:
    """Delete those that were never released."""
    context = current_context()
    with context.database.write() as db:
        acting(db, account_id=account_id(), now=context.clock())
        edition = edition_or_404(db, slug)
        gone, stayed = delete_together(db, edition.id, chosen_sessions(db, edition))
    flash(ngettext("%(n)s séance est supprimée.", "%(n)s séances sont supprimées.", gone))
    if stayed:
        flash(
            ngettext(
                "%(n)s séance a été publiée et reste : annulez-la.",
                "%(n)s séances ont été publiées et restent : annulez-les.",
                len(stayed),
            ),
            "error",
        )
    return redirect(url_for("console_sessions_table.index", slug=slug), 303)


def _edit(shown: dict[str, str]) -> tuple[Edit | None, dict[str, str]]:
    faults: dict[str, str] = {}

    def read(name: str, take: Callable[[str], Any]) -> Any:
        try:
            return take(shown[name].strip())
        except Fault as fault:
            faults[name] = str(fault.sentence)
            return None

    days, minutes = (read(name, read_whole) or 0 for name in ("days", "minutes"))
    values: dict[str, Any] = {}
    venue_id, space_id = (read(name, read_identifier) for name in ("venue_id", "space_id"))
    if venue_id is not None:
        values |= {"venue_id": venue_id, "space_id": space_id}
    capacity = read("capacity", read_whole)
    if capacity is not None:
        values["capacity"] = capacity
    edit = Edit(days, minutes, values)
    if not faults:
        try:
            check_edit(edit)
        except Invalid as invalid:
            faults = {name: str(said) for name, said in invalid.faults.items()}
    return (None if faults else edit), faults


def _page(
    slug: str,
    chosen: list[UUID],
    shown: dict[str, str],
    faults: dict[str, str],
    words: str = "",
) -> ResponseReturnValue:
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
        page = render_template(
            "console/together.html",
            edition=edition,
            chosen=chosen,
            values=shown,
            errors=faults,
            refused=words,
            **_choices(db, edition, shown),
        )
    return page, 422 if faults else 200


def _choices(db: DbSession, edition: Edition, shown: dict[str, str]) -> dict[str, Any]:
    venues = venue_choices(db)
    known = {str(row.id) for row in venues}
    spaces = partners.spaces_of(db, UUID(shown["venue_id"])) if shown["venue_id"] in known else []
    return {"venues": venues, "spaces": spaces}
