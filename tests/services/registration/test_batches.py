"""Rows that are made before the sessions are locked: the same as after, or not used at all."""

from typing import Any

import pytest
import sqlalchemy as sa

from services.registration.domain.batches import prepare
from services.registration.domain.registering import KeyTaken, register_all
from services.registration.domain.rules import Rules
from services.registration.domain.saving_rules import save_rules
from services.registration.models import (
    BOOKINGS,
    IDEMPOTENCY_KEYS,
    REGISTRATIONS,
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
    """Registers batches whose rows are made before, as far as what was seen of sessions allows."""

    def __init__(self, context):
        self.context, self.seen = context, {}
        self.as_documents = context.database.engine.dialect.name == "postgresql"

    def prepare(self, *requests):
        return prepare(requests, self.seen, self.context.clock(), as_documents=self.as_documents)

    def register(self, *requests, prepared):
        with self.context.database.write() as db:
            return register_all(
                db,
                requests,
                now=self.context.clock(),
                trusting_keys=True,
                prepared=prepared,
                seen=self.seen,
            )


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


def test_what_is_made_before_the_lock_is_what_is_made_after_it(context, batches):
    session = publish(context, capacity=20)

    def two():
        return [
            request(wanted(session, adults=2, pupils=0), correlation_id="c"),
            request(wanted(session, children=1), correlation_id="c", telephone="0476000000"),
        ]

    first, second = two(), two()
    assert batches.prepare(*first) is None
    batches.register(*first, prepared=None)
    prepared = batches.prepare(*second)
    answers = batches.register(*second, prepared=prepared)

    assert answers == [prepared.answers[one.key][1] for one in second]
    for table in (REGISTRATIONS, BOOKINGS, IDEMPOTENCY_KEYS, OUTBOX):
        rows = [shared(row) for row in stored(context, table)]
        assert len(rows) == 4, table
        assert rows[:2] == rows[2:] or sorted(map(repr, rows[:2])) == sorted(map(repr, rows[2:]))
    assert (seats(context, session).taken, seats(context, session).bookings) == (6, 4)


def test_a_session_that_changed_meanwhile_is_told_as_it_is_now(context, batches):
    session = publish(context, seat_categories=["adults", "children"])
    batches.register(request(wanted(session)), prepared=None)
    late = request(wanted(session, adults=1, children=2))
    prepared = batches.prepare(late)
    publish_again(context, session, seat_categories=["children"])
    [answer] = batches.register(late, prepared=prepared)

    assert answer.body["bookings"][0]["seats"] == 2
    assert prepared.answers[late.key][1].body["bookings"][0]["seats"] == 3
    told = stored(context, OUTBOX)[-1]["data"]["bookings"][0]
    assert (told["session_version"], told["seats"]) == (2, 2)
    assert len(stored(context, REGISTRATIONS)) == 2


def test_nothing_is_stored_of_what_was_made_for_seats_that_are_gone(context, batches):
    session = publish(context, capacity=4)
    batches.register(request(wanted(session, adults=1)), prepared=None)
    late = request(wanted(session, adults=3))
    prepared = batches.prepare(late)
    register(context, request(wanted(session, adults=3)))
    [answer] = batches.register(late, prepared=prepared)

    assert prepared is not None
    assert (answer.status, answer.body["code"]) == (409, "full")
    assert (seats(context, session).taken, len(stored(context, BOOKINGS))) == (4, 2)
    assert batches.prepare(request(wanted(session, adults=1))) is None


def test_rules_that_came_meanwhile_hold(context, batches):
    session = publish(context)
    batches.register(request(wanted(session)), prepared=None)
    late = request(wanted(session, adults=3))
    prepared = batches.prepare(late)
    with context.database.write() as db:
        save_rules(db, session, Rules(largest_party=2), None, now=context.clock())
    [answer] = batches.register(late, prepared=prepared)

    assert prepared is not None
    assert (answer.status, answer.body["code"]) == (409, "too_many")
    assert batches.prepare(request(wanted(session, adults=1))) is None


def test_a_registration_that_closed_meanwhile_takes_nobody(context, batches):
    session = publish(context)
    batches.register(request(wanted(session)), prepared=None)
    late = request(wanted(session))
    prepared = batches.prepare(late)
    context.clock.set(seats(context, session).closes_at)
    [answer] = batches.register(late, prepared=prepared)

    assert prepared is not None
    assert (answer.status, len(stored(context, REGISTRATIONS))) == (409, 1)


def test_a_key_that_was_used_stores_nothing_and_is_decided_again(context, batches):
    session = publish(context)
    batches.register(request(wanted(session), key="mine"), prepared=None)
    again = request(wanted(session), key="mine")
    with pytest.raises(KeyTaken):
        batches.register(again, prepared=batches.prepare(again))
    assert len(stored(context, REGISTRATIONS)) == 1


@pytest.mark.parametrize("twice", ["a key", "nothing"])
def test_a_key_twice_in_a_batch_is_left_to_the_lock(context, batches, twice):
    session = publish(context)
    batches.register(request(wanted(session)), prepared=None)
    keys = ("k", "k") if twice == "a key" else ("k", "l")
    prepared = batches.prepare(*(request(wanted(session), key=key) for key in keys))
    assert (prepared is None) == (twice == "a key")


def test_a_registrar_answers_the_second_as_it_answers_the_first(context):
    session = publish(context)
    desk = registrar(context)

    def ask(key):
        return desk.register(
            key=key, email="a@example.org", name="A", locale="fr", bookings=[wanted(session)]
        )

    first, second, again = ask("1"), ask("2"), ask("2")
    assert shared(first.body) == shared(second.body)
    assert (again.status, again.body) == (second.status, second.body)
    assert seats(context, session).taken == 4
