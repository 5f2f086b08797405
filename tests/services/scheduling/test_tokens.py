"""Tokens of the API: made in the console, shown once, told to the others, used and revoked."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from services.scheduling.domain.tokens import LISTED
from services.scheduling.models import ApiToken
from services.scheduling.web import create_app
from shared.api_tokens import hash_api_token
from shared.context import ServiceContext
from shared.messaging.tables import OUTBOX
from shared.testing.contexts import FrozenClock
from tests.services.scheduling.programs import bearer, browser, post, token_value

PAGE = "/console/tokens"


@pytest.fixture
def app(context: ServiceContext) -> Flask:
    return create_app(context)


@pytest.fixture
def staff(app: Flask, context: ServiceContext) -> FlaskClient:
    return browser(app, context, "coordinator")


def _events(context: ServiceContext) -> list[tuple[str, int, dict[str, Any]]]:
    table = OUTBOX.c
    with context.database.read() as db:
        rows = db.execute(
            sa.select(table.type, table.aggregate_version, table.data)
            .where(table.type.contains("api_token"))
            .order_by(table.row)
        )
        return [(row[0].partition(".")[2], row[1], row[2]) for row in rows]


def _tokens(context: ServiceContext) -> list[ApiToken]:
    with context.database.read() as db:
        return list(db.scalars(sa.select(ApiToken)))


def _form(staff: FlaskClient, **changes: Any) -> dict[str, Any]:
    found = re.search(r'name="token_id" value="([^"]+)"', staff.get(PAGE).text)
    assert found
    form = {"name": " Agenda  de la métropole ", "scopes": ["mails:read", "programme:read"]}
    return {**form, "lifetime": "30", "token_id": found[1], **changes}


def test_a_token_is_made_shown_once_and_told_to_the_others(
    staff: FlaskClient, context: ServiceContext
) -> None:
    form = _form(staff)
    made = post(staff, PAGE, **form)
    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "no-store"
    found = re.search(r'value="(parvis_[\w-]{43})"', made.text)
    assert found
    (token,) = _tokens(context)
    assert (token.name, token.scopes) == (
        "Agenda de la métropole",
        ["programme:read", "mails:read"],
    )
    assert token.token_hash == hash_api_token(found[1])
    assert token.expires_at == context.clock() + timedelta(days=30)
    assert _events(context) == [
        (
            "api_token_issued",
            1,
            {
                "id": str(token.id),
                "token_hash": token.token_hash,
                "name": "Agenda de la métropole",
                "scopes": ["programme:read", "mails:read"],
                "expires_at": token.expires_at.isoformat(),
                "account_id": str(token.account_id),
                "account_name": "Nour Belkacem",
                "roles": ["coordinator"],
                "organisation_ids": [],
                "venue_ids": [],
                "sees_names": False,
            },
        )
    ]
    assert found[1] not in staff.get(PAGE).text
    again = post(staff, PAGE, **form)  # the page was reloaded
    assert (again.status_code, len(_tokens(context))) == (303, 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["root"]}, "scopes"),
        ({"lifetime": "99999"}, "lifetime"),
    ],
)
def test_what_is_missing_is_said_at_the_field(
    staff: FlaskClient, context: ServiceContext, changes: dict[str, Any], field: str
) -> None:
    refused = post(staff, PAGE, **_form(staff, **changes))
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert _tokens(context) == []


def test_only_the_coordination_makes_and_revokes(app: Flask, context: ServiceContext) -> None:
    token_value(context)
    (token,) = _tokens(context)
    organiser = browser(app, context, "organiser")
    revoke = f"{PAGE}/{token.id}/revoke"
    assert [organiser.get(path).status_code for path in (PAGE, revoke)] == [403, 403]
    assert app.test_client().get(PAGE).status_code == 303
    home = "/console"
    assert post(organiser, home, PAGE, name="x", scopes="mails:read").status_code == 403
    assert post(organiser, home, revoke).status_code == 403
    assert _tokens(context)[0].revoked_at is None


def test_a_revoked_token_is_refused_at_once_and_the_others_are_told(
    staff: FlaskClient, context: ServiceContext
) -> None:
    value = token_value(context)
    (token,) = _tokens(context)
    program = create_app(context).test_client()
    assert program.get("/api/v1/token", headers=bearer(value)).status_code == 200
    address = f"{PAGE}/{token.id}/revoke"
    assert token.name in staff.get(address).text
    assert _tokens(context)[0].revoked_at is None  # looking revokes nothing
    assert [post(staff, address).status_code for _ in range(2)] == [303, 303]
    assert program.get("/api/v1/token", headers=bearer(value)).status_code == 401
    assert _events(context)[1:] == [("api_token_revoked", 2, {"id": str(token.id)})]


def test_a_token_tells_what_it_is_and_can_give_itself_up(
    client: FlaskClient, context: ServiceContext
) -> None:
    value = token_value(context, "mails:read", days=30)
    (token,) = _tokens(context)
    told = client.get("/api/v1/token", headers=bearer(value))
    assert token.expires_at is not None
    assert told.get_json() == {
        "id": str(token.id),
        "name": "Agenda",
        "account": {"id": str(token.account_id), "name": "Nour Belkacem"},
        "scopes": ["mails:read"],
        "expires_at": token.expires_at.isoformat(),
    }
    assert client.delete("/api/v1/token", headers=bearer(value)).status_code == 204
    assert client.delete("/api/v1/token", headers=bearer(value)).status_code == 401


def test_a_token_expires_by_itself(
    client: FlaskClient, context: ServiceContext, clock: FrozenClock
) -> None:
    value = token_value(context, days=30)
    clock.advance(days=30, seconds=-1)
    assert client.get("/api/v1/token", headers=bearer(value)).status_code == 200
    clock.advance(seconds=1)
    assert client.get("/api/v1/token", headers=bearer(value)).status_code == 401


def test_the_day_of_the_last_use_is_kept(
    client: FlaskClient, context: ServiceContext, clock: FrozenClock
) -> None:
    value = token_value(context)
    assert _tokens(context)[0].last_used_on is None
    for _ in range(2):
        client.get("/api/v1/token", headers=bearer(value))
        assert _tokens(context)[0].last_used_on == date(2026, 9, 24)
    clock.advance(days=1)
    client.get("/api/v1/token", headers=bearer(value))
    assert _tokens(context)[0].last_used_on == date(2026, 9, 25)


def test_tokens_long_dead_are_no_longer_listed(
    app: Flask, context: ServiceContext, clock: FrozenClock
) -> None:
    token_value(context, days=30)
    clock.advance(days=31)
    assert "Expiré" in browser(app, context, "coordinator").get(PAGE).text
    clock.advance(seconds=LISTED.total_seconds())
    assert "Aucun jeton" in browser(app, context, "coordinator").get(PAGE).text
