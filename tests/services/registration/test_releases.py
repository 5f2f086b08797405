"""What a release of the programme does to registrations, and what their contacts are told."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.registration.domain.changing import cancel_booking, cancel_registration, change_party
from services.registration.models import (
    Booking,
    Registration,
    ReleaseArrival,
    ToldSession,
    UntoldChange,
)
from services.registration.models import Release as ClosedRelease
from shared.contracts.registration import REGISTRATION_CHANGED
from shared.identifiers import new_id
from shared.messaging.handlers import Parked
from tests.services.registration.factories import (
    close,
    moved,
    publish,
    publish_again,
    recorded,
    register,
    request,
    seats,
    taken_by_bookings,
    tell,
    told,
    wanted,
)


@pytest.fixture
def release():
    return new_id()


def stored(context, answer):
    with context.database.read() as db:
        registration = db.get_one(Registration, UUID(answer.body["id"]))
        return registration, list(registration.bookings)


def changes_told(data):
    """Return the sessions that an event tells of, each with its start and status, old and new."""
    return [
        (
            UUID(change["session_id"]),
            (change["before"]["starts_at"], change["before"]["status"]),
            (change["after"]["starts_at"], change["after"]["status"]),
        )
        for change in data["session_changes"]
    ]


def count(context, model):
    with context.database.read() as db:
        return db.scalar(sa.select(sa.func.count()).select_from(model))


def test_a_registration_is_told_once_of_everything_that_a_release_changed(context, release):
    one, two, three = (publish(context) for _ in range(3))
    [answer] = register(context, request(wanted(one), wanted(two), wanted(three)))
    publish_again(context, one, release_id=release, **moved(hours=3))
    publish_again(context, two, release_id=release, **moved(hours=2))
    assert tell(context) == 0  # the release has not come whole
    close(context, release, one, two)
    assert (tell(context), tell(context)) == (1, 0)

    [event] = told(context)
    REGISTRATION_CHANGED.check(event)
    before = (moved()["starts_at"], "confirmed")
    assert changes_told(event) == [
        (two, before, (moved(hours=2)["starts_at"], "confirmed")),
        (one, before, (moved(hours=3)["starts_at"], "confirmed")),
    ]
    assert event["release_id"] == str(release)
    assert event["changed_bookings"] == []
    assert {
        (change["version"], change["booking_status"]) for change in event["session_changes"]
    } == {(2, "confirmed")}
    assert {booking["session_id"]: booking["session_version"] for booking in event["bookings"]} == {
        str(one): 2,
        str(two): 2,
        str(three): 1,
    }
    registration, _ = stored(context, answer)
    assert (registration.version, registration.status) == (2, "active")


def test_a_release_leaves_nothing_behind_when_everybody_was_told(context, release):
    session = publish(context)
    register(context, *[request(wanted(session, adults=1)) for _ in range(5)])
    publish_again(context, session, release_id=release, **moved(hours=1))
    assert (count(context, ReleaseArrival), count(context, ToldSession)) == (1, 1)
    close(context, release, session)
    assert tell(context, most=2) == 3
    assert len(told(context)) == 5
    assert [count(context, model) for model in (ReleaseArrival, UntoldChange, ToldSession)] == [
        0
    ] * 3
    with context.database.read() as db:
        [closed] = db.scalars(sa.select(ClosedRelease))
    assert (closed.id, closed.told_at) == (release, context.clock())


def test_a_cancelled_session_ends_its_bookings_and_keeps_the_others(context, release):
    off, on = publish(context, capacity=3), publish(context)
    [both, waiting, only] = register(
        context,
        request(wanted(off), wanted(on)),
        request(wanted(off, may_wait=True), wanted(on)),
        request(wanted(off, adults=1)),
    )
    publish_again(context, off, release_id=release, status="cancelled")
    assert (seats(context, off).taken, seats(context, off).waiting) == (3, 1)
    close(context, release, off)
    tell(context)

    row = seats(context, off)
    assert (row.taken, row.bookings, row.waiting, row.ceiling) == (0, 0, 0, 3)
    assert (seats(context, on).taken, seats(context, on).bookings) == (4, 2)
    by_id = {event["id"]: event for event in told(context)}
    for answer, status_before in ((both, "confirmed"), (waiting, "waitlisted")):
        registration, bookings = stored(context, answer)
        event = by_id[answer.body["id"]]
        ended = next(booking for booking in bookings if booking.session_id == off)
        kept = next(booking for booking in bookings if booking.session_id == on)
        assert (ended.status, ended.revision, ended.ended_for) == ("cancelled", 1, "organiser")
        assert (kept.status, kept.revision, kept.ended_for) == ("confirmed", 0, None)
        assert event["changed_bookings"] == [str(ended.id)]
        assert [change["booking_status"] for change in event["session_changes"]] == [status_before]
        assert (registration.status, event["status"]) == ("active", "active")
    registration, _ = stored(context, only)
    assert (registration.status, by_id[only.body["id"]]["status"]) == ("cancelled", "cancelled")
    assert "registration_cancelled" not in [name for name, *_ in recorded(context)]


def test_a_session_that_is_held_after_all_leaves_ended_bookings_ended(context, release):
    session = publish(context, capacity=2)
    [answer] = register(context, request(wanted(session)))
    publish_again(context, session, release_id=release, status="cancelled")
    close(context, release, session)
    tell(context)
    again = new_id()
    publish_again(context, session, release_id=again, status="confirmed")
    close(context, again, session)
    tell(context)
    assert len(told(context)) == 1
    _, [booking] = stored(context, answer)
    assert booking.status == "cancelled"
    [other] = register(context, request(wanted(session)))
    assert other.status == 201


def test_two_releases_in_a_row_are_told_apart(context):
    one, two = publish(context), publish(context)
    register(context, request(wanted(one), wanted(two)))
    first, second = new_id(), new_id()
    publish_again(context, one, release_id=first, **moved(hours=1))
    publish_again(context, two, release_id=second, **moved(hours=2))
    close(context, second, two)
    close(context, first, one)
    tell(context)
    assert {
        (event["release_id"], change["session_id"])
        for event in told(context)
        for change in event["session_changes"]
    } == {(str(first), str(one)), (str(second), str(two))}


def test_a_session_moved_twice_before_anybody_was_told_is_told_once_from_the_beginning(context):
    session = publish(context)
    register(context, request(wanted(session)))
    first, second = new_id(), new_id()
    publish_again(context, session, release_id=first, **moved(hours=1))
    publish_again(context, session, release_id=second, **moved(hours=2))
    close(context, first, session)
    tell(context)
    assert told(context) == []
    close(context, second, session)
    tell(context)
    [event] = told(context)
    assert event["release_id"] == str(second)
    assert changes_told(event) == [
        (
            session,
            (moved()["starts_at"], "confirmed"),
            (moved(hours=2)["starts_at"], "confirmed"),
        )
    ]


def test_a_session_moved_there_and_back_is_told_for_whoever_heard_of_what_lay_between(context):
    session = publish(context)
    register(context, request(wanted(session)))
    there, back = new_id(), new_id()
    publish_again(context, session, release_id=there, **moved(hours=1))
    publish_again(context, session, release_id=back, **moved())
    close(context, there, session)
    close(context, back, session)
    tell(context)
    [event] = told(context)
    [change] = event["session_changes"]
    assert (event["release_id"], change["version"]) == (str(back), 3)
    assert change["before"] == change["after"]


def test_whoever_registers_after_a_change_is_told_the_new_time_and_nothing_more(context, release):
    session = publish(context)
    publish_again(context, session, release_id=release, **moved(hours=1))
    register(context, request(wanted(session)))
    close(context, release, session)
    tell(context)
    assert told(context) == []
    [made] = [data for name, _, data in recorded(context) if name == "registration_made"]
    assert made["bookings"][0]["session_version"] == 2


def test_a_booking_that_was_given_up_meanwhile_is_not_told_of(context, release):
    one, two = publish(context), publish(context)
    [gone, half] = register(context, request(wanted(one)), request(wanted(one), wanted(two)))
    for session in (one, two):
        publish_again(context, session, release_id=release, **moved(hours=1))
    with context.database.write() as db:
        cancel_registration(db, gone.body["token"], now=context.clock())
        booking_id = UUID(half.body["bookings"][0]["id"])
        cancel_booking(db, half.body["token"], booking_id, now=context.clock())
    close(context, release, one, two)
    tell(context)
    [event] = told(context)
    assert (event["id"], [change["session_id"] for change in event["session_changes"]]) == (
        half.body["id"],
        [str(two)],
    )
    assert count(context, UntoldChange) == 0


def test_a_party_that_changes_meanwhile_is_told_as_it_is_then(context, release):
    session = publish(context)
    [answer] = register(context, request(wanted(session, adults=3)))
    publish_again(context, session, release_id=release, **moved(hours=1))
    booking_id = UUID(answer.body["bookings"][0]["id"])
    with context.database.write() as db:
        change_party(db, answer.body["token"], booking_id, {"adults": 2}, now=context.clock())
    close(context, release, session)
    tell(context)
    [event] = told(context)
    [booking] = event["bookings"]
    assert (booking["party"], booking["revision"]) == ({"adults": 2}, 1)
    assert [version for name, version, _ in recorded(context) if "changed" in name] == [2, 3]


def test_seats_that_a_release_brings_are_told_with_all_else_that_it_changed(context, release):
    small, other = publish(context, capacity=2), publish(context)
    register(context, request(wanted(small)))
    [answer] = register(context, request(wanted(small, may_wait=True), wanted(other)))
    publish_again(context, small, release_id=release, capacity=4)
    publish_again(context, other, release_id=release, **moved(hours=1))
    assert told(context) == []
    with context.database.read() as db:
        assert taken_by_bookings(db, small) == (4, 0)
    close(context, release, small, other)
    tell(context)
    [event] = told(context)
    [gained] = [one for one in event["bookings"] if one["session_id"] == str(small)]
    deadline = (context.clock() + timedelta(days=1)).isoformat()
    assert (gained["status"], gained["offer_expires_at"]) == ("offered", deadline)
    assert event["changed_bookings"] == [gained["id"]]
    assert [change["session_id"] for change in event["session_changes"]] == [str(other)]
    assert event["id"] == answer.body["id"]


def test_a_session_published_by_itself_is_told_without_waiting(context):
    session = publish(context)
    register(context, request(wanted(session)))
    publish_again(context, session, **moved(hours=1))
    assert tell(context) == 1
    [event] = told(context)
    assert (event["release_id"], len(event["session_changes"])) == (None, 1)


def test_a_release_waits_for_all_its_sessions_even_the_overtaken_ones(context, release):
    session, unknown = publish(context), new_id()
    register(context, request(wanted(session)))
    publish_again(context, session, version=3, **moved(hours=2))
    with pytest.raises(Parked):
        close(context, release, session, unknown)
    publish_again(context, session, version=2, release_id=release, **moved(hours=1))
    with pytest.raises(Parked):
        close(context, release, session, unknown)
    publish(context, id=str(unknown), release_id=release)
    for _ in range(2):  # the same news twice
        publish_again(context, unknown, version=1, release_id=release)
    close(context, release, session, unknown)
    tell(context)
    [event] = told(context)
    assert changes_told(event)[0][2] == (moved(hours=2)["starts_at"], "confirmed")


def test_an_empty_release_is_closed_at_once(context, release):
    close(context, release)
    assert tell(context) == 0
    with context.database.read() as db:
        assert db.get_one(ClosedRelease, release).told_at == context.clock()


def test_less_capacity_and_another_time_drop_nobody(context, release):
    session = publish(context, capacity=10)
    register(context, *[request(wanted(session)) for _ in range(3)])
    publish_again(context, session, release_id=release, capacity=4, **moved(hours=1))
    close(context, release, session)
    tell(context)
    row = seats(context, session)
    assert (row.taken, row.bookings, row.capacity, row.ceiling) == (6, 3, 4, 6)
    with context.database.read() as db:
        assert db.scalars(sa.select(Booking.status)).all() == ["confirmed"] * 3
