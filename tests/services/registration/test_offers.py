"""Offers: a freed place is kept for the next who fits, who takes it, gives it up or is too late."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from services.registration.domain.changing import (
    ChangeRefused,
    UnknownRegistration,
    Wanted,
    accept,
    cancel_booking,
    cancel_registration,
    change,
    change_party,
    decline,
)
from services.registration.domain.offers import expire_offers, is_offer_over
from services.registration.models import Booking, Call, Registration, SessionSeats
from shared.identifiers import new_id
from tests.services.registration.factories import (
    close,
    moved,
    publish,
    publish_again,
    recorded,
    register,
    request,
    seats,
    tell,
    told,
    wanted,
)

DAY = timedelta(days=1)


class Waiter:
    """Somebody on the waitlist of a session, with the one booking."""

    def __init__(self, context, session, adults=2, **changes):
        asked = request(wanted(session, may_wait=True, adults=adults), **changes)
        [answer] = register(context, asked)
        self.context = context
        self.token = answer.body["token"]
        self.id = UUID(answer.body["bookings"][0]["id"])

    def do(self, function, *arguments):
        with self.context.database.write() as db:
            return function(db, self.token, self.id, *arguments, now=self.context.clock())

    def refused(self, function):
        with pytest.raises(ChangeRefused) as error:
            self.do(function)
        assert error.value.booking_id == self.id
        return error.value.code

    @property
    def state(self):
        """Return the status, the deadline as time since now, and why it ended."""
        with self.context.database.read() as db:
            booking = db.get_one(Booking, self.id)
        until = booking.offer_expires_at
        left = None if until is None else until - self.context.clock()
        return booking.status, left, booking.ended_for


def full(context, capacity=2, waiting=(2,), **session_data):
    """Return a full session, who has its seats, and those who wait."""
    session = publish(context, capacity=capacity, **session_data)
    [answer] = register(context, request(wanted(session, adults=capacity)))
    return session, answer.body["token"], [Waiter(context, session, adults) for adults in waiting]


def free(context, token):
    with context.database.write() as db:
        cancel_registration(db, token, now=context.clock())


def expire(context, most=50):
    with context.database.write() as db:
        return expire_offers(db, now=context.clock(), most=most)


def counters(context, session):
    row = seats(context, session)
    return row.taken, row.bookings, row.waiting


def last(context):
    name, _, data = recorded(context)[-1]
    [booking] = data["bookings"]
    return name, data["changed_bookings"], booking["status"], booking["ended_for"]


WAITS, OFFERED = ("waitlisted", None, None), ("offered", DAY, None)
CONFIRMED = ("confirmed", None, None)


def test_a_freed_place_is_offered_to_the_first_who_fits_and_kept(context):
    session = publish(context, capacity=3)
    answer, _other = register(context, request(wanted(session)), request(wanted(session, adults=1)))
    large, first, second = (Waiter(context, session, adults) for adults in (3, 2, 1))
    free(context, answer.body["token"])
    assert [one.state for one in (large, first, second)] == [WAITS, OFFERED, WAITS]
    assert counters(context, session) == (3, 2, 2)
    [late] = register(context, request(wanted(session, adults=1)))
    assert (late.status, late.body["code"]) == (409, "full")
    name, _, data = recorded(context)[-1]
    [booking] = data["bookings"]
    until = (context.clock() + DAY).isoformat()
    assert (name, data["changed_bookings"]) == ("registration_changed", [str(first.id)])
    assert (booking["status"], booking["offer_expires_at"]) == ("offered", until)


def test_accepting_takes_the_place_for_good_and_again_changes_nothing(context):
    session, token, [mine] = full(context)
    free(context, token)
    mine.do(accept)
    assert (mine.state, counters(context, session)) == (CONFIRMED, (2, 1, 0))
    assert last(context) == ("registration_changed", [str(mine.id)], "confirmed", None)
    facts = recorded(context)
    mine.do(accept)
    assert (mine.state, recorded(context)) == (CONFIRMED, facts)
    context.clock.advance(days=2)
    assert (expire(context), mine.state) == (0, CONFIRMED)


def test_declining_offers_the_place_to_the_next_and_again_changes_nothing(context):
    session, token, [mine, next_one] = full(context, waiting=(2, 1))
    free(context, token)
    mine.do(decline)
    assert mine.state == ("cancelled", None, "declined")
    assert (next_one.state, counters(context, session)) == (OFFERED, (1, 1, 0))
    facts = recorded(context)
    mine.do(decline)
    assert recorded(context) == facts
    assert mine.refused(accept) == "cancelled"


def test_what_is_not_offered_is_neither_accepted_nor_declined(context):
    _session, token, [mine] = full(context)
    assert [mine.refused(accept), mine.refused(decline)] == ["no_offer", "no_offer"]
    free(context, token)
    mine.do(accept)
    assert mine.refused(decline) == "no_offer"
    mine.do(cancel_booking)
    assert [mine.refused(accept), mine.refused(decline)] == ["cancelled", "cancelled"]


def test_an_offer_of_somebody_elses_is_unknown(context):
    _session, token, [mine] = full(context)
    free(context, token)
    for stranger, booking in ((token, mine.id), ("nobody", mine.id), (mine.token, new_id())):
        with context.database.write() as db, pytest.raises(UnknownRegistration):
            accept(db, stranger, booking, now=context.clock())
    assert mine.state == OFFERED


def test_an_offer_that_ran_out_goes_to_the_next_with_a_day_of_its_own(context):
    session, token, [mine, next_one, after] = full(context, waiting=(2, 1, 1))
    free(context, token)
    context.clock.advance(hours=23, minutes=59, seconds=59)
    assert (expire(context), mine.state) == (0, ("offered", timedelta(seconds=1), None))
    context.clock.advance(seconds=1)
    with context.database.read() as db:
        assert is_offer_over(db, now=context.clock())
    assert (expire(context), expire(context)) == (1, 0)
    assert mine.state == ("cancelled", None, "expired")
    assert [next_one.state, after.state] == [OFFERED, OFFERED]
    assert counters(context, session) == (2, 2, 0)
    names = [(name, data["status"]) for name, _, data in recorded(context)[-3:]]
    assert names == [
        ("registration_changed", "cancelled"),
        ("registration_changed", "active"),
        ("registration_changed", "active"),
    ]


def test_an_offer_that_has_just_run_out_says_so_even_before_the_timer(context):
    _session, token, [mine] = full(context)
    free(context, token)
    context.clock.advance(days=1)
    assert [mine.refused(accept), mine.refused(decline)] == ["offer_expired"] * 2
    expire(context)
    assert [mine.refused(accept), mine.refused(decline)] == ["offer_expired"] * 2


def test_offers_end_some_registrations_at_a_time_the_oldest_first(context):
    session, token, waiters = full(context, capacity=3, waiting=(1, 1, 1))
    free(context, token)
    context.clock.advance(days=1)
    assert [expire(context, most=2), expire(context, most=2), expire(context)] == [2, 1, 0]
    assert {one.state for one in waiters} == {("cancelled", None, "expired")}
    assert counters(context, session) == (0, 0, 0)


def test_an_offered_party_may_shrink_and_grow_into_what_is_left(context):
    session, token, [mine, next_one] = full(context, capacity=4, waiting=(3, 2))
    free(context, token)
    mine.do(change_party, {"adults": 4})
    assert (mine.state, counters(context, session)) == (OFFERED, (4, 1, 1))
    mine.do(change_party, {"adults": 2})
    assert [mine.state, next_one.state] == [OFFERED, OFFERED]
    with pytest.raises(ChangeRefused, match="full"):
        mine.do(change_party, {"adults": 3})


def test_an_offer_is_accepted_for_a_smaller_party_at_once(context):
    session, token, [mine] = full(context)
    free(context, token)
    asked = Wanted(accepted=[mine.id], parties={mine.id: {"adults": 1}})
    with context.database.write() as db:
        change(db, mine.token, asked, now=context.clock())
    assert (mine.state, counters(context, session)) == (CONFIRMED, (1, 1, 0))


def test_cancelling_an_offer_frees_it(context):
    _session, token, [mine, next_one] = full(context, waiting=(2, 2))
    free(context, token)
    mine.do(cancel_booking)
    assert mine.state == ("cancelled", None, "contact")
    assert next_one.state == OFFERED


def test_a_lowered_capacity_takes_no_offer_away(context):
    session, token, [mine, next_one] = full(context, waiting=(2, 2))
    free(context, token)
    publish_again(context, session, capacity=1)
    assert (mine.state, seats(context, session).ceiling) == (OFFERED, 2)
    mine.do(decline)
    assert (next_one.state, counters(context, session)) == (WAITS, (0, 0, 1))


def test_a_place_for_a_wheelchair_is_offered_to_who_needs_one(context):
    session = publish(context, capacity=4)
    with context.database.write() as db:
        db.get_one(SessionSeats, session).wheelchair_places = 1
    seated = replace(wanted(session, adults=2), wheelchairs=1)
    [first] = register(context, request(seated))
    [second] = register(context, request(replace(seated, may_wait=True)))
    assert [one.body["bookings"][0]["status"] for one in (first, second)] == [
        "confirmed",
        "waitlisted",
    ]
    row = seats(context, session)
    assert (row.taken, row.wheelchairs, row.waiting) == (1, 1, 1)
    free(context, first.body["token"])
    row = seats(context, session)
    assert (row.taken, row.wheelchairs, row.waiting) == (1, 1, 0)
    context.clock.advance(days=1)
    expire(context)
    row = seats(context, session)
    assert (row.taken, row.wheelchairs) == (0, 0)


def test_when_registration_closes_nobody_is_offered_anything_any_more(context):
    session, token, [mine, next_one] = full(context, waiting=(2, 2), **moved(days=-6))
    free(context, token)
    context.clock.advance(days=1)
    assert (expire(context), mine.state[2], next_one.state) == (1, "expired", WAITS)
    assert counters(context, session) == (0, 0, 1)


def test_a_registration_that_ends_earlier_now_ends_its_offers_and_says_so(context):
    session, token, [mine] = full(context)
    free(context, token)
    closes = context.clock() + timedelta(hours=3)
    publish_again(context, session, registration_closes_at=closes.isoformat())
    assert mine.state == ("offered", timedelta(hours=3), None)
    tell(context)
    _, _, data = recorded(context)[-1]
    assert data["changed_bookings"] == [str(mine.id)]
    assert data["bookings"][0]["offer_expires_at"] == closes.isoformat()
    context.clock.advance(hours=3)
    assert (expire(context), mine.state[2]) == (1, "expired")


def test_the_offer_of_a_cancelled_session_is_not_accepted_and_ends_with_it(context):
    session, token, [mine] = full(context)
    free(context, token)
    publish_again(context, session, status="cancelled")
    assert mine.refused(accept) == "not_bookable"
    context.clock.advance(days=1)
    assert expire(context) == 0
    tell(context)
    assert mine.state == ("cancelled", None, "organiser")


def test_what_a_release_offers_begins_to_run_out_when_it_is_told(context):
    session, _token, [mine] = full(context, capacity=3)
    release = new_id()
    publish_again(context, session, release_id=release, capacity=5)
    assert mine.state == OFFERED
    context.clock.advance(days=2)
    assert (expire(context), told(context)) == (0, [])
    close(context, release, session)
    tell(context)
    assert mine.state == OFFERED
    [event] = told(context)
    until = (context.clock() + DAY).isoformat()
    assert event["bookings"][0]["offer_expires_at"] == until
    context.clock.advance(days=1)
    assert (expire(context), mine.state[2]) == (1, "expired")


def test_what_was_accepted_before_a_release_was_told_is_not_told_again(context):
    session, _token, [mine] = full(context, capacity=3)
    publish_again(context, session, capacity=5)
    mine.do(accept)
    facts = recorded(context)
    tell(context)
    assert recorded(context) == facts


def test_somebody_without_an_address_is_called(context):
    session, token, _ = full(context, waiting=())
    mine = Waiter(context, session, email=None)
    other = Waiter(context, session, email=None)
    free(context, token)

    def calls():
        with context.database.read() as db:
            rows = db.query(Call, Registration.token).join(Registration).order_by(Call.id)
            return [(token, call.reason, call.session_id, call.details) for call, token in rows]

    until = {"offer_expires_at": (context.clock() + DAY).isoformat()}
    assert calls() == [(mine.token, "offer", session, until)]
    context.clock.advance(days=1)
    expire(context)
    later = {"offer_expires_at": (context.clock() + DAY).isoformat()}
    assert calls() == [
        (mine.token, "offer_expired", session, {}),
        (other.token, "offer", session, later),
    ]
    other.do(accept)
    assert calls() == [(mine.token, "offer_expired", session, {})]
    publish_again(context, session, **moved(hours=2))
    publish_again(context, session, status="cancelled")
    tell(context)
    [_, (who, why, _, details)] = calls()
    assert (who, why, details["after"]["status"]) == (
        other.token,
        "session_cancelled",
        "cancelled",
    )
