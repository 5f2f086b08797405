"""Private calendars of venues, organisations and presenters: which there are, and ending one.

GET /api/v1/draft/venues/0199…/feeds
→ {"items": [{"id": "0198…", "name": "Régie", "last_used_on": "2026-10-01", …}]}

People make them, in the console: what is secret about one is shown there, once.
"""

from uuid import UUID

from flask import Response, json
from marshmallow import Schema, fields
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts.answers import forbidden, fresh, unknown
from services.scheduling.api.drafts.noun import READ, WRITE, Noun, identified, summary
from services.scheduling.api.drafts.organisations import ORGANISATIONS
from services.scheduling.api.drafts.presenters import PRESENTERS
from services.scheduling.api.drafts.touring_rights import current_person
from services.scheduling.api.drafts.venues import VENUES
from services.scheduling.domain.feed_tokens import acts_for, feeds_of, revoke_feed
from services.scheduling.models import FeedToken
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG
from shared.web.caching import conditional_json
from shared.web.idempotency import written_once
from shared.web.tokens import require_scope

blueprint = ApiBlueprint(
    "Drafts: private calendars",
    __name__,
    url_prefix="/api/v1/draft",
    description="Calendars with logistics in them, each under a secret address of its own",
)

_FEED = {"in": "path", "name": "feed_id", "description": "The calendar's id"}


class FeedSchema(Schema):
    """A private calendar that is still good, without its address."""

    id = fields.UUID(required=True)
    name = fields.String(required=True, metadata={"description": "Who subscribes"})
    account_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "Who made it"}
    )
    created_at = fields.AwareDateTime(required=True)
    last_used_on = fields.Date(required=True, allow_none=True)


class FeedsSchema(Schema):
    """The private calendars of one, the newest first."""

    items = fields.List(fields.Nested(FeedSchema), required=True)


EXAMPLE = {
    "items": [
        {
            "id": "01a1b2c3-0000-7000-8000-000000000093",
            "name": "Régie",
            "account_id": "01a1b2c3-0000-7000-8000-000000000040",
            "created_at": "2026-06-02T09:40:00+00:00",
            "last_used_on": "2026-10-01",
        }
    ]
}


def _add(noun: Noun) -> None:
    column = f"{noun.singular}_id"

    @blueprint.get(
        f"/{noun.plural}/<uuid:row_id>/feeds",
        endpoint=f"list_{noun.singular}_feeds",
        parameters=identified(noun),
    )
    @require_scope(READ)
    @blueprint.response(200, FeedsSchema, example=EXAMPLE, headers=ETAG)
    @blueprint.alt_response(304, description="Unchanged")
    @blueprint.alt_response(404, description=f"There is no such {noun.singular}")
    @summary(f"List the private calendars of one {noun.singular} that you act for.")
    def list_feeds(row_id: UUID) -> Response:
        with current_context().database.read() as db:
            _check(db, noun, row_id)
            content = FeedsSchema().dump({"items": feeds_of(db, column, row_id)})
        body = json.dumps(content).encode()
        return conditional_json(body)

    @blueprint.delete(
        f"/{noun.plural}/<uuid:row_id>/feeds/<uuid:feed_id>",
        endpoint=f"revoke_{noun.singular}_feed",
        parameters=[*identified(noun), _FEED],
    )
    @require_scope(WRITE)
    @blueprint.response(204, description="Its address leads nowhere from now on")
    @blueprint.alt_response(404, description=f"There is no such {noun.singular} or calendar")
    @written_once(needs_key=False)
    @summary(f"End a private calendar of one {noun.singular} that you act for.")
    def revoke(db: DbSession, row_id: UUID, feed_id: UUID) -> Response:
        _check(db, noun, row_id)
        token = db.get(FeedToken, feed_id)
        if token is None or getattr(token, column) != row_id:
            raise unknown()
        revoke_feed(db, feed_id, current_context().clock())
        return Response(status=204)


def _check(db: DbSession, noun: Noun, row_id: UUID) -> None:
    if not acts_for(current_person(), fresh(db, noun, row_id)):
        raise forbidden()


for _noun in (VENUES, ORGANISATIONS, PRESENTERS):
    _add(_noun)
