"""Duplicates over the API: found with their figures, previewed, and made one."""

from typing import Any
from uuid import UUID

import pytest

from services.scheduling.models import Organisation, Presenter, Space, Venue
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from tests.services.scheduling.programs import Program, organisers_token
from tests.services.scheduling.stored_programme import StoredProgramme

DRAFT = "/api/v1/draft"


@pytest.fixture
def programme(context: ServiceContext) -> StoredProgramme:
    with context.database.write() as db:
        return StoredProgramme(db)


@pytest.fixture
def museums(context: ServiceContext) -> tuple[StoredProgramme, UUID]:
    """Return the museum, and the id of the same under another name; each knows something."""
    with context.database.write() as db:
        programme = StoredProgramme(db)
        twin = programme.add_venue("Le Muséum", address="1, r. Dolomieu", directions="Tram A")
        room = Space(venue_id=twin.id, name="auditorium", edited_at=NOW)
        db.add(room)
        db.flush()
        programme.add_session(venue_id=twin.id, space_id=room.id)
        return programme, twin.id


def test_a_likely_duplicate_is_previewed_and_merged(
    context: ServiceContext, museums: tuple[StoredProgramme, UUID]
) -> None:
    program = Program(context)
    programme, twin = museums
    kept_id = programme.venue.id
    commune = {"commune_id": str(programme.commune.id), "commune": "Grenoble"}
    (pair,) = program("GET", f"{DRAFT}/venues/duplicates").get_json()["items"]
    pair["rows"].sort(key=lambda row: row["name"] != "Muséum")
    museum = {"id": str(kept_id), "name": "Muséum", "address": "1 rue Dolomieu", **commune}
    again = {"id": str(twin), "name": "Le Muséum", "address": "1, r. Dolomieu", **commune}
    assert pair == {"rows": [museum, again], "score": 100, "same_address": True, "metres": 0}

    address = f"{DRAFT}/venues/{kept_id}/merge"
    preview = program("GET", f"{address}?gone={twin}")
    assert preview.get_json() == {
        "kept": {"id": str(kept_id), "name": "Muséum", "revision": 1},
        "gone": {"id": str(twin), "name": "Le Muséum", "revision": 1},
        "taken": {"directions": "Tram A"},
        "rooms": ["Auditorium"],
        "moves": {"sessions": 1, "spaces": 1},
    }
    tag = preview.headers["ETag"]
    with context.database.write() as db:
        db.get_one(Venue, twin).website = "https://example.org"
    late = program("POST", address, {"gone": str(twin)}, If_Match=tag)
    assert late.status_code == 412
    seen = late.get_json()["current"]
    assert seen["taken"] == {"directions": "Tram A", "website": "https://example.org"}
    merged = program("POST", address, {"gone": str(twin)}, If_Match=late.headers["ETag"])
    assert merged.status_code == 200, merged.text
    assert merged.get_json() == program("GET", f"{DRAFT}/venues/{kept_id}").get_json()
    assert merged.get_json()["directions"] == "Tram A"
    assert program("GET", f"{DRAFT}/venues/{twin}").status_code == 404
    (session,) = program("GET", f"{DRAFT}/sessions?venue={kept_id}").get_json()["items"]
    assert session["space_id"] == str(programme.space.id)
    history = program("GET", f"{DRAFT}/venues/{kept_id}/history").get_json()["items"]
    told = [(one["comment"], one["account"]) for one in history if one["action"] == "merged"]
    assert told == [("Le Muséum", "Nour Belkacem")]
    assert program("GET", f"{DRAFT}/venues/duplicates").get_json()["items"] == []


@pytest.mark.parametrize("noun", ["organisations", "presenters"])
def test_organisations_and_presenters_are_merged_the_same_way(
    context: ServiceContext, noun: str
) -> None:
    model: Any = {"organisations": Organisation, "presenters": Presenter}[noun]
    kept, gone = new_id(), new_id()
    with context.database.write() as db:
        db.add(model(id=kept, name="Ada Martin", edited_at=NOW))
        db.add(model(id=gone, name="Martin Ada", email="ada@example.org", edited_at=NOW))
    program = Program(context)
    (pair,) = program("GET", f"{DRAFT}/{noun}/duplicates").get_json()["items"]
    assert (pair["score"], {row["id"] for row in pair["rows"]}) == (100, {str(kept), str(gone)})
    likely = program("GET", f"{DRAFT}/{noun}/likely?name=ada+martin").get_json()["items"]
    assert {one["row"]["id"] for one in likely} == {str(kept), str(gone)}
    address = f"{DRAFT}/{noun}/{kept}/merge"
    tag = program("GET", f"{address}?gone={gone}").headers["ETag"]
    merged = program("POST", address, {"gone": str(gone)}, If_Match=tag).get_json()
    assert (merged["id"], merged["name"], merged["email"]) == (
        *(str(kept), "Ada Martin"),
        "ada@example.org",
    )


def test_nothing_is_merged_with_itself_or_by_who_does_not_coordinate(
    context: ServiceContext, programme: StoredProgramme
) -> None:
    program = Program(context)
    address = f"{DRAFT}/venues/{programme.venue.id}/merge"
    itself = {"gone": str(programme.venue.id)}
    asked = program("GET", f"{address}?gone={programme.venue.id}")
    assert (asked.status_code, list(asked.get_json()["errors"]["query"])) == (422, ["gone"])
    done = program("POST", address, itself, If_Match='"1"')
    assert (done.status_code, list(done.get_json()["errors"]["json"])) == (422, ["gone"])
    assert program("GET", f"{address}?gone={new_id()}").status_code == 404
    token = organisers_token(context, "lou@example.org", programme.organisation.id)
    organiser = Program(context, token=token)
    assert organiser("GET", f"{DRAFT}/venues/duplicates").status_code == 403
    assert organiser("POST", address, itself, If_Match='"1"').status_code == 403
    likely = organiser("GET", f"{DRAFT}/venues/likely?name=museum").get_json()["items"]
    assert [one["row"]["name"] for one in likely] == ["Muséum"]
