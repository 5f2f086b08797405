"""How many people are registered, for programs: numbers, filters, pages, and who may ask."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from services.registration.web import create_app
from shared.api_tokens import hash_api_token, keep_issued, keep_revoked, new_api_token
from shared.context import ServiceContext
from shared.contracts.scheduling import API_TOKEN_ISSUED, API_TOKEN_REVOKED
from shared.identifiers import new_id
from tests.contracts.golden import golden
from tests.services.registration.factories import publish
from tests.services.registration.test_registration_api import body, post

ADDRESS = "/api/v1/registration/sessions"


@pytest.fixture
def client(context: ServiceContext) -> FlaskClient:
    return create_app(context).test_client()


@pytest.fixture
def headers(context: ServiceContext) -> dict[str, str]:
    """Return the header of a token as scheduling's event made it known."""
    value, event = new_api_token(), golden(API_TOKEN_ISSUED)
    event.data["token_hash"] = hash_api_token(value)
    with context.database.write() as db:
        keep_issued(db, event)
    return {"Authorization": f"Bearer {value}"}


def test_a_session_tells_its_numbers_and_nobodys_name(
    context: ServiceContext, client: FlaskClient, headers: dict[str, str]
) -> None:
    session = publish(context, capacity=3)
    post(client, body(session, party={"adults": 2, "children": 1}))
    late = body(session)
    late["bookings"][0]["if_full"] = "waitlist"
    post(client, late)
    told = client.get(f"{ADDRESS}/{session}", headers=headers)
    assert told.get_json() == {
        "id": str(session),
        "starts_at": told.get_json()["starts_at"],
        "status": "confirmed",
        "registration": "here",
        "capacity": 3,
        "seats_taken": 3,
        "seats_left": 0,
        "overbooked": False,
        "bookings": 1,
        "waiting": told.get_json()["waiting"],
    }
    assert told.get_json()["waiting"] > 0
    assert "Camille" not in told.text
    again = client.get(
        f"{ADDRESS}/{session}", headers={**headers, "If-None-Match": told.headers["ETag"]}
    )
    assert again.status_code == 304


def test_pages_give_every_session_once(
    context: ServiceContext, client: FlaskClient, headers: dict[str, str]
) -> None:
    stored = {str(publish(context)) for _ in range(3)}

    def page(**query: Any) -> Any:
        return client.get(ADDRESS, query_string=query, headers=headers).get_json()

    first = page(limit=2)
    second = page(limit=2, cursor=first["next"])
    assert (len(first["items"]), second["next"]) == (2, None)
    assert {item["id"] for item in first["items"] + second["items"]} == stored
    assert page(edition=new_id()) == {"items": [], "next": None}


def test_a_token_is_asked_for_and_refused_once_revoked(
    context: ServiceContext, client: FlaskClient, headers: dict[str, str]
) -> None:
    session = publish(context)
    for path in (ADDRESS, f"{ADDRESS}/{session}"):
        assert client.get(path).status_code == 401
        assert client.get(path, headers=headers).status_code == 200
    assert client.get(f"{ADDRESS}/{new_id()}", headers=headers).status_code == 404
    with context.database.write() as db:
        keep_revoked(db, golden(API_TOKEN_REVOKED))
    assert client.get(ADDRESS, headers=headers).status_code == 401
