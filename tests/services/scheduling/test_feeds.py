"""Calendar feeds: what they hold, the calendar promise, and how little an unchanged one costs."""

import gzip
from datetime import datetime, timedelta
from typing import Any

import icalendar
import pytest
from flask.testing import FlaskClient

from services.scheduling.domain.releasing import release
from services.scheduling.models import MergedRow, Session
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.calendars import assert_valid_calendar
from shared.testing.contexts import NOW
from tests.services.scheduling.counting import statements_of
from tests.services.scheduling.stored_programme import (
    OPENING,
    StoredProgramme,
    edit,
    released_programme,
)


def _events(client: FlaskClient, path: str) -> list[Any]:
    response = client.get(path)
    assert response.status_code == 200, response.text
    assert_valid_calendar(response.data)
    return list(icalendar.Calendar.from_ical(response.data).walk("VEVENT"))


def _uids(client: FlaskClient, path: str) -> list[str]:
    return [str(event["UID"]) for event in _events(client, path)]


def test_every_subject_has_its_own_feed(client: FlaskClient, context: ServiceContext) -> None:
    with released_programme(context) as programme:
        one = programme.add_session()
        other = programme.add_session(
            programme.add_activity(organisation_id=None),
            venue_id=programme.add_venue("Ailleurs", commune=None).id,
            space_id=None,
            starts_at=OPENING + timedelta(days=1),
        )
    assert _uids(client, "/feeds/editions/fds-2026.ics") == [one.uid, other.uid]
    for path in (
        f"/feeds/venues/{programme.venue.id}.ics",
        f"/feeds/spaces/{programme.space.id}.ics",
        f"/feeds/organisations/{programme.organisation.id}.ics",
        "/feeds/communes/38185.ics",
        f"/sessions/{one.id}.ics",
    ):
        assert _uids(client, path) == [one.uid], path
    assert _uids(client, f"/feeds/venues/{other.venue_id}.ics") == [other.uid]


def test_a_venue_without_sessions_has_an_empty_calendar(
    client: FlaskClient, context: ServiceContext
) -> None:
    with released_programme(context) as programme:
        venue = programme.venue
    assert _events(client, f"/feeds/venues/{venue.id}.ics") == []


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/venues/0199a3b5-0000-7000-8000-000000000000.ics",
        "/feeds/venues/12.ics",
        "/feeds/editions/another.ics",
        "/feeds/editions/%00.ics",
        "/feeds/communes/99999.ics",
        "/sessions/0199a3b5-0000-7000-8000-000000000000.ics",
    ],
)
def test_a_feed_of_nothing_is_not_found(
    client: FlaskClient, context: ServiceContext, path: str
) -> None:
    assert client.get(path).status_code == 404


def test_an_entry_tells_when_where_how_and_who(
    client: FlaskClient, context: ServiceContext
) -> None:
    with released_programme(context) as programme:
        session = programme.add_session(sequence=3, registration="here", capacity=9)
    (event,) = _events(client, f"/sessions/{session.id}.ics")
    page = f"http://127.0.0.1:8000/sessions/{session.id}"
    assert str(event["UID"]) == session.uid
    assert event["SEQUENCE"] == 3
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == NOW
    assert event["DTSTART"].dt.isoformat() == "2026-10-02T10:00:00+02:00"
    assert event["DTSTART"].params["TZID"] == "Europe/Paris"
    assert str(event["SUMMARY"]) == "Voir un muon"
    assert str(event["LOCATION"]) == "Auditorium, Muséum, 1 rue Dolomieu, 38000 Grenoble"
    assert str(event["URL"]) == page
    assert str(event["ORGANIZER"]) == "mailto:coordination@parvis.example"
    assert (event["STATUS"], event["TRANSP"]) == ("CONFIRMED", "OPAQUE")
    assert str(event["DESCRIPTION"]).split("\n\n") == [
        "Une chambre à brouillard ; des traces, partout.",
        f"Sur inscription\u00a0: {page}",
        "Avec Ada Martin",
        "Proposé par Muséum de Grenoble",
        f"La séance dans le programme\u00a0: {page}",
    ]


