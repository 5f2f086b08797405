"""Changing a registration, and the waitlist that gets what is freed."""

from uuid import UUID

import pytest

from services.registration.domain.changing import (
    ChangeRefused,
    UnknownRegistration,
    Wanted,
    cancel_booking,
    cancel_registration,
    change,
    change_party,
    correct_address,
)
from services.registration.manage_queries import registration_page
from services.registration.models import Booking, Registration
from shared.contracts.registration import REGISTRATION_CANCELLED, REGISTRATION_CHANGED
from shared.identifiers import new_id
from tests.services.registration.factories import (
    publish,
    publish_again,
    recorded,
    register,
    request,
    seats,
    wanted,
)


def make(context, *bookings):
    """Register; return the token and the ids of the bookings."""
    [answer] = register(context, request(*bookings))
    return answer.body["token"], [UUID(booking["id"]) for booking in answer.body["bookings"]]


def page(context, token):
    with context.database.read() as db:
        return registration_page(db, token, now=context.clock())


def run(context, function, *arguments):
    with context.database.write() as db:
        return function(db, *arguments, now=context.clock())


def booking(context, booking_id):
    with context.database.read() as db:
        return db.get_one(Booking, booking_id)


def test_a_larger_party_takes_more_seats(context):
    session = publish(context, capacity=5)
    token, [mine] = make(context, wanted(session, adults=2))
    run(context, change_party, token, mine, {"adults": 2, "children": 3, "pupils": 0})
    changed = booking(context, mine)
    assert (changed.party, changed.seats, changed.revision) == (
        {"adults": 2, "children": 3},
        5,
        1,
    )
    assert seats(context, session).taken == 5
    name, version, data = recorded(context)[-1]
    assert (name, version) == ("registration_changed", 2)
    assert data["changed_bookings"] == [str(mine)]
    assert data["bookings"][0]["seats"] == 5
    REGISTRATION_CHANGED.check(data)


def test_a_larger_party_that_does_not_fit_changes_nothing(context):
    session = publish(context, capacity=5)
    make(context, wanted(session, adults=1))
    token, [mine] = make(context, wanted(session, adults=2))
    with pytest.raises(ChangeRefused) as refusal:
        run(context, change, token, Wanted(email="x@example.org", parties={mine: {"adults": 5}}))
    assert (refusal.value.code, refusal.value.booking_id) == ("full", mine)
    assert page(context, token).email == "camille@example.org"
    assert seats(context, session).taken == 3
    assert len(recorded(context)) == 2


@pytest.mark.parametrize(
    ("party", "code"), [({"adults": 5}, "too_large"), ({"accompanying": 2}, "takes_no_seat")]
)
def test_no_party_becomes_one_that_could_never_be_admitted(context, party, code):
    session = publish(context, capacity=4)
    for adults in (4, 3):
        token, [mine] = make(context, wanted(session, may_wait=True, adults=adults))
        with pytest.raises(ChangeRefused) as refusal:
            run(context, change_party, token, mine, party)
        assert (refusal.value.code, refusal.value.booking_id) == (code, mine)


def test_a_party_larger_than_the_lowered_capacity_may_become_smaller(context):
    session = publish(context, capacity=8)
    token, [mine] = make(context, wanted(session, adults=7))
    publish_again(context, session, capacity=4)
    run(context, change_party, token, mine, {"adults": 6})
    assert (seats(context, session).taken, seats(context, session).ceiling) == (6, 6)


def test_the_same_party_again_changes_nothing(context):
    session = publish(context)
    token, [mine] = make(context, wanted(session, adults=2))
    run(context, change_party, token, mine, {"adults": 2, "children": 0})
    assert booking(context, mine).revision == 0
    assert len(recorded(context)) == 1


def test_after_the_start_a_party_can_only_become_smaller(context):
    session = publish(context)
    token, [mine] = make(context, wanted(session, adults=2))
    context.clock.advance(days=8)
    with pytest.raises(ChangeRefused, match="not_bookable"):
        run(context, change_party, token, mine, {"adults": 3})
    run(context, change_party, token, mine, {"adults": 1})
    assert seats(context, session).taken == 1


def test_cancelling_one_booking_keeps_the_others(context):
    first, second = publish(context), publish(context)
    token, [one, two] = make(context, wanted(first), wanted(second))
    registration = run(context, cancel_booking, token, one)
    assert registration.status == "active"
    assert [booking(context, each).status for each in (one, two)] == ["cancelled", "confirmed"]
    assert (seats(context, first).taken, seats(context, second).taken) == (0, 2)
    assert recorded(context)[-1][0] == "registration_changed"
    assert run(context, cancel_booking, token, two).status == "cancelled"
    name, version, data = recorded(context)[-1]
    assert (name, version) == ("registration_cancelled", 3)
    REGISTRATION_CANCELLED.check(data)


