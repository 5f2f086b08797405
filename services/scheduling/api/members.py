"""The members of an organisation: its own people see who they are, and invite their colleagues.

POST /api/v1/organisations/0199…/members    {"email": "ada@example.org", "name": "Ada Martin"}
→ 201  {"items": [{"id": …, "name": "Ada Martin", …}, …]}; she is mailed
"""

from typing import Any
from uuid import UUID

from flask import Response, json
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.accounts import (
    READ,
    WRITE,
    by_token,
    refused,
    sign_in_page,
    staffing_problems,
)
from services.scheduling.api.drafts.answers import forbidden, unknown
from services.scheduling.api.staff_schemas import MEMBER_EXAMPLE, MemberBody, MembersSchema
from services.scheduling.domain import staffing
from services.scheduling.domain.editing.revisions import Unknown
from services.scheduling.domain.permissions import may_invite_to
from services.scheduling.models import Organisation
from services.scheduling.queries.staff import members_of
from shared.i18n import current_locale
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG
from shared.web.caching import conditional_json
from shared.web.idempotency import written_once
from shared.web.tokens import current_token, require_scope

blueprint = ApiBlueprint(
    "Members",
    __name__,
    url_prefix="/api/v1/organisations/<uuid:organisation_id>/members",
    description="Who acts for an organisation",
)

EXAMPLE = {"items": [MEMBER_EXAMPLE]}

_ORGANISATION = {"in": "path", "name": "organisation_id", "description": "The organisation's id"}
_ACCOUNT = {"in": "path", "name": "account_id", "description": "The account's id"}


@blueprint.get("", parameters=[_ORGANISATION])
@require_scope(READ)
@blueprint.response(200, MembersSchema, example=EXAMPLE, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="There is no such organisation")
def list_members(organisation_id: UUID) -> Response:
    """List who acts for an organisation of yours, by name."""
    with current_context().database.read() as db:
        _check(db, organisation_id)
        body = _content(db, organisation_id)
    return conditional_json(body)


@blueprint.post("", parameters=[_ORGANISATION])
@require_scope(WRITE)
@blueprint.arguments(MemberBody, example={"email": "ada@example.org", "name": "Ada Martin"})
@blueprint.response(201, MembersSchema, example=EXAMPLE)
@blueprint.alt_response(404, description="There is no such organisation")
@written_once()
def invite_member(db: DbSession, values: dict[str, Any], organisation_id: UUID) -> Response:
    """Let a colleague in for an organisation of yours, and mail them; answers with all members."""
    _check(db, organisation_id)
    with staffing_problems():
        staffing.invite(
            db,
            values,
            staffing.Standing(frozenset({"organiser"}), frozenset({organisation_id})),
            by_token(),
            page=sign_in_page(),
            locale=current_locale(),
        )
    return Response(_content(db, organisation_id), 201, content_type="application/json")


@blueprint.delete("/<uuid:account_id>", parameters=[_ORGANISATION, _ACCOUNT])
@require_scope(WRITE)
@blueprint.response(204, description="Acts for it no longer; the account stays")
@blueprint.alt_response(404, description="There is no such organisation or account")
@blueprint.alt_response(409, description="refused: nobody removes themselves")
@written_once(needs_key=False)
def remove_member(db: DbSession, organisation_id: UUID, account_id: UUID) -> Response:
    """Let somebody act for an organisation of yours no longer; they are signed out at once."""
    _check(db, organisation_id)
    try:
        staffing.leave_organisation(db, account_id, organisation_id, by_token())
    except Unknown as error:
        raise unknown() from error
    except staffing.Refused as error:
        raise refused(error) from error
    return Response(status=204)


def _check(db: DbSession, organisation_id: UUID) -> None:
    if not may_invite_to(current_token(), organisation_id):
        raise forbidden()
    if db.get(Organisation, organisation_id) is None:
        raise unknown()


def _content(db: DbSession, organisation_id: UUID) -> bytes:
    content = MembersSchema().dump({"items": members_of(db, organisation_id)})
    return json.dumps(content).encode()
