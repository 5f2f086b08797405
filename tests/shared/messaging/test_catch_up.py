"""Whatever was lost on the way is asked for, and sent again to the one who misses it."""

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.contracts.registration import SEATS_COUNTED
from shared.contracts.scheduling import SIGN_IN_REQUESTED
from shared.messaging.catch_up import Answerer, Consumer, reply_queue, request_queue
from shared.messaging.handlers import Handler
from shared.messaging.inbox import Inbox
from shared.messaging.outbox import Fact
from shared.messaging.relay import Relay
from shared.messaging.tables import INBOX, MARKS
from shared.testing.contexts import FrozenClock, make_context
from tests.contracts.golden import golden
from tests.shared.messaging.conftest import KeepingBroker, record_now, seats_counted


class Pair:
    """A publisher and a consumer whose broker loses what it is told to lose."""

    def __init__(self, publisher, consumer, handler, clock):
        self.broker, self.asked, self.answered = KeepingBroker(), KeepingBroker(), KeepingBroker()
        self.publisher, self.database = publisher, consumer.database
        self.handler = handler
        self.relay = Relay(publisher.database, self.broker, clock, "registration")
        self.answerer = Answerer(publisher.database, self.answered, clock)
        self.consumer = Consumer(consumer.database, self.asked, clock, "scheduling", [handler])
        self.inbox = Inbox(consumer.database, clock)
        self.seen = []

    def publish(self, *facts, lose=()):
        record_now(self.publisher, *facts)
        self.relay.run_once()
        for index, message in enumerate(self.broker.take()):
            if index not in lose:
                self.deliver(message)

    def deliver(self, message):
        self.inbox.receive(
            self.handler, message.body, lambda db, event: self.seen.append(event.position)
        )

    def catch_up(self):
        """One round: ask, answer, take what comes; returns how many events came again."""
        self.consumer.ask("registration")
        for request in self.asked.take():
            assert request.routing_key == request_queue("registration")
            self.answerer.answer(request.body)
        *again, reply = self.answered.take() or [None]
        for message in again:
            assert (message.exchange, message.routing_key) == ("", self.handler.queue)
            self.deliver(message)
        if reply is not None:
            assert reply.routing_key == reply_queue("scheduling")
            assert self.consumer.complete(reply.body)
        return len(again)

    def mark(self):
        with self.database.read() as db:
            return db.scalar(sa.select(MARKS.c.mark))

    def close(self):
        self.relay.close()


@pytest.fixture
def pair(publisher, consumer, copying, clock):
    pair = Pair(publisher, consumer, copying, clock)
    yield pair
    pair.close()


def facts(number):
    return [seats_counted(seats_left=left) for left in range(number)]


def test_lost_events_come_again_and_nothing_else_does(pair):
    pair.publish(*facts(6), lose={1, 4})

    assert pair.catch_up() == 2
    assert pair.catch_up() == 0

    assert pair.seen == [1, 3, 4, 6, 2, 5]
    assert pair.mark() == 6


def test_a_wiped_broker_and_a_new_service_are_the_same_case(pair):
    pair.publish(*facts(20), lose=set(range(20)))

    assert pair.catch_up() == 20
    assert pair.seen == list(range(1, 21))


def test_a_long_history_comes_in_batches(pair, monkeypatch):
    monkeypatch.setattr("shared.messaging.catch_up.BATCH", 4)
    pair.publish(*facts(10), lose=set(range(10)))

    assert [pair.catch_up() for _ in range(4)] == [4, 4, 2, 0]
    assert pair.mark() == 10


def test_a_consumer_that_has_much_beyond_its_mark_lists_it_in_parts(pair, monkeypatch):
    monkeypatch.setattr("shared.messaging.catch_up.MOST_LISTED", 3)
    pair.publish(*facts(10), lose={0, 8})

    assert [pair.catch_up() for _ in range(4)] == [1, 0, 1, 0]
    assert pair.mark() == 10
    assert sorted(pair.seen) == list(range(1, 11))


def test_the_mark_waits_for_what_was_sent_again(pair):
    pair.publish(*facts(2), lose={0})
    pair.consumer.ask("registration")
    pair.answerer.answer(pair.asked.take()[0].body)
    again, reply = pair.answered.take()

    assert not pair.consumer.complete(reply.body)
    assert pair.mark() == 0
    pair.deliver(again)
    assert pair.consumer.complete(reply.body)
    assert pair.mark() == 2


def test_what_the_relay_has_still_to_send_is_not_called_complete(pair):
    pair.publish(*facts(2))
    record_now(pair.publisher, *facts(1))
    pair.broker.down = True
    with pytest.raises(Exception, match="down"):
        pair.relay.run_once()

    pair.catch_up()
    assert pair.mark() == 2


def test_events_of_other_types_do_not_count_as_missing(pair, clock):
    event = golden(SIGN_IN_REQUESTED)
    pair.publish(seats_counted())
    record_now(pair.publisher, Fact(SIGN_IN_REQUESTED, event.aggregate_id, 1, event.data))
    pair.relay.run_once()

    assert pair.catch_up() == 0
    assert pair.mark() == 2


@given(batches=st.lists(st.lists(st.booleans(), max_size=8), max_size=5))
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_nothing_is_lost_whatever_is_lost(sqlite_url_factory, batches):
    clock = FrozenClock()
    publisher = make_context("registration", sqlite_url_factory(), clock=clock)
    consumer = make_context("scheduling", sqlite_url_factory(), clock=clock)
    handler = Handler("scheduling", "keep_seats", SEATS_COUNTED, "copy")
    pair = Pair(publisher, consumer, handler, clock)
    for losses in batches:
        lose = {index for index, lost in enumerate(losses) if lost}
        pair.publish(*facts(len(losses)), lose=lose)
        pair.catch_up()
    total = sum(map(len, batches))

    assert sorted(pair.seen) == list(range(1, total + 1))
    with pair.database.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(INBOX)) == total
    pair.close()
    publisher.database.dispose()
    consumer.database.dispose()