def test_cancelling_twice_is_cancelling_once(context):
    session = publish(context)
    token, _ = make(context, wanted(session))
    for _ in range(2):
        assert run(context, cancel_registration, token).version == 2
    assert seats(context, session).taken == 0
    assert [fact[0] for fact in recorded(context)] == [
        "registration_made",
        "registration_cancelled",
    ]


def test_what_was_cancelled_stays_so(context):
    session = publish(context)
    token, [mine] = make(context, wanted(session))
    run(context, cancel_registration, token)
    with pytest.raises(ChangeRefused, match="cancelled"):
        run(context, change_party, token, mine, {"adults": 1})
    with pytest.raises(ChangeRefused, match="cancelled"):
        run(context, correct_address, token, "x@example.org")


def test_a_corrected_address_is_told_once(context):
    session = publish(context)
    token, _ = make(context, wanted(session))
    for _ in range(2):
        run(context, correct_address, token, "camille@example.net")
    [_, (name, version, data)] = recorded(context)
    assert (name, version) == ("registration_changed", 2)
    assert (data["email"], data["address_corrected"], data["changed_bookings"]) == (
        "camille@example.net",
        True,
        [],
    )


def test_nobody_changes_what_he_has_no_token_for(context):
    session = publish(context)
    token, _ = make(context, wanted(session))
    _, [others] = make(context, wanted(session))
    for arguments in (
        (cancel_registration, "unknown"),
        (cancel_booking, token, others),
        (cancel_booking, token, new_id()),
        (change_party, token, others, {"adults": 1}),
    ):
        with pytest.raises(UnknownRegistration):
            run(context, *arguments)
    assert seats(context, session).taken == 4


def test_freed_seats_go_to_the_first_who_fits_whole(context):
    session = publish(context, capacity=5)
    make(context, wanted(session, adults=1))
    token, _ = make(context, wanted(session, adults=4))
    waiting = [make(context, wanted(session, may_wait=True, adults=n)) for n in (5, 3, 2, 1)]
    assert [page(context, each).bookings[0].position for each, _ in waiting] == [1, 2, 3, 4]
    run(context, cancel_registration, token)
    statuses = [booking(context, mine).status for _, [mine] in waiting]
    assert statuses == ["waitlisted", "offered", "waitlisted", "offered"]
    row = seats(context, session)
    assert (row.taken, row.waiting) == (5, 2)
    assert [page(context, each).bookings[0].position for each, _ in waiting] == [1, None, 2, None]
    told = [(name, data["changed_bookings"]) for name, _, data in recorded(context)[-2:]]
    assert told == [
        ("registration_changed", [str(waiting[1][1][0])]),
        ("registration_changed", [str(waiting[3][1][0])]),
    ]


def test_a_waiting_party_that_becomes_smaller_is_served_at_once(context):
    session = publish(context, capacity=4)
    make(context, wanted(session, adults=2))
    token, [mine] = make(context, wanted(session, may_wait=True, adults=4))
    run(context, change_party, token, mine, {"adults": 2})
    assert booking(context, mine).status == "offered"
    assert (seats(context, session).taken, seats(context, session).waiting) == (4, 0)
    with context.database.read() as db:
        registration = db.get_one(Registration, page(context, token).id)
    assert [fact[1] for fact in recorded(context)[-2:]] == [2, 3]
    assert registration.version == 3


def test_a_cancelled_wait_is_over(context):
    session = publish(context, capacity=2)
    make(context, wanted(session, adults=1))
    token, _ = make(context, wanted(session, may_wait=True))
    run(context, cancel_registration, token)
    assert (seats(context, session).taken, seats(context, session).waiting) == (1, 0)


def test_the_waitlist_of_two_sessions_is_served_in_one_registration(context):
    first, second = publish(context, capacity=2), publish(context, capacity=2)
    token, _ = make(context, wanted(first), wanted(second))
    other, both = make(context, wanted(first, may_wait=True), wanted(second, may_wait=True))
    run(context, cancel_registration, token)
    assert [one.status for one in page(context, other).bookings] == ["offered", "offered"]
    name, version, data = recorded(context)[-1]
    assert (name, version) == ("registration_changed", 2)
    assert sorted(data["changed_bookings"]) == sorted(map(str, both))
