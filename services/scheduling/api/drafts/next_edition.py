"""The edition that follows another one: looked at first, then made with what is taken over.

GET  /api/v1/draft/editions/0199…/next
→ {"proposed": {"name_fr": "Fête de la science 2027", "starts_on": "2027-10-01", …},
   "activities": 480, "sessions": 2900}
POST /api/v1/draft/editions/0199…/next    {"festival_id": …, "name_fr": …, "to_confirm": true, …}
→ 201  the edition
"""

from typing import Any
from uuid import UUID

from flask import Response, json
from marshmallow import Schema, fields
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts.answers import as_problem, check_ever, fresh
from services.scheduling.api.drafts.editions import EDITIONS, EditionBody, EditionDraft
from services.scheduling.api.drafts.noun import READ, WRITE, answer_one, identified
from services.scheduling.domain.editing.next_edition import Taken, copy_edition, proposed, shift_of
from services.scheduling.models import Edition
from services.scheduling.queries.console_editions import size_of
from shared.contracts.party_categories import PartyCategory
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG, LOCATION
from shared.web.caching import conditional_json
from shared.web.idempotency import written_once
from shared.web.tokens import current_token, require_scope

blueprint = ApiBlueprint(
    "Drafts: next editions",
    __name__,
    url_prefix="/api/v1/draft/editions",
    description="A new edition that begins with the content of another one",
)


class NextEditionBody(EditionBody):
    """The new edition, and what it takes over: always the activities that were accepted."""

    sessions = fields.Boolean(
        truthy={True},
        falsy={False},
        load_default=True,
        metadata={"description": "Its sessions too, on the same weekdays, as drafts"},
    )
    to_confirm = fields.Boolean(
        truthy={True},
        falsy={False},
        load_default=False,
        metadata={"description": "Activities become ideas that organisations take up again"},
    )


class ProposedEdition(Schema):
    """A new edition as it would be, a year later on the same weekdays; good as a body."""

    festival_id = fields.UUID(required=True)
    name_fr = fields.String(required=True)
    name_en = fields.String(required=True, allow_none=True)
    slug = fields.String(
        required=True, allow_none=True, metadata={"description": "Null: made from the name"}
    )
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    time_zone = fields.String(required=True)
    contact_email = fields.String(required=True, allow_none=True)
    registration_opens_at = fields.AwareDateTime(required=True, allow_none=True)
    party_categories = fields.List(fields.Nested(PartyCategory), required=True)


class NextEditionSchema(Schema):
    """What the next edition would be, and how much it takes over at most."""

    proposed = fields.Nested(ProposedEdition, required=True)
    days = fields.Integer(required=True, metadata={"description": "By how many sessions move"})
    activities = fields.Integer(required=True)
    sessions = fields.Integer(required=True)


_EDITION = EDITIONS.example_body
_PROPOSED = {
    **_EDITION,
    "name_fr": "Fête de la science 2027",
    "name_en": "Science festival 2027",
    "slug": None,
    "starts_on": "2027-10-01",
    "ends_on": "2027-10-11",
    "registration_opens_at": "2027-09-14T08:00:00+00:00",
}
_PREVIEW = {"proposed": _PROPOSED, "days": 364, "activities": 480, "sessions": 2900}
_MADE = {**EDITIONS.example, **_PROPOSED, "slug": "fete-de-la-science-2027", "revision": 1}


@blueprint.get("/<uuid:row_id>/next", parameters=identified(EDITIONS))
@require_scope(READ)
@blueprint.response(200, NextEditionSchema, example=_PREVIEW, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="There is no such edition")
def preview_next_edition(row_id: UUID) -> Response:
    """Tell what the edition that follows would be, and how much it would take over."""
    with current_context().database.read() as db:
        edition = fresh(db, EDITIONS, row_id)
        after, size = proposed(edition), size_of(db, edition.id)
        content = {
            "proposed": after,
            "days": shift_of(edition.starts_on, after["starts_on"]).days,
            "activities": size.activities,
            "sessions": size.sessions,
        }
        body = json.dumps(NextEditionSchema().dump(content)).encode()
    return conditional_json(body)


@blueprint.post("/<uuid:row_id>/next", parameters=identified(EDITIONS))
@require_scope(WRITE)
@blueprint.arguments(NextEditionBody, example={**_PROPOSED, "sessions": True, "to_confirm": False})
@blueprint.response(201, EditionDraft, example=_MADE, headers={**ETAG, **LOCATION})
@blueprint.alt_response(404, description="There is no such edition")
@written_once()
def create_next_edition(db: DbSession, body: dict[str, Any], row_id: UUID) -> Response:
    """Make the edition that follows another one; nothing of it is public before a release."""
    check_ever("create", Edition)
    old = fresh(db, EDITIONS, row_id)
    taken = Taken(sessions=body["sessions"], to_confirm=body["to_confirm"])
    values = {name: body[name] for name in body if name not in ("sessions", "to_confirm")}
    account_id, now = current_token().account_id, current_context().clock()
    with as_problem(EDITIONS, db):
        made = copy_edition(db, old.id, values, taken, account_id=account_id, now=now)
    row = fresh(db, EDITIONS, made.id)
    return answer_one(EDITIONS, row, 201, Location=f"{blueprint.url_prefix}/{row.id}")
