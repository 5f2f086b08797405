"""Allotments: seats kept under a name, booked into, resized, released."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.registration.domain import allotments
from services.registration.domain.allotments import AllotmentRefused
from services.registration.domain.changing import cancel_registration, change_party
from services.registration.models import Allotment, Booking
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from tests.services.registration.factories import (
    publish,
    publish_again,
    register,
    request,
    seats,
    wanted,
)


def counters(context, session):
    row = seats(context, session)
    return row.taken, row.held, row.bookings, row.ceiling


def keep(context, session, number, **values):
    """Keep so many seats; return the allotment's id."""
    with context.database.write() as db:
        return allotments.create(db, session, name="Écoles", seats=number, **values).id


def kept(context, allotment_id):
    with context.database.read() as db:
        one = db.get_one(Allotment, allotment_id)
        return one.seats, one.taken, one.released_at


def do(context, function, *arguments, **values):
    with context.database.write() as db:
        return function(db, *arguments, **{"now": context.clock(), **values})


def into(context, allotment_id, session, adults, **changes):
    asked = request(wanted(session, adults=adults), **changes)
    return do(context, allotments.register_into, allotment_id, asked)


def refused(context, function, *arguments, **values):
    with pytest.raises(AllotmentRefused) as error:
        do(context, function, *arguments, **values)
    return error.value.code, error.value.left


def test_what_an_allotment_holds_is_not_for_the_public(context):
    session = publish(context, capacity=10)
    keep(context, session, 7)
    assert counters(context, session) == (0, 7, 0, 10)
    full, fits = register(
        context, request(wanted(session, adults=4)), request(wanted(session, adults=3))
    )
    assert (full.status, full.body["bookings"][0]["seats_left"], fits.status) == (409, 3, 201)


def test_no_more_is_held_than_is_left(context):
    session, open_air = publish(context, capacity=4), publish(context, capacity=None)
    register(context, request(wanted(session, adults=3)))
    with context.database.write() as db, pytest.raises(AllotmentRefused) as error:
        allotments.create(db, session, name="Écoles", seats=2)
    assert (error.value.code, error.value.left) == ("too_few_left", 1)
    for unknown, code in ((new_id(), "unknown"), (open_air, "unlimited")):
        with context.database.write() as db, pytest.raises(AllotmentRefused) as error:
            allotments.create(db, unknown, name="Écoles", seats=1)
        assert error.value.code == code


def test_a_booking_takes_the_held_seats_first_and_then_the_publics(context):
    session = publish(context, capacity=10)
    mine = keep(context, session, 4)
    assert into(context, mine, session, 3).status == 201
    assert (counters(context, session), kept(context, mine)[:2]) == ((3, 1, 1, 10), (4, 3))
    assert into(context, mine, session, 5).status == 201
    assert (counters(context, session), kept(context, mine)[:2]) == ((8, 0, 2, 10), (4, 8))
    answer = into(context, mine, session, 3)
    assert (answer.status, answer.body["code"]) == (409, "full")
    assert (counters(context, session), kept(context, mine)[:2]) == ((8, 0, 2, 10), (4, 8))


def test_booking_into_an_allotment_again_with_the_same_key_changes_nothing(context):
    session = publish(context, capacity=10)
    mine = keep(context, session, 4)
    asked = request(wanted(session, adults=3))
    first = do(context, allotments.register_into, mine, asked)
    again = request(wanted(session, adults=3), key=asked.key)
    assert do(context, allotments.register_into, mine, again) == first
    assert (counters(context, session), kept(context, mine)[:2]) == ((3, 1, 1, 10), (4, 3))


def test_ending_such_a_booking_gives_the_seats_back_to_the_allotment(context):
    session = publish(context, capacity=6)
    mine = keep(context, session, 3)
    token = into(context, mine, session, 5).body["token"]
    [waiting] = register(context, request(wanted(session, may_wait=True, adults=2)))
    assert counters(context, session) == (5, 0, 1, 6)
    do(context, cancel_registration, token)
    with context.database.read() as db:
        status = db.get_one(Booking, UUID(waiting.body["bookings"][0]["id"])).status
    assert (status, kept(context, mine)[:2]) == ("offered", (3, 0))
    assert counters(context, session) == (2, 3, 1, 6)


