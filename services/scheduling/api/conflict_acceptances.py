"""Conflicts that are meant: accepted with a note, or taken up again.

PUT /api/v1/editions/fds-2026/conflicts/space_taken-0a1b…/acceptance    {"note": "Un duo"}
→ 200  {"key": "space_taken-0a1b…", "accepted": {"by": "Nour Belkacem", "note": "Un duo", …}, …}
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import Schema
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.conflicts import EXAMPLE, ConflictSchema, told
from services.scheduling.api.drafts.answers import edition_id_of, forbidden, read_note, unknown
from services.scheduling.api.drafts.fields import text
from services.scheduling.api.drafts.noun import RELEASE, WRITE
from services.scheduling.domain.conflicts import (
    accept_conflict,
    check_edition,
    take_back_acceptance,
)
from services.scheduling.domain.conflicts.accepting import (
    LONGEST_NOTE,
    is_key,
    with_acceptances,
)
from services.scheduling.domain.permissions import may
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.idempotency import written_once
from shared.web.tokens import current_token, require_scope

blueprint = ApiBlueprint(
    "Conflicts that are meant",
    __name__,
    url_prefix="/api/v1/editions/<slug>/conflicts/<key>/acceptance",
    description="What a coordinator has looked at and wants to be as it is: it counts no more",
)

_PLACE = [
    {"in": "path", "name": "slug", "description": "The edition's slug"},
    {"in": "path", "name": "key", "description": "The conflict's key"},
]
_ACCEPTED = {
    **EXAMPLE["items"][0],
    "accepted": {"by": "Nour Belkacem", "at": "2026-09-01T08:00:00+00:00", "note": "Un duo."},
}


class AcceptanceBody(Schema):
    """Why it is meant, for the team."""

    note = text(LONGEST_NOTE)


@blueprint.put("", endpoint="accept_conflict", parameters=_PLACE)
@require_scope(WRITE, RELEASE)
@blueprint.arguments(AcceptanceBody, example={"note": "Un duo."})
@blueprint.response(200, ConflictSchema, example=_ACCEPTED)
@blueprint.alt_response(404, description="There is no such edition, or no such conflict any more")
@written_once(needs_key=False)
def accept(db: DbSession, body: Mapping[str, Any], slug: str, key: str) -> dict[str, Any]:
    """Say that a conflict is meant, or change the note; for coordinators.

    What is asked for is a state, so asking again only renews who said so, and when.
    """
    _check_right()
    edition_id, now = _edition_id(db, slug, key), current_context().clock()
    found = [one for one in check_edition(db, edition_id, now=now) if one.key == key]
    if not found:
        raise unknown()
    account_id = current_token().account_id
    note = read_note(body.get("note"), LONGEST_NOTE)
    accept_conflict(db, edition_id, key, note=note, account_id=account_id, now=now)
    (accepted,) = with_acceptances(db, edition_id, found[:1])
    answer: dict[str, Any] = ConflictSchema().dump(told(accepted))
    return answer


@blueprint.delete("", parameters=_PLACE)
@require_scope(WRITE, RELEASE)
@blueprint.response(204, description="It counts again")
@blueprint.alt_response(404, description="There is no such edition, or it was not accepted")
@written_once(needs_key=False)
def take_acceptance_back(db: DbSession, slug: str, key: str) -> Response:
    """Let a conflict count again; for coordinators."""
    _check_right()
    edition_id, now = _edition_id(db, slug, key), current_context().clock()
    account_id = current_token().account_id
    if not take_back_acceptance(db, edition_id, key, account_id=account_id, now=now):
        raise unknown()
    return Response(status=204)


def _check_right() -> None:
    if not may(current_token(), "accept", "conflicts"):
        raise forbidden()


def _edition_id(db: DbSession, slug: str, key: str) -> UUID:
    if not is_key(key):
        raise unknown()
    return edition_id_of(db, slug)
