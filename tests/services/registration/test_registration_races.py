"""Races on PostgreSQL: many threads and several processes, and a control that shows the danger.

The control registers with the lock left out and a barrier between reading and writing: it oversells
every time, and the database's CHECK is then the last line.
"""

import multiprocessing
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from services.registration.domain import registering
from services.registration.domain.changing import ChangeRefused, Wanted, change
from services.registration.domain.seats import lock_seats
from services.registration.models import Booking, Registration, SessionSeats
from shared.testing.contexts import make_context
from tests.services.registration.factories import (
    publish,
    recorded,
    register,
    registrar,
    request,
    seats,
    taken_by_bookings,
    wanted,
)

CAPACITY = 50
PEOPLE = 120

#: Seconds after which a process or a thread is taken to hang.
PATIENCE = 300.0


def register_one_by_one(url, session, people, start, answers):
    """Register from eight threads of this process, each person in a transaction of its own."""
    context = make_context("registration", url)
    start.wait(PATIENCE)

    def one(_):
        [answer] = register(context, request(wanted(session, adults=1)))
        return answer.status

    with ThreadPoolExecutor(8) as pool:
        answers.put(list(pool.map(one, range(people))))
    context.database.dispose()


def register_in_groups(url, session, people, start, answers):
    """Register from sixteen threads of this process through its registrar."""
    context = make_context("registration", url)
    desk = registrar(context)
    start.wait(PATIENCE)

    def one(number):
        return desk.register(
            key=f"{multiprocessing.current_process().pid}-{number}",
            email="camille@example.org",
            name="Camille",
            locale="fr",
            bookings=[wanted(session, adults=1)],
        ).status

    with ThreadPoolExecutor(16) as pool:
        answers.put(list(pool.map(one, range(people))))
    context.database.dispose()


