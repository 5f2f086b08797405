"""Accounts over the API are the coordination's; members are their organisation's."""

from typing import Any

import pytest
import sqlalchemy as sa

from services.scheduling.models import Account, HistoryEntry
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.messaging.tables import OUTBOX
from tests.services.scheduling.programs import EMAIL, Program, organisers_token
from tests.services.scheduling.stored_programme import StoredProgramme

ACCOUNTS = "/api/v1/accounts"


@pytest.fixture
def programme(context: ServiceContext) -> StoredProgramme:
    with context.database.write() as db:
        return StoredProgramme(db)


@pytest.fixture
def program(context: ServiceContext) -> Program:
    return Program(context)


def _invitation(programme: StoredProgramme, **changes: Any) -> dict[str, Any]:
    return {
        "email": "Ada@example.org",
        "name": "Ada Martin",
        "roles": ["organiser"],
        "organisations": [str(programme.organisation.id)],
        **changes,
    }


def _own(context: ServiceContext) -> str:
    with context.database.read() as db:
        return str(db.scalar(sa.select(Account.id).where(Account.email == EMAIL)))


def test_somebody_is_let_in_once_and_mailed(
    context: ServiceContext, program: Program, programme: StoredProgramme
) -> None:
    body = _invitation(programme, locale="en")
    key = {"Idempotency-Key": "invite-ada"}
    made, again = (program("POST", ACCOUNTS, body, **key) for _ in range(2))
    assert (made.status_code, again.get_json()) == (201, made.get_json())
    account = made.get_json()
    assert account == {
        "id": account["id"],
        "email": "ada@example.org",
        "name": "Ada Martin",
        "locale": "en",
        "roles": ["organiser"],
        "organisations": [str(programme.organisation.id)],
        "venues": [],
        "sees_names": False,
        "created_at": "2026-09-24T08:00:00+00:00",
        "disabled_at": None,
    }
    assert program("GET", made.headers["Location"]).get_json() == account
    with context.database.read() as db:
        invited = OUTBOX.c.type == "scheduling.account_invited"
        (mail,) = db.scalars(sa.select(OUTBOX.c.data).where(invited))
        entry = sa.select(HistoryEntry.action, HistoryEntry.account_id)
        found = db.execute(entry.where(HistoryEntry.noun == "accounts")).one()
        assert tuple(map(str, found)) == ("invited", _own(context))
    assert (mail["recipient"]["email"], mail["inviter"], mail["link"]) == (
        *("ada@example.org", "Nour Belkacem"),
        f"{context.settings.public_url}/console/sign-in",
    )


def test_what_is_allowed_is_changed_by_who_has_seen_it(
    program: Program, programme: StoredProgramme
) -> None:
    made = program("POST", ACCOUNTS, _invitation(programme))
    address, tag = made.headers["Location"], made.headers["ETag"]
    venues = {"roles": ["venue", "reader"], "venues": [str(programme.venue.id)]}
    changed = program("PATCH", address, {**venues, "sees_names": True}, If_Match=tag)
    assert changed.get_json() == {
        **made.get_json(),
        **venues,
        "organisations": [],  # a role that is not held has no place
        "sees_names": True,
    }
    late = program("PATCH", address, {"name": "Autre"}, If_Match=tag)
    assert (late.status_code, late.get_json()["current"]) == (412, changed.get_json())
    tag = changed.headers["ETag"]
    nowhere = program("PATCH", address, {"venues": [str(new_id())]}, If_Match=tag)
    assert nowhere.get_json()["errors"]["json"] == {"venues": ["Ce choix n’existe pas, ou plus."]}
    renamed = program("PATCH", address, {"name": "Ada M."}, If_Match=tag)
    assert renamed.get_json() == {**changed.get_json(), "name": "Ada M."}


def test_nobody_gives_themselves_names_or_takes_their_own_account_away(
    context: ServiceContext, program: Program
) -> None:
    address = f"{ACCOUNTS}/{_own(context)}"
    tag = program("GET", address).headers["ETag"]
    gained = program("PATCH", address, {"sees_names": True}, If_Match=tag)
    assert (gained.status_code, list(gained.get_json()["errors"]["json"])) == (422, ["sees_names"])
    lost = program("PATCH", address, {"roles": ["reader"]}, If_Match=tag)
    assert (lost.status_code, list(lost.get_json()["errors"]["json"])) == (422, ["roles"])
    ended = program("POST", f"{address}/disable")
    assert (ended.status_code, ended.get_json()["code"]) == (409, "refused")


def test_a_disabled_account_opens_nothing_until_it_is_enabled(
    context: ServiceContext, program: Program, programme: StoredProgramme
) -> None:
    token = organisers_token(context, "lou@example.org", programme.organisation.id)
    (lou,) = program("GET", f"{ACCOUNTS}?q=lou&role=organiser").get_json()["items"]
    address = f"{ACCOUNTS}/{lou.pop('id')}"
    ended = program("POST", f"{address}/disable").get_json()
    assert ended["disabled_at"] == "2026-09-24T08:00:00+00:00"
    assert Program(context, token=token)("GET", "/api/v1/token").status_code == 401
    assert program("POST", f"{address}/enable").get_json() == {**ended, "disabled_at": None}


def test_accounts_are_the_coordinations_and_members_their_organisations(
    context: ServiceContext, program: Program, programme: StoredProgramme
) -> None:
    mine = f"/api/v1/organisations/{programme.organisation.id}/members"
    lou = Program(
        context, token=organisers_token(context, "lou@example.org", programme.organisation.id)
    )
    max_ = Program(context, token=organisers_token(context, "max@example.org"))
    assert lou("GET", ACCOUNTS).status_code == 403
    assert lou("POST", ACCOUNTS, _invitation(programme)).status_code == 403
    assert max_("GET", mine).status_code == 403
    invited = lou("POST", mine, {"name": "Ada Martin", "email": "ada@example.org"})
    assert invited.status_code == 201, invited.text
    members = {row["email"]: row["id"] for row in invited.get_json()["items"]}
    assert list(members) == ["ada@example.org", "lou@example.org"]
    assert max_("DELETE", f"{mine}/{members['ada@example.org']}").status_code == 403
    assert lou("DELETE", f"{mine}/{members['ada@example.org']}").status_code == 204
    own = lou("DELETE", f"{mine}/{members['lou@example.org']}")
    assert (own.status_code, own.get_json()["code"]) == (409, "refused")
    assert [row["email"] for row in lou("GET", mine).get_json()["items"]] == ["lou@example.org"]
    ada = program("GET", f"{ACCOUNTS}/{members['ada@example.org']}").get_json()
    assert (ada["roles"], ada["organisations"]) == (["organiser"], [])


def test_a_token_for_the_programme_lets_nobody_in(
    context: ServiceContext, programme: StoredProgramme
) -> None:
    writer = Program(context, "programme:write")
    refused = writer("POST", ACCOUNTS, _invitation(programme))
    assert (refused.status_code, refused.get_json()["code"]) == (403, "insufficient_scope")
