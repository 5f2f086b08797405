"""Accounts: who is let in, as what, for whom; for the coordination alone.

POST /api/v1/accounts    {"email": "ada@…", "name": "Ada", "roles": ["organiser"],
                          "organisations": ["0199…"]}
→ 201  ETag: "9d1c…"  {"id": …, "email": "ada@…", "roles": ["organiser"], …}; she is mailed

A program acts for whoever made its token: what they may not give or take themselves, it may not.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Response, json, url_for
from marshmallow import RAISE
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts.answers import check_ever, invalid, tagged, unknown
from services.scheduling.api.staff_schemas import (
    ACCOUNT_CHANGES,
    ACCOUNT_EXAMPLE,
    CHANGES_EXAMPLE,
    INVITATION_EXAMPLE,
    AccountSchema,
    AccountsQuery,
    InvitationBody,
    ListedAccount,
)
from services.scheduling.domain import staffing
from services.scheduling.domain.editing.revisions import Invalid, Unknown
from services.scheduling.domain.memberships import rights_of
from services.scheduling.models import Account
from services.scheduling.queries.staff import StaffMember, staff
from services.scheduling.schemas import page_of
from shared.i18n import current_locale
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG, LOCATION
from shared.web.caching import conditional_json, digest_of
from shared.web.conditional import needs_if_match, seen_tag, stale
from shared.web.cursors import read_cursor, write_cursor
from shared.web.idempotency import written_once
from shared.web.problems import Problem
from shared.web.tokens import current_token, require_scope

READ, WRITE = "accounts:read", "accounts:write"

blueprint = ApiBlueprint(
    "Accounts",
    __name__,
    url_prefix="/api/v1/accounts",
    description="Who is let in as staff, as what and for whom",
)

PAGE = page_of(ListedAccount)
PAGE_EXAMPLE = {
    "items": [{**ACCOUNT_EXAMPLE, "last_sign_in_at": "2026-06-03T07:12:00+00:00"}],
    "next": None,
}

_ID = {"in": "path", "name": "account_id", "description": "The account's id"}


@blueprint.get("")
@require_scope(READ)
@blueprint.arguments(AccountsQuery, location="query", unknown=RAISE)
@blueprint.response(200, PAGE, example=PAGE_EXAMPLE, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
def list_accounts(query: dict[str, Any]) -> Response:
    """List the accounts, in the order in which they were made.

    Words are looked for in names, addresses, and the names of organisations and venues.
    """
    check_ever("change", Account)
    position, limit = read_cursor(query.get("cursor"), UUID), query["limit"]
    with current_context().database.read() as db:
        found = sorted(staff(db, query.get("q", ""), query.get("role")), key=lambda one: one.id)
    rest = [one for one in found if position is None or one.id > position[0]]
    following = write_cursor(rest[limit - 1].id) if len(rest) > limit else None
    return _answer(PAGE.dump({"items": list(map(_listed, rest[:limit])), "next": following}))


@blueprint.post("")
@require_scope(WRITE)
@blueprint.arguments(InvitationBody, example=INVITATION_EXAMPLE)
@blueprint.response(201, AccountSchema, example=ACCOUNT_EXAMPLE, headers={**ETAG, **LOCATION})
@written_once()
def invite_account(db: DbSession, values: dict[str, Any]) -> Response:
    """Let somebody in, and mail them what they are invited to, and by whom."""
    check_ever("change", Account)
    with staffing_problems():
        account = staffing.invite(
            db,
            {"name": values["name"], "email": values["email"]},
            _standing(values),
            by_token(),
            page=sign_in_page(),
            locale=values.get("locale") or current_locale(),
        )
    return _told(db, account, 201, Location=f"{blueprint.url_prefix}/{account.id}")


@blueprint.get("/<uuid:account_id>", parameters=[_ID])
@require_scope(READ)
@blueprint.response(200, AccountSchema, example=ACCOUNT_EXAMPLE, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="There is no such account")
def get_account(account_id: UUID) -> Response:
    """Give one account."""
    check_ever("change", Account)
    with current_context().database.read() as db:
        return _answer(_content(db, db.get(Account, account_id) or _missing()))


@blueprint.patch("/<uuid:account_id>", parameters=[_ID])
@require_scope(WRITE)
@needs_if_match
@blueprint.arguments(ACCOUNT_CHANGES, example=CHANGES_EXAMPLE)
@blueprint.response(200, AccountSchema, example=ACCOUNT_EXAMPLE, headers=ETAG)
@blueprint.alt_response(404, description="There is no such account")
@written_once(needs_key=False)
def change_account(db: DbSession, values: Mapping[str, Any], account_id: UUID) -> Response:
    """Change what an account is called and allowed; whatever is left out stays as it is.

    Who loses something is signed out everywhere, at once.
    """
    check_ever("change", Account)
    account = _taken(db, account_id)
    current = _content(db, account)
    with staffing_problems():
        staffing.change_standing(db, account_id, _standing({**current, **values}), by_token())
        staffing.rename(db, account_id, values.get("name", account.name), by_token())
    return _told(db, account)


@blueprint.post("/<uuid:account_id>/disable", parameters=[_ID])
@require_scope(WRITE)
@blueprint.response(200, AccountSchema, example=ACCOUNT_EXAMPLE, headers=ETAG)
@blueprint.alt_response(404, description="There is no such account")
@blueprint.alt_response(409, description="refused: your own account, or the last coordinator's")
@written_once(needs_key=False)
def disable_account(db: DbSession, account_id: UUID) -> Response:
    """Let an account in no longer; its tokens and private calendars end, at once and for good."""
    check_ever("change", Account)
    try:
        account = staffing.disable(db, account_id, by_token())
    except Unknown as error:
        raise unknown() from error
    except staffing.Refused as error:
        raise refused(error) from error
    return _told(db, account)


@blueprint.post("/<uuid:account_id>/enable", parameters=[_ID])
@require_scope(WRITE)
@blueprint.response(200, AccountSchema, example=ACCOUNT_EXAMPLE, headers=ETAG)
@blueprint.alt_response(404, description="There is no such account")
@written_once(needs_key=False)
def enable_account(db: DbSession, account_id: UUID) -> Response:
    """Let a disabled account in again; what was revoked stays so."""
    check_ever("change", Account)
    try:
        account = staffing.enable(db, account_id, by_token())
    except Unknown as error:
        raise unknown() from error
    return _told(db, account)


@contextmanager
def staffing_problems() -> Iterator[None]:
    """Turn what staffing refuses into problems, at the field where it was asked for."""
    try:
        yield
    except Unknown as error:
        raise unknown() from error
    except Invalid as error:
        raise invalid(error.faults) from error
    except staffing.Refused as error:
        raise invalid({error.field: error.sentence}) from error


def refused(error: staffing.Refused) -> Problem:
    """Return the problem of what must not be done, whatever is sent with it."""
    return Problem(409, "refused", detail=str(error.sentence))


def by_token() -> staffing.By:
    """Return who made the token, as the one who does it."""
    return staffing.By(current_token().account_id, current_context().clock())


def sign_in_page() -> str:
    """Return the public address of the page that invitations lead to."""
    return str(current_context().settings.public_url + url_for("sign_in.ask"))


def _standing(values: Mapping[str, Any]) -> staffing.Standing:
    return staffing.standing_of(
        values["roles"],
        map(UUID, map(str, values.get("organisations", ()))),
        map(UUID, map(str, values.get("venues", ()))),
        sees_names=values.get("sees_names", False),
    )


def _taken(db: DbSession, account_id: UUID) -> Account:
    """Lock an account that is as the program has seen it."""
    taken = sa.select(Account).where(Account.id == account_id).with_for_update()
    account = db.scalars(taken).one_or_none() or _missing()
    current = _content(db, account)
    if seen_tag() != _tag(current):
        raise stale(_tag(current), current)
    return account


def _missing() -> Any:
    raise unknown()


def _content(db: DbSession, account: Account) -> dict[str, Any]:
    rights = rights_of(db, account)
    told = {
        "id": account.id,
        "email": account.email,
        "name": account.name,
        "locale": account.locale,
        "roles": rights.roles,
        "organisations": rights.organisation_ids,
        "venues": rights.venue_ids,
        "sees_names": rights.sees_names,
        "created_at": account.created_at,
        "disabled_at": account.disabled_at,
    }
    content: dict[str, Any] = AccountSchema().dump(told)
    return content


def _listed(one: StaffMember) -> dict[str, Any]:
    ids = {"organisations": one.organisation_ids, "venues": one.venue_ids}
    return {**vars(one), **ids, "last_sign_in_at": one.last_seen}


def _told(db: DbSession, account: Account, status: int = 200, **headers: str) -> Response:
    db.flush()
    content = _content(db, account)
    answer = Response(json.dumps(content), status, headers, content_type="application/json")
    return tagged(answer, _tag(content))


def _tag(content: Any) -> str:
    return digest_of(json.dumps(content).encode())


def _answer(content: Any) -> Response:
    return conditional_json(json.dumps(content).encode())