def test_an_entry_speaks_english_when_asked(client: FlaskClient, context: ServiceContext) -> None:
    with released_programme(context) as programme:
        session = programme.add_session()
    (event,) = _events(client, f"/sessions/{session.id}.ics?lang=en")
    page = f"http://127.0.0.1:8000/sessions/{session.id}?lang=en"
    assert str(event["SUMMARY"]) == "See a muon"
    assert str(event["DESCRIPTION"]).split("\n\n")[1:] == [
        "Free entry, no registration.",
        "With Ada Martin",
        "By Muséum de Grenoble",
        f"This session in the programme: {page}",
    ]


def test_the_browsers_language_does_not_change_a_feed(
    client: FlaskClient, context: ServiceContext
) -> None:
    with released_programme(context) as programme:
        session = programme.add_session()
    path = f"/sessions/{session.id}.ics"
    assert client.get(path).data == client.get(path, headers={"Accept-Language": "en"}).data


def test_an_exhibition_is_one_span_of_days_that_leaves_its_reader_free(
    client: FlaskClient, context: ServiceContext
) -> None:
    hours = [{"weekday": day, "opens": "10:00", "closes": "18:00"} for day in range(2, 8)]
    with released_programme(context) as programme:
        session = programme.add_session(
            kind="exhibition",
            ends_at=datetime.fromisoformat("2027-01-03T18:00:00+01:00"),
            weekly_hours=hours,
            registration="elsewhere",
            registration_telephone="04 76 44 05 35",
        )
    (event,) = _events(client, f"/sessions/{session.id}.ics")
    assert event["DTSTART"].dt.isoformat() == "2026-10-02"
    assert event["DTEND"].dt.isoformat() == "2027-01-04"
    assert event["TRANSP"] == "TRANSPARENT"
    told = str(event["DESCRIPTION"]).split("\n\n")
    assert told[1] == "Du 2 octobre 2026 au 3 janvier 2027, du mardi au dimanche."
    assert told[2] == "Sur réservation auprès de l’organisateur\u00a0: 04 76 44 05 35"


def test_a_cancelled_session_stays_as_cancelled(
    client: FlaskClient, context: ServiceContext
) -> None:
    with released_programme(context) as programme:
        session = programme.add_session(status="cancelled", sequence=1)
    (event,) = _events(client, f"/feeds/venues/{programme.venue.id}.ics")
    assert (str(event["UID"]), event["STATUS"], event["SEQUENCE"]) == (session.uid, "CANCELLED", 1)
    assert str(event["DESCRIPTION"]).startswith("Cette séance est annulée.")


def test_a_session_that_no_calendar_can_carry_spoils_no_feed(
    client: FlaskClient, context: ServiceContext
) -> None:
    with released_programme(context) as programme:
        good = programme.add_session()
        programme.add_session(
            starts_at=datetime.fromisoformat("3500-01-01T00:00:00+00:00"),
        )
        programme.edition.contact_email = "the people at the desk"
    (event,) = _events(client, f"/feeds/venues/{programme.venue.id}.ics")
    assert str(event["UID"]) == good.uid
    assert str(event["ORGANIZER"]) == "mailto:parvis@localhost"


@pytest.mark.parametrize("count", [1, 40])
def test_an_unchanged_feed_costs_one_statement(
    client: FlaskClient, context: ServiceContext, count: int
) -> None:
    with released_programme(context) as programme:
        programme.add_sessions(count)
    path = f"/feeds/venues/{programme.venue.id}.ics"
    first = client.get(path)
    with statements_of(context.database) as sent:
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, len(sent)) == (304, b"", 1)
    with statements_of(context.database) as sent:
        assert client.get(path).status_code == 200
    assert len(sent) == 2, sent


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("known", ["{tag}", "W/{tag}", '"other", {tag}', "*"])
def test_whoever_has_a_feed_is_told_its_tag_how_long_to_keep_it_and_no_more(
    client: FlaskClient, context: ServiceContext, method: str, known: str
) -> None:
    with released_programme(context) as programme:
        programme.add_session()
    path = f"/feeds/venues/{programme.venue.id}.ics?lang=en"
    whole = client.get(path)
    tag = whole.headers["ETag"]
    asked = {"If-None-Match": known.format(tag=tag)}
    told = client.open(path, method=method, headers=asked)
    assert (told.status_code, told.data) == (304, b"")
    headers = {name: value for name, value in told.headers if name != "X-Correlation-Id"}
    same = ("ETag", "Cache-Control", "Vary")
    assert headers == {name: whole.headers[name] for name in same}
    assert len(told.headers["X-Correlation-Id"]) == 32


