"""Races about one offer on PostgreSQL: whoever comes at the same time, one of them decides.

The control leaves the lock on the seats out, and with it the order in which things happen: then the
same seats are given to two parties.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from services.registration.domain import allotments, changing, locking, offers
from services.registration.domain.changing import (
    ChangeRefused,
    accept,
    cancel_registration,
    decline,
)
from services.registration.domain.moving import propose
from services.registration.domain.offers import expire_offers
from services.registration.domain.seats import Seats
from services.registration.models import Booking, Registration, SessionSeats
from shared.identifiers import new_id
from tests.services.registration.factories import (
    publish,
    recorded,
    register,
    request,
    seats,
    taken_by_bookings,
    wanted,
)

ROUNDS = 5


def offered(context, waiting=2):
    """Return a session of two seats, and those who waited for it; the first is offered them."""
    session = publish(context, capacity=2)
    [holder] = register(context, request(wanted(session)))
    waiters = [
        register(context, request(wanted(session, may_wait=True)))[0].body for _ in range(waiting)
    ]
    with context.database.write() as db:
        cancel_registration(db, holder.body["token"], now=context.clock())
    return session, [(one["token"], UUID(one["bookings"][0]["id"])) for one in waiters]


def at_once(context, *jobs):
    """Do all at the same time, each in its transaction; return what came of each."""
    barrier = threading.Barrier(len(jobs))

    def one(job):
        barrier.wait(120)
        try:
            with context.database.write() as db:
                job(db)
        except ChangeRefused as refused:
            return refused.code
        except IntegrityError:
            return "stopped by the database"
        return "done"

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(one, jobs))


def statuses(context, session):
    with context.database.read() as db:
        rows = db.scalars(
            sa.select(Booking).where(Booking.session_id == session).order_by(Booking.id)
        )
        return [(one.status, one.ended_for) for one in rows][1:]


def check_counters(context, session):
    row = seats(context, session)
    with context.database.read() as db:
        assert (row.taken, row.waiting) == taken_by_bookings(db, session)
        alive = sa.select(sa.func.count()).where(
            Booking.session_id == session, Booking.status.in_(("confirmed", "offered"))
        )
        assert row.bookings == db.scalar(alive)
    assert row.taken <= 2


def test_an_offer_accepted_twice_at_once_is_accepted_once(postgresql_context):
    context = postgresql_context
    for _ in range(ROUNDS):
        session, [(token, booking), _other] = offered(context)
        before = len(recorded(context))
        came = at_once(
            context, *[partial(accept, token=token, booking_id=booking, now=context.clock())] * 4
        )
        assert came == ["done"] * 4
        assert statuses(context, session) == [("confirmed", None), ("waitlisted", None)]
        assert len(recorded(context)) == before + 1
        check_counters(context, session)


def test_accepting_and_declining_at_once_one_of_them_is_refused(postgresql_context):
    context = postgresql_context
    for _ in range(ROUNDS):
        session, [(token, booking), _other] = offered(context)
        came = at_once(
            context,
            partial(accept, token=token, booking_id=booking, now=context.clock()),
            partial(decline, token=token, booking_id=booking, now=context.clock()),
        )
        accepted = [("confirmed", None), ("waitlisted", None)]
        declined = [("cancelled", "declined"), ("offered", None)]
        assert (came, statuses(context, session)) in (
            (["done", "no_offer"], accepted),
            (["cancelled", "done"], declined),
        )
        check_counters(context, session)


def test_an_offer_is_accepted_in_time_or_runs_out_never_both(postgresql_context):
    context = postgresql_context
    for _ in range(ROUNDS):
        session, [(token, booking), _other] = offered(context)
        in_time = context.clock()
        context.clock.advance(days=1)
        came = at_once(
            context,
            partial(accept, token=token, booking_id=booking, now=in_time),
            partial(expire_offers, now=context.clock()),
        )
        accepted = [("confirmed", None), ("waitlisted", None)]
        expired = [("cancelled", "expired"), ("offered", None)]
        assert (came, statuses(context, session)) in (
            (["done", "done"], accepted),
            (["offer_expired", "done"], expired),
        )
        check_counters(context, session)


def test_an_offer_runs_out_or_is_cancelled_and_is_freed_once(postgresql_context):
    context = postgresql_context
    for _ in range(ROUNDS):
        session, [(token, _booking), _other] = offered(context)
        context.clock.advance(days=1)
        came = at_once(
            context,
            partial(cancel_registration, token=token, now=context.clock()),
            *[partial(expire_offers, now=context.clock())] * 2,
        )
        [first, second] = statuses(context, session)
        assert came == ["done"] * 3
        assert first in (("cancelled", "contact"), ("cancelled", "expired"))
        assert second == ("offered", None)
        check_counters(context, session)


def test_held_seats_are_booked_or_released_never_both(postgresql_context):
    context = postgresql_context
    for _ in range(ROUNDS):
        session = publish(context, capacity=2)
        with context.database.write() as db:
            kept = allotments.create(db, session, name="Écoles", seats=2).id
        register(context, request(wanted(session, may_wait=True)))

        def book(db, kept=kept, session=session):
            asked = request(wanted(session))
            try:
                answer = allotments.register_into(db, kept, asked, now=context.clock())
            except allotments.AllotmentRefused as refused:
                raise ChangeRefused(refused.code) from refused
            if answer.status != 201:
                raise ChangeRefused(answer.body["code"])

        came = at_once(
            context, book, partial(allotments.release, allotment_id=kept, now=context.clock())
        )
        row = seats(context, session)
        assert came in (["done", "done"], ["released", "done"])
        waits = 1 if came[0] == "done" else 0
        assert (row.taken, row.held, row.waiting) == (2, 0, waits)


def lock_left_out(db, sessions):
    """Read the seats without a lock."""
    columns = [getattr(SessionSeats, name) for name in Seats.__slots__]
    rows = db.execute(sa.select(*columns).where(SessionSeats.session_id.in_(list(sessions))))
    return {row.session_id: Seats(*row) for row in rows}


def registrations_left_out(barrier):
    """Return a `lock_registrations` without a lock, that waits until the other has read too."""

    def read(db, ids):
        found = db.scalars(
            sa.select(Registration)
            .where(Registration.id.in_(list(ids)))
            .options(selectinload(Registration.bookings))
        ).all()
        barrier.wait(120)
        return list(found)

    return read


def without_locks(patch):
    """Leave out what makes one wait for the other, until both have read."""
    barrier = threading.Barrier(2)
    for module in (changing, locking, offers):
        patch.setattr(module, "lock_seats", lock_left_out)
    patch.setattr(locking, "lock_registrations", registrations_left_out(barrier))


def declined_while_it_runs_out(context, prepare=lambda: None):
    """Decline an offer while it runs out; return the counter and the seats that are really taken.

    Somebody else has two of the four seats of the session.
    """
    session = publish(context, capacity=4)
    holder, _other = register(context, *[request(wanted(session)) for _ in range(2)])
    [waiter] = register(context, request(wanted(session, may_wait=True)))
    in_time = context.clock()
    with context.database.write() as db:
        cancel_registration(db, holder.body["token"], now=in_time)
    token, booking = waiter.body["token"], UUID(waiter.body["bookings"][0]["id"])
    context.clock.advance(days=1)
    prepare()
    at_once(
        context,
        partial(decline, token=token, booking_id=booking, now=in_time),
        partial(expire_offers, now=context.clock()),
    )
    with context.database.read() as db:
        return seats(context, session).taken, taken_by_bookings(db, session)[0]


def test_control_without_the_lock_an_offer_is_freed_twice(postgresql_context, monkeypatch):
    context = postgresql_context
    for _ in range(ROUNDS):
        with monkeypatch.context() as without:
            came = declined_while_it_runs_out(context, partial(without_locks, without))
            assert came == (0, 2)


def test_with_the_lock_an_offer_is_freed_once(postgresql_context):
    for _ in range(ROUNDS):
        assert declined_while_it_runs_out(postgresql_context) == (2, 2)


def proposed(context):
    """Return two sessions of one activity, a party in the first, and the move proposed to it."""
    activity = str(new_id())
    first, second = (publish(context, capacity=2, activity_id=activity) for _ in range(2))
    [made] = register(context, request(wanted(first)))
    booking = UUID(made.body["bookings"][0]["id"])
    register(context, request(wanted(first, may_wait=True)))
    with context.database.write() as db:
        propose(db, first, second, [booking], note="", now=context.clock())
    with context.database.read() as db:
        [move] = db.scalars(sa.select(Booking.id).where(Booking.replaces_id == booking))
    return first, second, made.body["token"], move


def standing(context, session):
    with context.database.read() as db:
        rows = db.scalars(
            sa.select(Booking).where(Booking.session_id == session).order_by(Booking.id)
        )
        return [(one.status, one.ended_for) for one in rows]


def test_a_move_is_accepted_in_time_or_runs_out_and_no_seat_is_lost(postgresql_context):
    context = postgresql_context
    for _ in range(ROUNDS):
        first, second, token, move = proposed(context)
        in_time = context.clock()
        context.clock.advance(days=1)
        came = at_once(
            context,
            partial(accept, token=token, booking_id=move, now=in_time),
            partial(expire_offers, now=context.clock()),
        )
        moved = [("cancelled", "moved"), ("offered", None)], [("confirmed", None)]
        stayed = [("confirmed", None), ("waitlisted", None)], [("cancelled", "expired")]
        assert (came, (standing(context, first), standing(context, second))) in (
            (["done", "done"], moved),
            (["offer_expired", "done"], stayed),
        )
        check_counters(context, first)
        check_counters(context, second)


def test_a_move_is_proposed_while_its_party_cancels_and_nothing_is_left_of_it(postgresql_context):
    context = postgresql_context
    for _ in range(ROUNDS):
        activity = str(new_id())
        first, second = (publish(context, capacity=2, activity_id=activity) for _ in range(2))
        [made] = register(context, request(wanted(first)))
        booking = UUID(made.body["bookings"][0]["id"])
        came = at_once(
            context,
            lambda db, first=first, second=second, booking=booking: propose(
                db, first, second, [booking], note="", now=context.clock()
            ),
            partial(cancel_registration, token=made.body["token"], now=context.clock()),
        )
        assert came == ["done", "done"]
        assert standing(context, first) == [("cancelled", "contact")]
        assert standing(context, second) in ([], [("cancelled", "declined")])
        check_counters(context, first)
        check_counters(context, second)


def test_a_session_that_came_while_waiting_for_the_lock_is_locked_in_order(postgresql_context):
    context = postgresql_context
    activity = str(new_id())
    second, first = sorted(publish(context, capacity=2, activity_id=activity) for _ in range(2))
    [made] = register(context, request(wanted(first)))
    registration = UUID(made.body["id"])
    booking = UUID(made.body["bookings"][0]["id"])
    has_proposed, has_begun = threading.Event(), threading.Event()

    def ask():
        with context.database.write() as db:
            propose(db, first, second, [booking], note="", now=context.clock())
            has_proposed.set()
            has_begun.wait(120)

    def lock():
        has_proposed.wait(120)
        with context.database.write() as db:
            event.listen(db.connection(), "before_cursor_execute", begun)
            found, [_registration] = locking.lock_whole(db, [registration])
            return set(found)

    def begun(_connection, _cursor, statement, *_more):
        if "FOR UPDATE" in statement:
            has_begun.set()

    with ThreadPoolExecutor(2) as pool:
        asking, locked = pool.submit(ask), pool.submit(lock)
        asking.result(120)
        assert locked.result(120) == {first, second}
