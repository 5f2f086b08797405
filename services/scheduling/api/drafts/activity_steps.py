"""Taking a proposal a step further over the API: submitted, accepted, sent back, declined…

POST /api/v1/draft/activities/0199…/ask-changes    If-Match: "3"    {"comment": "From what age?"}
→ 200  ETag: "4"  {"id": …, "revision": 4, "state": "changes_asked", …}
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import Schema
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts.activities import ACTIVITIES, ActivityDraft
from services.scheduling.api.drafts.answers import as_problem, fresh, invalid, unknown
from services.scheduling.api.drafts.fields import text
from services.scheduling.api.drafts.noun import WRITE, answer_one, identified, summary
from services.scheduling.domain.permissions import Owners, may
from services.scheduling.domain.proposals.moving import (
    LONGEST_COMMENT,
    Incomplete,
    Mover,
    NotOpen,
    TooLate,
    move,
)
from services.scheduling.domain.proposals.steps import STEPS, Side
from services.scheduling.models import Account, Activity
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG
from shared.web.conditional import needs_if_match, seen_revision
from shared.web.idempotency import written_once
from shared.web.problems import Problem
from shared.web.tokens import current_token, require_scope

#: What each step does, in the API's description.
SUMMARIES: Mapping[str, str] = {
    "submit": "Send a proposal to the coordinators, who are told by mail.",
    "accept": "Take a proposal into the programme; its makers are told by mail.",
    "ask_changes": "Send a proposal back to its makers with what is to be changed.",
    "decline": "Decline a proposal, and say why.",
    "reconsider": "Consider a declined proposal again.",
    "withdraw": "Take a proposal back; nothing new of it is released.",
    "resume": "Take a withdrawn proposal up again.",
    "request_label": "Ask for the label of the national festival.",
    "grant_label": "Grant the label.",
    "refuse_label": "Refuse the label, or take it back, and say why.",
    "drop_label": "Ask for the label no longer.",
    "comment": "Write to the other side about a proposal, which stays where it is.",
}


blueprint = ApiBlueprint(
    "Drafts: steps of activities",
    __name__,
    url_prefix="/api/v1/draft/activities",
    description="Where a proposal stands, taken further; each step is mailed and logged",
)


class StepBody(Schema):
    """What is said with a step: mailed to the other side, and kept with the proposal."""

    comment = text(LONGEST_COMMENT, "Required where changes are asked, or something is refused")


def _add(name: str) -> None:
    @blueprint.post(
        f"/<uuid:row_id>/{name.replace('_', '-')}",
        endpoint=f"{name}_draft_activity",
        parameters=identified(ACTIVITIES),
    )
    @require_scope(WRITE)
    @needs_if_match
    @blueprint.arguments(StepBody, example={"comment": "Dès quel âge ?"})
    @blueprint.response(200, ActivityDraft, example=ACTIVITIES.example, headers=ETAG)
    @blueprint.alt_response(404, description="There is no such activity")
    @blueprint.alt_response(
        409,
        description="not_open: it cannot go there from where it stands; too_late: the day is over",
    )
    @written_once(needs_key=False)
    @summary(SUMMARIES[name])
    def take_step(db: DbSession, values: Mapping[str, Any], row_id: UUID) -> Response:
        return _take(db, name, row_id, values.get("comment") or "")


def _take(db: DbSession, name: str, row_id: UUID, comment: str) -> Response:
    context = current_context()
    mover = _mover(db, row_id)
    try:
        with as_problem(ACTIVITIES, db):
            move(
                db,
                row_id,
                name,
                mover=mover,
                now=context.clock(),
                public_url=context.settings.public_url,
                comment=comment,
                revision=seen_revision(),
            )
    except NotOpen as error:
        raise Problem(409, "not_open", detail=str(error.sentence)) from error
    except TooLate as error:
        raise Problem(409, "too_late", detail=str(error.sentence)) from error
    except Incomplete as error:
        raise invalid({lack.name: lack.sentence for lack in error.lacks}) from error
    return answer_one(ACTIVITIES, fresh(db, ACTIVITIES, row_id))


def _mover(db: DbSession, row_id: UUID) -> Mover:
    """Return the program as one who takes a step; refuses what is another organisation's."""
    token = current_token()
    activity = db.get(Activity, row_id)
    if activity is None:
        raise unknown()
    owners = Owners(frozenset({activity.organisation_id} - {None}))  # type: ignore[arg-type]
    if not may(token, "change", "activities", owners):
        words = _("Ceci n’est pas à vous : vous pouvez le lire, pas le modifier.")
        raise Problem(403, "forbidden", detail=words)
    side: Side = "coordination" if "coordinator" in token.roles else "organisation"
    account = db.get(Account, token.account_id)
    if account is None:
        return Mover(token.account_id, token.account_name, side)
    return Mover(account.id, account.name, side, account.email)


for _step in STEPS:
    _add(_step.name)
