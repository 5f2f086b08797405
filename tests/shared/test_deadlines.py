"""By when whoever waits has an answer: what is underneath keeps the deadline."""

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.batching import Collector
from shared.database import Database, GateTimeout
from shared.deadlines import Breaker, TooSlow, answer_within, seconds_left

#: Seconds: what is never reached, and what is over at once.
LONG, SHORT = 600.0, 0.05

ONE = sa.select(sa.literal(1).label("one"))


@pytest.fixture
def database(postgresql_url):
    made = Database(postgresql_url, pool_size=1)
    yield made
    made.dispose()


def test_a_deadline_inside_another_is_never_the_later_one():
    assert (seconds_left(), seconds_left(at_most=7.0)) == (None, 7.0)
    with answer_within(LONG):
        assert seconds_left(at_most=7.0) == 7.0
        with answer_within(2 * LONG):
            assert 0 < seconds_left() <= LONG
        with answer_within(0):
            assert seconds_left() == 0
    assert seconds_left() is None


def test_a_statement_that_lasts_too_long_is_given_up_and_the_next_one_is_answered(database):
    too_late = pytest.raises(OperationalError, match="by the deadline")
    with too_late, answer_within(SHORT), database.read() as db:
        db.execute(sa.text("SELECT pg_sleep(60)"))
    with answer_within(LONG), database.read() as db:
        assert db.scalar(ONE) == 1
    with answer_within(SHORT), pytest.raises(OperationalError):
        database.glance(sa.select(sa.func.pg_sleep(60)))
    assert database.glance(ONE) == (1,)


def test_a_lock_that_is_not_had_in_time_leaves_nothing_half_done(database, postgresql_url):
    with database.write() as db:
        db.execute(sa.text("CREATE TABLE things (name TEXT)"))
        db.execute(sa.text("INSERT INTO things VALUES ('one')"))
    other = Database(postgresql_url)
    with other.write() as holder:
        holder.execute(sa.text("UPDATE things SET name = 'held'"))
        with pytest.raises(OperationalError), answer_within(SHORT), database.write() as db:
            db.execute(sa.text("INSERT INTO things VALUES ('two')"))
            db.execute(sa.text("UPDATE things SET name = 'mine'"))
    other.dispose()
    with database.read() as db:
        assert db.scalars(sa.text("SELECT name FROM things")).all() == ["held"]


def test_a_pool_that_is_used_up_is_waited_for_until_the_deadline(database):
    with database.read() as db:
        db.scalar(ONE)
        with pytest.raises(PoolTimeout), answer_within(SHORT), database.read() as second:
            second.scalar(ONE)


def test_without_a_deadline_a_statement_lasts_as_long_as_it_lasts(database):
    with database.read() as db:
        assert db.scalar(sa.text("SELECT 1 FROM pg_sleep(0.2)")) == 1


def test_a_locked_file_is_waited_for_until_the_deadline(sqlite_url):
    database, other = Database(sqlite_url), Database(sqlite_url)
    with other.write() as holder:
        holder.execute(sa.text("CREATE TABLE things (name TEXT)"))
        with pytest.raises(GateTimeout), answer_within(SHORT), database.write():
            raise AssertionError("nobody gets in")
    with answer_within(LONG), database.write() as db:
        db.execute(sa.text("INSERT INTO things VALUES ('one')"))
    database.dispose()
    other.dispose()


def test_a_database_that_answers_nothing_is_asked_no_more_until_it_does(monkeypatch):
    monkeypatch.setattr(Breaker, "PAUSE", LONG)
    breaker = Breaker()
    with answer_within(LONG):
        for _ in range(Breaker.FAILURES):
            breaker.check()
            breaker.failed()
        for _ in range(2):
            with pytest.raises(TooSlow):
                breaker.check()
    breaker.check()  # whoever has no deadline may wait
    breaker.answered()
    with answer_within(LONG):
        breaker.check()


def test_after_a_pause_one_request_is_let_through_to_see(monkeypatch):
    monkeypatch.setattr(Breaker, "PAUSE", 0.0)
    breaker = Breaker()
    with answer_within(LONG):
        for _ in range(Breaker.FAILURES):
            breaker.failed()
        monkeypatch.setattr(Breaker, "PAUSE", LONG)
        breaker.check()
        with pytest.raises(TooSlow):
            breaker.check()


def test_whose_turn_does_not_come_by_the_deadline_is_told_and_never_handled():
    begun, go_on, handled = threading.Event(), threading.Event(), []

    def handle(batch):
        handled.extend(batch)
        begun.set()
        go_on.wait(60)
        return list(batch)

    collector = Collector(handle, largest=8)
    first = threading.Thread(target=collector.submit, args=("first",))
    first.start()
    begun.wait(60)
    with pytest.raises(TooSlow), answer_within(SHORT):
        collector.submit("late")
    go_on.set()
    first.join(60)
    with answer_within(LONG):
        assert collector.submit("next") == "next"
    assert handled == ["first", "next"]


def test_nobody_leads_others_past_his_own_deadline():
    begun, go_on, handled, told = threading.Event(), threading.Event(), [], {}

    def handle(batch):
        handled.append(list(batch))
        begun.set()
        go_on.wait(60)
        return list(batch)

    def submit(name, seconds):
        with answer_within(seconds):
            try:
                told[name] = collector.submit(name)
            except TooSlow as error:
                told[name] = error

    collector = Collector(handle, largest=8)
    threads = [threading.Thread(target=submit, args=("first", LONG))]
    threads[0].start()
    begun.wait(60)
    for name, seconds in (("late", SHORT), ("next", LONG)):
        threads.append(threading.Thread(target=submit, args=(name, seconds)))
        threads[-1].start()
    threads[1].join(60)
    go_on.set()
    for thread in threads:
        thread.join(60)
    assert handled == [["first"], ["next"]]
    assert isinstance(told.pop("late"), TooSlow)
    assert told == {"first": "first", "next": "next"}