@pytest.mark.parametrize("work", [register_one_by_one, register_in_groups])
def test_processes_and_threads_together_sell_every_seat_once(postgresql_context, work):
    context = postgresql_context
    session = publish(context, capacity=CAPACITY)
    spawn = multiprocessing.get_context("spawn")
    start, answers = spawn.Barrier(3), spawn.Queue()
    url = context.settings.database_url
    processes = [
        spawn.Process(target=work, args=(url, session, PEOPLE // 3, start, answers))
        for _ in range(3)
    ]
    for process in processes:
        process.start()
    statuses = [status for _ in processes for status in answers.get(timeout=PATIENCE)]
    for process in processes:
        process.join(PATIENCE)
        assert process.exitcode == 0
    assert (statuses.count(201), statuses.count(409)) == (CAPACITY, PEOPLE - CAPACITY)
    assert seats(context, session).taken == CAPACITY
    with context.database.read() as db:
        assert taken_by_bookings(db, session) == (CAPACITY, 0)
    assert len(recorded(context)) == CAPACITY


def register_baskets(url, sessions, people, start, answers):
    """Register baskets of several sessions, in any order, from sixteen threads of this process."""
    context = make_context("registration", url)
    desk = registrar(context)
    dice = random.Random(people)  # noqa: S311 - baskets, not secrets
    baskets = [
        {dice.choice(sessions): dice.randint(1, 3) for _ in range(dice.randint(1, 4))}
        for _ in range(people)
    ]
    start.wait(PATIENCE)

    def one(number):
        basket = baskets[number]
        answer = desk.register(
            key=f"{people}-{number}",
            email="camille@example.org",
            name="Camille",
            locale="fr",
            bookings=[wanted(session, adults=adults) for session, adults in basket.items()],
        )
        return basket, answer.status

    with ThreadPoolExecutor(16) as pool:
        answers.put(list(pool.map(one, range(people))))
    context.database.dispose()


def test_baskets_of_several_processes_leave_no_seat_that_one_of_them_wanted(postgresql_context):
    context = postgresql_context
    sessions = [publish(context, capacity=40) for _ in range(6)]
    spawn = multiprocessing.get_context("spawn")
    start, answers = spawn.Barrier(3), spawn.Queue()
    processes = [
        spawn.Process(
            target=register_baskets,
            args=(context.settings.database_url, sessions, people, start, answers),
        )
        for people in (70, 71, 72)
    ]
    for process in processes:
        process.start()
    decided = [one for _ in processes for one in answers.get(timeout=PATIENCE)]
    for process in processes:
        process.join(PATIENCE)
        assert process.exitcode == 0
    let_in = [basket for basket, status in decided if status == 201]
    refused = [basket for basket, status in decided if status == 409]
    assert len(let_in) + len(refused) == 70 + 71 + 72
    left = {}
    for session in sessions:
        counted = seats(context, session)
        taken = sum(basket.get(session, 0) for basket in let_in)
        with context.database.read() as db:
            assert taken_by_bookings(db, session) == (taken, 0)
        assert (counted.taken, counted.bookings) == (
            taken,
            sum(session in basket for basket in let_in),
        )
        left[session] = 40 - taken
    assert min(left.values()) >= 0
    assert refused
    for basket in refused:
        assert any(left[session] < adults for session, adults in basket.items())


def lock_left_out(barrier):
    """Return a `lock_seats` that reads without a lock, then waits until the other has read too."""

    def read(db, sessions):
        columns = [getattr(SessionSeats, name) for name in registering.Seats.__slots__]
        rows = db.execute(sa.select(*columns).where(SessionSeats.session_id.in_(list(sessions))))
        found = {row.session_id: registering.Seats(*row) for row in rows}
        barrier.wait(PATIENCE)
        return found

    return read


def both_want_the_last_seat(context, session):
    """Register two people for one seat at the same time; return their statuses or errors."""

    def one(_):
        try:
            [answer] = register(context, request(wanted(session, adults=1)))
        except IntegrityError:
            return "stopped by the database"
        return answer.status

    with ThreadPoolExecutor(2) as pool:
        return sorted(map(str, pool.map(one, range(2))))


def test_control_without_lock_and_check_the_last_seat_is_sold_twice(
    postgresql_context, monkeypatch
):
    context = postgresql_context
    with context.database.write() as db:
        db.execute(
            sa.text("ALTER TABLE session_seats DROP CONSTRAINT ck_session_seats_not_oversold")
        )
    monkeypatch.setattr(registering, "lock_seats", lock_left_out(threading.Barrier(2)))
    for _ in range(5):
        session = publish(context, capacity=1)
        assert both_want_the_last_seat(context, session) == ["201", "201"]
        assert seats(context, session).taken == 2


def test_control_without_lock_the_database_is_the_last_line(postgresql_context, monkeypatch):
    context = postgresql_context
    monkeypatch.setattr(registering, "lock_seats", lock_left_out(threading.Barrier(2)))
    for _ in range(5):
        session = publish(context, capacity=1)
        assert both_want_the_last_seat(context, session) == ["201", "stopped by the database"]
        assert seats(context, session).taken == 1


def test_with_the_lock_the_last_seat_is_sold_once(postgresql_context):
    context = postgresql_context
    for _ in range(5):
        session = publish(context, capacity=1)
        assert both_want_the_last_seat(context, session) == ["201", "409"]
        assert seats(context, session).taken == 1


def test_one_key_from_sixteen_threads_is_one_registration(context):
    session = publish(context, capacity=40)
    barrier = threading.Barrier(16)

    def one(_):
        barrier.wait(PATIENCE)
        return register(context, request(wanted(session), key="one key"))[0]

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(attempt(one), range(16)))
    assert answers[0].status == 201
    assert answers == [answers[0]] * 16
    with context.database.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(Registration)) == 1
    assert seats(context, session).taken == 2


def attempt(function):
    """Return the function, run again when another transaction used its key meanwhile."""

    def run(argument):
        while True:
            try:
                return function(argument)
            except registering.KeyTaken:
                continue

    return run


