"""Absences over the API: said, changed, taken back; the reason is for those concerned."""

from typing import Any
from uuid import UUID

import pytest

from services.scheduling.models import Organisation, Presenter
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from tests.services.scheduling.programs import Program, organisers_token
from tests.services.scheduling.stored_programme import StoredProgramme

ABSENCES = "/api/v1/draft/unavailabilities"
AWAY = {
    "starts_at": "2026-10-03T22:00:00+00:00",
    "ends_at": "2026-10-04T22:00:00+00:00",
    "note": "En mission",
}


@pytest.fixture
def programme(context: ServiceContext) -> StoredProgramme:
    with context.database.write() as db:
        return StoredProgramme(db)


@pytest.fixture
def ada(context: ServiceContext, programme: StoredProgramme) -> UUID:
    made = new_id()
    with context.database.write() as db:
        organisation_id = programme.organisation.id
        db.add(Presenter(id=made, name="Ada", organisation_id=organisation_id, edited_at=NOW))
    return made


def _own(context: ServiceContext, programme: StoredProgramme) -> Program:
    token = organisers_token(context, "lou@example.org", programme.organisation.id)
    return Program(context, token=token)


def test_an_absence_is_said_changed_and_taken_back(
    context: ServiceContext, programme: StoredProgramme, ada: UUID
) -> None:
    own = _own(context, programme)
    made = own("POST", ABSENCES, {"presenter_id": str(ada), **AWAY})
    assert made.status_code == 201, made.text
    absence: dict[str, Any] = made.get_json()
    nobody = dict.fromkeys(("organisation_id", "resource_id", "space_id"))
    told = {**AWAY, **nobody, "presenter_id": str(ada), "revision": 1}
    assert {name: absence[name] for name in told} == told
    address = made.headers["Location"]
    changed = own("PATCH", address, {"note": "Malade"}, If_Match='"1"')
    assert (changed.get_json()["note"], changed.headers["ETag"]) == ("Malade", '"2"')
    early = {"ends_at": AWAY["starts_at"]}
    faulty = own("PATCH", address, early, If_Match='"2"').get_json()
    assert list(faulty["errors"]["json"]) == ["ends_at"]
    moved = own("PATCH", address, {"presenter_id": str(new_id())}, If_Match='"2"')
    assert moved.status_code == 422  # whose it is stays
    history = own("GET", f"/api/v1/draft/presenters/{ada}/history").get_json()["items"]
    assert history[0]["after"] == {"unavailability": {"note": "Malade"}}
    assert own("DELETE", address, If_Match='"2"').status_code == 204
    assert own("GET", ABSENCES).get_json()["items"] == []


def test_exactly_one_is_away(context: ServiceContext, programme: StoredProgramme) -> None:
    program = Program(context)
    both = {"organisation_id": str(programme.organisation.id), "space_id": str(programme.space.id)}
    for subjects in ({}, both):
        refused = program("POST", ABSENCES, {**AWAY, **subjects})
        assert refused.get_json()["errors"] == {
            "json": {
                "resource_id": ["Dites de qui ou de quoi\u00a0: d’une seule personne ou chose."]
            }
        }
    unknown = program("POST", ABSENCES, {**AWAY, "space_id": str(new_id())})
    assert list(unknown.get_json()["errors"]["json"]) == ["space_id"]


def test_the_reason_is_for_those_concerned(
    context: ServiceContext, programme: StoredProgramme, ada: UUID
) -> None:
    own = _own(context, programme)
    own("POST", ABSENCES, {"presenter_id": str(ada), **AWAY})
    with context.database.write() as db:
        other = Organisation(name="Autre", edited_at=NOW)
        db.add(other)
        db.flush()
        other_id = other.id
    stranger = Program(context, token=organisers_token(context, "max@example.org", other_id))
    question = f"{ABSENCES}?presenter={ada}&from=2026-10-04&to=2026-10-04"
    (seen,) = own("GET", question).get_json()["items"]
    (hidden,) = stranger("GET", question).get_json()["items"]
    assert (seen["note"], hidden) == ("En mission", {**seen, "note": None})
    assert stranger("GET", f"{ABSENCES}?from=2026-10-06").get_json()["items"] == []
    address = f"{ABSENCES}/{seen['id']}"
    assert stranger("PATCH", address, {"note": ""}, If_Match='"1"').status_code == 403
    assert stranger("DELETE", address, If_Match='"1"').status_code == 403
    assert stranger("POST", ABSENCES, {"presenter_id": str(ada), **AWAY}).status_code == 403


def test_organisers_say_when_their_own_organisation_is_away(
    context: ServiceContext, programme: StoredProgramme
) -> None:
    own = _own(context, programme)
    made = own("POST", ABSENCES, {"organisation_id": str(programme.organisation.id), **AWAY})
    assert made.status_code == 201
    assert own("DELETE", made.headers["Location"], If_Match='"1"').status_code == 204
