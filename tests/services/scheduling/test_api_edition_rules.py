"""What an edition asks of its proposals, over the API: read by all, changed by the coordination."""

from typing import Any

from shared.context import ServiceContext
from tests.services.scheduling.programs import Program, organisers_token
from tests.services.scheduling.stored_programme import StoredProgramme


def test_the_usual_rules_are_changed_field_by_field(context: ServiceContext) -> None:
    with context.database.write() as db:
        programme = StoredProgramme(db)
    program = Program(context)
    address = f"/api/v1/draft/editions/{programme.edition.id}/rules"
    usual = program("GET", address)
    rules = usual.get_json()
    assert (usual.headers["ETag"], rules["revision"], rules["lengths"]["title"]) == (
        *('"rules-0"', 0, 140),
    )
    change: dict[str, Any] = {
        "takes_proposals": True,
        "requirements": {"publication": ["description", "theme"]},
        "lengths": {"title": 80},
        "proposals_due_on": "2026-05-15",
    }
    changed = program("PATCH", address, change, If_Match='"rules-0"')
    assert changed.get_json() == {
        **rules,
        **change,
        "revision": 1,
        "requirements": {**rules["requirements"], **change["requirements"]},
        "lengths": {**rules["lengths"], "title": 80},
    }
    assert program("GET", address).headers["ETag"] == changed.headers["ETag"] == '"rules-1"'
    for tag in ('"rules-0"', '"1"'):
        late = program("PATCH", address, {"travel_kmh": 30}, If_Match=tag)
        assert (late.status_code, late.get_json()["current"]) == (412, changed.get_json())
    early = {"label_due_on": "2026-05-01"}
    faulty = program("PATCH", address, early, If_Match='"rules-1"').get_json()
    assert list(faulty["errors"]["json"]) == ["label_due_on"]

    lou = organisers_token(context, "lou@example.org", programme.organisation.id)
    organiser = Program(context, token=lou)
    assert organiser("GET", address).get_json() == changed.get_json()
    assert organiser("PATCH", address, early, If_Match='"rules-1"').status_code == 403
