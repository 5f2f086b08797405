"""What a door learns: the keys that verify tickets, and which registrations admit nobody."""

import base64
from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.registration.api.tickets import OVERLAP
from services.registration.domain.changing import cancel_booking, cancel_registration
from services.registration.domain.ticket_keys import revoke
from services.registration.domain.tickets import key_id, verify
from services.registration.models import Registration
from services.registration.web import create_app
from shared.api_tokens import hash_api_token, keep_issued, new_api_token
from shared.contracts.scheduling import API_TOKEN_ISSUED
from shared.identifiers import new_id
from shared.testing.contexts import NOW, SECRET_KEY
from tests.contracts.golden import golden
from tests.services.registration.factories import moved, publish, register, request, wanted

KEYS = "/api/v1/registration/ticket-keys"
REVOCATIONS = "/api/v1/registration/revocations"


@pytest.fixture
def client(context):
    return create_app(context).test_client()


@pytest.fixture
def headers(context):
    return token_for(context, "door:read")


def token_for(context, *scopes):
    value, event = new_api_token(), golden(API_TOKEN_ISSUED)
    event.data.update(token_hash=hash_api_token(value), scopes=list(scopes), id=str(new_id()))
    with context.database.write() as db:
        keep_issued(db, event)
    return {"Authorization": f"Bearer {value}"}


def cancel(context, answer):
    with context.database.write() as db:
        cancel_registration(db, answer.body["token"], now=context.clock())


def ended(answer, reason, at):
    return {"id": answer.body["id"], "reason": reason, "at": at.isoformat()}


def test_a_door_verifies_tickets_with_the_keys_that_anybody_may_read(context, client):
    [first] = client.get(KEYS).json["items"]
    [answer] = register(context, request(wanted(publish(context))))
    assert (first["generation"], first["begun_at"], first["revoked_at"]) == (
        1,
        NOW.isoformat(),
        None,
    )
    key = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(first["public_key"] + "="))
    assert key_id(key).hex() == first["key_id"]
    found = verify(answer.body["ticket"], {bytes.fromhex(first["key_id"]): key})
    assert found == UUID(answer.body["id"])

    told = client.get(KEYS)
    again = client.get(KEYS, headers={"If-None-Match": told.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    with context.database.write() as db:
        revoke(db, 1, SECRET_KEY, now=context.clock.advance(hours=1))
    items = client.get(KEYS, headers={"If-None-Match": told.headers["ETag"]}).json["items"]
    assert [(one["generation"], one["revoked_at"]) for one in items] == [
        (1, (NOW + timedelta(hours=1)).isoformat()),
        (2, None),
    ]


def test_what_ended_is_told_in_order_and_once_the_door_has_it_unchanged(context, client, headers):
    session = publish(context, capacity=50)
    answers = register(context, *(request(wanted(session)) for _ in range(4)))
    empty = client.get(REVOCATIONS, headers=headers)
    assert empty.json == {"items": [], "next": None, "more": False}
    first = context.clock.advance(hours=1)
    cancel(context, answers[2])
    second = context.clock.advance(hours=1)
    cancel(context, answers[0])
    third = context.clock.advance(hours=1)
    with context.database.write() as db:
        db.get_one(Registration, UUID(answers[3].body["id"])).erased_at = third
    told = client.get(REVOCATIONS, headers=headers)
    assert (told.json["items"], told.json["more"]) == (
        [
            ended(answers[2], "cancelled", first),
            ended(answers[0], "cancelled", second),
            ended(answers[3], "erased", third),
        ],
        False,
    )
    assert "camille" not in told.text.lower()
    address = f"{REVOCATIONS}?cursor={told.json['next']}"
    again = client.get(address, headers=headers)
    assert again.json == {
        "items": [ended(answers[3], "erased", third)],  # it may have been overtaken
        "next": told.json["next"],
        "more": False,
    }
    unchanged = client.get(address, headers={**headers, "If-None-Match": again.headers["ETag"]})
    assert (unchanged.status_code, unchanged.data) == (304, b"")


def test_pages_leave_nothing_out_and_a_late_commit_is_still_told(context, client, headers):
    session = publish(context, capacity=50)
    answers = register(context, *(request(wanted(session)) for _ in range(6)))
    for answer in answers[:5]:
        cancel(context, answer)  # all in the same instant
    seen, address, pages = [], f"{REVOCATIONS}?limit=2", 0
    while True:
        page = client.get(address, headers=headers).json
        pages += 1
        seen += [one["id"] for one in page["items"]]
        address = f"{REVOCATIONS}?limit=2&cursor={page['next']}"
        if not page["more"]:
            break
    assert (seen, pages) == (sorted(answer.body["id"] for answer in answers[:5]), 3)
    with context.database.write() as db:
        late = context.clock() - OVERLAP + timedelta(seconds=1)
        cancel_registration(db, answers[5].body["token"], now=late)
    assert client.get(address, headers=headers).json["items"][0] == ended(
        answers[5], "cancelled", late
    )


def test_what_still_admits_or_is_long_over_is_not_told(context, client, headers):
    here, over = publish(context), publish(context, **moved(days=-10))
    [part] = register(context, request(wanted(here), wanted(publish(context))))
    [past] = register(context, request(wanted(over)), now=NOW - timedelta(days=9))
    cancel(context, past)
    with context.database.write() as db:
        booking = UUID(part.body["bookings"][0]["id"])
        cancel_booking(db, part.body["token"], booking, now=context.clock())
    assert client.get(REVOCATIONS, headers=headers).json["items"] == []
    cancel(context, part)
    assert [one["id"] for one in client.get(REVOCATIONS, headers=headers).json["items"]] == [
        part.body["id"]
    ]


def test_only_programs_for_the_door_may_ask(context, client):
    assert client.get(REVOCATIONS).status_code == 401
    others = token_for(context, "registrations:read")
    assert client.get(REVOCATIONS, headers=others).status_code == 403
