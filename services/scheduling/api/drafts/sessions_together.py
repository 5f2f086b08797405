"""Sessions changed or deleted together.

POST /api/v1/draft/sessions/together
    {"edition_id": "0199…", "sessions": ["0199…", "0199…"], "days": 1, "minutes": 30}
→ 200  {"changed": 2}, or 422 with the first that cannot be changed so, and none is
"""

from collections.abc import Mapping
from typing import Any

from flask import Response, json
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts.answers import check_ever, invalid
from services.scheduling.api.drafts.fields import reference, whole
from services.scheduling.api.drafts.noun import WRITE
from services.scheduling.api.release_schemas import MOST_SESSIONS
from services.scheduling.domain.editing.revisions import Invalid
from services.scheduling.domain.editing.together import (
    FURTHEST,
    Edit,
    Refused,
    change_together,
    check_edit,
    delete_together,
)
from services.scheduling.domain.history import acting
from services.scheduling.models import Session
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.idempotency import written_once
from shared.web.tokens import current_token, require_scope

blueprint = ApiBlueprint(
    "Drafts: sessions together",
    __name__,
    url_prefix="/api/v1/draft/sessions/together",
    description="Several sessions of an edition changed by as much, or deleted",
)

_MOST_MINUTES = FURTHEST * 24 * 60
_IDS = [f"01a1b2c3-0000-7000-8000-00000000006{number}" for number in (6, 7)]
_EDITION = "01a1b2c3-0000-7000-8000-000000000061"


class ChosenSessions(Schema):
    """Which sessions: all of one edition."""

    edition_id = reference("The edition that all of them are in", required=True)
    sessions = fields.List(
        fields.UUID(), required=True, validate=validate.Length(max=MOST_SESSIONS)
    )


class TogetherBody(ChosenSessions):
    """What becomes of each of them; whatever is left out stays as it is."""

    days = fields.Integer(
        strict=True,
        load_default=0,
        validate=validate.Range(-FURTHEST, FURTHEST),
        metadata={"description": "Moved by so many days: clocks show the same times there"},
    )
    minutes = fields.Integer(
        strict=True,
        load_default=0,
        validate=validate.Range(-_MOST_MINUTES, _MOST_MINUTES),
        metadata={"description": "Moved by so many minutes of local clocks"},
    )
    venue_id = reference("Where all of them are from now on")
    space_id = reference("Which room of it; none unless it is given with a venue")
    capacity = whole("Seats of those that people register for here; null: without limit")


class ChangedTogether(Schema):
    """How many sessions were asked for; each is as the edit says."""

    changed = fields.Integer(required=True)


class DeletedTogether(Schema):
    """How many were deleted, and which stay: released ones, which are cancelled, and stops."""

    deleted = fields.Integer(required=True)
    stayed = fields.List(fields.UUID(), required=True)


@blueprint.post("")
@require_scope(WRITE)
@blueprint.arguments(
    TogetherBody, example={"edition_id": _EDITION, "sessions": _IDS, "days": 1, "minutes": 30}
)
@blueprint.response(200, ChangedTogether, example={"changed": 2})
@written_once()
def change_sessions_together(db: DbSession, body: Mapping[str, Any]) -> Response:
    """Change sessions of an edition together: all of them, or none."""
    check_ever("change", Session)
    values = {name: body[name] for name in ("venue_id", "space_id", "capacity") if name in body}
    if values.get("venue_id") is not None:
        values.setdefault("space_id", None)
    edit = Edit(body["days"], body["minutes"], values)
    chosen = set(body["sessions"])
    who: dict[str, Any] = {
        "account_id": current_token().account_id,
        "now": current_context().clock(),
    }
    try:
        check_edit(edit)
        changed = change_together(db, body["edition_id"], chosen, edit, **who)
    except Invalid as error:
        raise invalid(error.faults) from error
    except Refused as refused:
        faults = {
            name: _("%(what)s\u00a0: %(fault)s", what=refused.session, fault=said)
            for name, said in refused.faults.items()
        }
        raise invalid(faults) from refused
    _check_all(changed, chosen)
    return _answer({"changed": changed})


@blueprint.post("/delete")
@require_scope(WRITE)
@blueprint.arguments(ChosenSessions, example={"edition_id": _EDITION, "sessions": _IDS})
@blueprint.response(200, DeletedTogether, example={"deleted": 1, "stayed": _IDS[:1]})
@written_once()
def delete_sessions_together(db: DbSession, body: Mapping[str, Any]) -> Response:
    """Delete those of an edition's sessions that were never released; the others stay."""
    check_ever("delete", Session)
    chosen = set(body["sessions"])
    acting(db, account_id=current_token().account_id, now=current_context().clock())
    deleted, stayed = delete_together(db, body["edition_id"], chosen)
    _check_all(deleted + len(stayed), chosen)
    return _answer({"deleted": deleted, "stayed": [str(each) for each in stayed]})


def _check_all(found: int, chosen: set[Any]) -> None:
    if not chosen:
        raise invalid({"sessions": _("Aucune séance n’était choisie.")})
    if found < len(chosen):
        words = _("Certaines de ces séances ne sont pas dans cette édition, ou n’y sont plus.")
        raise invalid({"sessions": words})


def _answer(content: Mapping[str, Any]) -> Response:
    return Response(json.dumps(content), content_type="application/json")
