"""The JSON API of registrations, as its clients meet it."""

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.registration.models import SessionSeats
from services.registration.schemas import RegistrationBody, load
from services.registration.web import create_app
from shared.identifiers import new_id
from shared.testing.contexts import make_context
from tests.services.registration.factories import (
    SIGNER,
    publish,
    recorded,
    register,
    request,
    seats,
    wanted,
)

ADDRESS = "/api/v1/registrations"


@pytest.fixture
def client(context):
    return create_app(context).test_client()


def body(*sessions, party=None, **changes):
    bookings = [{"session_id": str(each), "party": party or {"adults": 2}} for each in sessions]
    return {
        "email": "camille@example.org",
        "name": "Camille Dupré",
        "locale": "fr",
        "bookings": bookings,
    } | changes


def post(client, content, key=None, **headers):
    headers = {"Idempotency-Key": key or new_id().hex} | headers
    return client.post(ADDRESS, data=json.dumps(content), headers=headers)


def test_a_registration_is_made_looked_at_changed_and_cancelled(context, client):
    session = publish(context, capacity=5)
    made = post(client, body(session, party={"adults": 2, "children": 1}))
    assert made.status_code == 201
    answer = made.json
    assert set(answer) == {"id", "status", "code", "ticket", "manage_url", "bookings"}
    assert str(SIGNER.verify(answer["ticket"])) == answer["id"]
    [booking] = answer["bookings"]
    assert booking == {
        "id": booking["id"],
        "session_id": str(session),
        "party": {"adults": 2, "children": 1},
        "seats": 3,
        "status": "confirmed",
        "revision": 0,
        "offer_expires_at": None,
    }
    token = answer["manage_url"].removeprefix("http://127.0.0.1:8000/registrations/")
    address = made.headers["Location"]
    assert address == f"{ADDRESS}/{token}"

    looked_at = client.get(address)
    assert looked_at.json == answer
    same = client.get(address, headers={"If-None-Match": looked_at.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")

    change = {
        "email": "c@example.net",
        "bookings": [{"id": booking["id"], "party": {"adults": 5}}],
    }
    for _ in range(2):
        changed = client.patch(address, json=change)
        assert changed.status_code == 200
        assert (
            changed.json["bookings"][0] | {"seats": 5, "revision": 1} == changed.json["bookings"][0]
        )
    assert client.get(address).headers["ETag"] != looked_at.headers["ETag"]

    for _ in range(2):
        cancelled = client.delete(address)
        assert (cancelled.status_code, cancelled.json["status"]) == (200, "cancelled")
    assert seats(context, session).taken == 0
    assert [fact[0] for fact in recorded(context)] == [
        "registration_made",
        "registration_changed",
        "registration_cancelled",
    ]


def test_a_full_session_is_a_problem_and_books_nothing(context, client):
    session, full = publish(context), publish(context, capacity=2)
    register(context, request(wanted(full, adults=1)))
    refused = post(client, body(session, full))
    assert refused.status_code == 409
    assert refused.content_type == "application/problem+json"
    assert (refused.json["code"], refused.json["bookings"]) == (
        "full",
        [
            {
                "pointer": "/bookings/1",
                "session_id": str(full),
                "code": "full",
                "seats_left": 1,
            }
        ],
    )
    assert seats(context, session).taken == 0


def test_a_full_session_has_a_waitlist_for_those_who_ask_for_it(context, client):
    full = publish(context, capacity=2)
    register(context, request(wanted(full, adults=1)))
    content = body(full)
    content["bookings"][0]["if_full"] = "waitlist"
    made = post(client, content)
    assert (made.status_code, made.json["bookings"][0]["status"]) == (201, "waitlisted")


@pytest.mark.parametrize("if_full", ["refuse", "waitlist"])
@pytest.mark.parametrize(
    ("party", "code"), [({"adults": 3}, "too_large"), ({"accompanying": 1}, "takes_no_seat")]
)
def test_a_party_that_could_never_be_admitted_does_not_even_wait(
    context, client, party, code, if_full
):
    session = publish(context, capacity=2)
    content = body(session)
    content["bookings"][0] |= {"party": party, "if_full": if_full}
    refused = post(client, content)
    assert (refused.status_code, refused.json["code"]) == (409, code)
    assert [booking["code"] for booking in refused.json["bookings"]] == [code]
    assert (seats(context, session).taken, seats(context, session).waiting) == (0, 0)


def test_people_whom_the_edition_does_not_count_are_refused_at_their_pointer(context, client):
    session = publish(context, capacity=2)
    refused = post(client, body(session, party={"adults": 1, "dogs": 1}))
    assert (refused.status_code, refused.json["code"]) == (409, "unknown_category")
    assert refused.json["detail"] == "Cette catégorie de personnes n’existe pas."
    [reason] = refused.json["bookings"]
    assert reason["pointer"] == "/bookings/0/party/dogs"


def test_an_unknown_session_is_a_problem(client):
    refused = post(client, body(new_id()))
    assert (refused.status_code, refused.json["code"]) == (409, "not_bookable")


@pytest.mark.parametrize("capacity", [10, 0])
def test_a_repeated_request_gets_its_first_answer(context, client, capacity):
    session = publish(context, capacity=capacity)
    first, second = (post(client, body(session), key="k") for _ in range(2))
    assert first.status_code == second.status_code == (201 if capacity else 409)
    assert {**second.json, "correlation_id": 0} == {**first.json, "correlation_id": 0}
    assert seats(context, session).taken == (2 if capacity else 0)


def test_a_key_that_comes_with_another_body_is_a_problem(context, client):
    session = publish(context)
    assert post(client, body(session), key="k").status_code == 201
    refused = post(client, body(session, name="Autre"), key="k")
    assert (refused.status_code, refused.json["code"]) == (422, "key_reused")


def test_what_was_invalid_may_be_put_right_under_the_same_key(context, client):
    session = publish(context)
    assert post(client, body(session, email="camille@"), key="k").status_code == 422
    assert post(client, body(session), key="k").status_code == 201


@pytest.mark.parametrize("key", [None, "", " ", "clé", "x" * 181])
def test_a_write_needs_an_idempotency_key(context, client, key):
    headers = {} if key is None else {"Idempotency-Key": key}
    refused = client.post(ADDRESS, json=body(publish(context)), headers=headers)
    assert refused.status_code == 422
    assert list(refused.json["errors"]["headers"]) == ["Idempotency-Key"]


FAULTS = [
    ({"email": "camille@example"}, "/email"),
    ({"email": "camille"}, "/email"),
    ({"email": ""}, "/email"),
    ({"email": None}, "/email"),
    ({"email": 7}, "/email"),
    ({"email": f"{'a' * 65}@example.org"}, "/email"),
    ({"email": f"a@{'b' * 250}.org"}, "/email"),
    ({"email": "a@example.org\nBcc: everybody@example.org"}, "/email"),
    ({"email": "a@example.org\r"}, "/email"),
    ({"email": '"a b"@example.org'}, "/email"),
    ({"email": "a@example.org, b@example.org"}, "/email"),
    ({"email": "\x00a@example.org"}, "/email"),
    ({"name": ""}, "/name"),
    ({"name": "   "}, "/name"),
    ({"name": "x" * 201}, "/name"),
    ({"name": "Cam\x00ille"}, "/name"),
    ({"name": "Cam\nille"}, "/name"),
    ({"name": "Camille \ud800"}, "/name"),
    ({"name": "Camille \u202eelli"}, "/name"),
    ({"name": ["Camille"]}, "/name"),
    ({"locale": "de"}, "/locale"),
    ({"bookings": []}, "/bookings"),
    ({"bookings": {}}, "/bookings"),
    ({"bookings": None}, "/bookings"),
    ({"bookings": ["x"]}, "/bookings/0"),
    ({"surprise": 1}, "/surprise"),
    ({"a/b~c\ud800": 1}, "/a~1b~0c?"),
]


@pytest.mark.parametrize(("change", "pointer"), FAULTS)
def test_a_fault_is_named_by_its_place(context, client, change, pointer):
    session = publish(context)
    refused = post(client, body(session) | change)
    assert (refused.status_code, refused.json["code"]) == (422, "invalid")
    assert list(refused.json["errors"]["json"]) == [pointer]
    assert seats(context, session).taken == 0


@pytest.mark.parametrize(
    ("party", "place"),
    [
        ({}, "/party"),
        ({"adults": 0}, "/party"),
        ({"adults": 41}, "/party"),
        ({"adults": 21, "children": 20}, "/party"),
        ({"adults": 10**30}, "/party"),
        ({"adults": True}, "/party/adults"),
        ({"adults": 1.0}, "/party/adults"),
        ({"adults": "2"}, "/party/adults"),
        ({"adults": -1, "children": 3}, "/party/adults"),
        ({"adults": None}, "/party/adults"),
        ({"adults": 1, "Dogs!": 1}, "/party/Dogs!"),
        ([2], "/party"),
        (None, "/party"),
    ],
)
def test_a_party_is_whole_numbers_of_known_people(context, client, party, place):
    content = body(publish(context))
    content["bookings"][0]["party"] = party
    refused = post(client, content)
    assert (refused.status_code, list(refused.json["errors"]["json"])) == (
        422,
        [f"/bookings/0{place}"],
    )


def test_a_session_is_chosen_once(context, client):
    session = publish(context)
    refused = post(client, body(session, session))
    assert list(refused.json["errors"]["json"]) == ["/bookings/1/session_id"]


def test_faults_are_told_in_the_readers_language(context, client):
    content = body(publish(context), name="")
    french = post(client, content, **{"Accept-Language": "fr"})
    english = post(client, content, **{"Accept-Language": "en-GB"})
    assert french.json["errors"]["json"] == {"/name": ["Ce champ ne peut pas être vide."]}
    assert english.json["errors"]["json"] == {"/name": ["This field cannot be empty."]}


@pytest.mark.parametrize("content", ["", "{", "\xff", "[" * 100_000, "1" * 5000])
def test_a_body_that_is_no_json_is_a_problem(client, content):
    refused = client.post(ADDRESS, data=content.encode("latin-1"), headers={"Idempotency-Key": "k"})
    assert (refused.status_code, refused.content_type) == (400, "application/problem+json")


@pytest.mark.parametrize("content", ["[]", "1", '"x"', "null", "NaN"])
def test_a_body_that_is_no_object_is_a_problem(client, content):
    refused = client.post(ADDRESS, data=content, headers={"Idempotency-Key": "k"})
    assert refused.status_code == 422


def test_an_address_in_other_letters_is_kept_so_that_mail_arrives():
    wanted = load(RegistrationBody(), body(new_id(), email="zoe@bücher.example"))
    assert wanted["email"] == "zoe@xn--bcher-kva.example"


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_an_unknown_token_is_a_problem(client, method):
    options = {"json": {}} if method == "patch" else {}
    refused = getattr(client, method)(f"{ADDRESS}/{'x' * 22}", **options)
    assert (refused.status_code, refused.content_type) == (404, "application/problem+json")


def test_a_change_that_does_not_fit_changes_nothing(context, client):
    session = publish(context, capacity=4)
    register(context, request(wanted(session, adults=1)))
    made = post(client, body(session))
    change = {
        "email": "other@example.org",
        "bookings": [{"id": made.json["bookings"][0]["id"], "party": {"adults": 4}}],
    }
    refused = client.patch(made.headers["Location"], json=change)
    assert (refused.status_code, refused.json["code"]) == (409, "full")
    assert refused.json["booking_id"] == made.json["bookings"][0]["id"]
    assert client.get(made.headers["Location"]).json == made.json


def test_wheelchair_places_are_asked_for_later_and_told_without_the_seats(context, client):
    session = publish(context, capacity=4)
    with context.database.write() as db:
        db.get_one(SessionSeats, session).wheelchair_places = 1
    made = post(client, body(session))
    address, [booking] = made.headers["Location"], made.json["bookings"]

    def ask(number, **more):
        change = {"bookings": [{"id": booking["id"], "wheelchairs": number, **more}]}
        return client.patch(address, json=change)

    changed = ask(1)
    assert changed.json["bookings"] == [
        booking | {"seats": 1, "revision": 1, "wheelchairs": 1},
    ]
    assert client.get(address).json == changed.json
    refused = ask(2)
    assert (refused.status_code, refused.json["code"], refused.json["booking_id"]) == (
        409,
        "no_wheelchair_place",
        booking["id"],
    )
    wrong = ask(2, party={"adults": 1})
    assert (wrong.status_code, wrong.json["errors"]["json"]) == (
        422,
        {"/bookings/0/wheelchairs": ["Il y a plus de fauteuils roulants que de personnes."]},
    )
    assert ask(3).json["code"] == "too_many_wheelchairs"
    assert ask(0).json["bookings"] == [booking | {"revision": 2}]


def test_one_part_is_cancelled(context, client):
    made = post(client, body(publish(context), publish(context)))
    first = made.json["bookings"][0]["id"]
    changed = client.patch(
        made.headers["Location"], json={"bookings": [{"id": first, "status": "cancelled"}]}
    )
    assert {each["id"]: each["status"] for each in changed.json["bookings"]} == {
        first: "cancelled",
        made.json["bookings"][1]["id"]: "confirmed",
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def sturdy(tmp_path_factory):
    context = make_context(
        "registration", f"sqlite:///{tmp_path_factory.mktemp('api') / 'registration.sqlite'}"
    )
    yield create_app(context).test_client(), publish(context, capacity=None)
    context.database.dispose()


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    field=st.sampled_from(["email", "name", "locale", "bookings", "session_id", "party", "new"]),
    value=JSON,
)
def test_no_value_of_any_field_breaks_it(sturdy, field, value):
    client, session = sturdy
    content = body(session)
    if field in ("session_id", "party"):
        content["bookings"][0][field] = value
    else:
        content[field] = value
    answer = client.post(
        ADDRESS, data=json.dumps(content), headers={"Idempotency-Key": new_id().hex}
    )
    assert answer.status_code in (201, 409, 422)
    json.loads(answer.data)


def offered(context, client):
    """Return somebody's token and booking, to whom a place is offered."""
    session = publish(context, capacity=2)
    first = post(client, body(session)).json
    waiting = body(session)
    waiting["bookings"][0]["if_full"] = "waitlist"
    made = post(client, waiting).json
    client.delete(f"/api/v1/registrations/{first['manage_url'].rpartition('/')[2]}")
    address = f"/api/v1/registrations/{made['manage_url'].rpartition('/')[2]}"
    return address, made["bookings"][0]["id"]


@pytest.mark.parametrize(("answer", "status"), [("accept", "confirmed"), ("decline", "cancelled")])
def test_an_offer_is_answered_once(context, client, answer, status):
    address, booking = offered(context, client)
    [shown] = client.get(address).json["bookings"]
    until = (context.clock() + timedelta(days=1)).isoformat()
    assert (shown["status"], shown["offer_expires_at"]) == ("offered", until)
    asked = {"bookings": [{"id": booking, "offer": answer}]}
    once = client.patch(address, json=asked)
    assert (once.status_code, once.json["bookings"][0]["status"]) == (200, status)
    assert once.json["bookings"][0]["offer_expires_at"] is None
    assert client.patch(address, json=asked).json == once.json


def test_an_offer_that_ran_out_or_never_was_is_told(context, client):
    address, booking = offered(context, client)
    context.clock.advance(days=1)
    late = client.patch(address, json={"bookings": [{"id": booking, "offer": "accept"}]})
    assert (late.status_code, late.json["code"], late.json["booking_id"]) == (
        409,
        "offer_expired",
        booking,
    )
    made = post(client, body(publish(context))).json
    mine = f"/api/v1/registrations/{made['manage_url'].rpartition('/')[2]}"
    asked = {"bookings": [{"id": made["bookings"][0]["id"], "offer": "decline"}]}
    assert client.patch(mine, json=asked).json["code"] == "no_offer"
    asked["bookings"][0]["offer"] = "maybe"
    wrong = client.patch(mine, json=asked)
    assert (wrong.status_code, list(wrong.json["errors"]["json"])) == (422, ["/bookings/0/offer"])
