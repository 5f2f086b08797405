"""The desk over the API: who may, once under a key, and every fault where it is."""

from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from services.registration.domain.allotments import create
from services.registration.models import Allotment, Registration, RegistrationNote
from services.registration.web import create_app
from shared.api_tokens import hash_api_token, keep_issued, new_api_token
from shared.context import ServiceContext
from shared.contracts.scheduling import API_TOKEN_ISSUED
from shared.identifiers import new_id
from tests.contracts.golden import golden
from tests.services.registration.browsing import how_many
from tests.services.registration.factories import recorded, register, request, seats, wanted
from tests.services.registration.staff_browsing import LIBRARY, MUSEUM, at_the_museum

ODETTE = {"name": "Odette Roux", "party": {"adults": 2, "children": 1}}
ACCOUNT = new_id()


@pytest.fixture
def client(context: ServiceContext) -> FlaskClient:
    return create_app(context).test_client()


@pytest.fixture
def session(context: ServiceContext) -> UUID:
    return at_the_museum(context)


def token(context: ServiceContext, scope: str = "desk:write", **who: Any) -> dict[str, str]:
    """Return the header of a program: of somebody of the museum unless told otherwise."""
    value, event = new_api_token(), golden(API_TOKEN_ISSUED)
    maker = {"account_id": str(ACCOUNT), "account_name": "Nour", "roles": ["organiser"]}
    rights = {"organisation_ids": [str(MUSEUM)], "venue_ids": []}
    event.data.update(
        id=str(new_id()),
        token_hash=hash_api_token(value),
        scopes=[scope],
        **{**maker, **rights, **who},
    )
    with context.database.write() as db:
        keep_issued(db, event)
    return {"Authorization": f"Bearer {value}"}


def post(
    client: FlaskClient, session: UUID, headers: dict[str, str], body: Any, key: str = "k"
) -> Any:
    address = f"/api/v1/registration/sessions/{session}/desk"
    return client.post(address, json=body, headers={**headers, "Idempotency-Key": key})


def test_whoever_telephones_is_registered_once_with_what_was_said(
    context: ServiceContext, client: FlaskClient, session: UUID
) -> None:
    headers = token(context)
    said = ODETTE | {"telephone": "04 76 00 11 22", "wheelchairs": 1, "note": "Arrive\r\ntôt."}
    made, again = (post(client, session, headers, said) for _ in range(2))
    with context.database.read() as db:
        [stored] = db.query(Registration)
        [note] = db.query(RegistrationNote)
        [booking] = stored.bookings

    assert (made.status_code, made.headers["Cache-Control"]) == (201, "no-store")
    assert (
        again.get_json()
        == made.get_json()
        == {
            "id": str(stored.id),
            "status": "active",
            "code": stored.code,
            "ticket": stored.ticket,
            "bookings": [
                {
                    "id": str(booking.id),
                    "session_id": str(session),
                    "party": {"adults": 2, "children": 1},
                    "seats": 2,
                    "status": "confirmed",
                    "revision": 0,
                    "offer_expires_at": None,
                }
            ],
        }
    )
    assert (stored.email, stored.telephone, stored.entered_by) == (None, "04 76 00 11 22", ACCOUNT)
    assert (note.text, note.account_name) == ("Arrive\ntôt.", "Nour")
    counted = seats(context, session)
    assert (counted.taken, counted.bookings, counted.wheelchairs) == (2, 1, 1)
    assert [name for name, _, _ in recorded(context)] == ["registration_made"]


def test_a_namesake_counts_only_when_the_program_says_that_it_is_one(
    context: ServiceContext, client: FlaskClient, session: UUID
) -> None:
    headers = token(context)
    first = post(client, session, headers, ODETTE).get_json()
    asked = post(client, session, headers, ODETTE, "other")
    assert (asked.status_code, asked.get_json()["code"]) == (409, "entered_before")
    known = asked.get_json()["id"], asked.get_json()["registration_code"]
    assert known == (first["id"], first["code"])
    assert how_many(context) == 1

    assert post(client, session, headers, ODETTE | {"again": True}, "other").status_code == 201
    assert how_many(context) == 2


