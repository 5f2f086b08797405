"""When people are written to about a session: its time, its place, whether it takes place."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.registration.models import Registration, SessionCopy
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from tests.services.registration.factories import (
    close,
    moved,
    publish,
    publish_again,
    register,
    request,
    session_data,
    tell,
    told,
    wanted,
)


@pytest.fixture
def release():
    return new_id()


@pytest.mark.parametrize(
    "change",
    [
        {"title": {"fr": "Voir deux muons", "en": None}},
        {"description": {"fr": "Autrement dit.", "en": None}},
        {"registration": "elsewhere", "registration_link": "https://example.org"},
        {"registration": "none"},
        {"capacity": 40},
        {"starts_at": "2026-10-08T12:00:00+02:00", "ends_at": "2026-10-08T13:00:00+02:00"},
    ],
    ids=["title", "description", "elsewhere", "no registration", "capacity", "same instant"],
)
def test_what_does_not_change_when_where_or_whether_tells_nobody(context, release, change):
    session = publish(
        context, starts_at="2026-10-08T10:00:00+00:00", ends_at="2026-10-08T11:00:00+00:00"
    )
    [answer] = register(context, request(wanted(session)))
    publish_again(context, session, release_id=release, **change)
    close(context, release, session)
    tell(context)
    assert told(context) == []
    with context.database.read() as db:
        [booking] = db.get_one(Registration, UUID(answer.body["id"])).bookings
        assert (booking.status, booking.revision) == ("confirmed", 0)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "drop_in"},
        {"time_zone": "Indian/Reunion"},
        {"weekly_hours": [{"weekday": 3, "opens": "10:00", "closes": "12:00"}]},
        {"closures": ["2026-11-11"]},
        {"space": None},
        {"status": "cancelled"},
        moved(minutes=5),
    ],
    ids=["kind", "zone", "hours", "closures", "space", "status", "time"],
)
def test_what_changes_when_where_or_whether_is_told(context, release, change):
    session = publish(context)
    register(context, request(wanted(session)))
    publish_again(context, session, release_id=release, **change)
    close(context, release, session)
    tell(context)
    [event] = told(context)
    [told_of] = event["session_changes"]
    for name, value in change.items():
        assert told_of["after"][name] == value != told_of["before"][name]


@pytest.mark.parametrize("part", ["name", "address", "postcode", "commune"])
def test_another_address_is_told_but_another_position_on_the_map_is_not(context, release, part):
    session = publish(context)
    register(context, request(wanted(session)))
    with context.database.read() as db:
        venue = db.get_one(SessionCopy, session).details["venue"]
    corrected = {**venue, "latitude": 45.0, "longitude": 5.0}
    publish_again(context, session, release_id=release, venue=corrected)
    other = {"insee_code": "38001", "name": "Ailleurs"} if part == "commune" else "Ailleurs"
    second = new_id()
    publish_again(context, session, release_id=second, venue={**corrected, part: other})
    close(context, release, session)
    tell(context)
    assert told(context) == []
    close(context, second, session)
    tell(context)
    [event] = told(context)
    assert event["session_changes"][0]["after"]["venue"][part] == other


def past(**by):
    """Return when a session was that is over; `by` is how long ago it ended."""
    ended = NOW - timedelta(**by)
    return {
        "starts_at": (ended - timedelta(hours=1)).isoformat(),
        "ends_at": ended.isoformat(),
    }


def test_what_is_over_is_told_to_nobody_when_its_venue_gets_another_name(context, release):
    session = publish(context)
    register(context, request(wanted(session)))
    venue = {**session_data()["venue"], "name": "La Casemate, CCSTI"}
    publish_again(context, session, **past(days=1))
    tell(context)
    already = len(told(context))
    publish_again(context, session, release_id=release, venue=venue)
    close(context, release, session)
    tell(context)
    assert len(told(context)) == already


@pytest.mark.parametrize(
    "change",
    [
        {"status": "cancelled"},
        moved(hours=1),
    ],
    ids=["cancelled", "held again"],
)
def test_what_is_over_is_told_when_it_is_cancelled_or_held_again(context, release, change):
    session = publish(context)
    register(context, request(wanted(session)))
    publish_again(context, session, **past(days=1))
    tell(context)
    already = len(told(context))
    publish_again(context, session, release_id=release, **change)
    close(context, release, session)
    tell(context)
    assert len(told(context)) == already + 1


def test_what_is_over_and_still_open_for_a_rehearsal_is_told(context, release):
    session = publish(context)
    register(context, request(wanted(session)))
    closes_at = (NOW + timedelta(days=20)).isoformat()
    publish_again(context, session, **past(days=300), registration_closes_at=closes_at)
    tell(context)
    already = len(told(context))
    publish_again(context, session, release_id=release, **past(days=299))
    close(context, release, session)
    tell(context)
    assert len(told(context)) == already + 1
