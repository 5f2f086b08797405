"""The fast lane answers like the ordinary view, and leaves it whatever does not go well."""

import json

import pytest

from services.registration.domain.registrar import Registrar
from services.registration.fast_lane import FastLane
from services.registration.web import create_app
from shared.identifiers import new_id
from shared.messaging.tables import OUTBOX
from tests.services.registration.factories import (
    publish,
    recorded,
    register,
    request,
    seats,
    wanted,
)

ADDRESS = "/api/v1/registrations"


@pytest.fixture
def app(context):
    return create_app(context)


def body(session, **changes):
    return {
        "email": "camille@example.org",
        "name": "Camille Dupré",
        "bookings": [{"session_id": str(session), "party": {"adults": 2}}],
    } | changes


def post(client, content, key, **options):
    headers = {"Idempotency-Key": key, "Accept-Language": "en"}
    return client.post(ADDRESS, data=json.dumps(content), headers=headers, **options)


def ordinary(app):
    """Return a client that goes round the fast lane."""
    prompt = app.wsgi_app
    assert isinstance(prompt._application, FastLane)
    app.wsgi_app = prompt._application._application
    return app.test_client()


def test_both_ways_give_the_same_answer_under_the_same_headers(context, app):
    session = publish(context)
    fast = post(app.test_client(), body(session), "k")
    slow = post(ordinary(app), body(session), "k")
    assert (fast.status, fast.json) == (slow.status, slow.json)
    assert len(fast.data) == len(slow.data)
    assert fast.headers.pop("X-Correlation-Id") != slow.headers.pop("X-Correlation-Id")
    assert sorted(fast.headers) == sorted(slow.headers)
    assert seats(context, session).taken == 2


@pytest.mark.parametrize(
    "written",
    [
        lambda content: json.dumps(content).encode("utf-8-sig"),
        lambda content: json.dumps(content).encode("utf-16"),
        lambda content: json.dumps(content).replace("{", '{"name": NaN, ', 1).encode(),
    ],
    ids=["with a byte order mark", "in UTF-16", "with NaN before the name"],
)
def test_what_only_the_plain_reader_of_json_reads_is_registered(context, app, written):
    session = publish(context)
    headers = {"Idempotency-Key": "k", "Content-Type": "text/plain"}
    answer = app.test_client().post(ADDRESS, data=written(body(session)), headers=headers)
    assert (answer.status_code, seats(context, session).taken) == (201, 2)


def test_a_refusal_is_decided_once_and_told_in_the_readers_language(context, app, monkeypatch):
    session = publish(context, capacity=2)
    register(context, request(wanted(session, adults=1)))
    calls = []
    really_register = Registrar.register

    def count(self, **values):
        calls.append(values["key"])
        return really_register(self, **values)

    monkeypatch.setattr(Registrar, "register", count)
    refused = post(app.test_client(), body(session), "k")
    assert refused.status_code == 409
    assert refused.json["detail"] == "There are not enough seats left."
    assert calls == ["api:k"]


def test_a_failure_is_met_once_and_answered_as_everywhere(app, monkeypatch):
    calls = []

    def fail(self, **values):
        calls.append(values["key"])
        raise LookupError

    monkeypatch.setattr(Registrar, "register", fail)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    failed = post(app.test_client(), body(new_id()), "k")
    assert (failed.status_code, failed.content_type) == (500, "application/problem+json")
    assert calls == ["api:k"]


def test_a_body_that_is_too_long_is_refused_unread(app):
    refused = post(app.test_client(), {"name": "x" * 2_000_000}, "k")
    assert refused.status_code == 413


def test_the_event_carries_the_correlation_id_of_the_answer(context, app):
    session = publish(context)
    made = post(app.test_client(), body(session), "k")
    with context.database.read() as db:
        [row] = db.execute(OUTBOX.select())
    assert row.correlation_id == made.headers["X-Correlation-Id"]
    assert recorded(context)[0][0] == "registration_made"
