"""Private calendars: what is agreed and nothing else, behind a secret that can be taken back."""

import json
import logging
import os
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient

from services.scheduling.domain.editing.needs import need_resource
from services.scheduling.domain.editing.resources import create_resource
from services.scheduling.domain.feed_tokens import hash_of, issue_feed, revoke_feed
from services.scheduling.domain.releasing import release
from services.scheduling.models import (
    Activity,
    FeedToken,
    Presenter,
    PublishedPresenter,
    PublishedSession,
)
from services.scheduling.web import create_app
from shared import request_log
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.observability import configure_logs
from shared.testing.calendars import assert_valid_calendar
from shared.testing.contexts import NOW, FrozenClock
from tests.services.scheduling.console_browsing import Staff, fields_of
from tests.services.scheduling.console_programme import only
from tests.services.scheduling.drafted_programme import OPENING
from tests.services.scheduling.lent import BY, Touring


@pytest.fixture
def touring(context: ServiceContext) -> Touring:
    with context.database.write() as db:
        return Touring(db)


def opened_for(context: ServiceContext, owner: str, row_id: Any) -> str:
    """Make a private feed and return its path."""
    with context.database.write() as db:
        told: dict[str, Any] = {
            "name": "L’accueil",
            "account_id": None,
            "now": NOW,
            "token_id": new_id(),
        }
        issued = issue_feed(db, owner=owner, row_id=row_id, **told)
    assert issued is not None
    return f"/feeds/private/{issued.value}.ics"


def entries(client: FlaskClient, path: str) -> dict[str, Any]:
    """Return the entries of a calendar that three readers accept, by UID."""
    response = client.get(path)
    assert response.status_code == 200, response.text
    assert_valid_calendar(response.data)
    events = icalendar.Calendar.from_ical(response.data).walk("VEVENT")
    return {str(event["UID"]): event for event in events}


def test_a_venue_reads_expected_numbers_contacts_deliveries_and_pickups(
    context: ServiceContext, client: FlaskClient, touring: Any
) -> None:
    with context.database.write() as db:
        programme = touring.programme
        programme._db = touring.db = db
        activity = programme.add_activity("Voir un muon")
        draft = programme.add_session(programme.add_activity("Brouillon"))
        draft_uid = draft.uid
        db.get_one(Activity, activity.id).contact_name = "Ada Martin"
        kit = {"kind": "kit", "name": "Chambre à brouillard", "setup_minutes": 30}
        kit["contact_telephone"] = "04 76 00 00 00"
        resource = create_resource(db, kit, **BY)
        need_resource(db, activity.id, resource.id, 1, **BY)
        first = programme.add_session(activity)
        second = programme.add_session(activity, starts_at=OPENING + timedelta(hours=2))
        draft.held_back = True
        db.flush()
        release(db, programme.edition.id, now=NOW)
        published = db.get_one(PublishedSession, first.id)
        published.seats_taken, published.bookings, published.waiting = 24, 11, 2
        stop = touring.request(start=3, transporter="Routes alpines", contact_name="Le gardien")
        touring.step(stop, "option", option_until=date(2026, 9, 28))
    path = opened_for(context, "venue_id", touring.programme.venue.id)
    found = entries(client, path)
    delivery, pickup = f"delivery-{stop.id}@parvis", f"pickup-{stop.id}@parvis"
    setup = f"delivery-{first.id}-{resource.id}@parvis"
    assert set(found) == {first.uid, second.uid, delivery, pickup, setup}
    assert draft_uid not in found
    told = str(found[first.uid]["DESCRIPTION"]).split("\n\n")
    assert told[:2] == [
        "Attendus\u00a0: 24 places prises sur 30, 11 inscriptions, 2 groupes attendent.",
        "Contact\u00a0: Ada Martin",
    ]
    brought = found[setup]
    assert str(brought["SUMMARY"]) == "Livraison et montage\u00a0: Chambre à brouillard"
    assert (brought.decoded("DTSTART"), brought.decoded("DTEND")) == (
        OPENING - timedelta(minutes=30),
        OPENING,
    )
    assert "04 76 00 00 00" in str(brought["DESCRIPTION"])
    entry = found[delivery]
    assert (str(entry["STATUS"]), entry["SEQUENCE"]) == ("TENTATIVE", 4)
    assert (entry.decoded("DTSTART"), entry.decoded("DTEND")) == (stop.arrives_at, stop.opens_at)
    assert "Routes alpines" in str(entry["DESCRIPTION"])
    assert "Sur place\u00a0: Le gardien" in str(entry["DESCRIPTION"])
    assert str(found[pickup]["SUMMARY"]) == "Démontage et enlèvement\u00a0: Glaciers d’ici"


def test_what_becomes_of_a_stop_reaches_subscribers_under_one_uid(
    context: ServiceContext, client: FlaskClient, clock: FrozenClock, touring: Any
) -> None:
    with context.database.write() as db:
        touring.db = db
        stop = touring.request()
    path = opened_for(context, "organisation_id", touring.programme.organisation.id)
    uid = f"delivery-{stop.id}@parvis"
    seen = [entries(client, path).get(uid)]

    def after(name: str, **values: Any) -> None:
        with context.database.write() as db:
            touring.db = db
            touring.step(stop, name, **values)
        seen.append(entries(client, path)[uid])

    after("option", option_until=date(2026, 9, 28))
    clock.now = datetime(2026, 9, 28, 22, 0, tzinfo=UTC)
    seen.append(entries(client, path)[uid])
    after("confirm", now=clock.now)
    after("cancel", now=clock.now)
    assert seen[0] is None
    told = [(str(event["STATUS"]), event["SEQUENCE"]) for event in seen[1:] if event]
    assert told == [("TENTATIVE", 4), ("CANCELLED", 5), ("CONFIRMED", 6), ("CANCELLED", 8)]