def test_the_language_and_the_packing_are_versions_of_their_own(
    client: FlaskClient, context: ServiceContext
) -> None:
    with released_programme(context) as programme:
        programme.add_session()
    path = f"/feeds/venues/{programme.venue.id}.ics"
    tags = [
        client.get(path + query, headers={"Accept-Encoding": packing}).headers["ETag"]
        for query in ("", "?lang=en")
        for packing in ("identity", "gzip")
    ]
    assert len(set(tags)) == 4
    for query, known in (("", tags[:2]), ("?lang=fr", tags[:2]), ("?lang=en", tags[2:])):
        status = [
            client.get(path + query, headers={"If-None-Match": tag}).status_code for tag in tags
        ]
        assert status == [304 if tag in known else 200 for tag in tags], query


def test_nobody_learns_by_a_tag_that_something_unreleased_is_there(
    client: FlaskClient, context: ServiceContext
) -> None:
    with context.database.write() as db:
        programme = StoredProgramme(db)
        draft = programme.add_session()
    any_version = {"If-None-Match": "*", "If-Modified-Since": "Thu, 01 Jan 2099 00:00:00 GMT"}
    for path in ("/feeds/editions/fds-2026.ics", f"/sessions/{draft.id}.ics"):
        assert client.get(path, headers=any_version).status_code == 404, path
    assert client.post("/feeds/communes/38185.ics", headers=any_version).status_code in (400, 405)


def test_a_subscriber_under_the_address_of_a_merged_venue_is_told_that_nothing_changed(
    client: FlaskClient, context: ServiceContext
) -> None:
    with released_programme(context) as programme:
        programme.add_session()
    old = new_id()
    with context.database.write() as db:
        row = {"old_id": old, "noun": "venues", "new_id": programme.venue.id, "merged_at": NOW}
        db.add(MergedRow(**row))
    tag = client.get(f"/feeds/venues/{programme.venue.id}.ics").headers["ETag"]
    moved = client.get(f"/feeds/venues/{old}.ics")
    assert moved.headers["ETag"] == tag
    again = client.get(f"/feeds/venues/{old}.ics", headers={"If-None-Match": tag})
    assert (again.status_code, again.headers["ETag"]) == (304, tag)
    assert "Set-Cookie" not in again.headers


def test_a_feed_can_be_asked_by_date_and_comes_compressed(
    client: FlaskClient, context: ServiceContext
) -> None:
    with released_programme(context) as programme:
        programme.add_sessions(3)
    path = f"/feeds/venues/{programme.venue.id}.ics"
    plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": "gzip"})
    assert plain.headers["Last-Modified"] == "Thu, 24 Sep 2026 08:00:00 GMT"
    assert plain.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "max-age=60" in plain.headers["Cache-Control"]
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in plain.data
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    since = {"If-Modified-Since": plain.headers["Last-Modified"]}
    assert client.get(path, headers=since).status_code == 304


@pytest.mark.parametrize("change", ["changed", "added", "moved away", "renamed"])
def test_whatever_changes_gives_another_tag(
    client: FlaskClient, context: ServiceContext, change: str
) -> None:
    with released_programme(context) as programme:
        session, *_rest = programme.add_sessions(2)
        elsewhere = programme.add_venue("Ailleurs")
    path = f"/feeds/venues/{programme.venue.id}.ics"
    before = client.get(path)
    with context.database.write() as db:
        stored = db.get_one(Session, session.id)
        if change == "changed":
            edit(stored.activity, title_fr="Voir un neutrino")
        elif change == "moved away":
            edit(stored, venue_id=elsewhere.id, space_id=None)
        elif change == "renamed":
            edit(stored.venue, name="Muséum d’histoire naturelle")
        else:
            values = {
                column.key: getattr(stored, column.key)
                for column in Session.__table__.columns
                if column.key not in ("id", "uid")
            }
            db.add(Session(uid="another@parvis", **values))
        db.flush()
        release(db, stored.edition_id, now=NOW)  # at the same instant as before
    after = client.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.headers["ETag"] != before.headers["ETag"]
    assert after.data != before.data
