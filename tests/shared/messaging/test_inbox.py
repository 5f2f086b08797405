"""An event has its effect once in each handler, whatever comes how often and in what order."""

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.contracts.registration import SEATS_COUNTED
from shared.messaging.handlers import Handler, Parked
from shared.messaging.inbox import BACKOFF, MOST_ATTEMPTS, Inbox
from shared.messaging.tables import INBOX
from shared.testing.contexts import FrozenClock, make_context
from tests.contracts.golden import golden

MESSAGE = golden(SEATS_COUNTED)


@pytest.fixture
def inbox(consumer):
    return Inbox(consumer.database, consumer.clock)


def stored(context):
    with context.database.read() as db:
        columns = (INBOX.c.status, INBOX.c.attempts, INBOX.c.reason, INBOX.c.payload)
        return [tuple(row) for row in db.execute(sa.select(*columns))]


def message(**changes):
    return replace(MESSAGE, **changes).to_json()


def numbered(number):
    return UUID(int=number)


def test_the_same_event_has_its_effect_once(inbox, consumer, copying):
    seen = []
    outcomes = [
        inbox.receive(copying, message(), lambda db, event: seen.append(event.data)) for _ in "123"
    ]

    assert outcomes == ["done", "known", "known"]
    assert seen == [MESSAGE.data]
    assert stored(consumer) == [("done", 0, None, None)]


def test_the_effect_and_its_row_are_one_transaction(inbox, consumer, copying):
    def fails_after_writing(db, event):
        db.execute(sa.delete(INBOX))
        raise ValueError("Camille Martin")

    assert inbox.receive(copying, message(), fails_after_writing) == "waiting"
    assert stored(consumer) == [("waiting", 1, "ValueError", message())]


def test_a_failed_event_is_tried_again_later_each_time_and_is_dead_after_five(
    inbox, consumer, copying, clock
):
    tried = []

    def fails(db, event):
        tried.append(clock())
        raise ValueError

    inbox.receive(copying, message(), fails)
    effects = {copying.name: (copying, fails)}
    for pause in BACKOFF[: MOST_ATTEMPTS - 1]:
        clock.advance(seconds=pause - 0.1)
        assert inbox.retry_due(effects) == []
        clock.advance(seconds=0.1)
        inbox.retry_due(effects)
    clock.advance(days=1)
    assert inbox.retry_due(effects) == []

    assert len(tried) == MOST_ATTEMPTS
    assert stored(consumer) == [("dead", MOST_ATTEMPTS, "ValueError", message())]


def test_a_retried_event_that_succeeds_leaves_no_payload(inbox, consumer, copying, clock):
    seen = []

    def fails_once(db, event):
        seen.append(event)
        if len(seen) == 1:
            raise ValueError

    inbox.receive(copying, message(), fails_once)
    clock.advance(seconds=BACKOFF[0])

    assert inbox.retry_due({copying.name: (copying, fails_once)}) == ["done"]
    assert stored(consumer) == [("done", 1, None, None)]


def test_a_parked_event_waits_for_what_it_builds_on_and_is_no_attempt(
    inbox, consumer, copying, clock
):
    ready = []

    def needs_something(db, event):
        if not ready:
            raise Parked("the session is not known")

    effects = {copying.name: (copying, needs_something)}
    assert inbox.receive(copying, message(), needs_something) == "parked"
    for _ in range(10):
        clock.advance(seconds=400)
        assert inbox.retry_due(effects) == ["parked"]
    assert stored(consumer) == [("parked", 0, "the session is not known", message())]

    ready.append(True)
    clock.advance(seconds=400)
    assert inbox.retry_due(effects) == ["done"]


def test_a_poison_message_delays_nobody(inbox, copying):
    def fails_on_the_first(db, event):
        if event.position == 1:
            raise ValueError

    other = replace(MESSAGE, id=numbered(2), position=2).to_json()
    poison = message(position=1)

    assert inbox.receive(copying, poison, fails_on_the_first) == "waiting"
    assert inbox.receive(copying, other, fails_on_the_first) == "done"


def test_a_malformed_message_is_buried_not_lost(inbox, consumer, copying):
    assert inbox.receive(copying, {"id": "no"}, lambda db, event: None) == "dead"
    assert inbox.receive(copying, {"id": "no"}, lambda db, event: None) == "dead"

    ((status, _, reason, payload),) = stored(consumer)
    assert (status, payload) == ("dead", {"malformed": {"id": "no"}})
    assert reason.startswith("malformed message")


def test_history_feeds_copies_but_calls_forth_no_reaction(inbox, copying, reacting, clock):
    seen = []
    history = message(occurred_at=clock() - timedelta(days=1))
    other = replace(reacting, name="react")

    inbox.receive(copying, history, lambda db, event: seen.append("copy"))
    inbox.receive(other, history, lambda db, event: seen.append("reaction"))

    assert seen == ["copy"]


def test_nobody_reacts_to_an_expired_event(inbox, reacting, clock):
    seen = []
    expired = replace(
        MESSAGE, occurred_at=clock() + timedelta(seconds=1), expires_at=clock()
    ).to_json()

    assert inbox.receive(reacting, expired, lambda db, event: seen.append(event)) == "done"
    assert seen == []


def test_many_workers_that_get_the_same_event_give_it_one_effect(consumer, copying):
    seen = []
    together = threading.Barrier(8)

    def deliver() -> None:
        together.wait(30)
        Inbox(consumer.database, consumer.clock).receive(
            copying, message(), lambda db, event: seen.append(event.id)
        )

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [MESSAGE.id]


def test_what_the_inbox_cannot_store_is_not_acknowledged(inbox, consumer, copying):
    with consumer.database.write() as db:
        db.execute(sa.text("ALTER TABLE inbox RENAME TO elsewhere"))

    with pytest.raises(sa.exc.DBAPIError):
        inbox.receive(copying, message(), lambda db, event: None)


@given(deliveries=st.lists(st.tuples(st.integers(1, 6), st.booleans()), max_size=30))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_the_order_and_the_failures_each_effect_is_had_once(
    sqlite_url_factory, deliveries
):
    clock = FrozenClock()
    context = make_context("scheduling", sqlite_url_factory(), clock=clock)
    inbox = Inbox(context.database, clock)
    handler = Handler("scheduling", "keep_seats", SEATS_COUNTED, "copy")
    seen: list[int] = []
    failing: set[int] = set()

    def effect(db, event):
        if event.position in failing:
            raise ValueError
        seen.append(event.position)

    for position, fails in deliveries:
        failing = {position} if fails else set()
        inbox.receive(handler, message(id=numbered(position), position=position), effect)
    failing = set()
    clock.advance(days=1)
    inbox.retry_due({handler.name: (handler, effect)})

    assert sorted(seen) == sorted({position for position, _ in deliveries})
    context.database.dispose()


def test_a_late_failure_does_not_undo_what_another_worker_has_done(
    inbox, consumer, copying, clock, monkeypatch
):
    def fails(db, event):
        raise ValueError

    inbox.receive(copying, message(), fails)
    clock.advance(seconds=BACKOFF[0])
    fail_again = inbox._fail_again

    def while_another_does_it(*stored_event):
        other = Inbox(consumer.database, clock)
        assert other.retry_due({copying.name: (copying, lambda db, event: None)}) == ["done"]
        return fail_again(*stored_event)

    monkeypatch.setattr(inbox, "_fail_again", while_another_does_it)
    inbox.retry_due({copying.name: (copying, fails)})

    assert stored(consumer) == [("done", 1, None, None)]
