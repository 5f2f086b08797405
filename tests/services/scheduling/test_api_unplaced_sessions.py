"""The tray over the API: sessions without a time are made, placed, and taken off again."""

from typing import Any

import pytest

from services.scheduling.domain.releasing import release
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from tests.services.scheduling.drafted_programme import DraftedProgramme
from tests.services.scheduling.programs import Program

TRAY = "/api/v1/draft/unplaced_sessions"


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        programme.session = programme.add_session()
        return programme


@pytest.fixture
def program(context: ServiceContext) -> Program:
    return Program(context)


def test_a_session_is_made_without_a_time_changed_listed_and_thrown_away(
    program: Program, programme: DraftedProgramme
) -> None:
    activity_id = str(programme.session.activity_id)
    asked = {"activity_id": activity_id, "note": "Une salle noire", "registration": "here"}
    made = program("POST", TRAY, {**asked, "capacity": 12})
    assert made.status_code == 201, made.text
    content: dict[str, Any] = made.get_json()
    assert content == {
        "id": content["id"],
        "revision": 1,
        "edited_at": "2026-09-24T08:00:00+00:00",
        "edited_by": content["edited_by"],
        "edition_id": str(programme.edition.id),
        "activity_id": activity_id,
        "venue_id": None,
        "space_id": None,
        "minutes": 60,
        "note": "Une salle noire",
        "kind": "timed",
        "weekly_hours": [],
        "closures": [],
        "registration": "here",
        "registration_link": None,
        "registration_telephone": None,
        "registration_email": None,
        "registration_full": False,
        "registration_opens_at": None,
        "registration_closes_at": None,
        "capacity": 12,
        "seat_categories": ["adults", "children"],
    }
    address = made.headers["Location"]
    changed = program("PATCH", address, {"minutes": 45, "capacity": 8}, If_Match='"1"')
    assert changed.get_json() == {**content, "minutes": 45, "capacity": 8, "revision": 2}
    assert program("PATCH", address, {"minutes": 30}, If_Match='"1"').status_code == 412
    refused = program("PATCH", address, {"starts_at": "2026-10-03T08:00:00Z"}, If_Match='"2"')
    assert list(refused.get_json()["errors"]["json"]) == ["starts_at"]
    found = program("GET", f"{TRAY}?edition={programme.edition.slug}&q=muon").get_json()["items"]
    assert found == [changed.get_json()]
    assert program("GET", f"{TRAY}?q=glacier").get_json()["items"] == []
    assert program("DELETE", address, If_Match='"2"').status_code == 204
    assert program("GET", address).status_code == 404


def test_a_session_is_placed_and_taken_off_under_the_same_id(
    program: Program, programme: DraftedProgramme
) -> None:
    session = f"/api/v1/draft/sessions/{programme.session.id}"
    before = program("GET", session).get_json()
    tray = program("POST", f"{session}/unplace", If_Match='"1"')
    assert tray.status_code == 200, tray.text
    kept = tray.get_json()
    assert {name: kept[name] for name in ("id", "minutes", "venue_id", "capacity")} == {
        "id": before["id"],
        "minutes": 60,
        "venue_id": before["venue_id"],
        "capacity": 30,
    }
    assert program("GET", session).status_code == 404

    place = f"{TRAY}/{before['id']}/place"
    where = {name: before[name] for name in ("venue_id", "space_id", "starts_at")}
    assert program("POST", place, where, If_Match='"2"').status_code == 422
    where["ends_at"] = before["ends_at"]
    assert program("POST", place, where, If_Match='"1"').status_code == 412
    placed = program("POST", place, where, If_Match='"2"')
    assert placed.get_json() == {
        **before,
        "revision": 3,
        "edited_by": kept["edited_by"],
    }
    assert placed.headers["ETag"] == '"3"'
    assert program("POST", place, where, If_Match='"3"').status_code == 404


def test_a_released_session_cannot_be_taken_off(
    program: Program, programme: DraftedProgramme, context: ServiceContext
) -> None:
    with context.database.write() as db:
        release(db, programme.edition.id, now=NOW)
    refused = program(
        "POST", f"/api/v1/draft/sessions/{programme.session.id}/unplace", If_Match='"1"'
    )
    assert (refused.status_code, refused.get_json()["type"].rpartition(":")[2]) == (409, "in_use")
