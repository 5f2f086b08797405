"""Whoever writes to many registrations at once, while one of them is cancelled for another."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from services.registration.domain import changing
from services.registration.domain.changing import cancel_registration
from services.registration.domain.messages import Message, write_message
from services.registration.domain.renewing import renew_some
from services.registration.domain.tickets import TicketSigner
from services.registration.models import Booking, SessionCopy
from shared.identifiers import new_id
from tests.services.registration.factories import SIGNER, publish, register, request, wanted


def write_to_all(db, session, bookings, now):
    message = Message("k", "Bottes", "Il a plu.", new_id(), "Nour")
    return write_message(db, db.get_one(SessionCopy, session), bookings, message, now=now)


def renew_all(db, _session, _bookings, now):
    return renew_some(db, [SIGNER.key_id], TicketSigner("another secret", 2), now=now)


@pytest.mark.parametrize("act", [write_to_all, renew_all])
def test_writing_to_many_and_giving_a_place_on_never_wait_in_a_circle(
    postgresql_context, monkeypatch, act
):
    context = postgresql_context
    session = publish(context, capacity=2)
    waits, comes = request(wanted(session, may_wait=True)), request(wanted(session))
    assert waits.id < comes.id
    made, waiting = register(context, comes, waits)
    bookings = [UUID(one.body["bookings"][0]["id"]) for one in (made, waiting)]
    serve_waitlist, started = changing.serve_waitlist, threading.Event()

    def many():
        with context.database.write() as db:
            started.set()
            return act(db, session, bookings, context.clock())

    def let_the_other_try(db, seats, *, now):
        running.append(pool.submit(many))
        started.wait(120)
        threading.Event().wait(0.5)  # until it holds what it can have
        return serve_waitlist(db, seats, now=now)

    running = []
    monkeypatch.setattr(changing, "serve_waitlist", let_the_other_try)
    with ThreadPoolExecutor(1) as pool:
        with context.database.write() as db:
            cancel_registration(db, made.body["token"], now=context.clock())
        assert running[0].result(120)
    with context.database.read() as db:
        states = {one.id: one.status for one in db.query(Booking)}
    assert [states[one] for one in bookings] == ["cancelled", "offered"]
