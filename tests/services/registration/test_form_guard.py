"""Limits on registering: generous to a school, tiresome to a program, and clear about when."""

import json

import pytest

from services.registration import form_guard
from services.registration.form_guard import TooMany
from services.registration.web import create_app
from shared.i18n import speaking, translator
from shared.web.asking import HONEYPOT
from tests.services.registration.browsing import FAMILY, Visitor, how_many
from tests.services.registration.factories import publish, recorded, register, request, wanted

ADDRESS = "/api/v1/registrations"


@pytest.fixture
def app(context, monkeypatch):
    monkeypatch.setattr(form_guard, "PER_EMAIL", (2, 3600))
    monkeypatch.setattr(form_guard, "PER_NETWORK", (4, 600))
    return create_app(context)


@pytest.fixture
def session(context):
    return publish(context, capacity=100)


def post(app, session, key, email, address="198.51.100.9", **changes):
    body = {
        "email": email,
        "name": "Camille Dupré",
        "bookings": [{"session_id": str(session), "party": {"adults": 1}}],
    } | changes
    headers = {
        "Idempotency-Key": key,
        "Accept-Language": "en",
        "X-Forwarded-For": address,
    }
    return app.test_client().post(ADDRESS, data=json.dumps(body), headers=headers)


def test_one_address_registers_so_often_and_is_told_when_to_try_again(app, context, session):
    emails = ("camille@example.org", "Camille@Example.org", "camille@example.org")
    answers = [post(app, session, f"k{n}", email) for n, email in enumerate(emails)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    refused = answers[-1]
    assert (refused.json["code"], refused.headers["Retry-After"]) == ("too_often", "1800")
    assert refused.json["detail"] == (
        "Many registrations came from your address or your network: nothing is lost, but this one "
        "is not stored yet. Send it again in 30 minutes."
    )
    assert how_many(context) == 2
    context.clock.advance(seconds=1800)
    assert post(app, session, "k2", "camille@example.org").status_code == 201


def test_one_network_registers_so_often_and_its_neighbours_with_it(app, session):
    found = [
        post(app, session, f"k{n}", f"famille.{n}@example.org", f"198.51.100.{n}").status_code
        for n in range(6)
    ]
    assert found == [201, 201, 201, 201, 429, 429]
    assert post(app, session, "other", "f@example.org", "203.0.113.5").status_code == 201


def test_what_is_wrong_or_refused_for_its_limit_is_not_counted(app, session):
    for number in range(8):
        assert post(app, session, f"w{number}", "camille@example.org", name="").status_code == 422
    found = [post(app, session, f"k{n}", "camille@example.org").status_code for n in range(5)]
    assert found == [201, 201, 429, 429, 429]
    assert [
        post(app, session, f"o{n}", f"famille.{n}@example.org").status_code for n in range(3)
    ] == [201, 201, 429]


def test_a_program_that_asks_again_under_its_key_is_answered_and_not_counted(app, context, session):
    made = [post(app, session, "k0", "camille@example.org") for _ in range(5)]
    assert [answer.json for answer in made] == [made[0].json] * 5
    assert post(app, session, "k1", "camille@example.org").status_code == 201
    again = [post(app, session, key, "camille@example.org") for key in ("k0", "k2", "k1", "k0")]
    assert [answer.status_code for answer in again] == [201, 429, 201, 201]
    assert how_many(context) == 2
    context.clock.advance(seconds=1800)
    found = [post(app, session, key, "camille@example.org").status_code for key in ("k2", "k3")]
    assert found == [201, 429]


def test_a_refusal_that_is_told_again_is_not_counted(app, context):
    full = publish(context, capacity=1)
    register(context, request(wanted(full, adults=1), email="a@example.org"))
    found = [post(app, full, key, "camille@example.org") for key in ("k", "k", "k", "j", "k", "l")]
    assert [answer.status_code for answer in found] == [409, 409, 409, 409, 409, 429]


def test_a_key_with_another_body_is_counted(app, session):
    found = [
        post(app, session, "k", "camille@example.org", name=name).status_code
        for name in ("Camille", "Ada")
    ]
    assert found == [201, 422]
    assert post(app, session, "j", "camille@example.org").status_code == 429


def test_programs_on_this_machine_are_no_network(app, session):
    found = {
        post(app, session, f"k{n}", f"famille.{n}@example.org", "127.0.0.1").status_code
        for n in range(9)
    }
    assert found == {201}


@pytest.mark.parametrize(
    ("seconds", "when"),
    [
        (0.2, "Envoyez-la de nouveau dans une minute."),
        (60, "Envoyez-la de nouveau dans une minute."),
        (61, "Envoyez-la de nouveau dans 2 minutes."),
    ],
)
def test_when_to_try_again_is_said_in_minutes(seconds, when):
    with speaking(translator("services.registration", "fr")):
        assert TooMany(seconds).sentence.endswith(when)


def test_a_form_beyond_the_limit_is_kept_with_what_was_typed_and_taken_later(app, context, session):
    visitor = Visitor(app)
    for adults in ("1", "2"):
        fresh = Visitor(app).get(f"/register/{session}")
        assert fresh.send(FAMILY | {"adults": adults}).status == 303
    refused = visitor.get(f"/register/{session}").send(FAMILY)
    assert (refused.status, refused.headers["Retry-After"]) == (429, "1800")
    assert "Envoyez-la de nouveau dans 30 minutes." in refused.text
    assert {name: refused.values[name] for name in FAMILY} == FAMILY
    assert how_many(context) == 2
    context.clock.advance(minutes=30)
    assert refused.send().status == 303
    assert how_many(context) == 3


def test_correcting_an_address_again_and_again_fills_nobodys_mailbox(app, context, session):
    made = post(app, session, "k", "camille@example.org")
    address = made.json["manage_url"].rpartition("8000")[2]
    visitor = Visitor(app)
    for email in ("victime@example.org", "a@example.org", "victime@example.org", "b@example.org"):
        page = visitor.get(address)
        assert page.send({"email": email}, f"{address}/address").status == 303
    refused = visitor.get(address).send({"email": "victime@example.org"}, f"{address}/address")
    assert (refused.status, refused.headers["Retry-After"]) == (429, "1800")
    assert "déjà partis vers cette adresse" in refused.text
    refused = app.test_client().patch(
        f"{ADDRESS}/{address.rpartition('/')[2]}", json={"email": "victime@example.org"}
    )
    assert (refused.status_code, refused.json["code"]) == (429, "too_often")
    to_victim = [data for _, _, data in recorded(context) if data["email"].startswith("victime")]
    assert len(to_victim) == 2


def test_whoever_fills_in_the_field_that_nobody_sees_is_told_the_same_and_not_registered(
    app, context, session
):
    form = Visitor(app).get(f"/register/{session}")
    assert f'name="{HONEYPOT}"' in form.html
    refused = form.send(FAMILY | {HONEYPOT: "https://spam.example"})
    assert (refused.status, refused.headers["Retry-After"]) == (429, "300")
    assert "Beaucoup d’inscriptions sont arrivées" in refused.text
    assert how_many(context) == 0
