"""A lost link: the same answer for every address, and the links mailed to it alone."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.registration.domain.blanking import blank_events
from services.registration.domain.links import GOOD_FOR, answer_requests, is_asked
from services.registration.models import LinkRequest, Registration
from services.registration.pages.lost import PER_EMAIL, PER_NETWORK
from services.registration.web import create_app
from shared.messaging.tables import OUTBOX
from shared.testing.contexts import NOW
from tests.services.registration.browsing import Visitor
from tests.services.registration.factories import (
    moved,
    publish,
    publish_again,
    recorded,
    register,
    request,
    wanted,
)

CAMILLE = "camille@example.org"


@pytest.fixture
def app(context):
    return create_app(context)


def ask(visitor, email, **typed):
    """Type an address and send the form; return the page that answers."""
    return visitor.get("/registrations/lost").send({"email": email, **typed})


def answer(context):
    """Let the worker look; return what it recorded."""
    with context.database.write() as db:
        answer_requests(db, now=context.clock())
        assert not is_asked(db)
    return [data for name, _, data in recorded(context) if name == "links_requested"]


def requests(context):
    with context.database.read() as db:
        return [(one.email, one.locale) for one in db.scalars(sa.select(LinkRequest))]


def made(context, *sessions, **changes):
    """Register for these sessions; return what was answered."""
    [done] = register(context, request(*map(wanted, sessions), **changes))
    return done.body


def test_the_links_of_what_is_to_come_are_told_newest_first(context, app):
    soon, later = publish(context), publish(context, **moved(days=2))
    gone = publish(
        context,
        starts_at=(NOW + timedelta(hours=1)).isoformat(),
        ends_at=(NOW + timedelta(hours=2)).isoformat(),
    )
    made(context, gone)
    first, second = made(context, later, soon), made(context, later)
    made(context, soon, email="somebody@example.org")
    context.clock.advance(hours=3)

    ask(Visitor(app), " Camille@Example.org ")

    [told] = answer(context)
    assert (told["email"], told["locale"]) == (CAMILLE, "fr")
    assert [one["token"] for one in told["registrations"]] == [second["token"], first["token"]]
    assert [one["session"]["starts_at"] for one in told["registrations"][1]["bookings"]] == [
        moved(days=0)["starts_at"],
        moved(days=2)["starts_at"],
    ]
    assert requests(context) == []


def test_cancelled_and_erased_registrations_are_not_told(context, app):
    session = publish(context)
    body = made(context, session)
    with context.database.write() as db:
        registration = db.scalars(sa.select(Registration)).one()
        registration.status, registration.cancelled_at = "cancelled", NOW
    ask(Visitor(app), CAMILLE)
    assert answer(context) == []

    with context.database.write() as db:
        registration = db.scalars(sa.select(Registration)).one()
        registration.status, registration.cancelled_at = "active", None
        registration.erased_at = NOW
    ask(Visitor(app), CAMILLE)
    assert answer(context) == []
    assert body["status"] == "active"


def test_the_answer_is_the_same_whether_anybody_is_registered_or_not(context, app):
    made(context, publish(context))

    pages = [ask(Visitor(app), email) for email in (CAMILLE, "nobody@example.org")]

    texts = {page.text.replace(CAMILLE, "…").replace("nobody@example.org", "…") for page in pages}
    assert ({page.status for page in pages}, len(texts)) == ({200}, 1)
    assert f"Si des inscriptions à venir existent pour {CAMILLE}, un courriel part" in (
        pages[0].text
    )
    assert requests(context) == [(CAMILLE, "fr"), ("nobody@example.org", "fr")]
    assert [told["email"] for told in answer(context)] == [CAMILLE]


def test_several_requests_of_one_address_are_one_mail_in_the_language_of_the_last(context, app):
    made(context, publish(context))
    visitor = Visitor(app)
    ask(visitor, CAMILLE)
    page = visitor.get("/registrations/lost?lang=en").send({"email": CAMILLE})

    assert f"If there are coming registrations for {CAMILLE}, an e-mail leaves" in page.text
    assert [told["locale"] for told in answer(context)] == ["en"]


@pytest.mark.parametrize("typed", ["", "camille", "camille@", "a" * 400 + "@example.org"])
def test_what_is_no_address_is_told_at_the_field_and_kept(context, app, typed):
    page = ask(Visitor(app), typed)

    assert page.status == 422
    assert page.error("email")
    assert page.values["email"] == typed
    assert requests(context) == []


def test_an_address_is_written_to_so_often_and_nothing_else_shows_it(context, app):
    answers = {ask(Visitor(app), CAMILLE).text for _ in range(PER_EMAIL[0] + 1)}

    assert (len(answers), len(requests(context))) == (1, PER_EMAIL[0])
    context.clock.advance(seconds=PER_EMAIL[1])
    ask(Visitor(app), CAMILLE)
    assert len(requests(context)) == PER_EMAIL[0] + 1


def test_a_network_may_ask_so_often(context, app):
    visitor = Visitor(app)
    visitor.client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    form = visitor.get("/registrations/lost")
    for number in range(PER_NETWORK[0]):
        assert form.send({"email": f"somebody{number}@example.org"}).status == 200

    refused = form.send({"email": CAMILLE})

    assert (refused.status, refused.headers["Retry-After"]) == (429, "60")
    assert "Beaucoup de demandes viennent de votre réseau." in refused.error("email")
    assert (CAMILLE, "fr") not in requests(context)


def test_a_program_that_fills_in_what_nobody_sees_is_answered_and_not_heard(context, app):
    page = ask(Visitor(app), CAMILLE, homepage="https://spam.example")

    assert (page.status, requests(context)) == (200, [])


def test_a_request_that_waited_too_long_is_forgotten(context, app):
    made(context, publish(context))
    ask(Visitor(app), CAMILLE)
    context.clock.advance(seconds=GOOD_FOR.total_seconds())

    assert answer(context) == []


def test_erasing_the_person_blanks_the_event(context, app):
    body = made(context, publish(context))
    ask(Visitor(app), CAMILLE)
    answer(context)
    with context.database.write() as db:
        [registration] = db.scalars(sa.select(Registration)).all()
        blank_events(db, [registration.id], now=NOW)

    with context.database.read() as db:
        [data] = db.scalars(
            sa.select(OUTBOX.c.data).where(OUTBOX.c.type == "registration.links_requested")
        )
    assert data == {"email": None, "locale": "fr", "registrations": None}
    assert body["token"] not in str(data)


def test_a_cancelled_session_is_told_as_such(context, app):
    session = publish(context)
    made(context, session)
    publish_again(context, session, status="cancelled")
    ask(Visitor(app), CAMILLE)

    [told] = answer(context)

    assert told["registrations"][0]["bookings"][0]["session"]["status"] == "cancelled"


def test_the_form_and_the_unknown_registration_lead_there(context, app):
    visitor = Visitor(app)
    for page in (
        visitor.get(f"/register/{publish(context)}"),
        visitor.get("/registrations/none-of-this-name"),
    ):
        assert 'href="/registrations/lost"' in page.html
