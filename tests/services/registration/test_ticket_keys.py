"""The generations of the ticket keys: begun, followed, revoked, known to every process soon."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from services.registration.domain.key_ring import FRESH, KeyRing
from services.registration.domain.ticket_keys import (
    UnknownGeneration,
    begin,
    generations,
    revoke,
)
from services.registration.domain.tickets import InvalidTicket, TicketSigner, key_named
from services.registration.models import TICKET_KEYS
from shared.identifiers import new_id
from shared.testing.contexts import NOW, SECRET_KEY

OTHER_SECRET = "another secret, at least as long as 32 characters"


class Ticks:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks():
    return Ticks()


@pytest.fixture
def ring(context, ticks):
    return KeyRing(context.database, SECRET_KEY, context.clock, ticks=ticks)


def known(context):
    with context.database.read() as db:
        return [(one.number, one.is_good) for one in generations(db)]


def test_the_first_generation_begins_with_the_first_ticket_and_signs_as_ever(context, ring):
    assert known(context) == []
    registration_id = new_id()
    ticket = ring.sign(registration_id)
    assert ticket == TicketSigner(SECRET_KEY).sign(registration_id)
    assert ring.verify(ticket) == registration_id
    with context.database.read() as db:
        [one] = generations(db)
    assert (one.number, one.begun_at, one.revoked_at) == (1, NOW, None)
    assert one.key_id == key_named(ticket) == TicketSigner(SECRET_KEY).key_id
    assert len(one.public_text) == 43


def test_a_new_generation_signs_everywhere_within_seconds_and_the_old_one_still_verifies(
    context, ring, ticks
):
    other = KeyRing(context.database, SECRET_KEY, context.clock, ticks=ticks)
    registration_id = new_id()
    old = other.sign(registration_id)
    assert ring.sign(registration_id) == old
    with context.database.write() as db:
        begin(db, SECRET_KEY, now=context.clock())
    assert (ring.sign(registration_id), other.sign(registration_id)) == (old, old)
    ticks.now += FRESH
    new = TicketSigner(SECRET_KEY, 2).sign(registration_id)
    assert (ring.sign(registration_id), other.sign(registration_id)) == (new, new)
    assert [one.verify(ticket) for one in (ring, other) for ticket in (old, new)] == (
        [registration_id] * 4
    )
    assert known(context) == [(1, True), (2, True)]


def test_generations_and_secrets_have_nothing_in_common():
    keys = {
        TicketSigner(secret, generation).key_id
        for secret in (SECRET_KEY, OTHER_SECRET)
        for generation in range(1, 40)
    }
    assert len(keys) == 78


def test_what_a_revoked_generation_signed_admits_nobody_and_is_signed_anew(context, ring, ticks):
    registration_id = new_id()
    old = ring.sign(registration_id)
    with context.database.write() as db:
        signer = revoke(db, 1, SECRET_KEY, now=context.clock.advance(days=1))
        revoke(db, 1, SECRET_KEY, now=context.clock.advance(days=1))
    ticks.now += FRESH
    with pytest.raises(InvalidTicket):
        ring.verify(old)
    assert ring.renewed(old, registration_id) == signer.sign(registration_id)
    assert ring.renewed(signer.sign(registration_id), registration_id) == ring.sign(registration_id)
    with context.database.read() as db:
        assert [(one.number, one.revoked_at is None) for one in generations(db)] == [
            (1, False),
            (2, True),
        ]
        assert (generations(db)[0].revoked_at - NOW).days == 1
    with context.database.write() as db, pytest.raises(UnknownGeneration):
        revoke(db, 7, SECRET_KEY, now=context.clock())


def test_a_good_old_ticket_stays_as_it_was_sent(context, ring, ticks):
    registration_id = new_id()
    old = ring.sign(registration_id)
    with context.database.write() as db:
        begin(db, SECRET_KEY, now=context.clock())
    ticks.now += FRESH
    assert ring.renewed(old, registration_id) == old != ring.sign(registration_id)


def test_a_new_secret_begins_a_generation_of_its_own_and_old_tickets_verify(context, ring, ticks):
    registration_id = new_id()
    old = ring.sign(registration_id)
    renewed = KeyRing(context.database, OTHER_SECRET, context.clock, ticks=ticks)
    new = renewed.sign(registration_id)
    assert new == TicketSigner(OTHER_SECRET, 2).sign(registration_id)
    assert renewed.verify(old) == renewed.verify(new) == registration_id
    ticks.now += FRESH  # a process that still runs with the old secret signs on, and begins nothing
    assert (ring.sign(registration_id), known(context)) == (old, [(1, True), (2, True)])


def test_processes_that_begin_at_the_same_time_begin_one_generation(context, ticks):
    rings = [KeyRing(context.database, SECRET_KEY, context.clock, ticks=ticks) for _ in range(3)]
    registration_id = new_id()
    assert len({one.sign(registration_id) for one in rings}) == 1
    assert known(context) == [(1, True)]


def test_signing_asks_the_database_once_in_a_while_and_outlives_it(context, ring, ticks):
    asked = []
    sa.event.listen(
        context.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2])
    )
    tickets = {registration_id: ring.sign(registration_id) for registration_id in [new_id()]}
    first = len(asked)
    for _ in range(1000):
        ring.sign(new_id())
    assert len(asked) == first
    ticks.now += FRESH
    for _ in range(1000):
        ring.sign(new_id())
    assert [sql for sql in asked[first:] if "ticket_keys" in sql] == asked[-1:]

    @sa.event.listens_for(context.database.engine, "before_cursor_execute")
    def be_gone(_connection, _cursor, statement, *_rest):
        raise OperationalError(statement, {}, Exception("the server is gone"))

    ticks.now += FRESH
    [(registration_id, ticket)] = tickets.items()
    assert ring.sign(registration_id) == ticket


def test_what_names_no_key_is_no_ticket():
    ticket = TicketSigner(SECRET_KEY).sign(new_id())
    assert [key_named(text) for text in ("", "P1.", "P1.abc", ticket[2:], "P2." + ticket[3:])] == (
        [None] * 5
    )


def test_a_key_id_that_another_generation_has_is_passed_over(context):
    second = TicketSigner(SECRET_KEY, 2)
    with context.database.write() as db:
        begin(db, SECRET_KEY, now=NOW)
        [one] = generations(db)
        taken = replace(one, key_id=second.key_id)
        db.execute(sa.update(TICKET_KEYS).values(key_id=taken.key_id.hex()))
        assert begin(db, SECRET_KEY, now=NOW).key_id == TicketSigner(SECRET_KEY, 3).key_id
    assert known(context) == [(1, True), (3, True)]
