"""How many mails are in which state, for programs that may know it."""

import pytest
from flask.testing import FlaskClient

from services.notifications.queries import STATUSES
from services.notifications.web import create_app
from shared.api_tokens import hash_api_token, keep_issued, new_api_token
from shared.context import ServiceContext
from shared.contracts.scheduling import API_TOKEN_ISSUED
from tests.contracts.golden import golden
from tests.services.notifications.events import know_session, made, react

ADDRESS = "/api/v1/notifications/mails/counts"


@pytest.fixture
def client(context: ServiceContext) -> FlaskClient:
    return create_app(context).test_client()


def _headers(context: ServiceContext, *scopes: str) -> dict[str, str]:
    value, event = new_api_token(), golden(API_TOKEN_ISSUED)
    event.data.update(token_hash=hash_api_token(value), scopes=list(scopes))
    with context.database.write() as db:
        keep_issued(db, event)
    return {"Authorization": f"Bearer {value}"}


def test_every_state_is_counted_also_where_it_has_none(
    context: ServiceContext, client: FlaskClient
) -> None:
    headers = _headers(context, "mails:read")
    nothing = dict.fromkeys(STATUSES, 0)
    assert client.get(ADDRESS, headers=headers).get_json() == nothing
    know_session(context)
    react(context, made())
    answer = client.get(ADDRESS, headers=headers)
    assert answer.get_json() == {**nothing, "queued": 1}
    again = client.get(ADDRESS, headers={**headers, "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_another_scope_is_not_enough(context: ServiceContext, client: FlaskClient) -> None:
    assert client.get(ADDRESS).status_code == 401
    headers = _headers(context, "registrations:read")
    assert client.get(ADDRESS, headers=headers).status_code == 403
