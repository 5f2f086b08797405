"""Tickets of a revoked key are signed anew, in batches, and their people are told."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.registration.domain.changing import cancel_registration
from services.registration.domain.renewing import count_by_key, renew_some
from services.registration.domain.ticket_keys import begin, generations, revoke
from services.registration.domain.tickets import TicketSigner, prefix_of, verify
from services.registration.models import Registration
from services.registration.web import create_app
from shared.testing.contexts import NOW, SECRET_KEY
from tests.services.registration.browsing import Visitor
from tests.services.registration.factories import (
    SIGNER,
    moved,
    publish,
    recorded,
    register,
    request,
    wanted,
)

NEW = TicketSigner(SECRET_KEY, 2)


@pytest.fixture
def session(context):
    with context.database.write() as db:
        begin(db, SECRET_KEY, now=NOW)
    return publish(context, capacity=100)


def revoke_first(context):
    with context.database.write() as db:
        revoke(db, 1, SECRET_KEY, now=context.clock())
        return [one.key_id for one in generations(db) if not one.is_good]


def renew_all(context, revoked, most=2):
    counts, last = [], None
    while True:
        with context.database.write() as db:
            done, last = renew_some(db, revoked, NEW, now=context.clock(), after=last, most=most)
        if last is None:
            return counts
        counts.append(done)


def tickets(context):
    with context.database.read() as db:
        return {one.id: one.ticket for one in db.query(Registration)}


def test_all_that_are_still_to_come_are_renewed_and_told_once(context, session):
    answers = register(context, *(request(wanted(session)) for _ in range(5)))
    before = len(recorded(context))
    revoked = revoke_first(context)
    assert renew_all(context, revoked) == [2, 2, 1]
    assert renew_all(context, revoked) == []
    good = {NEW.key_id: NEW.public_key}
    assert {verify(ticket, good) for ticket in tickets(context).values()} == {
        UUID(answer.body["id"]) for answer in answers
    }
    told = recorded(context)[before:]
    assert {(name, version) for name, version, _ in told} == {("registration_changed", 2)}
    assert {data["id"]: data["ticket"] for _, _, data in told} == {
        str(one): ticket for one, ticket in tickets(context).items()
    }
    assert {(data["ticket_renewed"], *data["changed_bookings"]) for *_, data in told} == {(True,)}


def test_who_cancelled_came_or_has_a_good_ticket_hears_nothing(context, session):
    over = publish(context, **moved(days=-20))
    tomorrow = publish(context, **moved(days=-6))
    register(context, request(wanted(over)), now=NOW - timedelta(days=20))
    [gone, good, kept] = register(
        context,
        request(wanted(session)),
        request(wanted(session)),
        request(wanted(tomorrow)),
    )
    with context.database.write() as db:
        cancel_registration(db, gone.body["token"], now=context.clock())
        later = db.get_one(Registration, UUID(good.body["id"]))
        later.ticket = NEW.sign(later.id)
    before = tickets(context)
    assert renew_all(context, revoke_first(context)) == [1]
    after = tickets(context)
    assert [one for one in after if after[one] != before[one]] == [UUID(kept.body["id"])]


def test_tickets_are_counted_by_the_key_that_signed_them(context, session):
    [one, _two, gone] = register(context, *(request(wanted(session)) for _ in range(3)))
    with context.database.write() as db:
        cancel_registration(db, gone.body["token"], now=context.clock())
        first = db.get_one(Registration, UUID(one.body["id"]))
        first.ticket = NEW.sign(first.id)
    with context.database.read() as db:
        assert count_by_key(db) == {prefix_of(SIGNER.key_id): 1, prefix_of(NEW.key_id): 1}


def test_the_page_and_the_api_show_a_good_ticket_before_it_was_renewed(context, session):
    app = create_app(context)
    [answer] = register(context, request(wanted(session)))
    revoke_first(context)
    token, registration_id = answer.body["token"], UUID(answer.body["id"])
    shown = app.test_client().get(f"/api/v1/registrations/{token}").json["ticket"]
    assert shown == NEW.sign(registration_id) != tickets(context)[registration_id]
    old = Visitor(app).get(f"/registrations/{token}").part("ticket-qr")
    renew_all(context, [SIGNER.key_id])
    assert Visitor(app).get(f"/registrations/{token}").part("ticket-qr") == old
