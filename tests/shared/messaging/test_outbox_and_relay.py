"""What is committed is published, in order and without gaps; what is not committed never is."""

import threading

import pytest
import sqlalchemy as sa

from shared.contracts.event import ContractError
from shared.contracts.registration import SEATS_COUNTED
from shared.contracts.scheduling import SIGN_IN_REQUESTED
from shared.messaging.envelope import Envelope
from shared.messaging.outbox import Fact, record
from shared.messaging.publisher import BrokerUnavailable
from shared.messaging.relay import Relay
from shared.messaging.tables import OUTBOX
from shared.testing.contexts import make_context
from tests.contracts.golden import golden
from tests.shared.messaging.conftest import record_now, seats_counted


@pytest.fixture
def relay(publisher, broker):
    relay = Relay(publisher.database, broker, publisher.clock, "registration")
    yield relay
    relay.close()


def rows(context, *columns):
    with context.database.read() as db:
        return db.execute(sa.select(*columns).order_by(OUTBOX.c.row)).all()


def test_an_event_is_recorded_with_its_change_or_not_at_all(publisher):
    with pytest.raises(RuntimeError), publisher.database.write() as db:
        record(db, seats_counted(), now=publisher.clock())
        raise RuntimeError

    assert rows(publisher, OUTBOX.c.id) == []


@pytest.mark.parametrize(
    "data",
    [
        {**seats_counted().data, "session_id": "not a uuid"},
        {"session_id": "01a1b2c3-0000-7000-8000-000000000001"},
        {**seats_counted().data, "more": 1},
    ],
)
def test_an_event_that_breaks_its_contract_is_not_recorded(publisher, data):
    fact = Fact(SEATS_COUNTED, seats_counted().aggregate_id, 1, data)

    with pytest.raises(ContractError, match="seats_counted"):
        record_now(publisher, seats_counted(), fact)

    assert rows(publisher, OUTBOX.c.id) == []


def test_committed_events_are_published_once_in_order_and_numbered(publisher, broker, relay):
    ids = record_now(publisher, *(seats_counted(seats_left=left) for left in range(5)))

    assert relay.run_once() == 5
    assert relay.run_once() == 0

    envelopes = [Envelope.from_json(message.body) for message in broker.messages]
    assert [envelope.id for envelope in envelopes] == ids
    assert [envelope.position for envelope in envelopes] == [1, 2, 3, 4, 5]
    assert [envelope.data["seats_left"] for envelope in envelopes] == [0, 1, 2, 3, 4]
    assert {(message.exchange, message.routing_key) for message in broker.messages} == {
        ("registration.events", "seats_counted")
    }


def test_events_that_commit_out_of_order_are_all_published_without_a_gap(
    postgresql_url_factory, clock, broker
):
    publisher = make_context("registration", postgresql_url_factory(), clock=clock)
    relay = Relay(publisher.database, broker, clock, "registration")
    begun, may_commit = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with publisher.database.write() as db:
            record(db, seats_counted(seats_left=1), now=clock())
            begun.set()
            may_commit.wait(120)

    writer = threading.Thread(target=slow_writer)
    writer.start()
    begun.wait(120)
    record_now(publisher, seats_counted(seats_left=2))
    assert relay.run_once() == 1
    may_commit.set()
    writer.join()
    assert relay.run_once() == 1
    relay.close()

    published = [(m.body["position"], m.body["data"]["seats_left"]) for m in broker.messages]
    assert published == [(1, 2), (2, 1)]


def test_nothing_is_marked_sent_while_the_broker_is_down(publisher, broker, relay):
    record_now(publisher, seats_counted(), seats_counted())
    broker.down = True

    with pytest.raises(BrokerUnavailable):
        relay.run_once()
    assert [sent_at for (sent_at,) in rows(publisher, OUTBOX.c.sent_at)] == [None, None]

    broker.down = False
    assert relay.run_once() == 2
    assert [message.body["position"] for message in broker.messages] == [1, 2]


def test_only_what_the_broker_confirmed_is_marked_sent(publisher, broker, relay):
    record_now(publisher, *(seats_counted(seats_left=left) for left in range(4)))
    broker.refused = {1}

    assert relay.run_once() == 3
    broker.refused = set()
    assert relay.run_once() == 1

    assert [message.body["position"] for message in broker.messages] == [1, 3, 4, 2]


def test_what_no_queue_takes_is_counted_and_left_to_catch_up(publisher, broker, relay):
    event_id, _ = record_now(publisher, seats_counted(), seats_counted())
    broker.unroutable = {str(event_id)}

    relay.run_once()

    assert [tuple(row) for row in rows(publisher, OUTBOX.c.returned)] == [(True,), (False,)]


def test_one_relay_is_active_at_a_time_and_another_takes_over(publisher, broker, relay):
    record_now(publisher, seats_counted())
    other = Relay(publisher.database, broker, publisher.clock, "registration")

    assert relay.run_once() == 1
    record_now(publisher, seats_counted())
    assert other.run_once() == 0
    relay.close()
    assert other.run_once() == 1
    other.close()


def test_an_expired_one_time_link_is_blanked_and_never_sent(scheduling, clock, broker):
    event = golden(SIGN_IN_REQUESTED)
    fact = Fact(SIGN_IN_REQUESTED, event.aggregate_id, 1, event.data, expires_at=clock())
    clock.advance(seconds=1)
    record_now(scheduling, fact)
    relay = Relay(scheduling.database, broker, clock, "scheduling")

    assert relay.run_once() == 0
    assert relay.blank_expired() == 1
    assert relay.blank_expired() == 0
    relay.close()

    assert broker.messages == []
    ((data, sent_at),) = rows(scheduling, OUTBOX.c.data, OUTBOX.c.sent_at)
    assert data == {**event.data, "link": None, "code": None}
    assert sent_at == clock()


@pytest.fixture
def scheduling(consumer):
    return consumer
