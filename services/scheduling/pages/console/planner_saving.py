"""What the planner's script asks and saves, as JSON: checked while dragged, saved when dropped."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError, fields
from sqlalchemy.orm import Session as DbSession
from werkzeug.exceptions import Forbidden

from services.scheduling.domain.conflicts import check_placement, check_session
from services.scheduling.domain.editing.fields import REQUIRED, Fault
from services.scheduling.domain.editing.local_times import instant_of, local_of
from services.scheduling.domain.editing.references import InUse
from services.scheduling.domain.editing.revisions import Conflict, Invalid, Unknown
from services.scheduling.domain.editing.sessions import save_session
from services.scheduling.domain.planning.placing import check_place, place, unplace
from services.scheduling.domain.planning.unplaced import (
    create_unplaced,
    delete_unplaced,
    save_unplaced,
)
from services.scheduling.models import Activity, Edition, Session, UnplacedSession, Venue
from services.scheduling.pages.console.editions_shown import edition_or_404
from services.scheduling.pages.console.editors import (
    EDITORS,
    account_id,
    editor_name,
    own_organisations,
    sees_note,
)
from services.scheduling.pages.console.planner import read_window
from services.scheduling.pages.console.planner_conflicts import conflicts_json
from services.scheduling.pages.console.planner_rows import Board
from services.scheduling.queries.planner import activities_shown, planned_session, tray_session
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.sign_in import current_account, require_staff

_LOCAL = "%Y-%m-%dT%H:%M"

blueprint = Blueprint(
    "console_planner_saving", __name__, url_prefix="/console/editions/<slug>/planner"
)


class Placement(Schema):
    """Where a session is to be; times are local to the venue, null: as they are."""

    id = fields.UUID(required=True)
    revision = fields.Integer(load_default=None, allow_none=True)
    starts = fields.NaiveDateTime(format=_LOCAL, load_default=None, allow_none=True)
    ends = fields.NaiveDateTime(format=_LOCAL, load_default=None, allow_none=True)
    venue = fields.UUID(load_default=None, allow_none=True)
    space = fields.UUID(load_default=None, allow_none=True)


class Waiting(Schema):
    """What a session of the tray is; `id` is that of one that there is, or that is to be."""

    id = fields.UUID(required=True)
    revision = fields.Integer(load_default=None, allow_none=True)
    activity = fields.UUID()
    venue = fields.UUID(allow_none=True)
    space = fields.UUID(allow_none=True)
    minutes = fields.Integer(allow_none=True)
    note = fields.String(allow_none=True)


@blueprint.post("/check")
@require_staff(*EDITORS)
def check(slug: str) -> ResponseReturnValue:
    """Tell what would stand in the way of a session there and then; nothing is changed.

    What saving would refuse is refused here too, in the same words.
    """
    asked = _read(Placement)
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
        try:
            values = _values(db, edition, asked)
            wanted = ("starts_at", "ends_at", "venue_id")
            missing = [name for name in wanted if values.get(name) is None]
            if missing:
                return _refused(Invalid(dict.fromkeys(missing, REQUIRED)))
            check_place(db, asked["id"], edition.id, values)
            now = current_context().clock()
            found = check_placement(db, asked["id"], **values, now=now, viewer=current_account())
        except Invalid as refusal:
            return _refused(refusal)
        except Unknown:
            abort(404)
        return jsonify(conflicts=conflicts_json(db, found))


@blueprint.post("/move")
@require_staff(*EDITORS)
def move(slug: str) -> ResponseReturnValue:
    """Move or stretch a session."""
    return _save(slug, _read(Placement), _move)


@blueprint.post("/place")
@require_staff(*EDITORS)
def put_on_grid(slug: str) -> ResponseReturnValue:
    """Place a session of the tray."""
    return _save(slug, _read(Placement), _place)


@blueprint.post("/unplace")
@require_staff(*EDITORS)
def put_into_tray(slug: str) -> ResponseReturnValue:
    """Put a session that was never released back into the tray."""
    return _save(slug, _read(Placement), _unplace)


@blueprint.post("/tray")
@require_staff(*EDITORS)
def keep_in_tray(slug: str) -> ResponseReturnValue:
    """Make a session without a time, or change one."""
    return _save(slug, _read(Waiting), _keep)


@blueprint.post("/tray/delete")
@require_staff(*EDITORS)
def throw_away(slug: str) -> ResponseReturnValue:
    """Throw a session of the tray away."""
    return _save(slug, _read(Waiting), _delete)


def _move(db: DbSession, edition: Edition, asked: Mapping[str, Any], who: dict[str, Any]) -> None:
    _check_edition(db, Session, edition, asked)
    save_session(db, asked["id"], asked["revision"], _values(db, edition, asked), **who)


def _place(db: DbSession, edition: Edition, asked: Mapping[str, Any], who: dict[str, Any]) -> None:
    _check_edition(db, UnplacedSession, edition, asked)
    place(db, asked["id"], asked["revision"], _values(db, edition, asked), **who)


def _unplace(
    db: DbSession, edition: Edition, asked: Mapping[str, Any], who: dict[str, Any]
) -> None:
    _check_edition(db, Session, edition, asked)
    unplace(db, asked["id"], asked["revision"], **who)


def _keep(db: DbSession, edition: Edition, asked: Mapping[str, Any], who: dict[str, Any]) -> None:
    named = {"activity": "activity_id", "venue": "venue_id", "space": "space_id"}
    values = {
        named.get(name, name): value
        for name, value in asked.items()
        if name not in ("id", "revision")
    }
    if asked["revision"] is not None:
        _check_edition(db, UnplacedSession, edition, asked)
        save_unplaced(db, asked["id"], asked["revision"], values, **who)
        return
    if db.get(UnplacedSession, asked["id"]) is not None:
        return  # the same request again
    made = create_unplaced(db, values, row_id=asked["id"], **who)
    if made.edition_id != edition.id:
        raise Invalid({"activity_id": _("Cette animation est d’une autre édition.")})


def _delete(
    db: DbSession, edition: Edition, asked: Mapping[str, Any], _who: dict[str, Any]
) -> None:
    _check_edition(db, UnplacedSession, edition, asked)
    delete_unplaced(db, asked["id"], asked["revision"])


def _check_edition(
    db: DbSession, model: type[Any], edition: Edition, asked: Mapping[str, Any]
) -> None:
    row = db.get(model, asked["id"])
    if row is None or row.edition_id != edition.id:
        raise Unknown(str(asked["id"]))


def _save(slug: str, asked: Mapping[str, Any], change: Callable[..., None]) -> ResponseReturnValue:
    """Do one thing, and answer with the session as it is now, on the grid or in the tray."""
    context = current_context()
    who = {"account_id": account_id(), "now": context.clock()}
    try:
        with context.database.write() as db:
            edition = edition_or_404(db, slug)
            change(db, edition, asked, who)
    except Invalid as refusal:
        return _refused(refusal)
    except InUse as in_use:
        return _problem(422, sentence=str(in_use.sentence), faults={})
    except Conflict as conflict:
        return _changed(slug, asked["id"], conflict.row)
    except Unknown:
        return _changed(slug, asked["id"], None)
    except Forbidden:
        sentence = _("Elle est à une autre structure : seule la coordination peut y toucher aussi.")
        return _problem(403, sentence=sentence, faults={})
    with context.database.read() as db:
        edition = edition_or_404(db, slug)
        return jsonify(_standing(db, edition, asked["id"]))


def _standing(db: DbSession, edition: Edition, session_id: UUID) -> dict[str, Any]:
    """Return a session as it is now, where it is on the grid or in the tray, and its conflicts."""
    session, waiting = planned_session(db, session_id), tray_session(db, session_id)
    sessions = [session] if session else []
    in_tray = [waiting] if waiting else []
    named = Activity.id.in_([row.activity_id for row in (*sessions, *in_tray)])
    activities = activities_shown(db, named)
    board = Board(read_window(edition), activities, own_organisations(), sees_note)
    context, account = current_context(), current_account()
    found = check_session(db, session_id, now=context.clock(), viewer=account) if session else ()
    return {
        "id": str(session_id),
        "conflicts": conflicts_json(db, found),
        **board.json(sessions, in_tray),
    }


def _changed(slug: str, session_id: UUID, row: Any) -> ResponseReturnValue:
    """Tell who changed the session meanwhile, and what it is now; nothing was overwritten."""
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
        now = _standing(db, edition, session_id)
        row = row or db.get(Session, session_id) or db.get(UnplacedSession, session_id)
        who = editor_name(db, row) if row is not None else _("Quelqu’un")
        return _problem(409, who=who, **now)


def _values(db: DbSession, edition: Edition, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that a placement means. Raises `Invalid`.

    A time that reads as it is stored stays the same instant, to the second, even where clocks show
    it twice.
    """
    session = db.get(Session, asked["id"])
    venue_id = asked["venue"] or (session.venue_id if session and not asked["starts"] else None)
    zone = _zone(db, edition, venue_id)
    own_zone = _zone(db, edition, session.venue_id) if session else None
    values: dict[str, Any] = {"venue_id": venue_id, "space_id": asked["space"]}
    faults = {}
    for name, local in (("starts_at", asked["starts"]), ("ends_at", asked["ends"])):
        stored: datetime | None = getattr(session, name) if session else None
        if stored is not None and _reads_as(stored, local, zone, own_zone):
            values[name] = stored
        elif local is not None:
            try:
                values[name] = instant_of(local.date(), local.time(), zone).at
            except Fault as fault:
                faults[name] = fault.sentence
    if faults:
        raise Invalid(faults)
    return values


def _zone(db: DbSession, edition: Edition, venue_id: UUID | None) -> str:
    venue = db.get(Venue, venue_id) if venue_id else None
    return (venue.time_zone if venue else None) or edition.time_zone


def _reads_as(stored: datetime, local: datetime | None, zone: str, own_zone: str | None) -> bool:
    """Tell whether nobody asked for another time than the one that is stored."""
    if local is None:
        return True
    return zone == own_zone and local_of(stored, zone).replace(second=0, microsecond=0) == local


def _read(schema: type[Schema]) -> dict[str, Any]:
    try:
        values: dict[str, Any] = schema().load(request.get_json(silent=True) or {})
    except ValidationError:
        abort(400)
    return values


def _refused(refusal: Invalid) -> Response:
    faults = {name: str(sentence) for name, sentence in refusal.faults.items()}
    return _problem(422, sentence=" ".join(faults.values()), faults=faults)


def _problem(status: int, **content: Any) -> Response:
    response = jsonify(content)
    response.status_code = status
    return response
