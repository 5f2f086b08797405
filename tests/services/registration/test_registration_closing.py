"""Registration closes when scheduling says so, else when a timed session starts or another ends."""

from datetime import timedelta

import pytest

from services.registration.web import create_app
from shared.testing.contexts import NOW, FrozenClock, make_context
from tests.services.registration.factories import publish
from tests.services.registration.test_registration_api import body, post

LAST_YEAR = {
    "starts_at": (NOW - timedelta(days=365)).isoformat(),
    "ends_at": (NOW - timedelta(days=365, hours=-1)).isoformat(),
}
IN_A_MONTH = {"registration_closes_at": (NOW + timedelta(days=30)).isoformat()}


@pytest.fixture
def clock():
    return FrozenClock()


@pytest.fixture
def context(database_url, clock):
    made = make_context("registration", database_url, clock=clock)
    yield made
    made.database.dispose()


@pytest.fixture
def client(context):
    return create_app(context).test_client()


def form(client, session):
    """Return whether the session's page has the form."""
    return 'name="email"' in client.get(f"/register/{session}").get_data(as_text=True)


def test_a_rehearsal_is_open_until_it_ends(context, client, clock):
    session = publish(context, **LAST_YEAR, **IN_A_MONTH)

    made = post(client, body(session))
    assert (made.status_code, form(client, session)) == (201, True)
    page = client.get(made.json["manage_url"].removeprefix("http://127.0.0.1:8000"))
    assert page.status_code == 200

    clock.advance(days=30)

    refused = post(client, body(session))
    assert (refused.status_code, refused.json["code"]) == (409, "not_bookable")
    assert not form(client, session)


@pytest.mark.parametrize(
    ("kind", "days"),
    [("timed", 7), ("drop_in", 8), ("exhibition", 8)],
)
def test_without_a_word_of_schedulings_the_usual_rule_holds(context, client, clock, kind, days):
    session = publish(context, kind=kind, ends_at=(NOW + timedelta(days=8)).isoformat())

    clock.set(NOW + timedelta(days=days, seconds=-1))
    assert post(client, body(session)).status_code == 201
    clock.set(NOW + timedelta(days=days))
    assert post(client, body(session)).status_code == 409


def test_what_is_over_and_not_opened_is_closed(context, client):
    session = publish(context, **LAST_YEAR)

    assert post(client, body(session)).json["code"] == "not_bookable"
