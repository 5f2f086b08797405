"""What scheduling's news of a session do to registration."""

from uuid import UUID

from services.registration.domain.changing import cancel_registration
from services.registration.domain.sessions import keep_session
from services.registration.models import SessionCopy
from services.registration.queries import session_page
from tests.services.registration.factories import (
    envelope,
    publish,
    recorded,
    register,
    request,
    seats,
    session_data,
    wanted,
)


def availability(context, session):
    with context.database.read() as db:
        page = session_page(db, session, now=context.clock())
    return page.availability, page.seats_left


def test_a_newer_session_replaces_the_copy_and_an_older_one_does_not(context):
    data = session_data(capacity=10)
    with context.database.write() as db:
        results = [
            keep_session(db, envelope(data | {"capacity": capacity}, version), now=context.clock())
            for version, capacity in ((2, 10), (1, 5), (2, 6), (3, 7))
        ]
    assert results == [True, False, False, True]
    session = UUID(data["id"])
    with context.database.read() as db:
        copy = db.get_one(SessionCopy, session)
    assert (copy.version, copy.details["capacity"]) == (3, 7)
    assert (seats(context, session).capacity, seats(context, session).ceiling) == (7, 7)


def test_more_capacity_serves_those_who_wait(context):
    session = publish(context, capacity=2)
    register(context, *[request(wanted(session, may_wait=True)) for _ in range(4)])
    publish(context, version=2, id=str(session), capacity=6)
    row = seats(context, session)
    assert (row.taken, row.waiting) == (6, 1)
    assert [fact[0] for fact in recorded(context)[-2:]] == ["registration_changed"] * 2


def test_a_session_without_limit_serves_everybody(context):
    session = publish(context, capacity=2)
    register(context, *[request(wanted(session, may_wait=True)) for _ in range(3)])
    publish(context, version=2, id=str(session), capacity=None)
    row = seats(context, session)
    assert (row.taken, row.waiting, row.ceiling) == (6, 0, None)


def test_less_capacity_than_is_taken_drops_nobody(context):
    session = publish(context, capacity=10)
    answers = register(context, *[request(wanted(session)) for _ in range(5)])
    publish(context, version=2, id=str(session), capacity=4)
    row = seats(context, session)
    assert (row.capacity, row.ceiling, row.taken) == (4, 10, 10)
    assert availability(context, session) == ("full", 0)
    [refused] = register(context, request(wanted(session, adults=1)))
    assert refused.status == 409
    for answer, taken, ceiling in zip(answers, (8, 6, 4, 2), (8, 6, 4, 4), strict=False):
        with context.database.write() as db:
            cancel_registration(db, answer.body["token"], now=context.clock())
        row = seats(context, session)
        assert (row.taken, row.ceiling) == (taken, ceiling)
    assert availability(context, session) == ("open", 2)


def test_a_cancelled_session_keeps_its_bookings_and_takes_no_more(context):
    session = publish(context, capacity=2)
    register(context, *[request(wanted(session, may_wait=True)) for _ in range(2)])
    publish(context, version=2, id=str(session), capacity=10, status="cancelled")
    row = seats(context, session)
    assert (row.taken, row.waiting) == (2, 1)
    assert availability(context, session) == ("cancelled", 8)
    [refused] = register(context, request(wanted(session)))
    assert refused.body["code"] == "not_bookable"


def test_a_session_that_is_held_after_all_serves_its_waitlist(context):
    session = publish(context, capacity=2)
    register(context, *[request(wanted(session, may_wait=True)) for _ in range(2)])
    publish(context, version=2, id=str(session), capacity=10, status="cancelled")
    publish(context, version=3, id=str(session), capacity=10)
    assert (seats(context, session).taken, seats(context, session).waiting) == (4, 0)