def test_a_presenter_reads_where_to_be(
    context: ServiceContext, client: FlaskClient, touring: Any
) -> None:
    with context.database.write() as db:
        programme = touring.programme
        programme._db = db
        one, _other = programme.add_session(), programme.add_session(space_id=None)
        release(db, programme.edition.id, now=NOW)
        presenter = Presenter(name="Ada Martin", edited_at=NOW)
        db.add(presenter)
        db.flush()
        db.add(PublishedPresenter(session_id=one.id, presenter_id=presenter.id))
    assert set(entries(client, opened_for(context, "presenter_id", presenter.id))) == {one.uid}


def test_an_unchanged_calendar_is_not_sent_again_and_no_proxy_keeps_it(
    context: ServiceContext, client: FlaskClient, touring: Any
) -> None:
    with context.database.write() as db:
        touring.programme._db = db
        session = touring.programme.add_session()
        release(db, touring.programme.edition.id, now=NOW)
    path = opened_for(context, "venue_id", touring.programme.venue.id)
    first = client.get(path)
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert first.headers["Referrer-Policy"] == "no-referrer"
    assert first.headers["X-Robots-Tag"] == "noindex, nofollow"
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get(path, headers=tag).status_code == 304
    with context.database.write() as db:
        db.get_one(PublishedSession, session.id).seats_taken = 3
    assert client.get(path, headers=tag).status_code == 200
    assert client.get(f"{path}?lang=en").headers["ETag"] != first.headers["ETag"]


def test_a_secret_is_kept_as_its_hash_and_opens_nothing_once_revoked(
    context: ServiceContext, client: FlaskClient, touring: Any
) -> None:
    path = opened_for(context, "venue_id", touring.programme.venue.id)
    value = path.removeprefix("/feeds/private/").removesuffix(".ics")
    assert len(value) * 6 >= 128
    assert client.get(path).status_code == 200
    token = only(context, FeedToken)
    assert (token.token_hash, token.last_used_on) == (hash_of(value), NOW.date())
    assert client.get("/feeds/private/" + value[:-1] + ".ics").status_code == 404
    assert client.get(f"/feeds/private/{'é' * 32}.ics").status_code == 404
    assert client.get(f"/feeds/private/{'a' * 5000}.ics").status_code == 404
    with context.database.write() as db:
        assert revoke_feed(db, token.id, NOW)
        assert not revoke_feed(db, token.id, NOW)
    assert client.get(path).status_code == 404


@pytest.fixture
def logs() -> Iterator[None]:
    """Take back how this test logs."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.usefixtures("logs")
@pytest.mark.parametrize("is_broken", [False, True])
def test_the_secret_is_in_no_log_whatever_happens(
    context: ServiceContext,
    client: FlaskClient,
    touring: Any,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    is_broken: bool,
) -> None:
    configure_logs()  # as a web process does
    path = opened_for(context, "venue_id", touring.programme.venue.id)
    value = path.removeprefix("/feeds/private/").removesuffix(".ics")
    reading, writing = os.pipe()
    monkeypatch.setattr(request_log, "_writer", request_log.LineWriter(writing))
    if is_broken:
        client.application.testing = False
        client.application.config["PROPAGATE_EXCEPTIONS"] = False

        def fail(*_arguments: Any, **_options: Any) -> None:
            raise RuntimeError("the calendar cannot be read")

        monkeypatch.setattr("services.scheduling.pages.private_feeds.sessions_of", fail)
    assert client.get(path).status_code == (500 if is_broken else 200)
    logged = os.read(reading, 65536).decode()  # the writer's own thread is waited for
    for end in (reading, writing):
        os.close(end)
    (line,) = [json.loads(each) for each in logged.splitlines()]
    assert line["route"] == "/feeds/private/<token>.ics"
    printed = "".join(capfd.readouterr())
    assert ("the calendar cannot be read" in printed) is is_broken
    assert value not in logged + printed + caplog.text


def test_who_acts_for_a_venue_makes_its_calendar_and_sees_its_address_once(
    context: ServiceContext, touring: Any
) -> None:
    app: Flask = create_app(context)
    venue_id = touring.programme.venue.id
    page = f"/console/feeds/venues/{venue_id}"
    keeper = Staff(context, "venue", name="Gil Gardien", app=app, venues=[venue_id])
    stranger = Staff(context, "venue", name="Autre Lieu", app=app, venues=())
    assert stranger.get(page).status_code == 403
    form = keeper.form_of(page)
    (form["id"],) = re.findall(r'name="id" value="([^"]+)"', keeper.get(page).text)
    assert keeper.send(page, form).status_code == 422
    made = keeper.send(page, form, name="Le gardien")
    (address,) = re.findall(r'value="(http[^"]+\.ics)"', made.text)
    assert made.headers["Cache-Control"] == "no-store"
    path = address.removeprefix("http://127.0.0.1:8000")
    assert app.test_client().get(path).status_code == 200
    again = keeper.follow(keeper.send(page, form, name="Le gardien"))
    assert "Son adresse ne peut plus être montrée." in again
    assert path not in again
    token = only(context, FeedToken)
    revoking = f"{page}/{token.id}/revoke"
    assert stranger.client.post(revoking, data=form).status_code in (400, 403)
    assert app.test_client().get(path).status_code == 200
    sent = keeper.client.post(revoking, data=fields_of(keeper.get(revoking).text))
    assert "ne mène plus nulle part" in keeper.follow(sent)
    assert app.test_client().get(path).status_code == 404
