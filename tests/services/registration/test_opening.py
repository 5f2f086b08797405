"""Registration opens at a set time: before it a countdown, and nobody gets in."""

import re
from datetime import timedelta

import pytest
from icalendar import Calendar

from services.registration.pages.words import left_words
from services.registration.web import create_app
from shared.i18n import speaking, translator
from shared.testing.calendars import assert_valid_calendar
from shared.testing.contexts import NOW, FrozenClock, make_context
from tests.services.registration.browsing import FAMILY, Visitor, how_many
from tests.services.registration.factories import publish, publish_again, register, request, wanted
from tests.services.registration.test_registration_api import body, post

OPENS_AT = NOW + timedelta(days=2, hours=3)
OPENING = {"registration_opens_at": OPENS_AT.isoformat()}
SAID = "samedi 26 septembre 2026 à 13\u00a0h\u00a000"


@pytest.fixture
def clock():
    return FrozenClock()


@pytest.fixture
def context(database_url, clock):
    made = make_context("registration", database_url, clock=clock)
    yield made
    made.database.dispose()


@pytest.fixture
def app(context):
    return create_app(context)


def admit(context, session, *, now):
    """Let a family ask for seats at this instant; return how it went."""
    [answer] = register(context, request(wanted(session)), now=now)
    return answer.status, answer.body.get("bookings")[0].get("code")


def test_nobody_is_admitted_before_the_opening_and_whoever_comes_at_its_instant_is(context):
    session = publish(context, **OPENING)

    too_early = admit(context, session, now=OPENS_AT - timedelta(microseconds=1))
    at_once = admit(context, session, now=OPENS_AT)

    assert (too_early, at_once) == ((409, "not_open_yet"), (201, None))
    assert how_many(context) == 1


def test_a_program_that_asks_too_early_is_told_when_it_opens(context, app, clock):
    client = app.test_client()
    session, open_one = publish(context, **OPENING), publish(context)
    basket = body(session, open_one)

    refused = post(client, basket)

    assert (refused.status_code, refused.json["code"], refused.json["detail"]) == (
        409,
        "not_open_yet",
        "Les inscriptions à cette séance ne sont pas encore ouvertes.",
    )
    assert refused.json["bookings"] == [
        {
            "pointer": "/bookings/0",
            "session_id": str(session),
            "code": "not_open_yet",
            "seats_left": None,
            "opens_at": OPENS_AT.isoformat(),
        }
    ]
    clock.set(OPENS_AT)
    assert post(client, basket).status_code == 201


def test_under_the_key_of_a_request_that_came_too_early_one_gets_in_once_it_opens(
    context, app, clock
):
    client = app.test_client()
    session, open_one = publish(context, **OPENING), publish(context)
    early = [post(client, body(session, open_one), key="k").status_code for _ in range(2)]
    clock.set(OPENS_AT)
    made, again = (post(client, body(session, open_one), key="k") for _ in range(2))
    assert (early, made.status_code, again.json) == ([409, 409], 201, made.json)
    assert how_many(context) == 1


def test_what_was_registered_before_an_opening_was_moved_is_answered_again(context, app):
    client, session = app.test_client(), publish(context)
    made = post(client, body(session), key="k")
    publish_again(context, session, **OPENING)
    again = post(client, body(session), key="k")
    assert (made.status_code, again.status_code, again.json) == (201, 201, made.json)
    assert how_many(context) == 1


def test_the_form_waits_behind_a_countdown_until_the_opening(context, app, clock):
    session = publish(context, **OPENING)
    visitor = Visitor(app)

    page = visitor.get(f"/register/{session}")

    assert (page.status, page.headers["Cache-Control"]) == (200, "no-store")
    assert f"Les inscriptions ouvrent le {SAID}" in page.text
    assert "Encore 2 jours et 3 heures." in page.text
    left = timedelta(days=2, hours=3) // timedelta(milliseconds=1)
    assert re.search(r'data-countdown="(\d+)"', page.html)[1] == str(left)
    assert visitor.get(f"/register/{session}/opening").response.json == {"left": left}
    assert ('name="email"' in page.html, "http-equiv" in page.html) == (False, False)

    clock.set(OPENS_AT - timedelta(minutes=20))
    soon = visitor.get(f"/register/{session}")
    assert f'http-equiv="refresh" content="1201;url=/register/{session}"' in soon.html

    clock.set(OPENS_AT)
    assert 'name="email"' in visitor.get(f"/register/{session}").html
    assert visitor.get(f"/register/{session}/opening").response.json == {"left": 0}


def test_the_opening_can_be_taken_into_a_calendar_that_rings(context, app):
    session, open_one = publish(context, **OPENING), publish(context)
    visitor = Visitor(app)
    page = visitor.get(f"/register/{session}")
    assert f'href="/register/{session}/opening.ics"' in page.html

    calendar = visitor.get(f"/register/{session}/opening.ics").response.data

    assert_valid_calendar(calendar)
    [entry] = Calendar.from_ical(calendar).walk("VEVENT")
    assert (str(entry["UID"]), str(entry["SUMMARY"])) == (
        f"opening-{session}@parvis",
        "Inscriptions\u00a0: Voir un muon",
    )
    assert entry.decoded("DTSTART") == OPENS_AT
    assert [alarm.decoded("TRIGGER") for alarm in entry.walk("VALARM")] == [-timedelta(minutes=10)]
    assert visitor.get(f"/register/{open_one}/opening.ics").status == 404


def test_the_countdown_speaks_english(context, app):
    page = Visitor(app).get(f"/register/{publish(context, **OPENING)}?lang=en")

    assert "Registration opens on Saturday 26 September 2026 at 13:00" in page.text
    assert "2 days and 3 hours to go." in page.text


def test_a_form_that_was_open_before_its_opening_was_moved_registers_nobody(context, app):
    session = publish(context)
    form = Visitor(app).get(f"/register/{session}")
    publish_again(context, session, **OPENING)

    early = form.send(FAMILY)

    assert early.status == 409
    assert "Les inscriptions ne sont pas encore ouvertes\u00a0: rien n’a été enregistré." in (
        early.text
    )
    assert how_many(context) == 0


def test_an_opening_after_the_end_leaves_registration_closed(context, app):
    late = {"registration_opens_at": (NOW + timedelta(days=8)).isoformat()}
    session = publish(context, **late)

    context.clock.set(NOW + timedelta(days=7))

    assert "Les inscriptions sont closes." in Visitor(app).get(f"/register/{session}").text


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(0), "0 seconde"),
        (timedelta(seconds=1), "1 seconde"),
        (timedelta(seconds=61), "1 minute et 1 seconde"),
        (timedelta(minutes=10), "10 minutes"),
        (timedelta(hours=1, seconds=59), "1 heure"),
        (timedelta(days=1, hours=23, minutes=59), "1 jour et 23 heures"),
    ],
)
def test_what_is_left_is_said_in_its_two_largest_units(left, said):
    with speaking(translator("services.registration", "fr")):
        assert left_words(left).replace("\u00a0", " ") == said