def test_what_another_account_entered_under_the_same_key_is_nobody_elses(
    context: ServiceContext, client: FlaskClient, session: UUID
) -> None:
    first = post(client, session, token(context), ODETTE)
    other = post(client, session, token(context, account_id=str(new_id())), ODETTE)
    assert (first.status_code, other.status_code) == (201, 201)
    assert first.get_json()["code"] != other.get_json()["code"]


def test_seats_of_an_allotment_are_taken_from_it(
    context: ServiceContext, client: FlaskClient, session: UUID
) -> None:
    other_session = at_the_museum(context)
    with context.database.write() as db:
        kept = create(db, session, name="Écoles", seats=4).id
        elsewhere = create(db, other_session, name="Écoles", seats=4).id
    headers = token(context)
    assert post(client, session, headers, ODETTE | {"allotment_id": str(kept)}).status_code == 201
    with context.database.read() as db:
        assert db.get_one(Allotment, kept).taken == 3
    assert (seats(context, session).taken, seats(context, session).held) == (3, 1)
    for unknown in (elsewhere, new_id()):
        other = {"name": "Ana", "party": {"adults": 1}, "allotment_id": str(unknown)}
        refused = post(client, session, headers, other, "x")
        assert (refused.status_code, refused.get_json()["code"]) == (409, "unknown_allotment")


def test_a_full_session_says_so_and_puts_in_waiting_when_asked(
    context: ServiceContext, client: FlaskClient, session: UUID
) -> None:
    register(context, request(wanted(session, adults=9)))
    headers = token(context)
    refused = post(client, session, headers, ODETTE)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "full")
    assert refused.get_json()["reasons"] == [
        {"pointer": "", "session_id": str(session), "code": "full", "seats_left": 1}
    ]
    waits = post(client, session, headers, ODETTE | {"if_full": "waitlist"}, "w")
    assert [one["status"] for one in waits.get_json()["bookings"]] == ["waitlisted"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": " "}, "/name"),
        ({"party": {}}, "/party"),
        ({"wheelchairs": 4}, "/wheelchairs"),
        ({"email": "roux@"}, "/email"),
        ({"note": "x" * 1001}, "/note"),
        ({"allotment_id": "one"}, "/allotment_id"),
        ({"session_id": str(new_id())}, "/session_id"),
    ],
)
def test_every_fault_is_told_where_it_is(
    context: ServiceContext,
    client: FlaskClient,
    session: UUID,
    changes: dict[str, Any],
    pointer: str,
) -> None:
    wrong = post(client, session, token(context), ODETTE | changes)
    assert (wrong.status_code, list(wrong.get_json()["errors"]["json"])) == (422, [pointer])
    assert how_many(context) == 0


def test_a_key_is_needed_and_is_for_one_body(
    context: ServiceContext, client: FlaskClient, session: UUID
) -> None:
    headers = token(context)
    assert post(client, session, headers, ODETTE, "").status_code == 422
    assert post(client, session, headers, ODETTE).status_code == 201
    reused = post(client, session, headers, ODETTE | {"name": "Ana"})
    assert (reused.status_code, reused.get_json()["code"]) == (422, "key_reused")


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ({}, 201),
        ({"roles": ["coordinator"], "organisation_ids": []}, 201),
        ({"organisation_ids": [str(LIBRARY)]}, 403),
        ({"roles": ["reader"], "sees_names": True}, 403),
        ({"roles": ["door"]}, 403),
        ({"scope": "registrations:write"}, 403),
    ],
    ids=["own", "coordination", "another's", "reader", "door", "scope"],
)
def test_who_may_enter_is_as_on_the_page(
    context: ServiceContext, client: FlaskClient, session: UUID, who: Any, status: int
) -> None:
    answer = post(client, session, token(context, **who), ODETTE)
    assert (answer.status_code, how_many(context)) == (status, 1 if status == 201 else 0)
    assert post(client, new_id(), token(context), ODETTE).status_code == 404
