"""When somebody or something is not available, in the console: listed, said, taken back."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.fields import REQUIRED, Fault
from services.scheduling.domain.editing.local_times import instant_of
from services.scheduling.domain.editing.revisions import Invalid, Unknown
from services.scheduling.domain.editing.unavailabilities import (
    create_unavailability,
    delete_unavailability,
    unavailabilities_of,
)
from services.scheduling.models import Organisation, Presenter, Resource, Space, Unavailability
from services.scheduling.pages.console.editors import (
    PLACE_EDITORS,
    PLACE_READERS,
    account_id,
    check_read,
    may_do,
)
from services.scheduling.pages.console.inputs import read_clock, read_day
from services.scheduling.pages.console.showing import STAFF_ZONE
from services.scheduling.pages.console.storing import row_or_404
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.sign_in import require_staff

#: Whose absences there are: the word in the address, the column, the table.
KINDS: Mapping[str, tuple[str, Any]] = {
    "presenters": ("presenter_id", Presenter),
    "organisations": ("organisation_id", Organisation),
    "resources": ("resource_id", Resource),
    "spaces": ("space_id", Space),
}

FIELDS = ("from_day", "from_clock", "to_day", "to_clock", "note")
_FIELD_OF = {"starts_at": "from_day", "ends_at": "to_day"}

blueprint = Blueprint("console_absences", __name__, url_prefix="/console/absences")


@blueprint.get("/<kind>/<uuid:row_id>")
@require_staff(*PLACE_READERS)
def index(kind: str, row_id: UUID) -> ResponseReturnValue:
    """List when this one is not available."""
    return _page(kind, row_id, dict.fromkeys(FIELDS, ""), {})


@blueprint.post("/<kind>/<uuid:row_id>")
@require_staff(*PLACE_EDITORS)
def add(kind: str, row_id: UUID) -> ResponseReturnValue:
    """Say when this one is not available."""
    column, model = _kind(kind)
    shown = {name: request.form.get(name, "") for name in FIELDS}
    values, faults = read_absence(shown)
    context = current_context()
    if not faults:
        with context.database.write() as db:
            row_or_404(db, model, row_id)
            try:
                create_unavailability(
                    db,
                    {column: row_id, **values},
                    account_id=account_id(),
                    now=context.clock(),
                )
            except Invalid as invalid:
                db.rollback()
                faults = {_FIELD_OF.get(k, k): str(v) for k, v in invalid.faults.items()}
    if faults:
        return _page(kind, row_id, shown, faults)
    flash(_("C’est noté : une séance pendant ce temps sera signalée."), "success")
    return redirect(url_for(".index", kind=kind, row_id=row_id), 303)


@blueprint.post("/<kind>/<uuid:row_id>/<uuid:absence_id>/delete")
@require_staff(*PLACE_EDITORS)
def remove(kind: str, row_id: UUID, absence_id: UUID) -> ResponseReturnValue:
    """Say that this one is available after all."""
    column, _model = _kind(kind)
    with current_context().database.write() as db:
        row = db.get(Unavailability, absence_id)
        if row is not None and getattr(row, column) != row_id:
            abort(404)
        with suppress(Unknown):
            delete_unavailability(db, absence_id, None)
    flash(_("C’est supprimé."), "success")
    return redirect(url_for(".index", kind=kind, row_id=row_id), 303)


def read_absence(shown: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the instants that days and clocks mean; a whole day where no clock is given."""
    faults: dict[str, str] = {}
    values: dict[str, Any] = {"note": shown["note"]}
    for column, day_name, clock_name, is_end in (
        ("starts_at", "from_day", "from_clock", False),
        ("ends_at", "to_day", "to_clock", True),
    ):
        try:
            day = read_day(shown[day_name].strip())
            clock = read_clock(shown[clock_name].strip())
            if day is None:
                raise Fault(REQUIRED)
            values[column] = _instant(day, clock, is_end)
        except Fault as fault:
            faults[day_name] = str(fault.sentence)
    return values, faults


def _instant(day: date, clock: time | None, is_end: bool) -> datetime:
    if clock is not None:
        return instant_of(day, clock, STAFF_ZONE).at
    return instant_of(day + timedelta(days=1) if is_end else day, time(), STAFF_ZONE).at


def _kind(kind: str) -> tuple[str, Any]:
    return KINDS.get(kind) or abort(404)


def _page(
    kind: str, row_id: UUID, shown: dict[str, str], faults: dict[str, str]
) -> ResponseReturnValue:
    column, model = _kind(kind)
    with current_context().database.read() as db:
        row = row_or_404(db, model, row_id)
        check_read(db, row)
        page = render_template(
            "console/absences.html",
            kind=kind,
            row=row,
            back_href=_back(db, kind, row),
            absences=unavailabilities_of(db, column, row_id),
            values=shown,
            errors=faults,
            is_read_only=not may_do(db, "change", row),
            sees_notes=may_do(db, "contacts", row),
            time_zone=STAFF_ZONE,
        )
    return page, 422 if faults else 200


def _back(db: DbSession, kind: str, row: Any) -> str:
    if kind == "spaces":
        return url_for("console_spaces.edit", venue_id=row.venue_id, space_id=row.id)
    return f"/console/{kind}/{row.id}"
