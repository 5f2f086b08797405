"""A session's rules over the API: who may, one state at a time, every fault at its field."""

from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from services.registration.web import create_app
from shared.context import ServiceContext
from shared.identifiers import new_id
from tests.services.registration.factories import publish
from tests.services.registration.test_door_api import token_for
from tests.services.registration.test_registration_api import body, post

NONE: dict[str, Any] = {
    "party_limits": {},
    "least_party": None,
    "largest_party": None,
    "wheelchair_places": None,
    "questions": [],
    "asks_hours": None,
    "answer_hours": None,
    "overbooking": "off",
    "overbooking_seats": None,
    "overbooking_risk": None,
}
QUESTION = {
    "kind": "choice",
    "label": {"fr": "Votre langue", "en": "Your language"},
    "purpose": {"fr": "Former les groupes", "en": None},
    "choices": [{"fr": "Français", "en": "French"}, {"fr": "Anglais", "en": None}],
    "required": True,
    "forgotten_on": "2026-11-12",
}


@pytest.fixture
def client(context: ServiceContext) -> FlaskClient:
    return create_app(context).test_client()


@pytest.fixture
def headers(context: ServiceContext) -> dict[str, str]:
    return token_for(context, "registrations:write")


def address(session: UUID) -> str:
    return f"/api/v1/registration/sessions/{session}/rules"


def put(
    client: FlaskClient, session: UUID, headers: dict[str, str], revision: int, **rules: Any
) -> Any:
    seen = {**headers, "If-Match": f'"rules-{revision}"'}
    return client.put(address(session), json=rules, headers=seen)


def test_what_is_set_is_told_and_holds_for_who_registers(
    context: ServiceContext, client: FlaskClient, headers: dict[str, str]
) -> None:
    session = publish(context)
    before = client.get(address(session), headers=headers)
    assert before.get_json() == NONE | {"revision": 0, "extra_seats": 0}
    assert before.headers["ETag"] == '"rules-0"'
    wanted: dict[str, Any] = {
        "party_limits": {"adults": {"least": 1, "most": 2}},
        "wheelchair_places": 2,
        "overbooking": "fixed",
        "overbooking_seats": 3,
    }
    after = put(client, session, headers, 0, **wanted)
    assert (after.status_code, after.headers["ETag"]) == (200, '"rules-1"')
    assert after.get_json() == NONE | wanted | {"revision": 1, "extra_seats": 3}
    assert client.get(address(session), headers=headers).get_json() == after.get_json()
    refused = post(client, body(session, party={"adults": 3}))
    assert (refused.status_code, refused.get_json()["code"]) == (409, "too_many")
    assert post(client, body(session, party={"adults": 2})).status_code == 201


def test_a_question_keeps_its_id_as_long_as_it_is_asked(
    context: ServiceContext, client: FlaskClient, headers: dict[str, str]
) -> None:
    session = publish(context, ends_at="2026-10-20T10:00:00+00:00")
    [first] = put(client, session, headers, 0, questions=[QUESTION]).get_json()["questions"]
    assert first == QUESTION | {"id": first["id"]}
    changed = first | {"required": False}
    second = put(client, session, headers, 1, questions=[changed]).get_json()["questions"]
    assert second == [changed]


def test_a_request_that_is_sent_again_is_answered_again(
    context: ServiceContext, client: FlaskClient, headers: dict[str, str]
) -> None:
    session = publish(context, ends_at="2026-10-20T10:00:00+00:00")
    asked: dict[str, Any] = {"largest_party": 4, "questions": [QUESTION]}
    first, again = (put(client, session, headers, 0, **asked) for _ in range(2))
    assert (again.status_code, again.get_json()) == (200, first.get_json())


def test_who_has_not_seen_the_newest_rules_overwrites_nothing(
    context: ServiceContext, client: FlaskClient, headers: dict[str, str]
) -> None:
    session = publish(context)
    put(client, session, headers, 0, largest_party=4)
    stale = put(client, session, headers, 0, largest_party=6)
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"rules-1"')
    assert stale.get_json()["current"]["largest_party"] == 4
    assert client.put(address(session), json={}, headers=headers).status_code == 428


def test_every_fault_is_told_at_its_field(
    context: ServiceContext, client: FlaskClient, headers: dict[str, str]
) -> None:
    session = publish(context)
    answer = put(
        client,
        session,
        headers,
        0,
        asks_hours=3,
        questions=[QUESTION | {"choices": [], "forgotten_on": "2020-01-01"}],
    )
    assert answer.status_code == 422
    assert answer.get_json()["errors"]["json"] == {
        "asks_hours": ["Écrivez un nombre de 24 à 336."],
        "answer_hours": ["Ce champ est obligatoire."],
        "questions": {
            "0": {
                "choices": ["Proposez au moins deux choix, un par ligne."],
                "forgotten_on": [
                    "C’est avant la fin de la séance\u00a0: "
                    "l’organisateur n’aurait plus les réponses."
                ],
            }
        },
    }
    huge = put(client, session, headers, 0, largest_party=10**9, questions="all")
    assert sorted(huge.get_json()["errors"]["json"]) == ["largest_party", "questions"]


def test_rules_are_for_who_may_set_them(context: ServiceContext, client: FlaskClient) -> None:
    session, reader = publish(context), token_for(context, "registrations:read")
    assert put(client, session, reader, 0).status_code == 403
    assert client.get(address(new_id()), headers=reader).status_code == 404
    assert client.get(address(session)).status_code == 401