def test_one_key_with_different_sessions_is_one_registration(postgresql_context):
    context = postgresql_context
    desks = [registrar(context) for _ in range(8)]
    sessions = [publish(context) for _ in desks]
    barrier = threading.Barrier(8)

    def one(index):
        barrier.wait(PATIENCE)
        return desks[index].register(
            key="one key",
            email="camille@example.org",
            name="Camille",
            locale="fr",
            bookings=[wanted(sessions[index])],
        )

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(answer.status for answer in pool.map(one, range(8)))
    assert statuses == [201] + [422] * 7
    assert sum(seats(context, session).taken for session in sessions) == 2


def test_a_poisonous_request_in_a_batch_hurts_nobody_else(context):
    session = publish(context, capacity=100)
    desk = registrar(context)
    barrier = threading.Barrier(24)

    def one(number):
        barrier.wait(PATIENCE)
        name = "Cam\x00ille" if number % 6 == 0 else "Camille \ud800" if number == 7 else "Camille"
        try:
            return desk.register(
                key=str(number),
                email="camille@example.org",
                name=name,
                locale="fr",
                bookings=[wanted(session, adults=1)],
            ).status
        except Exception:
            return "failed"

    with ThreadPoolExecutor(24) as pool:
        statuses = list(pool.map(one, range(24)))
    good = [n for n in range(24) if n % 6 and n != 7]
    assert [statuses[n] for n in good] == [201] * len(good)
    assert statuses[7] == "failed"
    with context.database.read() as db:
        assert taken_by_bookings(db, session) == (statuses.count(201), 0)
    assert len(recorded(context)) == statuses.count(201)


def test_baskets_in_opposite_order_do_not_wait_for_each_other_for_ever(postgresql_context):
    context = postgresql_context
    sessions = [publish(context, capacity=None) for _ in range(4)]
    barrier = threading.Barrier(8)

    def many(number):
        barrier.wait(PATIENCE)
        order = sessions if number % 2 else sessions[::-1]
        return [
            register(context, request(*[wanted(session) for session in order]))[0].status
            for _ in range(15)
        ]

    with ThreadPoolExecutor(8) as pool:
        statuses = [status for run in pool.map(many, range(8)) for status in run]
    assert statuses == [201] * 120
    assert [seats(context, session).taken for session in sessions] == [240] * 4


def test_registering_changing_and_serving_at_the_same_time_keep_the_counters(postgresql_context):
    context = postgresql_context
    sessions = [publish(context, capacity=12) for _ in range(3)]
    barrier = threading.Barrier(8)

    def busy(number):
        barrier.wait(PATIENCE)
        for turn in range(12):
            order = sessions[number % 3 :] + sessions[: number % 3]
            [answer] = register(
                context,
                request(*[wanted(each, may_wait=True, adults=1 + turn % 3) for each in order]),
            )
            bookings = [UUID(booking["id"]) for booking in answer.body["bookings"]]
            if turn % 4 == 0:
                continue
            try:
                with context.database.write() as db:
                    change(
                        db,
                        answer.body["token"],
                        Wanted(
                            parties={bookings[0]: {"adults": 2}},
                            cancelled=bookings[1:],
                            everything_cancelled=turn % 4 == 1,
                        ),
                        now=context.clock(),
                    )
            except ChangeRefused:
                pass

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(busy, range(8)))
    with context.database.read() as db:
        for session in sessions:
            row = db.get_one(SessionSeats, session)
            assert (row.taken, row.waiting) == taken_by_bookings(db, session)
            left = 12 - row.taken
            smallest = db.scalar(
                sa.select(sa.func.min(Booking.seats)).where(
                    Booking.session_id == session, Booking.status == "waitlisted"
                )
            )
            assert left >= 0
            assert smallest is None or smallest > left


def test_the_lock_takes_rows_in_the_order_of_their_ids(context):
    sessions = [publish(context) for _ in range(5)]
    with context.database.write() as db:
        assert list(lock_seats(db, reversed(sessions))) == sorted(sessions)
