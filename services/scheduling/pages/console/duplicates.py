"""Duplicates in the console: shown before saving a new row, listed, set side by side and merged."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.distances import Point
from services.scheduling.domain.duplicates import (
    Known,
    Likeness,
    likely_organisations,
    likely_pairs,
    likely_presenters,
    likely_venues,
)
from services.scheduling.domain.editing.revisions import Unknown
from services.scheduling.domain.merging import (
    merge_organisations,
    merge_presenters,
    merge_venues,
)
from services.scheduling.models import Organisation, Presenter, Venue
from services.scheduling.pages.console.editors import account_id
from services.scheduling.queries.merging import Compared, compared
from shared.i18n import LazyText
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.web import current_context
from shared.web.sign_in import require_staff

#: What can be merged, by the word in its address: its table, and what merges two of its rows.
NOUNS: Mapping[str, tuple[Any, Callable[..., Any]]] = {
    "venues": (Venue, merge_venues),
    "organisations": (Organisation, merge_organisations),
    "presenters": (Presenter, merge_presenters),
}

LABELS: Mapping[str, LazyText] = {
    "venues": _l("Lieux"),
    "organisations": _l("Structures"),
    "presenters": _l("Intervenants"),
}

_LIKELY: Mapping[str, Callable[[DbSession, Known], list[Likeness]]] = {
    "venues": likely_venues,
    "organisations": likely_organisations,
    "presenters": likely_presenters,
}

blueprint = Blueprint("console_duplicates", __name__, url_prefix="/console/duplicates")


@blueprint.get("")
@require_staff("coordinator")
def index() -> ResponseReturnValue:
    """List the venues and the organisations that may be there twice."""
    with current_context().database.read() as db:
        pairs = {noun: likely_pairs(db, NOUNS[noun][0]) for noun in ("venues", "organisations")}
    return render_template("console/duplicates.html", pairs=pairs, labels=LABELS)


@blueprint.get("/<noun>/<uuid:one_id>/<uuid:other_id>")
@require_staff("coordinator")
def compare(noun: str, one_id: UUID, other_id: UUID) -> ResponseReturnValue:
    """Set two rows side by side, to choose which one is kept."""
    if noun not in NOUNS or one_id == other_id:
        abort(404)
    with current_context().database.read() as db:
        rows: list[Compared] = compared(db, NOUNS[noun][0], (one_id, other_id))
    if len(rows) < 2:
        abort(404)
    return render_template("console/merge.html", noun=noun, label=LABELS[noun], rows=rows)


@blueprint.post("/<noun>/<uuid:one_id>/<uuid:other_id>")
@require_staff("coordinator")
def merge(noun: str, one_id: UUID, other_id: UUID) -> ResponseReturnValue:
    """Let the one that is kept be the other too."""
    if noun not in NOUNS or one_id == other_id:
        abort(404)
    kept = {str(one_id): (one_id, other_id), str(other_id): (other_id, one_id)}.get(
        request.form.get("keep", "")
    )
    if kept is None:
        flash(_("Choisissez laquelle des deux fiches reste."), "error")
        return redirect(url_for(".compare", noun=noun, one_id=one_id, other_id=other_id), 303)
    context = current_context()
    try:
        with context.database.write() as db:
            row = NOUNS[noun][1](db, *kept, account_id=account_id(), now=context.clock())
            name = row.name
    except Unknown:
        flash(_("L’une des deux fiches n’existe plus : quelqu’un les a déjà fusionnées."), "error")
        return redirect(url_for(".index"), 303)
    flash(_("Fusionnées : tout est maintenant rattaché à « %(name)s ».", name=name), "success")
    return redirect(_page_of(noun, kept[0]), 303)


def likely_of(db: DbSession, noun: str, shown: Mapping[str, Any]) -> list[Likeness]:
    """Return what a form that was sent may be a duplicate of, unless it was said that it is not."""
    if request.form.get("confirmed") or not shown.get("name"):
        return []
    return _LIKELY[noun](
        db,
        Known(
            None,
            shown["name"],
            shown.get("address") or None,
            _identifier(shown.get("commune_id")),
            point=_point(shown),
        ),
    )


def _point(shown: Mapping[str, Any]) -> Point | None:
    try:
        latitude, longitude = (
            float(str(shown[name]).replace(",", ".")) for name in ("latitude", "longitude")
        )
    except (KeyError, ValueError):
        return None
    return Point(latitude, longitude)


def _identifier(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _page_of(noun: str, row_id: UUID) -> str:
    return f"/console/{noun}/{row_id}"
