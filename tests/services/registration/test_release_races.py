"""A release while people register, several workers at once, and one that dies in the middle.

The control registers without the lock: somebody is then told the old time, and never the new one.
"""

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from services.registration.domain import registering, telling
from services.registration.domain.changing import cancel_registration
from services.registration.domain.seats import Seats
from services.registration.models import Booking, SessionCopy, SessionSeats, UntoldChange
from shared.identifiers import new_id
from shared.testing.contexts import make_context
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

#: Seconds after which a process or a thread is taken to hang.
PATIENCE = 300.0


def last_versions_told(context):
    """Return the version of its session that each booking's contact was told last."""
    versions = {}
    for name, _, data in recorded(context):
        if name == "registration_made":
            for booking in data["bookings"]:
                versions[data["id"], booking["session_id"]] = booking["session_version"]
        for change in data.get("session_changes", []):
            versions[data["id"], change["session_id"]] = change["version"]
    return versions


def read_without_lock(db, sessions):
    """Return the seats as they are, locking nothing."""
    columns = [getattr(SessionSeats, name) for name in Seats.__dataclass_fields__]
    rows = db.execute(sa.select(*columns).where(SessionSeats.session_id.in_(list(sessions))))
    return {row.session_id: Seats(*row) for row in rows}


def test_control_without_the_lock_somebody_is_told_the_old_time_only(
    postgresql_context, monkeypatch
):
    context = postgresql_context
    session, release = publish(context), new_id()

    def read_then_be_overtaken(db, sessions):
        found = read_without_lock(db, sessions)
        publish_again(context, session, release_id=release, **moved(hours=1))
        return found

    monkeypatch.setattr(registering, "lock_seats", read_then_be_overtaken)
    register(context, request(wanted(session)))
    close(context, release, session)
    tell(context)
    assert list(last_versions_told(context).values()) == [1]
    assert told(context) == []


def test_with_the_lock_the_release_waits_and_then_tells_the_new_time(
    postgresql_context, monkeypatch
):
    context = postgresql_context
    session, release = publish(context), new_id()
    lock_seats = registering.lock_seats
    with ThreadPoolExecutor(1) as pool:

        def lock_and_let_the_release_try(db, sessions):
            found = lock_seats(db, sessions)
            running.append(pool.submit(releasing))
            started.wait(PATIENCE)
            return found

        def releasing():
            started.set()
            publish_again(context, session, release_id=release, **moved(hours=1))

        running, started = [], threading.Event()
        monkeypatch.setattr(registering, "lock_seats", lock_and_let_the_release_try)
        register(context, request(wanted(session)))
        running[0].result(PATIENCE)
    close(context, release, session)
    tell(context)
    assert list(last_versions_told(context).values()) == [2]
    assert len(told(context)) == 1


def test_registering_cancelling_releasing_and_telling_at_once_leave_nobody_in_error(
    postgresql_context,
):
    context = postgresql_context
    sessions = [publish(context, capacity=30) for _ in range(4)]
    barrier, finished = threading.Barrier(6), threading.Event()

    def people(number):
        barrier.wait(PATIENCE)
        for turn in range(12):
            order = sessions[number:] + sessions[:number]
            bookings = [wanted(each, may_wait=True, adults=1) for each in order[: 1 + turn % 4]]
            [answer] = register(context, request(*bookings))
            if turn % 5 == 4 and answer.status == 201:
                with context.database.write() as db:
                    cancel_registration(db, answer.body["token"], now=context.clock())

    def organisers():
        barrier.wait(PATIENCE)
        for turn in range(8):
            release = new_id()
            moving = sessions[: 1 + turn % 4]
            for session in moving:
                change = {"capacity": 20 + turn, **moved(hours=turn + 1)}
                publish_again(context, session, release_id=release, **change)
            close(context, release, *moving)

    def worker():
        barrier.wait(PATIENCE)
        while not finished.is_set():
            with context.database.write() as db:
                telling.tell_some(db, now=context.clock(), most=5)

    with ThreadPoolExecutor(6) as pool:
        workers = [pool.submit(worker) for _ in range(2)]
        busy = [pool.submit(people, number) for number in range(3)] + [pool.submit(organisers)]
        for one in busy:
            one.result(PATIENCE)
        finished.set()
        for one in workers:
            one.result(PATIENCE)
    tell(context)

    known = last_versions_told(context)
    with context.database.read() as db:
        for session in sessions:
            row = db.get_one(SessionSeats, session)
            assert (row.taken, row.waiting) == taken_by_bookings(db, session)
        copies = {copy.id: copy.version for copy in db.scalars(sa.select(SessionCopy))}
        for booking in db.scalars(sa.select(Booking).where(Booking.status != "cancelled")):
            key = (str(booking.registration_id), str(booking.session_id))
            assert known[key] == copies[booking.session_id]
        assert db.scalars(sa.select(UntoldChange)).all() == []
    events = [(data["id"], data["release_id"]) for data in told(context) if data["release_id"]]
    assert len(events) == len(set(events))


def die_in_the_third_batch(url):
    """Tell in small batches, and be killed when the third has written all but its commit."""
    context = make_context("registration", url)
    batches = []

    def record_all(*args, **options):
        batches.append(recording(*args, **options))
        if len(batches) == 3:
            os.kill(os.getpid(), signal.SIGKILL)

    recording, telling.record_all = telling.record_all, record_all
    tell(context, most=2)


def test_a_worker_killed_in_the_middle_of_a_batch_leaves_it_to_the_next(context):
    off, on, release = publish(context, capacity=20), publish(context), new_id()
    answers = register(
        context, *[request(wanted(off, adults=1), wanted(on, adults=1)) for _ in range(9)]
    )
    publish_again(context, off, release_id=release, status="cancelled")
    publish_again(context, on, release_id=release, **moved(hours=1))
    close(context, release, off, on)
    process = multiprocessing.get_context("spawn").Process(
        target=die_in_the_third_batch, args=(context.settings.database_url,)
    )
    process.start()
    process.join(PATIENCE)
    assert process.exitcode == -signal.SIGKILL
    assert (len(told(context)), seats(context, off).taken) == (4, 5)

    tell(context, most=2)
    assert sorted(data["id"] for data in told(context)) == sorted(
        answer.body["id"] for answer in answers
    )
    assert {version for name, version, _ in recorded(context) if name.endswith("changed")} == {2}
    row = seats(context, off)
    assert (row.taken, row.bookings, seats(context, on).bookings) == (0, 0, 9)


def test_two_workers_on_one_batch_tell_it_once(postgresql_context):
    context = postgresql_context
    session, release = publish(context, capacity=None), new_id()
    register(context, *[request(wanted(session)) for _ in range(40)])
    publish_again(context, session, release_id=release, **moved(hours=1))
    close(context, release, session)
    barrier = threading.Barrier(4)

    def work(_):
        barrier.wait(PATIENCE)
        tell(context, most=10)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert len({data["id"] for data in told(context)}) == len(told(context)) == 40