def test_a_party_in_an_allotment_grows_into_what_it_holds(context):
    session = publish(context, capacity=5)
    mine = keep(context, session, 4)
    answer = into(context, mine, session, 1)
    register(context, request(wanted(session, adults=1)))
    booking = UUID(answer.body["bookings"][0]["id"])
    do(context, change_party, answer.body["token"], booking, {"adults": 4})
    assert (counters(context, session), kept(context, mine)[:2]) == ((5, 0, 2, 5), (4, 4))
    do(context, change_party, answer.body["token"], booking, {"adults": 2})
    assert (counters(context, session), kept(context, mine)[:2]) == ((3, 2, 2, 5), (4, 2))


def test_releasing_lets_the_public_have_what_nobody_took(context):
    session = publish(context, capacity=5)
    mine = keep(context, session, 4)
    into(context, mine, session, 1)
    register(context, request(wanted(session, may_wait=True, adults=3)))
    assert counters(context, session) == (1, 3, 1, 5)
    do(context, allotments.release, mine)
    assert (counters(context, session), kept(context, mine)) == ((4, 0, 2, 5), (4, 1, NOW))
    do(context, allotments.release, mine, now=NOW + timedelta(hours=1))
    assert kept(context, mine) == (4, 1, NOW)
    late = request(wanted(session, adults=1))
    assert refused(context, allotments.register_into, mine, late) == ("released", None)
    assert refused(context, allotments.resize, mine, 1) == ("released", None)


def test_an_allotment_is_released_when_its_time_has_come(context):
    session = publish(context, capacity=5)
    soon = keep(context, session, 2, releases_at=NOW + timedelta(hours=1))
    keep(context, session, 1, releases_at=NOW + timedelta(hours=2))
    keep(context, session, 1)
    assert do(context, allotments.release_due) == 0
    later = NOW + timedelta(hours=1)
    with context.database.read() as db:
        assert not allotments.is_release_due(db, now=NOW)
        assert allotments.is_release_due(db, now=later)
    assert do(context, allotments.release_due, now=later) == 1
    assert do(context, allotments.release_due, now=later) == 0
    assert (counters(context, session), kept(context, soon)) == ((0, 2, 0, 5), (2, 0, later))


def test_an_allotment_gets_another_size(context):
    session = publish(context, capacity=8)
    mine = keep(context, session, 4)
    into(context, mine, session, 3)
    assert refused(context, allotments.resize, mine, 9) == ("too_few_left", 4)
    do(context, allotments.resize, mine, 8)
    assert counters(context, session) == (3, 5, 1, 8)
    do(context, allotments.resize, mine, 2)
    assert (counters(context, session), kept(context, mine)[:2]) == ((3, 0, 1, 8), (2, 3))
    do(context, allotments.resize, mine, 4)
    assert counters(context, session) == (3, 1, 1, 8)


def test_held_seats_can_be_taken_while_the_lowered_capacity_allows(context):
    session = publish(context, capacity=10)
    one, other = keep(context, session, 4), keep(context, session, 4)
    publish_again(context, session, capacity=5)
    assert counters(context, session) == (0, 8, 0, 8)
    assert into(context, one, session, 4).status == 201
    assert counters(context, session) == (4, 4, 1, 8)
    assert into(context, other, session, 2).status == 409
    assert into(context, other, session, 1).status == 201
    assert counters(context, session) == (5, 3, 2, 8)
    assert register(context, request(wanted(session, adults=1)))[0].status == 409


def test_nobody_books_into_an_allotment_of_another_session(context):
    mine = keep(context, publish(context), 2)
    elsewhere = request(wanted(publish(context)))
    assert refused(context, allotments.register_into, mine, elsewhere) == ("other_session", None)
    assert refused(context, allotments.register_into, new_id(), elsewhere) == ("unknown", None)
