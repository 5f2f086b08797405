"""Whom a mail about their registration did not reach is called, until that is put right."""

from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from services.registration.domain.changing import cancel_booking, correct_address
from services.registration.domain.erasing import erase
from services.registration.domain.organising import cancel_bookings
from services.registration.models import Booking, Call, Registration, RegistrationNote
from services.registration.service import RegistrationService
from services.registration.web import create_app
from shared.context import ServiceContext
from shared.contracts.notifications import MAIL_BOUNCED
from shared.identifiers import new_id
from shared.messaging.inbox import Inbox
from shared.messaging.nameko_adapter import handlers_of
from tests.contracts.golden import golden
from tests.services.registration.factories import (
    moved,
    publish,
    recorded,
    register,
    request,
    wanted,
)
from tests.services.registration.staff_browsing import MUSEUM, at_the_museum, enter, send, viewer
from tests.services.registration.test_pages_moving import post_as


def bounced(registration_id: UUID, **changes):
    event = golden(MAIL_BOUNCED)
    data = event.data | {"registration_id": str(registration_id)} | changes
    return replace(event, id=new_id(), data=data)


@pytest.fixture
def come_back(context: ServiceContext):
    """Let registration hear that a mail came back."""
    worker: Any = RegistrationService()
    worker.messaging = SimpleNamespace(context=context)
    inbox = Inbox(context.database, context.clock)
    handler, method = handlers_of(RegistrationService)["note_bounced_mail"]
    return lambda event: inbox.receive(handler, event.to_json(), partial(method, worker))


@pytest.fixture
def session(context: ServiceContext) -> UUID:
    return publish(context)


@pytest.fixture
def registered(context: ServiceContext, session: UUID) -> Registration:
    register(context, request(wanted(session), telephone="0476001122"))
    with context.database.read() as db:
        return db.query(Registration).one()


def calls(context: ServiceContext) -> list[tuple[UUID | None, str, dict]]:
    with context.database.read() as db:
        return [(one.session_id, one.reason, one.details) for one in db.query(Call)]


HARD = {"template": "registration_confirmed", "status": "5.1.1", "is_hard": True}


def test_they_are_called_once_for_each_thing_they_were_not_told(
    context, come_back, registered, session
):
    changed = {"template": "registration_changed", "status": None}
    for event in (
        bounced(registered.id),
        bounced(registered.id),
        bounced(registered.id, **changed),
    ):
        come_back(event)
    assert calls(context) == [(session, "address", HARD), (session, "address", HARD | changed)]


def test_the_next_session_says_who_calls(context, come_back, registered, session):
    earlier = publish(context, **moved(days=-1))
    past = publish(context, **moved(days=-30))
    with context.database.write() as db:
        for one in (past, earlier):
            db.add(
                Booking(
                    registration_id=registered.id,
                    session_id=one,
                    party={"adults": 2},
                    seats=2,
                    status="confirmed",
                    changed_at=context.clock(),
                )
            )
    come_back(bounced(registered.id))
    assert [one for one, *_ in calls(context)] == [earlier]


def test_a_corrected_address_needs_no_call(context, come_back, registered):
    come_back(bounced(registered.id))
    with context.database.write() as db:
        correct_address(db, registered.token, "right@example.org", now=context.clock())
    assert calls(context) == []


def test_calls_that_were_made_stay(context, come_back, registered, session):
    come_back(bounced(registered.id))
    with context.database.write() as db:
        db.query(Call).one().done_at = context.clock()
        correct_address(db, registered.token, "right@example.org", now=context.clock())
    assert calls(context) == [(session, "address", HARD)]
    come_back(bounced(registered.id))
    assert len(calls(context)) == 2


def test_whom_the_organiser_cancelled_is_called_and_who_cancelled_is_not(
    context, come_back, registered, session
):
    with context.database.read() as db:
        booking = db.query(Booking).one()
    with context.database.write() as db:
        cancel_bookings(db, session, [booking.id], now=context.clock())
    come_back(bounced(registered.id, template="registration_cancelled"))
    assert [one for one, *_ in calls(context)] == [session]

    register(context, request(wanted(session), email="other@example.org"))
    with context.database.write() as db:
        other = db.query(Registration).filter_by(email="other@example.org").one()
        cancel_booking(db, other.token, other.bookings[0].id, now=context.clock())
    come_back(bounced(other.id))
    assert len(calls(context)) == 1


def test_the_erased_and_the_unknown_are_not_called(context, come_back, registered):
    with context.database.write() as db:
        erase(db, [registered.id], reason="asked", now=context.clock())
    assert [come_back(bounced(one)) for one in (registered.id, new_id())] == ["done"] * 2
    assert calls(context) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {},
            "Son adresse ne reçoit pas : lui demander la bonne, et la corriger. "
            "Le courriel disait : son inscription est enregistrée",
        ),
        (
            {"is_hard": False, "template": "registration_cancelled"},
            "Un courriel ne lui est pas parvenu : vérifier l’adresse. "
            "Le courriel disait : son inscription est annulée",
        ),
        (
            {"template": "from_the_future"},
            "Son adresse ne reçoit pas : lui demander la bonne, et la corriger.",
        ),
    ],
)
def test_the_list_says_what_to_ask_and_what_was_not_read(context, come_back, changes, words):
    session = at_the_museum(context)
    register(context, request(wanted(session), telephone="0476001122"))
    with context.database.read() as db:
        registered = db.query(Registration).one()
    come_back(bounced(registered.id, **changes))
    app: Flask = create_app(context)
    page = enter(app, viewer("organiser", organisations=(MUSEUM,)))
    said = page.get("/console/registration/calls").text.replace("\u00a0", " ")
    assert words in said
    assert "0476001122" in said
    english = page.get("/console/registration/calls?lang=en").text
    assert ("Le courriel" in english, "Their address" in english or "A mail" in english) == (
        False,
        True,
    )


def test_who_calls_corrects_the_address_and_the_team_reads_who_did(context, come_back):
    session = at_the_museum(context)
    register(context, request(wanted(session), telephone="0476001122"))
    with context.database.read() as db:
        registered = db.query(Registration).one()
    come_back(bounced(registered.id))
    address = f"/console/registration/registrations/{registered.id}"
    app: Flask = create_app(context)
    organiser = enter(app, viewer("organiser", organisations=(MUSEUM,)))
    page = organiser.get(address)

    wrong = send(page, f"{address}/address", email="camille at home")
    assert (wrong.status, "camille at home" in wrong.html) == (422, True)
    assert wrong.error("email")
    assert len(calls(context)) == 1
    assert send(page, f"{address}/address", email="right@example.org").status == 303
    assert calls(context) == []
    with context.database.read() as db:
        assert db.query(Registration).one().email == "right@example.org"
        assert [(one.kind, one.account_name) for one in db.query(RegistrationNote)] == [
            ("address_corrected", "Nour")
        ]
    assert "Adresse électronique corrigée, Nour" in organiser.get(address).text
    [corrected] = [data for name, _, data in recorded(context) if name == "registration_changed"]
    assert corrected["address_corrected"] is True


def test_only_who_may_act_corrects_an_address(context, registered):
    app: Flask = create_app(context)
    address = f"/console/registration/registrations/{registered.id}/address"
    stranger = viewer("organiser", organisations=(MUSEUM,))
    assert post_as(app, stranger, address, {"email": "x@example.org"}).status == 403
    with context.database.read() as db:
        assert db.query(Registration).one().email == "camille@example.org"
