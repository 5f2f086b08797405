"""Registering on a real database: what is booked, counted, kept and told."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from services.registration.domain.counting import count_seats
from services.registration.domain.forgetting import KEPT_FOR, forget_keys
from services.registration.domain.registering import Answer
from services.registration.domain.seats import Change, count
from services.registration.models import Booking, IdempotencyKey, Registration
from shared.contracts.registration import REGISTRATION_MADE
from shared.identifiers import new_id
from tests.services.registration.factories import (
    SIGNER,
    publish,
    recorded,
    register,
    request,
    seats,
    taken_by_bookings,
    wanted,
)


def count_rows(context, table):
    with context.database.read() as db:
        return db.scalar(sa.select(sa.func.count()).select_from(table))


def test_a_registration_is_stored_counted_and_told(context):
    session = publish(context, capacity=10)
    asked = request(wanted(session, adults=2, children=1, pupils=0))
    [answer] = register(context, asked)

    with context.database.read() as db:
        stored = db.get_one(Registration, asked.id)
        [booking] = stored.bookings
    expected_booking = {
        "id": str(booking.id),
        "session_id": str(session),
        "party": {"adults": 2, "children": 1},
        "seats": 3,
        "status": "confirmed",
        "revision": 0,
        "offer_expires_at": None,
    }
    public = {
        "id": str(asked.id),
        "code": stored.code,
        "token": stored.token,
        "ticket": asked.ticket,
        "status": "active",
        "bookings": [expected_booking],
    }
    assert answer == Answer(201, public)
    assert (stored.email, stored.name, stored.locale) == (asked.email, asked.name, asked.locale)
    assert SIGNER.verify(stored.ticket) == stored.id
    row = seats(context, session)
    assert (row.taken, row.waiting, row.version) == (3, 0, 2)
    state = public | {
        "email": asked.email,
        "name": asked.name,
        "locale": "fr",
        "registered_at": context.clock().isoformat(),
        "bookings": [
            expected_booking
            | {
                "session_version": 1,
                "wheelchairs": 0,
                "offer_expires_at": None,
                "answer_by": None,
                "ended_for": None,
                "replaces": None,
                "offer_note": None,
            }
        ],
    }
    assert recorded(context) == [("registration_made", 1, state)]
    REGISTRATION_MADE.check(state)


def test_only_the_categories_that_sit_take_seats(context):
    session = publish(context, capacity=3, seat_categories=["children"])
    [answer] = register(context, request(wanted(session, adults=2, children=3)))
    assert answer.body["bookings"][0]["seats"] == 3
    assert seats(context, session).taken == 3


def test_a_session_without_capacity_is_never_full(context):
    session = publish(context, capacity=None)
    answers = register(context, *[request(wanted(session, adults=40)) for _ in range(5)])
    assert [answer.status for answer in answers] == [201] * 5
    assert (seats(context, session).taken, seats(context, session).ceiling) == (200, None)


def test_a_basket_that_does_not_fit_books_nothing_and_says_where(context):
    open_session, full_session = publish(context), publish(context, capacity=3)
    register(context, request(wanted(full_session)))
    before = recorded(context)
    [answer] = register(context, request(wanted(open_session), wanted(full_session)))
    assert answer == Answer(
        409,
        {
            "code": "full",
            "bookings": [
                {
                    "pointer": "/bookings/1",
                    "session_id": str(full_session),
                    "code": "full",
                    "seats_left": 1,
                }
            ],
        },
    )
    assert count_rows(context, Registration) == count_rows(context, Booking) == 1
    assert (seats(context, open_session).taken, seats(context, full_session).taken) == (0, 2)
    assert recorded(context) == before


def test_a_booking_that_may_wait_does_not_hold_back_the_others(context):
    open_session, full_session = publish(context), publish(context, capacity=3)
    register(context, request(wanted(full_session)))
    [answer] = register(context, request(wanted(open_session), wanted(full_session, may_wait=True)))
    statuses = [booking["status"] for booking in answer.body["bookings"]]
    assert (answer.status, statuses) == (201, ["confirmed", "waitlisted"])
    assert (seats(context, full_session).taken, seats(context, full_session).waiting) == (2, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"registration": "none"},
        {"registration": "elsewhere"},
        {"status": "cancelled"},
        {"kind": "timed", "starts_at": "2026-09-24T08:00:00+00:00"},
        {"kind": "drop_in", "ends_at": "2026-09-24T08:00:00+00:00"},
    ],
)
def test_a_session_that_is_closed_is_not_bookable(context, changes):
    changes = (
        {"starts_at": "2026-09-24T07:00:00+00:00"} | changes if "ends_at" in changes else changes
    )
    session = publish(context, **changes)
    [answer] = register(context, request(wanted(session, may_wait=True)))
    assert (answer.status, answer.body["code"]) == (409, "not_bookable")


def test_a_drop_in_session_takes_registrations_until_it_ends(context):
    session = publish(context, kind="drop_in", starts_at="2026-09-24T07:00:00+00:00")
    [answer] = register(context, request(wanted(session)))
    assert answer.status == 201


def test_an_unknown_session_is_not_bookable(context):
    [answer] = register(context, request(wanted(new_id())))
    assert (answer.status, answer.body["code"]) == (409, "not_bookable")


def test_the_same_key_gives_the_same_answer_again_and_does_nothing(context):
    session = publish(context, capacity=2)
    asked = request(wanted(session), key="k")
    refused = request(wanted(session), key="r")
    first = register(context, asked, refused)
    again = register(context, request(wanted(session), key="k"), request(wanted(session), key="r"))
    assert [answer.status for answer in first] == [201, 409]
    assert again == first
    assert count_rows(context, Registration) == 1
    assert seats(context, session).taken == 2


def test_a_refusal_is_replayed_even_when_seats_were_freed(context):
    session = publish(context, capacity=0)
    register(context, request(wanted(session), key="k"))
    publish(context, version=2, id=str(session), capacity=5)
    [answer] = register(context, request(wanted(session), key="k"))
    assert answer.status == 409


def test_the_same_key_in_one_batch_counts_once(context):
    session = publish(context)
    answers = register(context, *[request(wanted(session), key="k") for _ in range(3)])
    assert answers[0].status == 201
    assert answers == [answers[0]] * 3
    assert seats(context, session).taken == 2


@pytest.mark.parametrize(
    "change", [{"email": "other@example.org"}, {"name": "Autre"}, {"locale": "en"}]
)
def test_a_key_that_comes_with_another_body_is_refused(context, change):
    session = publish(context)
    first, second = register(
        context, request(wanted(session), key="k"), request(wanted(session), key="k", **change)
    )
    [third] = register(context, request(wanted(session, adults=3), key="k"))
    assert (first.status, second.status, third.status) == (201, 422, 422)
    assert second == third == Answer(422, {"code": "key_reused"})
    assert seats(context, session).taken == 2


def test_keys_are_forgotten_after_their_time(context):
    session = publish(context)
    register(context, request(wanted(session), key="k"))
    with context.database.write() as db:
        forget_keys(db, now=context.clock() + KEPT_FOR)
    assert count_rows(context, IdempotencyKey) == 1
    with context.database.write() as db:
        forget_keys(db, now=context.clock() + KEPT_FOR + timedelta(seconds=1))
    assert count_rows(context, IdempotencyKey) == 0


def test_the_database_itself_refuses_to_oversell(context):
    session = publish(context, capacity=3)
    with pytest.raises(IntegrityError), context.database.write() as db:
        count(db, {session: Change(taken=4)})
    with pytest.raises(IntegrityError), context.database.write() as db:
        count(db, {session: Change(taken=-1)})
    assert seats(context, session).taken == 0


def test_seats_are_told_once_for_each_change(context):
    session, unlimited = publish(context, capacity=10), publish(context, capacity=None)
    register(context, request(wanted(session)), request(wanted(unlimited)))

    def count_now():
        with context.database.write() as db:
            return count_seats(db, now=context.clock())

    assert (count_now(), count_now()) == (2, 0)
    told = [
        (version, UUID(data["session_id"]), data["seats_left"])
        for name, version, data in recorded(context)
        if name == "seats_counted"
    ]
    assert told == sorted([(2, session, 8), (2, unlimited, None)], key=lambda fact: fact[1])
    register(context, request(wanted(session)))
    assert count_now() == 1
    assert recorded(context)[-1][2] == {
        "session_id": str(session),
        "seats_left": 6,
        "capacity": 10,
        "bookings": 2,
        "seats_taken": 4,
        "waiting": 0,
        "overbooked": False,
    }


def test_the_counters_are_the_sums_of_the_bookings(context):
    session = publish(context, capacity=7)
    register(context, *[request(wanted(session, adults=n, may_wait=True)) for n in (3, 5, 4, 1, 2)])
    row = seats(context, session)
    with context.database.read() as db:
        assert (row.taken, row.waiting) == taken_by_bookings(db, session) == (7, 3)
