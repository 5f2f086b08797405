"""A batch in one statement: what it stores is what a transaction would, or nothing at all."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from services.registration.domain.batches import prepare
from services.registration.domain.registering import MADE, register_all
from services.registration.domain.rules import Rules
from services.registration.domain.saving_rules import save_rules
from services.registration.models import (
    BOOKINGS,
    IDEMPOTENCY_KEYS,
    REGISTRATIONS,
    SESSION_SEATS,
)
from shared.messaging.tables import OUTBOX
from tests.services.registration.factories import (
    publish,
    publish_again,
    register,
    registrar,
    request,
    seats,
    wanted,
)

#: What is another in each registration.
_OWN = {"row", "id", "code", "token", "ticket", "key", "registration_id", "aggregate_id"}


class Batches:
    """Prepares batches by what was seen of sessions, and decides on them under the lock."""

    def __init__(self, context):
        self.context, self.seen = context, {}

    def prepare(self, *requests):
        return prepare(requests, self.seen, self.context.clock())

    def register(self, *requests):
        with self.context.database.write() as db:
            return register_all(db, requests, now=self.context.clock(), seen=self.seen)


@pytest.fixture
def context(postgresql_context):
    return postgresql_context


@pytest.fixture
def batches(context):
    return Batches(context)


def shared(value: Any) -> Any:
    """Return a stored value without what is another in each registration."""
    if isinstance(value, dict):
        return {name: shared(part) for name, part in value.items() if name not in _OWN}
    return [shared(part) for part in value] if isinstance(value, list) else value


def stored(context, table):
    """Return the rows of a table that tell of registrations, in their order."""
    order = table.c.used_at if table is IDEMPOTENCY_KEYS else table.c.id
    with context.database.read() as db:
        return [dict(row) for row in db.execute(sa.select(table).order_by(order)).mappings()]


def everything(context):
    """Return all that a registration stores, and the sessions' counters."""
    tables = (REGISTRATIONS, BOOKINGS, IDEMPOTENCY_KEYS, OUTBOX)
    with context.database.read() as db:
        counted = db.execute(sa.select(SESSION_SEATS).order_by(SESSION_SEATS.c.session_id)).all()
    return [*(stored(context, table) for table in tables), counted]


def test_what_one_statement_stores_is_what_a_transaction_does(context, batches):
    session = publish(context, capacity=20)

    def two():
        return [
            request(wanted(session, adults=2, pupils=0), correlation_id="c"),
            request(wanted(session, children=1), correlation_id="c", telephone="0476000000"),
        ]

    first, second = two(), two()
    assert batches.prepare(*first) is None
    batches.register(*first)
    prepared = batches.prepare(*second)
    assert prepared.store(context.database)

    assert [shared(answer.body) for answer in prepared.answers] == [
        shared(answer.body) for answer in batches.register(*first)
    ]
    for table in (REGISTRATIONS, BOOKINGS, IDEMPOTENCY_KEYS, OUTBOX):
        rows = [shared(row) for row in stored(context, table)]
        assert len(rows) == 4, table
        assert rows[:2] == rows[2:] or sorted(map(repr, rows[:2])) == sorted(map(repr, rows[2:]))
    assert (seats(context, session).taken, seats(context, session).bookings) == (6, 4)


def publish_without_adults(context, session):
    publish_again(context, session, seat_categories=["children"])


def sell_all_but_two(context, session):
    register(context, request(wanted(session, adults=17)))


def set_rules(context, session):
    with context.database.write() as db:
        save_rules(db, session, Rules(largest_party=2), None, now=context.clock())


def use_a_key(context, session):
    register(context, request(wanted(session, adults=1), key="second"))


def lower_the_capacity(context, session):
    publish_again(context, session, capacity=2)


def cancel(context, session):
    publish_again(context, session, status="cancelled")


@pytest.mark.parametrize(
    "meanwhile",
    [
        publish_without_adults,
        sell_all_but_two,
        set_rules,
        use_a_key,
        lower_the_capacity,
        cancel,
    ],
)
def test_what_changed_meanwhile_stores_nothing(context, batches, meanwhile):
    session, beside = publish(context, capacity=20), publish(context, capacity=20)
    batches.register(request(wanted(session), wanted(beside)))
    prepared = batches.prepare(
        request(wanted(beside)),
        request(wanted(beside, adults=1), wanted(session, adults=3), key="second"),
    )
    meanwhile(context, session)
    before = everything(context)
    assert prepared.store(context.database) is False
    assert everything(context) == before


@pytest.mark.parametrize("sold", [3, None])
def test_what_happens_while_it_waits_for_the_lock_counts(context, batches, sold):
    """Another transaction sells seats of the session, or changes what it is."""
    session = publish(context, capacity=20)
    batches.register(request(wanted(session)))
    prepared = batches.prepare(request(wanted(session, adults=4)))
    waits = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with ThreadPoolExecutor(1) as pool:
        with context.database.write() as db:
            if sold:
                register_all(db, [request(wanted(session, adults=sold))], now=context.clock())
            else:
                db.execute(sa.update(SESSION_SEATS).values(session_version=2))
            stored_at_once = pool.submit(prepared.store, context.database)
            with context.database.read() as other:
                while not stored_at_once.done() and not other.scalar(waits):
                    other.rollback()
        assert stored_at_once.result() is (sold is not None)
    assert seats(context, session).taken == (9 if sold else 2)


def test_what_would_be_in_vain_is_not_prepared(context, batches):
    full, ruled, unseen = (publish(context, capacity=2) for _ in range(3))
    batches.register(request(wanted(full, adults=2)), request(wanted(ruled, adults=1)))
    set_rules(context, ruled)
    batches.register(request(wanted(full, adults=1)), request(wanted(ruled, adults=1)))
    for session in (full, ruled, unseen):
        assert batches.prepare(request(wanted(session, adults=1))) is None
    late = publish(context)
    batches.register(request(wanted(late)))
    assert batches.prepare(request(wanted(late))) is not None
    assert batches.prepare(*(request(wanted(late), key="k") for _ in range(2))) is None
    context.clock.set(seats(context, late).closes_at)
    assert batches.prepare(request(wanted(late))) is None


@pytest.mark.parametrize(
    "meanwhile",
    [publish_without_adults, sell_all_but_two, set_rules, use_a_key, lower_the_capacity, cancel],
)
def test_a_registrar_answers_by_what_is_so_now(context, meanwhile):
    session = publish(context, capacity=20)
    desk = registrar(context)

    def ask(key):
        return desk.register(
            key=key,
            email="a@example.org",
            name="A",
            locale="fr",
            bookings=[wanted(session, adults=3)],
        )

    assert ask("first").status == MADE
    meanwhile(context, session)
    [as_it_is_now] = register(context, request(wanted(session, adults=3), key="control"))
    answer = ask("third")
    assert (answer.status, shared(answer.body)) == (
        as_it_is_now.status,
        shared(as_it_is_now.body),
    )


def test_a_repetition_is_told_what_was_answered(context):
    session = publish(context)
    desk = registrar(context)

    def ask(key):
        return desk.register(
            key=key, email="a@example.org", name="A", locale="fr", bookings=[wanted(session)]
        )

    first, second, again = ask("1"), ask("2"), ask("2")
    assert shared(first.body) == shared(second.body)
    assert (again.status, again.body, again.is_replay) == (second.status, second.body, True)
    assert seats(context, session).taken == 4
