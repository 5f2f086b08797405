"""The calendar of one registration keeps the calendar promise."""

from datetime import timedelta
from uuid import UUID

import icalendar
import pytest

from services.registration.domain.changing import cancel_booking, change_party
from services.registration.web import create_app
from shared.identifiers import new_id
from shared.testing.calendars import assert_valid_calendar
from shared.testing.contexts import NOW
from tests.services.registration.factories import (
    moved,
    publish,
    publish_again,
    register,
    request,
    tell,
    told,
    wanted,
)


@pytest.fixture
def client(context):
    return create_app(context).test_client()


def events(response):
    calendar = icalendar.Calendar.from_ical(response.data)
    return {str(event["UID"]): event for event in calendar.walk("VEVENT")}


def test_it_follows_its_sessions_and_bookings(context, client):
    one = publish(context, uid="one@parvis.test", sequence=3)
    two = publish(context, uid="two@parvis.test", sequence=0, capacity=2)
    register(context, request(wanted(two)))
    [answer] = register(context, request(wanted(one), wanted(two, may_wait=True)))
    token = answer.body["token"]
    first, _second = (UUID(booking["id"]) for booking in answer.body["bookings"])
    address = f"/feeds/registrations/{token}.ics"

    feed = client.get(address)
    assert feed.content_type == "text/calendar; charset=utf-8"
    code = answer.body["code"]
    name = str(icalendar.Calendar.from_ical(feed.data)["NAME"])
    assert name == f"Mon inscription {code[:4]}\u00a0{code[4:]}"
    found = events(feed)
    assert {uid: (str(e["STATUS"]), e["SEQUENCE"]) for uid, e in found.items()} == {
        "one@parvis.test": ("CONFIRMED", 3),
        "two@parvis.test": ("TENTATIVE", 0),
    }
    event = found["one@parvis.test"]
    assert event["DTSTART"].dt == NOW + timedelta(days=7)
    assert event["DTSTART"].params["TZID"] == "Europe/Paris"
    assert str(event["SUMMARY"]) == "Voir un muon"
    assert str(event["LOCATION"]) == "Atelier, La Casemate, 2 place Saint-Laurent, 38000 Grenoble"
    assert str(event["URL"]) == f"http://127.0.0.1:8000/sessions/{one}"

    same = client.get(address, headers={"If-None-Match": feed.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")

    context.clock.advance(minutes=5)
    with context.database.write() as db:
        change_party(db, token, first, {"adults": 1}, now=context.clock())
        cancel_booking(db, token, first, now=context.clock())
    publish(context, version=2, id=str(two), uid="two@parvis.test", sequence=4, capacity=9)
    changed = client.get(address, headers={"If-None-Match": feed.headers["ETag"]})
    assert changed.status_code == 200
    found = events(changed)
    assert {uid: (str(e["STATUS"]), e["SEQUENCE"]) for uid, e in found.items()} == {
        "one@parvis.test": ("CANCELLED", 5),
        "two@parvis.test": ("TENTATIVE", 5),
    }
    assert found["one@parvis.test"]["LAST-MODIFIED"].dt == context.clock()


def test_a_cancelled_session_stays_as_cancelled(context, client):
    session = publish(context, uid="u@parvis.test", sequence=1)
    [answer] = register(context, request(wanted(session)))
    publish(
        context, version=2, id=str(session), uid="u@parvis.test", sequence=2, status="cancelled"
    )
    feed = client.get(f"/feeds/registrations/{answer.body['token']}.ics")
    event = events(feed)["u@parvis.test"]
    assert (str(event["STATUS"]), event["SEQUENCE"]) == ("CANCELLED", 2)


def test_an_exhibition_is_one_span_that_leaves_its_reader_free(context, client):
    session = publish(context, kind="exhibition", uid="u@parvis.test")
    [answer] = register(context, request(wanted(session), locale="en"))
    event = events(client.get(f"/feeds/registrations/{answer.body['token']}.ics"))["u@parvis.test"]
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert str(event["TRANSP"]) == "TRANSPARENT"
    assert str(event["SUMMARY"]) == "See a muon"


def test_nobody_without_the_token_sees_it(client):
    assert client.get(f"/feeds/registrations/{'x' * 22}.ics").status_code == 404


def test_through_a_release_the_entry_keeps_its_uid_and_its_sequence_only_rises(context, client):
    uid = "u@parvis.test"
    session = publish(context, uid=uid, sequence=1)
    [answer] = register(context, request(wanted(session)))
    address = f"/feeds/registrations/{answer.body['token']}.ics"
    seen = []

    def look():
        event = events(client.get(address))[uid]
        seen.append((str(event["STATUS"]), event["SEQUENCE"], event["DTSTART"].dt))

    look()
    publish_again(context, session, sequence=2, **moved(hours=2))
    look()
    tell(context)
    look()
    publish_again(context, session, sequence=3, status="cancelled")
    look()
    tell(context)
    look()
    publish_again(context, session, sequence=4, status="confirmed")
    look()
    begins, later = NOW + timedelta(days=7), NOW + timedelta(days=7, hours=2)
    assert seen == [
        ("CONFIRMED", 1, begins),
        ("CONFIRMED", 2, later),
        ("CONFIRMED", 2, later),
        ("CANCELLED", 3, later),
        ("CANCELLED", 4, later),
        ("CANCELLED", 5, later),
    ]
    [told_last] = told(context)[1:]
    [booking] = told_last["bookings"]
    assert 3 + booking["revision"] == 4


def test_seats_offered_in_a_release_are_in_the_feed_before_anybody_is_told(context, client):
    session, release = publish(context, capacity=2), new_id()
    register(context, request(wanted(session)))
    [answer] = register(context, request(wanted(session, may_wait=True)))
    address = f"/feeds/registrations/{answer.body['token']}.ics"
    feed = client.get(address)
    publish_again(context, session, release_id=release, capacity=5)
    later = client.get(address, headers={"If-None-Match": feed.headers["ETag"]})
    [event] = events(later).values()
    assert (later.status_code, str(event["STATUS"]), event["SEQUENCE"]) == (200, "TENTATIVE", 3)


def test_each_booking_has_a_calendar_of_its_own(context, client):
    one = publish(context, uid="one@parvis.test", sequence=3)
    two = publish(context, uid="two@parvis.test", capacity=2)
    register(context, request(wanted(two)))
    [answer] = register(context, request(wanted(one), wanted(two, may_wait=True)))
    token = answer.body["token"]
    first, second = (booking["id"] for booking in answer.body["bookings"])
    sure = client.get(f"/registrations/{token}/bookings/{first}.ics")
    assert_valid_calendar(sure.data)
    assert sure.content_type == "text/calendar; charset=utf-8"
    assert sure.headers["Content-Disposition"] == (
        f'inline; filename="parvis-{answer.body["code"]}.ics"'
    )
    waiting = client.get(f"/registrations/{token}/bookings/{second}.ics")
    assert_valid_calendar(waiting.data)
    feed = events(client.get(f"/feeds/registrations/{token}.ics"))
    assert events(sure) | events(waiting) == feed
    assert {uid: str(event["STATUS"]) for uid, event in feed.items()} == {
        "one@parvis.test": "CONFIRMED",
        "two@parvis.test": "TENTATIVE",
    }
    same = client.get(
        f"/registrations/{token}/bookings/{first}.ics",
        headers={"If-None-Match": sure.headers["ETag"]},
    )
    assert (same.status_code, same.data) == (304, b"")
    for path in (f"{token}/bookings/{new_id()}", f"{'x' * 22}/bookings/{first}"):
        assert client.get(f"/registrations/{path}.ics").status_code == 404
