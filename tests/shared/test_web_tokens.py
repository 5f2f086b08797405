"""Tokens at the API: who is let in, what the others are told, and what is never written down."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient

from shared.api_tokens import (
    PREFIX,
    ApiToken,
    find_copied_token,
    hash_api_token,
    keep_issued,
    keep_revoked,
    new_api_token,
)
from shared.context import ServiceContext
from shared.contracts.scheduling import API_TOKEN_ISSUED, API_TOKEN_REVOKED
from shared.identifiers import new_id
from shared.messaging.envelope import Envelope
from shared.testing.contexts import NOW, make_context
from shared.web.api import ApiBlueprint
from shared.web.application import create_application
from shared.web.sign_in import SignedInAccount
from shared.web.tokens import current_token, require_scope
from tests.contracts.golden import golden
from tests.shared.web_application import account_cookie, small_context

#: As long as a real one; tests have its parts in their names, so it is always the same.
VALUE = PREFIX + "Zm9v-_" * 7 + "A"


def _token(*scopes: str) -> ApiToken:
    return ApiToken(new_id(), "Agenda", new_id(), "Nour", scopes, None)


def _application(context: ServiceContext, *scopes: str) -> Flask:
    api = ApiBlueprint("Small", __name__, url_prefix="/api/v1/small")

    @api.get("/things")
    @require_scope("programme:read")
    @api.response(200)
    def list_things() -> dict[str, str]:
        """List the things."""
        return {"asked_by": current_token().name}

    known = {hash_api_token(VALUE): _token(*scopes)}
    return create_application(
        context,
        import_name="services.scheduling.web",
        api_blueprints=[api],
        find_token=known.get,
    )


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    return _application(small_context(tmp_path), "programme:read").test_client()


def _ask(client: FlaskClient, authorization: str | None) -> Any:
    headers = {} if authorization is None else {"Authorization": authorization}
    return client.get("/api/v1/small/things", headers=headers)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_a_good_token_is_let_in(client: FlaskClient, scheme: str) -> None:
    answer = _ask(client, f"{scheme} {VALUE}")
    assert (answer.status_code, answer.get_json()) == (200, {"asked_by": "Agenda"})


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic bm91cjpub3Vy"])
def test_without_a_token_one_is_asked_for(client: FlaskClient, authorization: str | None) -> None:
    answer = _ask(client, authorization)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "token_required")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Parvis"'


@pytest.mark.parametrize(
    "value",
    ["parvis_unknown", VALUE[:-1], VALUE.upper(), "sésame", "parvis_" + "x" * 10_000],
    ids=["unknown", "cut", "in capitals", "no token", "too long"],
)
def test_an_unknown_token_is_refused(client: FlaskClient, value: str) -> None:
    answer = _ask(client, f"Bearer {value}")
    assert (answer.status_code, answer.get_json()["code"]) == (401, "invalid_token")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Parvis", error="invalid_token"'


def test_a_token_without_the_scope_is_told_which_it_lacks(tmp_path: Path) -> None:
    client = _application(small_context(tmp_path), "mails:read").test_client()
    answer = _ask(client, f"Bearer {VALUE}")
    assert (answer.status_code, answer.get_json()["scope"]) == (403, "programme:read")
    assert answer.headers["WWW-Authenticate"] == (
        'Bearer realm="Parvis", error="insufficient_scope", scope="programme:read"'
    )


def test_a_new_token_is_random_and_as_long_as_that() -> None:
    made = {new_api_token() for _ in range(100)}
    assert len(made) == 100
    assert {len(each) for each in made} == {len(VALUE)}


def test_who_may_write_may_read() -> None:
    assert _token("programme:write").allows("programme:read")
    assert not _token("programme:read").allows("programme:write")
    assert not _token("releases:write").allows("programme:write")


def test_the_consoles_cookie_opens_nothing_here(tmp_path: Path) -> None:
    app = _application(small_context(tmp_path), "programme:read")
    account = SignedInAccount(new_id(), "Nour", ("coordinator",), new_id())
    client = app.test_client()
    client.set_cookie("parvis_account", account_cookie(app, account))
    assert _ask(client, None).status_code == 401


def test_an_operation_tells_its_scope_and_its_refusals(client: FlaskClient) -> None:
    described = client.get("/api/v1/scheduling/openapi.json").get_json()
    operation = described["paths"]["/api/v1/small/things"]["get"]
    assert operation["security"] == [{"bearerAuth": ["programme:read"]}]
    assert {"401", "403"} <= set(operation["responses"])
    assert described["components"]["securitySchemes"]["bearerAuth"]["scheme"] == "bearer"


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    with structlog.testing.capture_logs() as entries:
        yield entries


def test_no_token_is_written_to_a_log(client: FlaskClient, logged: list[Any]) -> None:
    for value in (VALUE, "parvis_unknown"):
        _ask(client, f"Bearer {value}")
    assert [entry["status"] for entry in logged] == [200, 401]
    assert "parvis_" not in str(logged)


@pytest.fixture
def copies(database_url: str) -> Iterator[ServiceContext]:
    context = make_context("notifications", database_url)
    yield context
    context.database.dispose()


def _events(**changes: Any) -> tuple[Envelope, Envelope]:
    issued, revoked = golden(API_TOKEN_ISSUED), golden(API_TOKEN_REVOKED)
    issued.data.update(changes)
    return issued, revoked


def _copied(context: ServiceContext, event: Envelope) -> ApiToken | None:
    with context.database.read() as db:
        return find_copied_token(db, event.data["token_hash"], now=NOW)


def test_another_service_knows_a_token_from_its_issue_until_it_is_revoked(
    copies: ServiceContext,
) -> None:
    issued, revoked = _events()
    with copies.database.write() as db:
        keep_issued(db, issued)
        keep_issued(db, issued)
    found = _copied(copies, issued)
    assert found is not None
    assert (str(found.id), found.name) == (issued.data["id"], "Agenda de la métropole")
    assert found.scopes == ("programme:read", "registrations:read")
    with copies.database.write() as db:
        keep_revoked(db, revoked)
    assert _copied(copies, issued) is None


def test_a_revocation_that_comes_first_stands(copies: ServiceContext) -> None:
    issued, revoked = _events()
    with copies.database.write() as db:
        keep_revoked(db, revoked)
        keep_issued(db, issued)
    assert _copied(copies, issued) is None


def test_an_expired_token_is_refused_without_any_event(copies: ServiceContext) -> None:
    issued, _ = _events(expires_at=NOW.isoformat())
    with copies.database.write() as db:
        keep_issued(db, issued)
    assert _copied(copies, issued) is None
    later, _ = _events(expires_at=(NOW + timedelta(seconds=1)).isoformat(), id=str(new_id()))
    later.data["token_hash"] = "0" * 64
    with copies.database.write() as db:
        keep_issued(db, later)
    assert _copied(copies, later) is not None
