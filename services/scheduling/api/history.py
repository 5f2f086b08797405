"""The history of everything, for the coordination: who did what, when, and to what.

GET /api/v1/history?noun=accounts&from=2026-10-01
→ {"items": [{"noun": "accounts", "row_id": …, "action": "invited", "account": "Nour", …}], …}
"""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Response, json
from marshmallow import RAISE, fields, validate

from services.scheduling.api.accounts import READ as ACCOUNTS
from services.scheduling.api.drafts.answers import forbidden
from services.scheduling.api.drafts.history import EXAMPLE as ENTRY_EXAMPLE
from services.scheduling.api.drafts.history import Entry, shown
from services.scheduling.api.drafts.noun import READ
from services.scheduling.domain.permissions import may
from services.scheduling.models import Edition
from services.scheduling.queries.history import HistoryFilter, entries
from services.scheduling.schemas import DraftSessionsQuery, PageQuery, page_of
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG
from shared.web.caching import conditional_json
from shared.web.cursors import read_cursor, write_cursor
from shared.web.tokens import check_scope, current_token, require_scope

blueprint = ApiBlueprint(
    "History",
    __name__,
    url_prefix="/api/v1/history",
    description="Who changed what of the programme, and who let whom in",
)

#: The kinds of objects that have a history, by the name of their table.
NOUNS = (
    *("sessions", "activities", "venues", "spaces", "communes", "organisations", "presenters"),
    *("resources", "tours", "stops", "editions", "festivals", "accounts", "site_texts"),
)


class HistoryQuery(PageQuery):
    """Which entries are wanted."""

    noun = fields.String(
        validate=validate.OneOf(NOUNS), metadata={"description": "Of this kind of object alone"}
    )
    row = fields.UUID(metadata={"description": "Of the object with this id"})
    account = fields.UUID(metadata={"description": "What this account did"})
    edition = DraftSessionsQuery._declared_fields["edition"]
    starting = DraftSessionsQuery._declared_fields["starting"]
    ending = DraftSessionsQuery._declared_fields["ending"]


class EntryOfSomething(Entry):
    """What somebody did, and to what."""

    noun = fields.String(required=True)
    row_id = fields.UUID(required=True)


PAGE = page_of(EntryOfSomething)
EXAMPLE = {
    "items": [
        {**ENTRY_EXAMPLE, "noun": "spaces", "row_id": "01a1b2c3-0000-7000-8000-000000000064"}
    ],
    "next": None,
}


@blueprint.get("")
@require_scope(READ)
@blueprint.arguments(HistoryQuery, location="query", unknown=RAISE)
@blueprint.response(200, PAGE, example=EXAMPLE, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
def list_history(query: dict[str, Any]) -> Response:
    """List what was done, the latest first; for the coordination.

    What became of `accounts` is told to tokens that have the scope `accounts:read` too.
    """
    if not may(current_token(), "history", "accounts"):
        raise forbidden()
    if query.get("noun") == "accounts":
        check_scope(ACCOUNTS)
    position, limit = read_cursor(query.get("cursor"), UUID), query["limit"]
    with current_context().database.read() as db:
        edition_id = None
        if "edition" in query:
            this = sa.select(Edition.id).where(Edition.slug == query["edition"])
            edition_id = db.scalar(this) or UUID(int=0)
        wanted = HistoryFilter(
            noun=query.get("noun"),
            row_id=query.get("row"),
            account_id=query.get("account"),
            edition_id=edition_id,
            since=query.get("starting"),
            until=query.get("ending"),
            without=() if current_token().allows(ACCOUNTS) else ("accounts",),
        )
        before = position[0] if position else None
        found = entries(db, wanted, before=before, limit=limit + 1)
    following = write_cursor(found[limit - 1].id) if len(found) > limit else None
    items = [{**shown(one), "noun": one.noun, "row_id": one.row_id} for one in found[:limit]]
    body = json.dumps(PAGE.dump({"items": items, "next": following})).encode()
    return conditional_json(body)
