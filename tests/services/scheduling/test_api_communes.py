"""Communes over the API: listed, read, and changed by the coordination alone."""

import pytest

from services.scheduling.models import Commune
from shared.context import ServiceContext
from tests.services.scheduling.programs import Program, organisers_token
from tests.services.scheduling.stored_programme import StoredProgramme

COMMUNES = "/api/v1/draft/communes"
MORNING = [{"weekday": 1, "opens": "08:30", "closes": "11:30"}]


@pytest.fixture
def programme(context: ServiceContext) -> StoredProgramme:
    with context.database.write() as db:
        stored = StoredProgramme(db)
        db.add(Commune(insee_code="38563", name="Voiron"))
    return stored


def test_the_hours_of_schools_are_changed_by_who_has_seen_them(
    context: ServiceContext, programme: StoredProgramme
) -> None:
    program = Program(context)
    address = f"{COMMUNES}/{programme.commune.id}"
    first = program("GET", address)
    grenoble = {
        "id": str(programme.commune.id),
        "insee_code": "38185",
        "name": "Grenoble",
        "latitude": 45.18,
        "longitude": 5.72,
        "school_hours": [],
    }
    assert first.get_json() == grenoble
    changed = program("PATCH", address, {"school_hours": MORNING}, If_Match=first.headers["ETag"])
    assert changed.get_json() == {**grenoble, "school_hours": MORNING}
    assert program("GET", address).headers["ETag"] == changed.headers["ETag"]
    late = program("PATCH", address, {"name": "Autre"}, If_Match=first.headers["ETag"])
    assert (late.status_code, late.get_json()["current"]) == (412, changed.get_json())
    faulty = program("PATCH", address, {"latitude": None}, If_Match=changed.headers["ETag"])
    assert list(faulty.get_json()["errors"]["json"]) == ["latitude"]
    (told,) = program("GET", f"{address}/history").get_json()["items"]
    assert (told["action"], told["title"], told["account"], told["before"], told["after"]) == (
        *("changed", "Grenoble", "Nour Belkacem"),
        {"school_hours": []},
        {"school_hours": MORNING},
    )


def test_communes_are_found_by_name_and_code_page_by_page(
    context: ServiceContext, programme: StoredProgramme
) -> None:
    program = Program(context)

    def names(question: str) -> list[str]:
        return [row["name"] for row in program("GET", COMMUNES + question).get_json()["items"]]

    assert names("?q=greno") == ["Grenoble"]
    assert names("?insee_code=38563") == ["Voiron"]
    page = program("GET", f"{COMMUNES}?limit=1").get_json()
    found = [row["name"] for row in page["items"]] + names(f"?cursor={page['next']}")
    assert sorted(found) == ["Grenoble", "Voiron"]


def test_organisers_read_communes_and_change_none(
    context: ServiceContext, programme: StoredProgramme
) -> None:
    token = organisers_token(context, "lou@example.org", programme.organisation.id)
    organiser = Program(context, token=token)
    address = f"{COMMUNES}/{programme.commune.id}"
    tag = organiser("GET", address).headers["ETag"]
    refused = organiser("PATCH", address, {"name": "À moi"}, If_Match=tag)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "forbidden")


def test_where_a_commune_is_on_the_map_is_public_at_once(
    context: ServiceContext, programme: StoredProgramme
) -> None:
    writer = Program(context, "programme:write")
    address = f"{COMMUNES}/{programme.commune.id}"
    seen = writer("GET", address).headers["ETag"]
    place = {"latitude": 45.2, "longitude": 5.7}
    refused = writer("PATCH", address, place, If_Match=seen)
    assert (refused.status_code, refused.get_json()["scope"]) == (403, "releases:write")
    hours = writer("PATCH", address, {"school_hours": MORNING}, If_Match=seen)
    assert hours.status_code == 200
    both = Program(context, "programme:write", "releases:write")
    moved = both("PATCH", address, place, If_Match=hours.headers["ETag"])
    assert (moved.status_code, moved.get_json()["latitude"]) == (200, 45.2)
