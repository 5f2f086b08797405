"""What an edition asks of its proposals, until when, and how fast people travel between places.

PATCH /api/v1/draft/editions/0199…/rules    If-Match: "rules-3"    {"takes_proposals": true}
→ 200  ETag: "rules-4"  {"revision": 4, "takes_proposals": true, …}
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, json
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts.answers import check_row, fresh, invalid, tagged
from services.scheduling.api.drafts.editions import EDITIONS
from services.scheduling.api.drafts.fields import changes_of
from services.scheduling.api.drafts.noun import READ, WRITE, identified
from services.scheduling.domain.editing.revisions import Conflict, Invalid
from services.scheduling.domain.proposals.requirements import (
    BY_NAME,
    STAGES,
    TEXTS,
    rules_of,
)
from services.scheduling.domain.proposals.ruling import (
    FASTEST,
    LARGEST_MARGIN,
    LONGEST_BEFORE,
    MOST_REMINDERS,
    rules_row,
    save_rules,
)
from services.scheduling.models import EditionRules
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG
from shared.web.caching import conditional_json
from shared.web.conditional import needs_if_match, seen_tag, stale
from shared.web.idempotency import written_once
from shared.web.tokens import current_token, require_scope

blueprint = ApiBlueprint(
    "Drafts: rules of editions",
    __name__,
    url_prefix="/api/v1/draft/editions/<uuid:row_id>/rules",
    description="What an edition asks of its proposals, and until when",
)

_COLUMNS = (
    *("takes_proposals", "proposals_due_on", "label_due_on", "publication_due_on"),
    *("travel_kmh", "travel_margin_minutes"),
)


def _asked() -> fields.List[Any]:
    return fields.List(
        fields.String(validate=validate.OneOf(list(BY_NAME))),
        validate=validate.Length(max=len(BY_NAME)),
    )


def _due(description: str) -> fields.Date:
    return fields.Date(
        allow_none=True, metadata={"description": f"The last day, local, {description}"}
    )


_LENGTH = validate.Range(10, 20_000)

Requirements = Schema.from_dict({stage: _asked() for stage in STAGES}, name="Requirements")
Lengths = Schema.from_dict(
    {name: fields.Integer(strict=True, validate=_LENGTH) for name in TEXTS}, name="Lengths"
)


class RulesBody(Schema):
    """What an edition asks for."""

    takes_proposals = fields.Boolean(
        truthy={True}, falsy={False}, metadata={"description": "Whether new ones may be begun"}
    )
    requirements = fields.Nested(
        Requirements, metadata={"description": "What must be filled in before each stage"}
    )
    lengths = fields.Nested(
        Lengths, metadata={"description": "How many characters texts may have, in each language"}
    )
    proposals_due_on = _due("to propose")
    label_due_on = _due("to ask for the label")
    publication_due_on = _due("to complete what is published")
    reminder_days = fields.List(
        fields.Integer(strict=True, validate=validate.Range(0, LONGEST_BEFORE)),
        validate=validate.Length(max=MOST_REMINDERS),
        metadata={"description": "So many days before a deadline reminders are mailed"},
    )
    travel_kmh = fields.Integer(
        strict=True,
        validate=validate.Range(1, FASTEST),
        metadata={"description": "How fast people travel, as the crow flies"},
    )
    travel_margin_minutes = fields.Integer(
        strict=True,
        validate=validate.Range(0, LARGEST_MARGIN),
        metadata={"description": "What is added to each way"},
    )


class RulesSchema(RulesBody):
    """An edition's rules; the usual ones, at revision 0, until somebody says otherwise."""

    revision = fields.Integer(required=True)


_BODY = {
    "takes_proposals": True,
    "requirements": {
        "proposal": ["organisation", "contact", "description"],
        "label": ["organisation", "contact", "description", "theme"],
        "publication": [],
    },
    "lengths": {"title": 140, "description": 10_000, "price_note": 255, "conditions": 255},
    "proposals_due_on": "2026-05-15",
    "label_due_on": "2026-05-31",
    "publication_due_on": "2026-09-01",
    "reminder_days": [14, 7, 1],
    "travel_kmh": 40,
    "travel_margin_minutes": 15,
}
EXAMPLE = {"revision": 3, **_BODY}


@blueprint.get("", parameters=identified(EDITIONS))
@require_scope(READ)
@blueprint.response(200, RulesSchema, example=EXAMPLE, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="There is no such edition")
def get_edition_rules(row_id: UUID) -> Response:
    """Tell what the edition asks of its proposals."""
    with current_context().database.read() as db:
        fresh(db, EDITIONS, row_id)
        row = rules_row(db, row_id)
    return conditional_json(json.dumps(_content(row)).encode(), _tag(row))


@blueprint.patch("", parameters=identified(EDITIONS))
@require_scope(WRITE)
@needs_if_match
@blueprint.arguments(changes_of(RulesBody), example=_BODY)
@blueprint.response(200, RulesSchema, example=EXAMPLE, headers=ETAG)
@blueprint.alt_response(404, description="There is no such edition")
@written_once(needs_key=False)
def change_edition_rules(db: DbSession, values: Mapping[str, Any], row_id: UUID) -> Response:
    """Change what the edition asks for; whatever is left out stays. For the coordination."""
    check_row(db, "change", fresh(db, EDITIONS, row_id))
    who: dict[str, Any] = {
        "account_id": current_token().account_id,
        "now": current_context().clock(),
    }
    kind, _dash, number = seen_tag().partition("-")
    seen = int(number) if kind == "rules" and number.isdecimal() and len(number) < 10 else -1
    whole = _whole(rules_row(db, row_id), values)
    try:
        row = save_rules(db, row_id, seen, whole, **who)
    except Conflict as error:
        raise stale(_tag(error.row), _content(error.row)) from error
    except Invalid as error:
        faults = {name.replace("length-", "lengths."): why for name, why in error.faults.items()}
        raise invalid(faults) from error
    return tagged(Response(json.dumps(_content(row)), content_type="application/json"), _tag(row))


def _told(row: EditionRules) -> dict[str, Any]:
    rules = rules_of(row)
    return {
        **{name: getattr(row, name) for name in _COLUMNS},
        "requirements": dict(rules.asked),
        "lengths": dict(rules.lengths),
        "reminder_days": list(rules.reminder_days),
    }


def _content(row: EditionRules) -> dict[str, Any]:
    content: dict[str, Any] = RulesSchema().dump({**_told(row), "revision": row.revision})
    return content


def _whole(row: EditionRules, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rules with what is given in the place of what there was."""
    stored = _told(row)
    nested = {
        name: {**stored[name], **values.get(name, {})} for name in ("requirements", "lengths")
    }
    return {**stored, **values, **nested}


def _tag(row: EditionRules) -> str:
    return f"rules-{row.revision}"
