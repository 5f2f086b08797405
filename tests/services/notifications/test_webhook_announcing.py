"""What webhooks are told of which events: their own organisation's, in ids and numbers alone."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.notifications.domain.sessions import keep_session
from services.notifications.domain.webhooks.keeping import Scope, TooMany
from services.notifications.domain.webhooks.kinds import REGISTRATION_MADE
from shared.context import ServiceContext
from shared.messaging.handlers import Parked
from tests.services.notifications.events import (
    cancelled,
    changed,
    know_session,
    made,
    released,
    session_published,
)
from tests.services.notifications.test_erasing import erased, forget
from tests.services.notifications.webhooks import OWN, WHOLE, announce, deliveries, make

SESSION = "01a1b2c3-0000-7000-8000-000000000001"
REGISTRATION = "01a1b2c3-0000-7000-8000-000000000020"
BOOKING = "01a1b2c3-0000-7000-8000-000000000021"

#: The session of another organisation that the same registration books.
OTHER_SESSION, OTHER_BOOKING = str(uuid4()), str(uuid4())
OTHER = {"id": str(uuid4()), "name": "Muséum", "email": None}


def told(context: ServiceContext) -> list[dict[str, Any]]:
    return [one.payload for one in deliveries(context)]


def know_other_session(context: ServiceContext) -> None:
    """Let notifications know a session of another organisation in the same edition."""
    event = session_published(id=OTHER_SESSION, organisation=OTHER)
    with context.database.write() as db:
        keep_session(db, replace(event, aggregate_id=UUID(OTHER_SESSION)))


def basket(**changes: Any) -> list[dict[str, Any]]:
    """Return the bookings of a registration for both sessions."""
    [booking] = made().data["bookings"]
    other = booking | {"id": OTHER_BOOKING, "session_id": OTHER_SESSION, "seats": 1}
    return [booking | changes, other]


def test_a_session_is_told_with_what_the_programme_shows(context: ServiceContext) -> None:
    make(context)
    assert announce(context, session_published()) == 1
    assert told(context) == [
        {
            "type": "session.published",
            "timestamp": "2026-09-24T08:00:00+00:00",
            "data": {
                "id": SESSION,
                "version": 1,
                "uid": f"{SESSION}@parvis",
                "status": "confirmed",
                "kind": "timed",
                "title": {"fr": "Fabrique ton glacier", "en": "Build your own glacier"},
                "starts_at": "2026-10-10T12:00:00+00:00",
                "ends_at": "2026-10-10T13:30:00+00:00",
                "time_zone": "Europe/Paris",
                "registration": "here",
                "capacity": 12,
                "activity_id": "01a1b2c3-0000-7000-8000-000000000002",
                "organisation_id": str(OWN.organisation_id),
                "edition": {"id": str(WHOLE.edition_id), "slug": "fete-de-la-science-2026"},
                "venue": {
                    "id": "01a1b2c3-0000-7000-8000-000000000005",
                    "name": "Médiathèque de Voiron",
                    "commune": "Voiron",
                },
                "page": f"https://fds.example/sessions/{SESSION}",
            },
        }
    ]


def test_what_became_of_a_session_is_in_the_type(sqlite_context: ServiceContext) -> None:
    make(sqlite_context)
    for event in (
        session_published(version=1),
        session_published(version=2),
        session_published(version=3, status="cancelled"),
        session_published(version=4),
    ):
        announce(sqlite_context, event)
    assert [(one["type"], one["data"]["version"]) for one in told(sqlite_context)] == [
        ("session.published", 1),
        ("session.changed", 2),
        ("session.cancelled", 3),
        ("session.changed", 4),
    ]


def test_the_same_event_is_told_once_under_one_id(context: ServiceContext) -> None:
    make(context)
    event = session_published()
    assert [announce(context, event) for _ in range(3)] == [1, 0, 0]
    assert len(deliveries(context)) == 1


def test_a_registration_is_told_in_ids_and_numbers_and_nobodys_name(
    context: ServiceContext,
) -> None:
    make(context)
    know_session(context)
    event = made()
    assert announce(context, event) == 1
    assert told(context) == [
        {
            "type": "registration.made",
            "timestamp": context.clock().isoformat(),
            "data": {
                "id": REGISTRATION,
                "version": event.aggregate_version,
                "registered_at": event.data["registered_at"],
                "bookings": [
                    {
                        "id": BOOKING,
                        "session_id": SESSION,
                        "status": "confirmed",
                        "seats": event.data["bookings"][0]["seats"],
                        "party": event.data["bookings"][0]["party"],
                    }
                ],
            },
        }
    ]
    text = json.dumps(told(context), ensure_ascii=False)
    secrets = ("email", "name", "token", "ticket", "code")
    assert [name for name in secrets if str(event.data[name]) in text] == []


def test_each_organisation_hears_of_its_own_bookings_and_the_edition_of_all(
    context: ServiceContext,
) -> None:
    know_session(context)
    know_other_session(context)
    for scope in (OWN, Scope(uuid4(), None, "Une autre"), WHOLE):
        make(context, scope)
    assert announce(context, made(bookings=basket())) == 2
    bookings = [[one["id"] for one in message["data"]["bookings"]] for message in told(context)]
    assert bookings == [[BOOKING], [BOOKING, OTHER_BOOKING]]


def test_an_organisation_hears_of_a_change_only_where_its_own_bookings_changed(
    sqlite_context: ServiceContext,
) -> None:
    know_session(sqlite_context)
    know_other_session(sqlite_context)
    make(sqlite_context)
    bookings = basket()
    heard = [
        announce(sqlite_context, event)
        for event in (
            changed(bookings=bookings, changed_bookings=[OTHER_BOOKING]),
            changed(bookings=bookings, changed_bookings=[], address_corrected=True),
            changed(bookings=bookings, changed_bookings=[BOOKING]),
            cancelled(bookings=bookings),
        )
    ]
    assert heard == [0, 0, 1, 1]
    assert [one["type"] for one in told(sqlite_context)] == [
        "registration.changed",
        "registration.cancelled",
    ]


def test_what_a_release_ended_is_told_as_a_cancellation(sqlite_context: ServiceContext) -> None:
    know_session(sqlite_context)
    make(sqlite_context)
    event = released()
    [booking], [change] = event.data["bookings"], event.data["session_changes"]
    moved = announce(sqlite_context, event)  # another hour: nobody's booking changed
    ended = released(bookings=[booking | {"status": "cancelled"}], status="cancelled")
    assert change["booking_status"] == "confirmed"
    assert (moved, announce(sqlite_context, ended)) == (0, 1)
    [message] = told(sqlite_context)
    assert message["type"] == "registration.cancelled"
    assert message["data"]["bookings"][0]["status"] == "cancelled"


def test_nobody_hears_of_what_was_before(sqlite_context: ServiceContext) -> None:
    """A service that is behind still has old events to take when somebody adds a webhook."""
    make(sqlite_context)
    know_session(sqlite_context)
    before = sqlite_context.clock() - timedelta(seconds=1)
    heard = [
        announce(sqlite_context, event, occurred_at=before)
        for event in (session_published(), made())
    ]
    assert heard == [0, 0]


def test_only_the_kinds_that_were_chosen_are_told(sqlite_context: ServiceContext) -> None:
    know_session(sqlite_context)
    make(sqlite_context, kinds=(REGISTRATION_MADE,))
    heard = [announce(sqlite_context, one) for one in (session_published(), made(), cancelled())]
    assert heard == [0, 1, 0]


def test_while_a_webhook_is_stopped_what_happens_is_held(sqlite_context: ServiceContext) -> None:
    for status in ("active", "paused", "disabled"):
        make(sqlite_context, status=status)
    announce(sqlite_context, session_published())
    found = [(one.status, one.next_attempt_at) for one in deliveries(sqlite_context)]
    assert found == [("queued", sqlite_context.clock()), ("held", None), ("held", None)]


def test_a_registration_waits_until_it_is_known_whose_its_session_is(
    sqlite_context: ServiceContext,
) -> None:
    assert announce(sqlite_context, made()) == 0  # nobody listens, nobody waits
    make(sqlite_context)
    with pytest.raises(Parked):
        announce(sqlite_context, made())
    know_session(sqlite_context)
    assert announce(sqlite_context, made()) == 1


def test_nothing_is_kept_of_a_registration_that_was_erased(context: ServiceContext) -> None:
    know_session(context)
    make(context)
    forget(context, erased(REGISTRATION))
    assert announce(context, made()) == 0
    assert deliveries(context) == []


def test_there_are_ten_webhooks_at_most_for_an_organisation(sqlite_context: ServiceContext) -> None:
    for _ in range(10):
        make(sqlite_context)
    make(sqlite_context, WHOLE)
    with pytest.raises(TooMany):
        make(sqlite_context)
